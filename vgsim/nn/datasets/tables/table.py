"""All cells of a table, column by column: numbers as floats, words as numbers of what occurs."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vgsim.nn.datasets._files import DataSource, most_numbers
from vgsim.nn.datasets.tables.cells import (
    MISSING_NUMBERS,
    WORDS_TOO,
    NumberStyle,
    boolean_words,
    is_date,
    unit_of,
    without_unit,
)
from vgsim.nn.datasets.tables.lines import Row

FEWEST_NUMBERS = 3
"""Different numbers in a column with other words from which on it is one of numbers."""
BLOCK = 2**16
"""Cells that are taken in at once."""


@dataclass(slots=True)
class CellColumn:
    """One column: ``numbers`` with NaN where a value is missing, or ``codes`` (-1) of ``words``."""

    numeric: bool
    numbers: NDArray[np.float64]
    codes: NDArray[np.int64]
    words: list[str]
    unit: str = ""
    """What stands behind or before every number."""

    @property
    def missing(self) -> NDArray[np.bool_]:
        """(rows,) whether a value is missing."""
        if self.numeric:
            return np.isnan(self.numbers)
        return self.codes < 0

    def values(self) -> NDArray[np.float64]:
        """Numbers, or codes, with NaN for what is missing."""
        if self.numeric:
            return self.numbers
        return np.where(self.codes < 0, np.nan, self.codes.astype(np.float64))


@dataclass(slots=True)
class _Growing:
    """A column while it is read."""

    text: bool = False
    failed: bool = False
    numbers: array[float] = field(default_factory=lambda: array("d"))
    codes: array[int] = field(default_factory=lambda: array("q"))
    words: dict[str, int] = field(default_factory=dict)

    def take(self, cells: list[str], style: NumberStyle, missing: frozenset[str]) -> None:
        if self.text:
            words = self.words
            for cell in cells:
                cell = cell.strip()
                self.codes.append(words.setdefault(cell, len(words)))
            return
        if self.failed:
            return
        plain = None
        if missing.isdisjoint(cells):
            plain = style.numbers(cells)
        if plain is not None and "_" not in "".join(cells):
            self.numbers.extend(plain)
            return
        for cell in cells:
            cell = cell.strip()
            if cell in missing:
                self.numbers.append(np.nan)
                continue
            number = style.number(cell)
            if number is None:
                self.failed = True
                return
            self.numbers.append(number)


@dataclass(slots=True)
class TableCells:
    """A table as it was read."""

    columns: list[CellColumn]
    lines: NDArray[np.int64]
    """(rows,) the line that each row begins on."""
    preview: list[tuple[str, ...]]
    comments: int = 0


class Collector:
    """Takes rows of ``width`` cells into columns; those in ``texts`` are words.

    Of the words that stand for no value (``missing``) those in ``chosen`` do so everywhere.
    """

    def __init__(
        self, source: DataSource, width: int, style: NumberStyle, missing: frozenset[str],
        texts: Iterable[int] = (), chosen: frozenset[str] = frozenset(),
    ) -> None:  # fmt: skip
        self._source = source
        self._width = width
        self._style = style
        self._missing = missing
        self._chosen = chosen
        self._columns = [_Growing() for _ in range(width)]
        for at in texts:
            self._columns[at].text = True
        self._rows: list[list[str]] = []
        self._lines: array[int] = array("q")
        self._at_once = max(1, BLOCK // max(width, 1))
        self._most = most_numbers()
        self._preview: list[tuple[str, ...]] = []

    def take(self, row: Row) -> None:
        """One row, whose width was checked."""
        line, cells = row
        self._lines.append(line)
        self._rows.append(cells)
        if len(self._preview) < PREVIEW:
            self._preview.append(tuple(cell.strip() for cell in cells))
        if len(self._rows) == self._at_once:
            self._flush()
            if len(self._lines) * self._width > self._most:
                raise self._source.bad(f"of at most {self._most} numbers; line {line} exceeds them")

    def failed(self) -> list[int]:
        """Columns that turned out to hold words."""
        self._flush()
        return [at for at, column in enumerate(self._columns) if column.failed]

    def cells(self) -> TableCells:
        """What was taken in."""
        self._flush()
        columns: list[CellColumn] = []
        for each in self._columns:
            numbers = np.frombuffer(each.numbers, np.float64) if each.numbers else np.empty(0)
            codes = np.frombuffer(each.codes, np.int64) if each.codes else np.empty(0, np.int64)
            if each.text:
                columns.append(self._settled(codes, list(each.words)))
            else:
                columns.append(CellColumn(True, numbers, codes, []))
        lines = np.frombuffer(self._lines, np.int64) if self._lines else np.empty(0, np.int64)
        return TableCells(columns, lines, self._preview)

    def _settled(self, codes: NDArray[np.int64], words: list[str]) -> CellColumn:
        """A column whose cells were taken as words: what is missing in it, and whether it counts.

        It does where a unit stands behind each number, or only words are left that mean nothing.
        """
        rest = [word for word in words if word not in self._missing]
        numbers = [word for word in rest if word not in MISSING_NUMBERS]
        unit = unit_of(numbers)
        plain = [self._style.number(without_unit(word, unit)) for word in numbers]
        measured = None not in plain and not all(map(is_date, numbers))
        if len(numbers) >= FEWEST_NUMBERS and measured:
            value = dict(zip(numbers, plain, strict=True))
            by_code = np.array([value.get(word, np.nan) for word in words], np.float64)
            return CellColumn(True, by_code[codes], np.empty(0, np.int64), [], unit)
        gone = self._missing
        if not self._are_marks(rest):
            gone = gone - (WORDS_TOO - self._chosen)
        kept = [word for word in words if word not in gone]
        names = kept
        if len(kept) > 2 and (yes := boolean_words(kept)):  # True and TRUE are one
            one = {at: word for word, at in yes.items()}
            names = [one[yes[word]] for word in kept]
        distinct = list(dict.fromkeys(names))
        index = {word: at for at, word in enumerate(distinct)}
        place = {word: index[name] for word, name in zip(kept, names, strict=True)}
        to = np.array([place.get(word, -1) for word in words], np.int64)
        return CellColumn(False, np.empty(0), to[codes], distinct)

    def _are_marks(self, rest: list[str]) -> bool:
        """Whether a dash or None stands for no value beside the other words of a column."""
        if not rest or all(map(is_date, rest)) or boolean_words(rest):
            return True
        counted = sum(1 for word in rest if self._style.number(word) is not None)
        return 2 * counted > len(rest)

    def _flush(self) -> None:
        if self._rows:
            for column, cells in zip(self._columns, zip(*self._rows, strict=True), strict=True):
                column.take(list(cells), self._style, self._missing)
            self._rows.clear()


PREVIEW = 100
"""Rows that are kept as they are written."""
