"""What each column of a table is, what it is for unless someone says otherwise, and why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from vgsim.core.numbers import fixed, short
from vgsim.nn.datasets.tables.cells import NumberStyle, boolean_words, is_date
from vgsim.nn.datasets.tables.table import CellColumn

MAX_CATEGORIES = 20
"""Different words of a column that are taken for categories by guess."""
MAX_CHOSEN = 200
"""The same where data.categories names the column."""
MAX_DISTINCT = 20
"""Different whole numbers of a label that are taken for classes by guess."""
MOSTLY_MISSING = 0.5
FEWEST_COUNTED = 5
"""Rows from which on whole numbers one after the other are taken for a count of them."""
SENTINELS = tuple(
    float(sign + digits) for sign in "-+" for digits in ("99", "999", "9999", "99999")
)
FEWEST_STANDING = 3
"""Times that a number far from all others occurs before it is asked whether it is one."""
LABELS = frozenset(
    [
        *("label", "labels", "class", "classes", "target", "targets", "y", "outcome", "response"),
        *("species", "diagnosis"),
    ]
)
_ID = re.compile(r"(.*[_ .-])?(id|ids|uid|uuid|guid)|.*[a-z]I[dD]|ID.*|.*[ _]no\.?|.*[ _]nr\.?")
_INDEX = frozenset(
    [
        *("", "index", "rownames", "row.names", "row", "rowid", "row_id", "row number", "#"),
        *("unnamed: 0", "no", "no.", "nr", "nr.", "obs", "observation", "case", "key", "sample"),
        "record",
    ]
)
_COUNTS = re.compile(r"(?i)n|nr|num|number|nummer|numero|line|zeile|lfd.*|seq(uence)?|idx|ix|pos")
_GROUPS = re.compile(
    r"(?i)seq(uence)?s?|(.*[ _.-])?(seq|series|id|subject|patient|user|person|trial|run|track|"
    r"trajectory|episode|session|unit|sensor|device|group)([ _.-]?(id|no|nr|number))?"
)
_STEPS = re.compile(
    r"(?i)t|time|(time)?[ _]?step|visit|frame|tick|pos|position|cycle|order|day|week|round|wave"
)
_YEAR = frozenset(("year", "years", "yr", "jahr", "annee", "date", "time", "month", "day"))


class ColumnType(Enum):
    """What the cells of a column are."""

    NUMBER = "number"
    WHOLE = "whole number"
    BOOLEAN = "true/false"
    CATEGORY = "category"
    TEXT = "text"
    DATE = "date"
    EMPTY = "empty"


NUMBERS = (ColumnType.NUMBER, ColumnType.WHOLE)


class ColumnRole(Enum):
    """What a column is for."""

    FEATURE = "feature"
    LABEL = "label"
    GROUP = "group"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column as it will be read: counted from 0, its spread None where it has no numbers.

    ``reason`` says in words why it has its role, ``warning`` what may be wrong with that.
    """

    index: int
    name: str
    type: ColumnType
    role: ColumnRole
    reason: str
    missing: int
    distinct: int
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    spread: float | None = None
    categories: tuple[str, ...] = ()
    warning: str = ""
    odd_word: str = ""
    """A word among many numbers."""
    unit: str = ""
    """What stands behind or before every number."""


def described(
    index: int,
    name: str,
    column: CellColumn,
    style: NumberStyle,
    max_categories: int = MAX_CATEGORIES,
) -> TableColumn:
    """A column with its type and spread, a feature as yet."""
    missing = int(column.missing.sum())
    rows = len(column.missing)
    feature = ColumnRole.FEATURE
    if missing == rows:
        return TableColumn(index, name, ColumnType.EMPTY, feature, "", missing, 0)
    if not column.numeric:
        kind = _type_of_words(column, rows - missing, max_categories)
        distinct = len(column.words)
        odd = _odd_word(column, style)
        return TableColumn(
            index, name, kind, feature, "", missing, distinct,
            categories=tuple(sorted(column.words)) if distinct <= MAX_CHOSEN else (),
            warning=_among_numbers(odd),
            odd_word=odd,
        )  # fmt: skip
    numbers = column.numbers[~column.missing]
    values = np.unique(numbers)
    whole = bool(np.isfinite(values).all() and (values == np.floor(values)).all())
    kind = ColumnType.WHOLE if whole else ColumnType.NUMBER
    with np.errstate(all="ignore"):
        mean = float(numbers.mean())
        spread = float(numbers.std())
    return TableColumn(
        index, name, kind, feature, "", missing, len(values), float(values[0]), float(values[-1]),
        mean, spread, warning=_sentinel(numbers, values), unit=column.unit,
    )  # fmt: skip


def _type_of_words(column: CellColumn, filled: int, most: int) -> ColumnType:
    words = column.words
    if all(map(is_date, words)):
        return ColumnType.DATE
    if len(words) == 2 and boolean_words(words):
        return ColumnType.BOOLEAN
    if len(words) <= most and 2 * len(words) <= filled + 2:
        return ColumnType.CATEGORY
    return ColumnType.TEXT


def _odd_word(column: CellColumn, style: NumberStyle) -> str:
    """A word in a column that is of numbers otherwise; "" where there is none."""
    if len(column.words) > MAX_CATEGORIES:
        odd = [word for word in column.words if style.number(word) is None]
        if odd and 10 * len(odd) <= len(column.words):
            return odd[0]
    return ""


def _among_numbers(odd: str) -> str:
    if not odd:
        return ""
    return f"numbers, but {odd!r} is none: data.missing_values can make it a missing value"


def _sentinel(numbers: NDArray[np.float64], values: NDArray[np.float64]) -> str:
    """A number that lies far from all others and is one that stands for nothing in many files."""
    ends = [float(value) for value in values[[0, -1]] if np.isfinite(value)]
    for value in (*SENTINELS, *ends):
        rest = values[values != value]
        if len(rest) < 2 or len(rest) == len(values):
            continue
        gap = rest[0] - value if value < rest[0] else value - rest[-1]
        times = int((numbers == value).sum())
        usual = value in SENTINELS
        if gap > (2 if usual else 5) * (rest[-1] - rest[0]) and (usual or times >= FEWEST_STANDING):
            return (
                f"{short(value)} occurs {times:,} times, far from all else: if it stands for "
                f'no value, set data.missing_values = "{value:.15g}"'
            )
    return ""


def reason_to_leave_out(column: TableColumn, cells: CellColumn, names_by_words: bool) -> str:
    """Why a column is no feature by guess; "" where it is one."""
    rows = len(cells.missing)
    filled = rows - column.missing
    if column.type is ColumnType.EMPTY:
        return "is empty"
    if column.distinct == 1 and not column.missing:
        return "has the same value in every row"
    if column.missing > MOSTLY_MISSING * rows:
        return f"{fixed(100 * column.missing / rows, 0)} % is missing"
    if column.type is ColumnType.DATE:
        return "is a date"
    if column.distinct == 1:
        return "has the same value wherever it has one"
    if column.type is ColumnType.WHOLE and (told := _time_in(column, cells)):
        return told
    whole = column.type is ColumnType.WHOLE and not column.missing
    if whole and (counts := _counting(column, cells.numbers, names_by_words)):
        return counts
    every = column.distinct == filled and filled > 2
    named = _is_index_name(column.name) or _ID.fullmatch(column.name) is not None
    if named and names_by_words and column.type is not ColumnType.NUMBER:
        if every or column.type is ColumnType.TEXT:
            return "names the rows: it is called so, and all are different"
        if _ID.fullmatch(column.name) and column.distinct > filled // 2:
            return "names the rows: it is called so, and hardly repeats"
    if column.type is ColumnType.TEXT:
        if column.odd_word:
            return f"has {column.odd_word!r} among its numbers (data.missing_values)"
        if every:
            return "is text that is different in every row"
        return f"is text of {column.distinct:,} different values; data.categories can take it"
    return ""


def _counting(column: TableColumn, numbers: NDArray[np.float64], named: bool) -> str:
    """Why a column of whole numbers without a gap in it is taken for a count of the rows."""
    rows = len(numbers)
    if rows < FEWEST_COUNTED:
        return ""
    steps = np.diff(numbers)
    low = numbers.min()
    if low in (0, 1) and column.distinct == rows and numbers.max() - low == rows - 1:
        if (steps == 1).all() or (steps == -1).all():
            return "counts the rows"
        return "numbers the rows, each once"
    rising = bool((steps > 0).all())
    if rising and named and _is_index_name(column.name):
        return "counts the rows: it is called so, and only rises"
    even = rising and bool((steps == steps[0]).all())
    if (
        column.index == 0
        and even
        and numbers.min() >= 0
        and named
        and _COUNTS.fullmatch(column.name)
    ):
        return "counts the rows: it is called so, and only rises"
    first = named and column.index == 0 and low in (0, 1) and numbers.max() < 3 * rows
    if rising and first and not (steps == steps[0]).all():
        return "counts the rows, with gaps"
    if named and column.name.lower() in _YEAR and rising:
        return "is a date: it only rises"
    return ""


def _time_in(column: TableColumn, cells: CellColumn) -> str:
    """Why whole numbers are taken for dates or times; "" where they are not."""
    assert column.low is not None and column.high is not None
    values = np.unique(cells.numbers[~cells.missing])
    if len(values) < 2:
        return ""
    if column.low >= 19000101 and column.high <= 21001231:
        month, day = values // 100 % 100, values % 100
        if ((month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)).all():
            return "is a date: year, month and day in one number"
    called = re.fullmatch(r"(.*[_ ])?(unix|epoch|ts|time|timestamp|date|datetime)([_ ].*)?|.*_at",
                          column.name.lower())  # fmt: skip
    filled = cells.numbers[~cells.missing]
    steps = np.diff(filled)
    rises = (steps >= 0).all() or (steps <= 0).all()
    for scale, name in ((1, "seconds"), (10**3, "milliseconds"), (10**6, "microseconds"),
                        (10**9, "nanoseconds")):  # fmt: skip
        fits = _FIRST_SECOND * scale <= column.low and column.high <= _LAST_SECOND * scale
        if fits and (called or (rises and column.distinct == len(filled))):
            return f"is a time: {name} since 1970"
    return ""


_FIRST_SECOND, _LAST_SECOND = 3e8, 4e9
"""1979 and 2096."""


def _is_index_name(name: str) -> bool:
    name = name.strip().lower()
    return name in _INDEX or re.fullmatch(r"unnamed: \d+(\.\d+)*|level_\d+", name) is not None


def leaks(feature: TableColumn, cells: CellColumn, label: CellColumn) -> bool:
    """Whether a feature alone predicts the label because both follow the order of the file.

    It only rises (or only falls) from row to row, and the label comes in as many runs as it has
    values, or only rises or falls itself.
    """
    if not cells.numeric or feature.missing or feature.distinct < 0.9 * len(cells.numbers):
        return False
    steps = np.diff(cells.numbers)
    if len(steps) < 9 or not ((steps >= 0).all() or (steps <= 0).all()):
        return False
    told = label.values()
    told = told[~np.isnan(told)]
    changes = np.diff(told)
    runs = 1 + int((changes != 0).sum())
    if runs <= 2 * len(np.unique(told)) and runs < len(told) // 2:
        return True
    return bool((changes >= 0).all() or (changes <= 0).all())


def sequences_by_guess(
    columns: Sequence[TableColumn], cells: Sequence[CellColumn]
) -> dict[int, str]:
    """Why columns that name sequences and count their timesteps are no features, by column.

    The lines of a sequence stand together, another column counts them from 0 or 1 in each, and one
    of both is called so: the levels of a planned experiment count in the same way.
    """
    for group in columns:
        if group.type is ColumnType.NUMBER or group.missing or group.distinct < 2:
            continue
        names = cells[group.index].values()
        begins = np.flatnonzero(np.append(True, names[1:] != names[:-1]))
        if len(begins) != group.distinct or 2 * len(begins) > len(names):
            continue
        own = np.arange(len(names)) - np.repeat(begins, np.diff(np.append(begins, len(names))))
        for count in columns:
            if count.index == group.index or count.type is not ColumnType.WHOLE or count.missing:
                continue
            called = _STEPS.fullmatch(count.name) or _is_index_name(count.name)
            if not (_GROUPS.fullmatch(group.name) or called):
                continue
            numbers = cells[count.index].numbers
            if numbers[0] in (0, 1) and np.array_equal(numbers - numbers[0], own):
                return {
                    group.index: f"names sequences of lines: data.group = {group.name} takes them",
                    count.index: f"counts the lines of each {group.name}",
                }
    return {}


def one_label_each(group: CellColumn, label: CellColumn) -> bool:
    """Whether lines that stand together in a group have one label, and there are some groups.

    A design of blocks and plots, which is numbered as sequences are, has many labels in a block.
    """
    names = group.values()
    labels = label.values()
    same = names[1:] == names[:-1]
    return bool((labels[1:] == labels[:-1])[same].all() and (~same).sum() + 1 >= 4)


def can_be_label(column: TableColumn, rows: int) -> bool:
    """Whether a column is taken for the label when nobody says which."""
    if column.type in (ColumnType.EMPTY, ColumnType.DATE):
        return False
    if column.type is ColumnType.TEXT:
        return column.distinct <= rows // 4 and not column.warning
    return column.distinct > 1


def is_classes(column: TableColumn, rows: int) -> bool:
    """Whether the values of a label are classes when nobody says so."""
    if column.type is ColumnType.NUMBER:
        return False
    if column.type is ColumnType.WHOLE:
        return column.distinct <= MAX_DISTINCT and 2 * column.distinct <= rows - column.missing
    return True
