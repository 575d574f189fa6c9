"""The user's own series: a table whose rows follow each other in time, as windows over it.

A sample is ``data.length`` rows; at each of them the value ``data.horizon`` rows later is to be
predicted. The columns of numbers are the features, the one to predict among them: the last, or
those that ``data.label`` names or counts, with commas. Columns of text (dates) and columns that
only count the rows are left out. What is held out is the end of the series, and no row of it is
in a window that is trained on.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.core.errors import refuse
from vgsim.nn.datasets._files import DataSource, check_count, check_finite, quote
from vgsim.nn.datasets._series import windows
from vgsim.nn.datasets.base import DATASETS, Dataset
from vgsim.nn.datasets.user_csv import MISSING, _number, _rows, _strip

if TYPE_CHECKING:
    from vgsim.nn.spec import DataSpec


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of numbers (rows, F), and their names."""

    names: tuple[str, ...]
    numbers: NDArray[np.float64]


@DATASETS.register(
    "series",
    "Your own table over time, as windows that predict what comes",
    label="Series (CSV file)",
    uses=("data.path", "data.label", "data.length", "data.horizon"),
)
def load(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (samples, length · F), y (samples, length, targets); SpecError when the file is unfit."""
    source = DataSource("data.path", spec.path, "a CSV file")
    columns = _read(source)
    targets = _targets(columns.names, spec.label.strip())
    kept = [
        at
        for at, column in enumerate(columns.numbers.T)
        if at in targets or not counts_rows(column)
    ]
    table = columns.numbers[:, kept]
    check_count(source, (len(table), spec.length, len(kept)))
    places = [kept.index(at) for at in targets]
    found = windows(table, places, spec.length, spec.horizon, spec.held_out)
    names = tuple(columns.names[at] for at in kept)
    return Dataset(
        found.x, found.y, features=names, steps=spec.length, y_by_step=True, held_out=found.held_out
    )


def counts_rows(column: NDArray[np.float64]) -> bool:
    """Whether each value is one and the same step above the one before: a row number, a year."""
    steps = np.diff(column)
    return len(steps) > 0 and bool((steps == steps[0]).all()) and float(steps[0]) != 0


def _read(source: DataSource) -> _Columns:
    """All columns whose every cell is a number; SpecError for a missing one."""
    with (
        source.opened() as plain,
        io.TextIOWrapper(plain, "utf-8-sig", "surrogateescape", newline="") as file,
    ):
        rows = [(line, _strip(cells)) for line, cells in _rows(source, file)]
    names = [f"x{at}" for at in range(1, len(rows[0][1]) + 1)] if rows else []
    lonely = len(rows) > 1 and all(_number(cell) is None for cell in rows[0][1])
    if lonely:
        names = rows.pop(0)[1]
    if len(rows) < 2:
        raise source.bad("with at least 2 rows over time; this one has fewer")
    for line, cells in rows:
        if len(cells) != len(names):
            raise source.bad(
                f"with {len(names)} columns on every line; line {line} has {len(cells)}"
            )
    kept = [at for at in range(len(names)) if _is_numeric([cells[at] for _, cells in rows])]
    if not kept:
        raise source.bad("with a column of numbers; this one has none")
    for line, cells in rows:
        for at in kept:
            if _number(cells[at]) is None:
                raise source.bad(
                    f"without gaps in a series; line {line}, column {quote(names[at])} has "
                    f"{quote(cells[at])}"
                )
    numbers = np.array([[float(cells[at]) for at in kept] for _, cells in rows])
    called = tuple(names[at] for at in kept)
    check_finite(
        source, numbers, lambda row, at: f"line {rows[row][0]}, column {quote(called[at])}"
    )
    return _Columns(called, numbers)


def _is_numeric(cells: list[str]) -> bool:
    """Whether most cells are numbers and the others stand for none."""
    others = [cell for cell in cells if _number(cell) is None]
    return 2 * len(others) < len(cells) and all(cell in MISSING for cell in others)


def _targets(names: tuple[str, ...], label: str) -> list[int]:
    """Which of the columns are to be predicted."""
    if not label:
        return [len(names) - 1]
    found: list[int] = []
    for word in label.split(","):
        name = word.strip()
        if name.isdecimal() and 1 <= int(name) <= len(names):
            found.append(int(name) - 1)
        elif name in names:
            found.append(names.index(name))
        else:
            known = ", ".join(map(quote, names[:20]))
            raise refuse("data.label", label, f"names or numbers of columns among {known}")
    return found
