"""The plan by which a table is read: all that was guessed or chosen, before anything is learned."""

from __future__ import annotations

import csv
import itertools
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import IO, TYPE_CHECKING

import numpy as np

from vgsim.core.atomic import expanded
from vgsim.core.errors import SpecError, refuse
from vgsim.nn.datasets._files import MIN_SAMPLES, DataSource, quote
from vgsim.nn.datasets.tables.cells import MISSING, NumberStyle
from vgsim.nn.datasets.tables.columns import (
    LABELS,
    MAX_CATEGORIES,
    NUMBERS,
    ColumnRole,
    ColumnType,
    TableColumn,
    can_be_label,
    described,
    is_classes,
    leaks,
    one_label_each,
    reason_to_leave_out,
    sequences_by_guess,
)
from vgsim.nn.datasets.tables.guess import (
    DELIMITERS,
    LOOKED_AT,
    Outline,
    is_header,
    marks_of,
    more_headers,
    outline_of,
)
from vgsim.nn.datasets.tables.lines import Row, TableLines, rows_of
from vgsim.nn.datasets.tables.table import CellColumn, Collector, TableCells
from vgsim.nn.datasets.tables.unpacked import text_of

if TYPE_CHECKING:
    from vgsim.nn.spec import DataSpec

AUTO = "auto"
MAX_COLUMNS = 2**17
FEWEST_LOOKED_AT = 20
LETTERS_LOOKED_AT = 500_000
"""Letters at the start that the layout is told from, where these are fewer than its lines."""
MAX_FOOTER = 5
"""Lines behind a table that are taken for notes by guess."""
_TOTALS = frozenset(
    [
        *("total", "totals", "sum", "summe", "gesamt", "grand total", "mean", "average", "avg"),
        *("std", "median", "mittelwert", "durchschnitt", "moyenne", "somme", "std. dev."),
    ]
)
_SPARSE = re.compile(r"[-+]?\d[\d.,]*( +(qid|\d+):[-+.\deE]+)+")
_REMARK = re.compile(
    r"(?i)(sources?|quellen?|notes?|anmerkung(en)?|remarks?|last updated|data from|stand)\b.*[: ]"
    r"|[*©†(].*[a-z]{3}"
)


@dataclass(frozen=True, slots=True)
class TableChoices:
    """What is chosen of how a table is read; the fields of the data section with these names."""

    encoding: str = AUTO
    delimiter: str = AUTO
    decimal: str = AUTO
    thousands: str = AUTO
    header: str = AUTO
    comment: str = AUTO
    skip: int = -1
    footer: int = -1
    missing_values: str = ""
    columns: str = ""
    categories: str = ""
    max_categories: int = MAX_CATEGORIES
    label: str = ""
    group: str = ""
    task: str = AUTO

    @classmethod
    def of(cls, spec: DataSpec) -> TableChoices:
        """Those in a spec."""
        return cls(**{each.name: getattr(spec, each.name) for each in fields(cls)})


@dataclass(frozen=True, slots=True)
class TablePlan:
    """How a table is read: its layout, its columns with their roles, and its first rows.

    ``header`` says whether a line names the columns, ``comments``, ``skipped`` and ``footers``
    count lines that are no part of the table; ``task`` is "classes" or "numbers". ``lines`` are
    those on which the rows of ``preview`` begin.
    """

    path: str
    choices: TableChoices
    compression: str
    encoding: str
    delimiter: str
    decimal: str
    thousands: str
    header: bool
    comments: int
    skipped: int
    footers: int
    rows: int
    columns: tuple[TableColumn, ...]
    task: str
    preview: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    def having(self, role: ColumnRole) -> tuple[TableColumn, ...]:
        """The columns of that role."""
        return tuple(column for column in self.columns if column.role is role)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What may be wrong with features and labels, in sentences."""
        used = [column for column in self.columns if column.role is not ColumnRole.LEFT_OUT]
        return tuple(f"{quote(it.name)}: {it.warning}" for it in used if it.warning)


def plan_of(path: str, choices: TableChoices = TableChoices()) -> TablePlan:
    """How the table at ``path`` is read; SpecError naming the choice, or line and column."""
    return read_and_plan(path, choices)[0]


def read_and_plan(path: str, choices: TableChoices) -> tuple[TablePlan, TableCells]:
    """The plan, and all cells by it."""
    return TableFile(path).plan(choices)


class TableFile:
    """A table that is planned again and again: its cells are read anew only where they change."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._known: tuple[object, TableCells, int] | None = None
        self._encoding: tuple[tuple[int, int], str] | None = None
        """What was found, which takes all bytes of the file, and for which state of it."""

    @property
    def holds_all(self) -> bool:
        """Whether cells were read, so that another plan may come without reading."""
        return self._known is not None

    def plan(self, choices: TableChoices, rows: int | None = None) -> tuple[TablePlan, TableCells]:
        """The plan by these choices, and all cells by it, or those of the first ``rows``."""
        source = DataSource("data.path", self.path, "a table")
        with source.reading():
            state = _state(self.path)
        known = self._encoding
        if choices.encoding == AUTO and known is not None and known[0] == state:
            layout = _layout(source, replace(choices, encoding=known[1]), True)
        else:
            layout = _layout(source, choices, rows is None)
            if choices.encoding == AUTO and rows is None:
                self._encoding = state, layout.encoding
        key = (
            layout.reading(),
            choices.missing_values,
            choices.footer < 0,
            _state(self.path),
            rows,
        )
        if self._known is None or self._known[0] != key:
            self._known = None  # so that not both are in memory
            cells, footers = _cells(source, choices, layout, rows)
            self._known = (key, cells, footers)
        _, cells, footers = self._known
        if len(cells.lines) < MIN_SAMPLES:
            raise source.bad(
                f"with at least {MIN_SAMPLES} samples; this one has {len(cells.lines) or 'fewer'}"
            )
        columns, task = _columns(choices, layout, cells)
        delimiter = {mark: name for name, mark in DELIMITERS.items()}
        plan = TablePlan(
            self.path, choices, layout.compression, layout.encoding,
            delimiter.get(layout.outline.delimiter, layout.outline.delimiter),
            layout.style.decimal, layout.style.thousands, layout.headers > 0, cells.comments,
            layout.outline.skipped, footers, len(cells.lines), columns, task,
            tuple(cells.preview), tuple(int(line) for line in cells.lines[: len(cells.preview)]),
        )  # fmt: skip
        return plan, cells


def _state(path: str) -> tuple[int, int]:
    """What changes whenever the file does."""
    found = os.stat(expanded(path))
    return found.st_mtime_ns, found.st_size


@dataclass(frozen=True, slots=True)
class _Found:
    """What the first lines show, and what was chosen of it."""

    compression: str
    encoding: str
    outline: Outline
    headers: int
    """Lines at the top that name the columns; one of units is one of them."""
    names: tuple[str, ...]
    width: int
    """Cells of a row, one without a name that ends every line not counted."""
    style: NumberStyle
    missing: frozenset[str]
    last: int | None
    texts: tuple[int, ...]
    """Columns that hold words in the first rows already."""

    def reading(self) -> tuple[object, ...]:
        """What of it decides which cells there are and what is in them."""
        style = self.style.decimal, self.style.thousands
        return (
            self.encoding, self.outline, self.headers, self.width, *style, self.missing, self.last
        )  # fmt: skip


def _layout(source: DataSource, choices: TableChoices, whole: bool) -> _Found:
    delimiter = DELIMITERS.get(choices.delimiter, "")
    comment = {AUTO: None, "none": ""}.get(choices.comment, choices.comment)
    last = None
    with text_of(source, choices.encoding, whole) as (file, encoding, compression):
        head = list(itertools.islice(_short_lines(source, file), LOOKED_AT))
        if choices.footer >= 0:
            last = len(head) + sum(1 for _ in _short_lines(source, file)) - choices.footer
    longest = max(map(len, head), default=0)
    some = max(FEWEST_LOOKED_AT, LETTERS_LOOKED_AT // (longest + 1))
    outline = outline_of(head[:some], delimiter, comment, choices.skip)
    with text_of(source, encoding) as (file, _, _):
        lines = TableLines(source, file, outline.comment, last, outline.skipped)
        rows = rows_of(source, lines, outline.delimiter)
        sample = [cells for _, cells in itertools.islice(rows, min(LOOKED_AT // 2, some))]
    if not sample:
        raise source.bad(f"with at least {MIN_SAMPLES} samples; this one has fewer")
    if all(_SPARSE.fullmatch(" ".join(row).strip()) for row in sample):
        raise source.bad(
            "of cells in columns; this one is sparse (libsvm: index:value), save it with every "
            "column first"
        )
    missing = MISSING | {word.strip() for word in split(choices.missing_values)}
    decimal, thousands = marks_of(sample, outline.delimiter)
    if choices.decimal != AUTO:
        decimal = choices.decimal
    if choices.thousands != AUTO:
        thousands = choices.thousands
    style = NumberStyle(decimal, thousands)
    width = Counter(map(len, sample[1:] if len(sample) > 2 else sample)).most_common(1)[0][0]
    first = [cell.strip() for cell in sample[0]]
    trailing = (
        width > 1
        and all(not row[-1].strip() for row in sample if len(row) == width)
        and (len(first) in (width - 1, width) and (len(first) < width or not first[-1]))
    )
    if trailing:
        width -= 1
    headers = int(_header(choices, first, sample, style, missing))
    names: Sequence[str] = [f"x{at}" for at in range(1, width + 1)]
    if headers:
        headers += more_headers(sample, style, missing)
        names = _names(source, first, width)
        for row in sample[1:headers]:
            names = [
                f"{name} {cell.strip()}".strip() for name, cell in zip(names, row, strict=False)
            ]
    elif len(outline.named_in_comment) == width and choices.header != "no":
        names = outline.named_in_comment
    if width > MAX_COLUMNS:
        raise source.bad(f"of at most {MAX_COLUMNS} columns; its first line has {width}")
    table = [row for row in sample[max(headers, 1) :] if not _is_note(row)]
    texts = _of_words(table, width, style, missing)
    return _Found(
        compression, encoding, outline, headers, tuple(names), width, style, missing, last, texts
    )


def _of_words(
    rows: Sequence[Sequence[str]], width: int, style: NumberStyle, missing: frozenset[str]
) -> tuple[int, ...]:
    """The columns with a word in one of the rows."""
    found: set[int] = set()
    for row in rows:
        for at, cell in enumerate(row[:width]):
            if at not in found and cell.strip() not in missing and style.number(cell) is None:
                found.add(at)
    return tuple(sorted(found)) if all(len(row) >= width for row in rows) else ()


def split(text: str) -> list[str]:
    """Words with commas between them, quoted where they have commas themselves."""
    if not text.strip():
        return []
    return [word.strip() for word in next(csv.reader([text], skipinitialspace=True))]


def _short_lines(source: DataSource, file: IO[str]) -> Iterator[str]:
    """All lines as they are."""
    lines = TableLines(source, file, "", None, gaps=True)
    lines.begun = True  # lines are counted, blank ones above the table too
    for line in lines:
        lines.first = 0
        yield line


def _header(
    choices: TableChoices,
    first: Sequence[str],
    sample: Sequence[Sequence[str]],
    style: NumberStyle,
    missing: frozenset[str],
) -> bool:
    """Whether the first row names the columns."""
    if choices.header != AUTO:
        return choices.header == "yes"
    for text in (choices.label, choices.group, choices.columns, choices.categories):
        for word in (text.strip(), *split(text)):
            if word and word in first and not word.isdecimal():
                return True
    if len(sample) > 1 and len(sample[0]) + 1 == len(sample[1]):
        return True
    return is_header(sample, style, missing)


def _names(source: DataSource, first: Sequence[str], width: int) -> list[str]:
    """Names of ``width`` columns; R names no column of row names."""
    names = list(first)
    if len(names) == width - 1:
        names.insert(0, "")
    while len(names) > width and not names[-1]:
        names.pop()
    if len(names) != width:
        raise source.bad(
            f"with a name for each column; its first line has {len(names)} and the lines below "
            f"have {width} cells (data.header, data.delimiter)"
        )
    return names


def _cells(
    source: DataSource, choices: TableChoices, layout: _Found, most: int | None
) -> tuple[TableCells, int]:
    """All cells, or those of the first rows, and how many lines behind the table were left out."""
    texts = list(layout.texts)
    while True:
        chosen = frozenset(split(choices.missing_values))
        collector = Collector(source, layout.width, layout.style, layout.missing, texts, chosen)
        with text_of(source, layout.encoding) as (file, _, _):
            outline = layout.outline
            lines = TableLines(
                source, file, outline.comment, layout.last, outline.skipped, outline.gaps
            )
            rows = rows_of(source, lines, outline.delimiter)
            for _ in range(layout.headers):
                next(rows, None)
            rows = itertools.islice(rows, most)
            footers = _take_all(source, collector, rows, layout, choices.footer < 0)
        failed = collector.failed()
        if not failed:
            break
        texts += failed
    cells = collector.cells()
    cells.comments = lines.comments
    numbers = [layout.style.number(word) for word in split(choices.missing_values)]
    standing = [number for number in numbers if number is not None]
    for column in cells.columns:
        if standing and column.numeric:
            column.numbers = np.where(np.isin(column.numbers, standing), np.nan, column.numbers)
    return cells, footers


def _take_all(
    source: DataSource, collector: Collector, rows: Iterator[Row], layout: _Found, guess: bool
) -> int:
    """Collect all rows but those behind the table; how many these are."""
    width = layout.width
    odd: list[Row] = []
    gaps: list[int] = []
    for row in rows:
        line, cells = row
        if not cells:
            gaps.append(line)
            continue
        for gap in gaps:  # blank lines at the end are none
            collector.take((gap, [""]))
        gaps.clear()
        if len(cells) == width + 1 and not cells[-1].strip():
            cells = cells[:-1]
        if width > 1 and not any(cell.strip() for cell in cells):
            continue  # spreadsheets write rows that were emptied
        if len(cells) != width or (guess and width > 1 and _is_note(cells)):
            odd.append(row)
            continue
        for before in odd:  # what is not behind the table is one of its rows
            if len(before[1]) != width:
                raise _ragged(source, before, width)
            collector.take(before)
        odd.clear()
        collector.take((line, cells))
    for row in odd:
        if not guess or not _is_note(row[1]) or len(odd) > MAX_FOOTER:
            raise _ragged(source, row, width)
    return len(odd)


def _is_note(cells: Sequence[str]) -> bool:
    """Whether a row is a remark behind the table, or sums it up."""
    first = cells[0]
    if first[:1].isalpha() and first.strip().lower().rstrip(":") in _TOTALS:
        return True
    if _REMARK.match(first):
        return True
    if len(cells) > 1 and cells[1]:
        return False  # what almost every row of a table has
    return any(map(str.isalpha, first)) and not any(cell.strip() for cell in cells[1:])


def _ragged(source: DataSource, row: Row, width: int) -> SpecError:
    line, cells = row
    return source.bad(f"with {width} columns on every line; line {line} has {len(cells)}")


def _columns(
    choices: TableChoices, layout: _Found, cells: TableCells
) -> tuple[tuple[TableColumn, ...], str]:
    """All columns with their roles, and whether the label is classes or numbers."""
    rows = len(cells.lines)
    names_by_words = layout.headers > 0 or bool(layout.outline.named_in_comment)
    found = [
        described(at, name, column, layout.style, choices.max_categories)
        for at, (name, column) in enumerate(zip(layout.names, cells.columns, strict=True))
    ]
    why = [
        reason_to_leave_out(column, cells.columns[column.index], names_by_words) for column in found
    ]
    sequences: dict[int, str] = {}
    if names_by_words and not choices.group and not choices.columns:
        sequences = sequences_by_guess(found, cells.columns)
        for at, reason in sequences.items():
            why[at] = why[at] or reason
    group = _named(choices.group, "data.group", layout)
    chosen = _named(choices.columns, "data.columns", layout)
    categories = _named(choices.categories, "data.categories", layout)
    labels = _named(choices.label, "data.label", layout)
    guess = ""
    told = "chosen by data.group"
    if not labels:
        labels, guess = _guessed_label(found, why, {*group, *chosen}, rows)
    for at in list(sequences)[:1]:
        alone = len(labels) == 1 and at not in labels
        if alone and one_label_each(cells.columns[at], cells.columns[labels[0]]):
            group = [at]
            told = "names sequences of lines, with one label in each"
    if set(group) & set(labels):
        raise refuse("data.group", choices.group, "a column besides the label")
    task = choices.task
    if task == AUTO:
        alone = len(labels) == 1 and is_classes(found[labels[0]], rows)
        if alone and found[labels[0]].type in NUMBERS and not chosen:
            others = set(range(len(found))) - {*labels, *group}
            # beside dates, or nothing at all, it is a series
            alone = any(found[at].type is not ColumnType.DATE for at in others)
        task = "classes" if alone else "numbers"
    for at, column in enumerate(found):
        if at in categories:
            kind = ColumnType.CATEGORY
            words = _words(cells.columns[at])
            column = replace(column, type=kind, categories=words, distinct=len(words))
        found[at] = _with_role(column, at, labels, group, chosen, categories, why[at], guess, told)
    features = [column for column in found if column.role is ColumnRole.FEATURE]
    for column in features:
        own = cells.columns[column.index]
        if len(features) > 1 and any(leaks(column, own, cells.columns[at]) for at in labels):
            found[column.index] = replace(
                column,
                warning="it only rises or falls from line to line, and the label follows the same "
                "order: it may predict the label by that alone; leave it out (data.columns) if it "
                "counts or names the lines",
            )
    return tuple(found), task


def _words(column: CellColumn) -> tuple[str, ...]:
    """All that occurs, as words in order; numbers by value."""
    if column.numeric:
        values = np.unique(column.numbers[~column.missing])
        return tuple(f"{value:.15g}" for value in values)
    return tuple(sorted(column.words))


def _with_role(
    column: TableColumn,
    at: int,
    labels: Sequence[int],
    group: Sequence[int],
    chosen: Sequence[int],
    categories: Sequence[int],
    why_not: str,
    guess: str,
    group_reason: str,
) -> TableColumn:
    """A column with what it is for, and why."""
    if at in labels:
        return replace(column, role=ColumnRole.LABEL, reason=guess or "chosen by data.label")
    if at in group:
        return replace(column, role=ColumnRole.GROUP, reason=group_reason)
    if at in chosen:
        return replace(column, reason="chosen by data.columns")
    if chosen:
        return replace(column, role=ColumnRole.LEFT_OUT, reason="is not in data.columns")
    if at in categories:
        return replace(column, reason="chosen by data.categories")
    if why_not:
        return replace(column, role=ColumnRole.LEFT_OUT, reason=why_not)
    what = {
        ColumnType.BOOLEAN: "two words that say yes and no",
        ColumnType.CATEGORY: f"{column.distinct} different words",
    }
    of_unit = f"numbers with {column.unit!r}" if column.unit else "numbers"
    return replace(column, reason=what.get(column.type, of_unit))


def _guessed_label(
    found: Sequence[TableColumn], why: Sequence[str], taken: set[int], rows: int
) -> tuple[list[int], str]:
    """The column that is taken for the label, and why: one called so, else the last that can be."""
    free = [column for column in found if column.index not in taken] or list(found)
    called = [it for it in free if it.name.lower() in LABELS and can_be_label(it, rows)]
    if len(called) == 1:
        return [called[0].index], "its name says so"
    fit = [it for it in free if can_be_label(it, rows) and not why[it.index]]
    others = [it for it in found if not why[it.index]]
    never = (ColumnType.DATE, ColumnType.EMPTY)
    several = len(others) > 1 or free[-1].type in never
    if fit and several and fit[-1].index != free[-1].index:
        return [fit[-1].index], "the last column that can be one"
    return [free[-1].index], "the last column"


def _named(text: str, field: str, layout: _Found) -> list[int]:
    """The columns that a field names or counts, from 1, with commas; SpecError for one unknown."""
    text = text.strip()
    if not text:
        return []
    words = [text] if text in layout.names else split(text)
    found: list[int] = []
    for word in words:
        if word.isdecimal() and len(word) < 10 and 1 <= int(word) <= layout.width:
            found.append(int(word) - 1)
        elif not word.isdecimal() and layout.names.count(word) == 1 and _has_names(layout):
            found.append(layout.names.index(word))
        else:
            raise _no_column(field, word, layout)
    return list(dict.fromkeys(found))


def _has_names(layout: _Found) -> bool:
    return layout.headers > 0 or bool(layout.outline.named_in_comment)


def _no_column(field: str, word: str, layout: _Found) -> SpecError:
    """The error about a field that asks for a column, with the choices there are."""
    allowed = f"a column number from 1 to {layout.width}"
    if _has_names(layout):
        names = list(dict.fromkeys(layout.names))
        more = ", …" if len(names) > 20 else ""
        allowed += " or the name of one column: " + ", ".join(map(quote, names[:20])) + more
    else:
        allowed += "; the file has no header with names (data.header)"
    return refuse(field, word, allowed)
