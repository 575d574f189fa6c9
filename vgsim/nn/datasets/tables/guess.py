"""What a file of separated cells looks like: its delimiter, marks, header, and lines beside it."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from vgsim.nn.datasets.tables.cells import (
    COMMA_DECIMAL,
    DOT_DECIMAL,
    GROUPED_BY_APOSTROPHE,
    GROUPED_BY_BLANK,
    GROUPED_BY_COMMA,
    GROUPED_BY_DOT,
    MISSING,
    ONE_GROUP_BY_DOT,
    NumberStyle,
    bare,
    unit_of,
    without_unit,
)
from vgsim.nn.datasets.tables.lines import BLANKS, cells_of, is_comment, is_rule

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "blanks": BLANKS}
_ORDER = ("tab", "semicolon", "bar", "comma", "blanks")
_RARE = (":", "~", "^", "\x01")
"""What separates cells where nothing else does and the first line is of names."""
LOOKED_AT = 200
"""Lines at the start that the layout is told from."""
_NUMBERISH = re.compile(r"[-+−]?[$€£]?[\d.,]*\d[\d.,]*([eEdD][-+]?\d+)?%?")
_TWO_GROUPS = re.compile(r"[-+−]?[1-9]\d{0,2}(\.\d{3}){2,}")
_LESS_THAN_ONE = re.compile(r"[-+−]?0?,\d+")
_SEP = re.compile(r'"?sep=(.)"?', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Outline:
    """How the lines of a file are told apart and into cells, by what its first lines show."""

    delimiter: str
    comment: str
    skipped: int
    """Lines before the table: titles, and one that says sep=;."""
    width: int
    """Cells of most lines."""
    named_in_comment: tuple[str, ...] = ()
    gaps: bool = False
    """Whether a blank line stands for a missing value: in one column, where most are not blank.

    R and pandas pass over it, which moves all that follows in time; polars takes it for a value.
    """


def outline_of(
    head: Sequence[str], delimiter: str = "", comment: str | None = None, skip: int = -1
) -> Outline:
    """The outline of a file whose first lines are ``head``, given what was chosen of it.

    ``skip`` are the lines before the table, −1 where they are to be found.
    """
    skipped = 0
    if head and (said := _SEP.fullmatch(head[0].strip())):
        skipped = 1
        delimiter = delimiter or said.group(1)
    chosen = skip >= 0
    if chosen:
        skipped = skip
    if comment is None:
        comment = _comment(head[skipped:])
    numbered = [
        (number, line.rstrip("\r\n"))
        for number, line in enumerate(head[skipped:], start=skipped + 1)
        if not line.isspace() and not is_rule(line) and not (comment and is_comment(line, comment))
    ]
    lines = [line for _, line in numbered]
    delimiter = delimiter or _delimiter(lines)
    widths = [_width(cells_of(line, delimiter)) for line in lines]
    width = Counter(widths).most_common(1)[0][0] if widths else 0
    if width > 1 and len(widths) > 2 and not chosen:
        for number, (found, (_, line)) in enumerate(zip(widths, numbered, strict=True)):
            rest = widths[number + 1 :]
            alone = found == 1 and rest.count(width) >= 2 and not _NUMBERISH.fullmatch(line.strip())
            # a few figures about the table, as scikit-learn puts them above its own
            alone = alone or (2 * found <= width and rest.count(width) == len(rest))
            filled = sum(1 for cell in cells_of(line, delimiter) if cell)
            few = found < width and 2 * filled <= width
            alone = alone or (few and len(rest) > 4 and 5 * rest.count(width) >= 4 * len(rest))
            if not alone or number >= len(widths) // 2:
                break
            skipped = numbered[number][0]
    named = _named_in_comment(head, comment, delimiter, width)
    between = "".join("x "[line.isspace()] for line in head[skipped:]).strip()
    gaps = width == 1 and 0 < 2 * between.count(" ") < len(lines)
    return Outline(delimiter, comment, skipped, width, named, gaps)


def _width(cells: list[str]) -> int:
    """TableCells up to the last that is not empty, or two at least where there are so many."""
    found = len(cells)
    while found > 1 and not cells[found - 1]:
        found -= 1
    return found if found == 1 else len(cells)


def _comment(head: Sequence[str]) -> str:
    """What lines for people begin with; "" where there are none."""
    written = [line for line in head if not line.isspace()]
    for mark in ("#", "%", "//"):
        marked = [is_comment(line, mark) for line in written]
        if not any(marked) or all(marked):
            continue
        leading = marked.index(False)
        if 2 * sum(marked) < len(marked) + 1 or (
            leading == sum(marked) and len(marked) > leading + 1
        ):
            return mark
    return ""


def _delimiter(lines: Sequence[str]) -> str:
    """What splits most lines alike into cells, best into numbers; a comma where nothing does."""
    best, found = 0.0, DELIMITERS["comma"]
    for name in _ORDER:
        mark = DELIMITERS[name]
        rows = [cells_of(line, mark) for line in lines]
        counts = Counter(len(row) for row in rows if len(row) > 1)
        if not counts:
            continue
        width, alike = counts.most_common(1)[0]
        cells = [cell for row in rows for cell in row if len(row) == width]
        fine = sum(1 for cell in cells if cell in MISSING or _NUMBERISH.fullmatch(cell))
        score = alike / len(rows) + fine / len(cells)
        if name == "blanks" and (score < 1.4 or _has_other_marks(rows[0])):
            score = 0.0  # words of a sentence are no cells
        if score > best + 0.05:
            best, found = score, mark
    if best:
        return found
    for mark in _RARE:
        seen = {line.count(mark) for line in lines}
        if len(lines) > 2 and len(seen) == 1 and seen != {0}:
            cells = cells_of(lines[0], mark)
            if not any(map(_NUMBERISH.fullmatch, cells)) and "://" not in lines[0]:
                return mark
    return found


def _has_other_marks(first: Sequence[str]) -> bool:
    """Whether blanks leave a first line whole that another mark splits: dates may have blanks."""
    return len(first) == 1 and any(mark in first[0] for mark in "\t;|,")


def _named_in_comment(
    head: Sequence[str], comment: str, delimiter: str, width: int
) -> tuple[str, ...]:
    """Names in the last comment above the table, as NumPy's savetxt writes a header."""
    last = ""
    for line in head:
        if line.isspace():
            continue
        if not comment or not is_comment(line, comment):
            break
        last = line
    cells = cells_of(last.strip().lstrip(comment or "#").strip(), delimiter)
    if width > 1 and len(cells) == width and not any(_NUMBERISH.fullmatch(cell) for cell in cells):
        return tuple(cells)
    return ()


def marks_of(rows: Sequence[Sequence[str]], delimiter: str) -> tuple[str, str]:
    """The decimal mark and the separator of thousands, as names, of some rows of cells."""
    cells = [bare(cell) for cell in itertools.chain.from_iterable(rows)]
    cells += _without_units(rows)
    dots = [cell for cell in cells if DOT_DECIMAL.fullmatch(cell)]
    clear_dots = [cell for cell in dots if not GROUPED_BY_DOT.fullmatch(cell)]
    if any(map(_TWO_GROUPS.fullmatch, cells)):
        clear_dots = [cell for cell in clear_dots if not ONE_GROUP_BY_DOT.fullmatch(cell)]
    grouped = [cell for cell in cells if GROUPED_BY_COMMA.fullmatch(cell)]
    commas = [
        cell
        for cell in cells
        if COMMA_DECIMAL.fullmatch(cell) and not GROUPED_BY_COMMA.fullmatch(cell)
    ]
    if any(map(_LESS_THAN_ONE.fullmatch, commas)) and not any(
        cell.count(",") > 1 for cell in grouped
    ):
        commas += grouped  # 0,530 has no thousands, so 4,530 beside it has none
    decimal = "dot"
    if len(commas) > len(clear_dots):
        decimal = "comma"
    elif not clear_dots and grouped and delimiter == ";":
        only_one = all(cell.count(",") == 1 for cell in grouped)
        decimal = "comma" if only_one else "dot"
    thousands = "none"
    if decimal == "dot" and grouped:
        thousands = "comma"
    elif any(map(GROUPED_BY_DOT.fullmatch, cells)) and (decimal == "comma" or not clear_dots):
        thousands = "dot"
    elif any(GROUPED_BY_BLANK.fullmatch(cell) for cell in cells) and delimiter != BLANKS:
        thousands = "blank"
    elif any(GROUPED_BY_APOSTROPHE.fullmatch(cell) for cell in cells):
        thousands = "apostrophe"
    return decimal, thousands


def _without_units(rows: Sequence[Sequence[str]]) -> list[str]:
    """The numbers of columns with a unit behind each."""
    found: list[str] = []
    for cells in zip(*rows[1:], strict=False):
        words = [cell.strip() for cell in cells if cell.strip() not in MISSING]
        if unit := unit_of(words):
            found += [without_unit(word, unit) for word in words]
    return found


def is_header(rows: Sequence[Sequence[str]], style: NumberStyle, missing: frozenset[str]) -> bool:
    """Whether the first of ``rows`` names the columns.

    It does where a column has text above numbers; and where nothing in it is a number, no column
    has numbers below, and none of its words occurs again below it.
    """
    first, below = rows[0], rows[1:]
    if not below:
        return False
    again = False
    numeric = False
    for at, name in enumerate(first):
        cells = [row[at].strip() for row in below if at < len(row)]
        cells = [cell for cell in cells if cell not in missing]
        numbers = [cell for cell in cells if style.number(cell) is not None]
        mostly = 2 * len(numbers) > len(cells)
        text = name.strip() not in missing and style.number(name) is None
        if mostly and text:
            return True
        if not text and name.strip():
            numeric = True
        again = again or name.strip() in cells
    filled = [name.strip() for name in first if name.strip()]
    whole = all(
        not any(row[at].strip() in missing for row in below if at < len(row))
        for at, name in enumerate(first)
        if not name.strip()
    )
    distinct = len(set(filled)) == len(filled) and bool(filled) and whole
    if _counts_columns(first) and not any(map(_counts_columns, below)):
        return True
    return not numeric and not again and distinct and len(below) > 1


def _counts_columns(cells: Sequence[str]) -> bool:
    """Whether cells are 0, 1, 2 … or years one after the other, beside at most one other."""
    counts = [int(cell) for cell in cells if cell.strip().isdecimal() and len(cell.strip()) < 6]
    if len(counts) < 2 or len(counts) < len(cells) - 1:
        return False
    years = counts[0] >= 1800 and counts[-1] <= 2100
    if len(counts) < 3 and not years:
        return False
    steps = {second - first for first, second in itertools.pairwise(counts)}
    return steps == {1} and (counts[0] in (0, 1) or years)


def more_headers(rows: Sequence[Sequence[str]], style: NumberStyle, missing: frozenset[str]) -> int:
    """How many lines below the first name columns too, or give their units.

    There is no number in such a line, and words stand above the numbers of some column.
    """
    for count in (1, 2):
        if len(rows) < count + 4:
            return count - 1
        below = rows[count + 1 :]
        measured = []
        for at in range(len(rows[count])):
            cells = [row[at].strip() for row in below if at < len(row)]
            cells = [cell for cell in cells if cell not in missing]
            numbers = [cell for cell in cells if style.number(cell) is not None]
            if cells and 2 * len(numbers) > len(cells):
                measured.append(at)
        here = [cell.strip() for cell in rows[count]]
        if any(style.number(cell) is not None for cell in here if cell):
            return count - 1
        named = [at for at in measured if here[at] and here[at] not in MISSING]
        blank = count > 1 and measured and not any(here[at] for at in measured) and here[0]
        if 2 * len(named) <= len(measured) and not blank:
            return count - 1
        if not measured or any(row[:1] == rows[count][:1] for row in below if here[0]):
            return count - 1
    return 2
