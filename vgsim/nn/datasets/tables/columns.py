"""What each column of a table is, what it is for unless someone says otherwise, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from vgsim.core.numbers import fixed, short
from vgsim.nn.datasets.tables.cells import NumberStyle, is_boolean, is_date
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


def described(index: int, name: str, column: CellColumn, style: NumberStyle) -> TableColumn:
    """A column with its type and spread, a feature as yet."""
    missing = int(column.missing.sum())
    rows = len(column.missing)
    feature = ColumnRole.FEATURE
    if missing == rows:
        return TableColumn(index, name, ColumnType.EMPTY, feature, "", missing, 0)
    if not column.numeric:
        kind = _type_of_words(column, rows - missing)
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
        mean, spread, warning=_sentinel(numbers, values),
    )  # fmt: skip


def _type_of_words(column: CellColumn, filled: int) -> ColumnType:
    words = column.words
    if all(map(is_date, words)):
        return ColumnType.DATE
    if len(words) == 2 and is_boolean(words):
        return ColumnType.BOOLEAN
    if len(words) <= MAX_CATEGORIES and 2 * len(words) <= filled + 2:
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
    for value in SENTINELS:
        rest = values[values != value]
        if len(rest) < 2 or len(rest) == len(values):
            continue
        gap = rest[0] - value if value < rest[0] else value - rest[-1]
        if gap > 2 * (rest[-1] - rest[0]):
            times = int((numbers == value).sum())
            return (
                f"{short(value)} occurs {times:,} times, far from all else: if it stands for "
                f'no value, set data.missing_values = "{value:.0f}"'
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
        if every:
            return "is text that is different in every row"
        if column.warning:
            return "has words among its numbers"
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
    first = named and column.index == 0 and low in (0, 1) and numbers.max() < 3 * rows
    if rising and first and not (steps == steps[0]).all():
        return "counts the rows, with gaps"
    if named and column.name.lower() in _YEAR and rising:
        return "is a date: it only rises"
    return ""


def _is_index_name(name: str) -> bool:
    return name.strip().lower() in _INDEX


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
