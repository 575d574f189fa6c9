"""The user's own CSV file: one sample on each line, one column of it the label.

UTF-8, with or without a byte order mark; cells separated by commas, semicolons or tabs (whichever
splits the first line most); decimals with a dot; a quoted cell ends on its line; blank lines are
skipped.

Header: the first line is one when a cell in a feature column is text (missing values such as NA
are not), when the label cell is text above a number, or when it holds the name that data.label
asks for.

Label: the last column, or the one that data.label names or counts (1 is the first; a whole number
always counts). Its values are classes when they are text, or when all are whole numbers with at
most 20 distinct values and at most half as many as there are samples; otherwise they are numbers to
predict. Class names are sorted, whole numbers by value. A column of more than 20 distinct values
that mixes text with numbers, or is text and hardly repeats, is refused.

Sequences: when data.group names or counts a column, lines with the same value there are the
timesteps of one sequence, in the order of the file. The label of a sequence is that of its last
line. Shorter sequences are padded in front and their padding left out of everything that is
computed, or longer ones lose their beginning (data.unequal).

Missing values (an empty cell, NA, N/A, NaN, null, ?) are refused, in every column.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.core.errors import SpecError, refuse
from vgsim.nn.datasets._files import (
    MIN_SAMPLES,
    DataSource,
    check_classes,
    check_finite,
    most_numbers,
    quote,
)
from vgsim.nn.datasets._series import brought_to_one_length
from vgsim.nn.datasets.base import DATASETS, Dataset

if TYPE_CHECKING:
    from vgsim.nn.spec import DataSpec

MAX_LINE = 2**22
MAX_COLUMNS = 2**17
MAX_DISTINCT = 20
MISSING = frozenset({"", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "?"})

Row = tuple[int, list[str]]
"""A line number, counted from 1, and the cells of that line."""


@dataclass(slots=True)
class _Table:
    """What a CSV file holds: numbers row after row, label texts, and where each came from."""

    names: list[str]
    label: int
    header: bool
    group: int = -1
    numbers: array[float] = field(default_factory=lambda: array("d"))
    labels: list[str] = field(default_factory=list)
    lines: array[int] = field(default_factory=lambda: array("q"))
    groups: list[str] = field(default_factory=list)
    most: int = field(default_factory=most_numbers)
    """Numbers that it may have."""

    def features(self) -> tuple[str, ...]:
        apart = (self.label, self.group)
        return tuple(name for index, name in enumerate(self.names) if index not in apart)


@DATASETS.register(
    "csv",
    "Your own table of numbers",
    label="CSV file",
    uses=("data.path", "data.label", "data.group", "data.unequal"),
)
def load(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (samples, features), and y as classes or numbers; SpecError when the file is unfit."""
    source = DataSource("data.path", spec.path, "a CSV file")
    with (
        source.opened() as plain,
        io.TextIOWrapper(plain, "utf-8-sig", "surrogateescape", newline="") as file,
    ):
        table = _read(source, file, spec.label.strip(), spec.group.strip())
    features = table.features()
    x = np.frombuffer(table.numbers, np.float64).reshape(-1, len(features))
    check_finite(
        source, x, lambda row, col: f"line {table.lines[row]}, column {quote(features[col])}"
    )
    steps = 1
    padding = None
    if table.group >= 0:
        groups = _sequences(source, table)
        x, steps, padding = brought_to_one_length(x, groups, spec.unequal)
        last = [rows[-1] for rows in groups]
        table.labels = [table.labels[row] for row in last]
        table.lines = array("q", [table.lines[row] for row in last])
    y, classes = _targets(source, table)
    return Dataset(x, y, classes, features, steps=steps, padding=padding)


def _sequences(source: DataSource, table: _Table) -> list[list[int]]:
    """Rows of each sequence, in the order in which the sequences begin."""
    rows: dict[str, list[int]] = {}
    for row, group in enumerate(table.groups):
        rows.setdefault(group, []).append(row)
    if len(rows) < MIN_SAMPLES:
        only = quote(next(iter(rows)))
        raise source.bad(f"of at least {MIN_SAMPLES} sequences; all lines are of {only}")
    return list(rows.values())


def _read(source: DataSource, file: IO[str], named: str, grouped: str) -> _Table:
    """The whole table, as text labels and unchecked numbers."""
    rows = _rows(source, file)
    first = next(rows, None)
    second = next(rows, None)
    if first is None or second is None:
        raise source.bad(f"with at least {MIN_SAMPLES} samples; this one has fewer")
    table = _layout(source, _strip(first[1]), _strip(second[1]), named, grouped)
    if not table.header:
        _take(source, table, first)
    _take(source, table, second)
    for row in rows:
        _take(source, table, row)
    if len(table.labels) < MIN_SAMPLES:
        raise source.bad(f"with at least {MIN_SAMPLES} samples; this one has 1")
    return table


def _rows(source: DataSource, file: IO[str]) -> Iterator[Row]:
    """Every line that is not blank, split into cells."""
    delimiter = ""
    for number, line in enumerate(_lines(source, file), start=1):
        if line.isspace():
            continue
        delimiter = delimiter or _delimiter(line)
        try:
            reader = csv.reader([line], delimiter=delimiter, strict=True, skipinitialspace=True)
            yield number, next(reader)
        except csv.Error as error:
            raise source.bad(f"of separated cells; line {number}: {quote(error)}") from None


def _strip(cells: list[str]) -> list[str]:
    """The cells without the spaces around them; float needs no such help, names do."""
    return [cell.strip() for cell in cells]


def _lines(source: DataSource, file: IO[str]) -> Iterator[str]:
    """Every line; SpecError at one that is not UTF-8 or has no end in sight."""
    number = 0
    while line := file.readline(MAX_LINE):
        number += 1
        if len(line) == MAX_LINE:
            raise source.bad(
                f"with lines of fewer than {MAX_LINE} characters; line {number} is not"
            )
        try:
            line.encode()
        except UnicodeEncodeError:
            raise source.bad(f"of UTF-8 text; line {number} is not") from None
        yield line


def _delimiter(line: str) -> str:
    """The separator that occurs most outside quotes; a tab or semicolon wins over a comma."""
    bare = re.sub(r'"[^"]*"', "", line)
    return max("\t;,", key=bare.count)


def _layout(
    source: DataSource, first: list[str], second: list[str], named: str, grouped: str
) -> _Table:
    """Column names, which one is the label and which the group, from the first two lines."""
    width = len(first)
    if width < 2:
        raise source.bad(
            "with features and a label in columns separated by commas, semicolons or tabs; "
            f"its first line is {quote(first[0])}"
        )
    if width > MAX_COLUMNS:
        raise source.bad(f"of at most {MAX_COLUMNS} columns; its first line has {width}")
    group = _column(first, grouped) if grouped else -1
    label = width - 1 if group != width - 1 else width - 2
    if named:
        label = _column(first, named)
    header = any(name in first and not _counts(name) for name in (named, grouped))
    header = header or _is_header(first, second, label, group)
    if label < 0:
        raise _no_column("data.label", first, named, header)
    if grouped and group < 0:
        raise _no_column("data.group", first, grouped, header)
    if group == label or (grouped and width < 3):
        raise refuse("data.group", grouped, "a column besides the label and at least one feature")
    names = [f"x{index}" for index in range(1, width + 1)]
    return _Table(first if header else names, label, header, group)


def _counts(named: str) -> bool:
    """Whether data.label counts columns rather than naming one."""
    return re.fullmatch("[0-9]{1,9}", named) is not None


def _column(first: list[str], named: str) -> int:
    """Index of the column that data.label names or counts; -1 unless there is exactly one."""
    if _counts(named):
        if 1 <= int(named) <= len(first):
            return int(named) - 1
        return -1
    if first.count(named) == 1:
        return first.index(named)
    return -1


def _no_column(field: str, first: list[str], named: str, header: bool) -> SpecError:
    """The error about the field that asks for a column, with the choices there are."""
    allowed = f"a column number from 1 to {len(first)}"
    names = list(dict.fromkeys(first)) if header else []
    if names:
        more = ", …" if len(names) > 20 else ""
        allowed += " or the name of one column: " + ", ".join(map(quote, names[:20])) + more
    else:
        allowed += "; the file has no header with names"
    return refuse(field, named, allowed)


def _is_header(first: list[str], second: list[str], label: int, group: int) -> bool:
    """Whether the first line names the columns; see the top of this file."""
    texts = [cell not in MISSING and _number(cell) is None for cell in first]
    apart = {
        at: at < len(second) and _number(second[at]) is not None for at in (label, group) if at >= 0
    }
    return any(text and apart.get(index, True) for index, text in enumerate(texts))


def _number(cell: str) -> float | None:
    """The number that ``cell`` writes with a dot for decimals, nan and inf too; None if none."""
    try:
        if "_" in cell:
            return None
        return float(cell)
    except ValueError:
        return None


def _take(source: DataSource, table: _Table, row: Row) -> None:
    """Append one sample; SpecError when the line is ragged or has text among its features."""
    line, cells = row
    if len(cells) != len(table.names):
        raise source.bad(
            f"with {len(table.names)} columns on every line; line {line} has {len(cells)}"
        )
    for index in sorted((table.label, table.group), reverse=True):
        if index >= 0:
            kept = table.labels if index == table.label else table.groups
            kept.append(sys.intern(cells.pop(index).strip()))
    table.lines.append(line)
    try:
        table.numbers.extend(map(float, cells))  # far faster than _number cell by cell
    except ValueError:
        raise _bad_cell(source, table, row) from None
    if "_" in "".join(cells):  # float reads 1_000, which no other program writes
        raise _bad_cell(source, table, row)
    if len(table.numbers) > table.most:
        raise source.bad(f"of at most {table.most} numbers; line {line} exceeds them")


def _bad_cell(source: DataSource, table: _Table, row: Row) -> SpecError:
    """The error about the first feature cell of ``row`` that is not a number."""
    line, cells = row
    names = zip(table.features(), cells, strict=True)
    name, cell = next((name, cell) for name, cell in names if _number(cell) is None)
    return source.bad(
        f"with a number such as 2.5 in every feature column; line {line}, column {quote(name)} has "
        f"{quote(cell)}"
    )


Targets = tuple[NDArray[np.int64] | NDArray[np.float64], tuple[str, ...]]


def _targets(source: DataSource, table: _Table) -> Targets:
    """Labels as class numbers (samples,) with their names, or as numbers (samples, 1)."""
    numbers = {text: _number(text) for text in dict.fromkeys(table.labels)}
    for text in numbers:
        if text in MISSING:
            raise _bad_label(source, table, text, "with a label on every line")
    written = [number for number in numbers.values() if number is not None]
    if len(written) < len(numbers):
        return _text_targets(source, table, numbers)
    y = np.array([numbers[text] for text in table.labels], dtype=np.float64)[:, None]
    check_finite(source, y, lambda row, _: f"the label on line {table.lines[row]}")
    values = sorted(set(written))
    if _few(len(values), len(y)) and all(value.is_integer() for value in values):
        classes = check_classes(source, [str(int(value)) for value in values])
        return np.searchsorted(values, y[:, 0]).astype(np.int64), classes
    return y, ()


def _few(distinct: int, samples: int) -> bool:
    """Whether whole numbers with this many distinct values are taken for classes."""
    return distinct <= MAX_DISTINCT and 2 * distinct <= samples


def _text_targets(source: DataSource, table: _Table, numbers: dict[str, float | None]) -> Targets:
    """Class numbers (samples,) and sorted names, for labels of which at least one is text."""
    names = sorted(numbers)
    text = next(name for name, number in numbers.items() if number is None)
    if len(names) > MAX_DISTINCT:
        if any(number is not None for number in numbers.values()):
            raise _bad_label(source, table, text, "with labels that are all numbers or all text")
        if 2 * len(names) > len(table.labels):
            raise source.bad(
                f"whose text labels repeat; column {quote(table.names[table.label])} has "
                f"{len(names)} different ones on {len(table.labels)} lines"
            )
    codes = {name: code for code, name in enumerate(check_classes(source, names))}
    return np.array([codes[label] for label in table.labels], dtype=np.int64), tuple(names)


def _bad_label(source: DataSource, table: _Table, text: str, needs: str) -> SpecError:
    """The error about the first label that is ``text``."""
    line = table.lines[table.labels.index(text)]
    name = quote(table.names[table.label])
    return source.bad(f"{needs}; line {line}, column {name} has {quote(text)}")
