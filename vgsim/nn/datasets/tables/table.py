"""All cells of a table, column by column: numbers as floats, words as numbers of what occurs."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vgsim.nn.datasets._files import DataSource, most_numbers
from vgsim.nn.datasets.tables.cells import NumberStyle
from vgsim.nn.datasets.tables.lines import Row

BLOCK = 2**16
"""Cells that are taken in at once."""


@dataclass(slots=True)
class CellColumn:
    """One column: ``numbers`` with NaN where a value is missing, or ``codes`` (-1) of ``words``."""

    numeric: bool
    numbers: NDArray[np.float64]
    codes: NDArray[np.int64]
    words: list[str]

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
                if cell in missing:
                    self.codes.append(-1)
                else:
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
    """Takes rows of ``width`` cells into columns; those in ``texts`` are words."""

    def __init__(
        self, source: DataSource, width: int, style: NumberStyle, missing: frozenset[str],
        texts: Iterable[int] = (),
    ) -> None:  # fmt: skip
        self._source = source
        self._width = width
        self._style = style
        self._missing = missing
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
            columns.append(CellColumn(not each.text, numbers, codes, list(each.words)))
        lines = np.frombuffer(self._lines, np.int64) if self._lines else np.empty(0, np.int64)
        return TableCells(columns, lines, self._preview)

    def _flush(self) -> None:
        if self._rows:
            for column, cells in zip(self._columns, zip(*self._rows, strict=True), strict=True):
                column.take(list(cells), self._style, self._missing)
            self._rows.clear()


PREVIEW = 100
"""Rows that are kept as they are written."""
