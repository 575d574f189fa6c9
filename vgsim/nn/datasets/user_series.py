"""The user's own series: a table whose rows follow each other in time, as windows over it.

A sample is ``data.length`` rows; at each of them the value ``data.horizon`` rows later is to be
predicted. The columns of numbers, or those of them that ``data.columns`` names, are the features,
and the one to predict is among them: the last, or those that ``data.label`` names or counts, with
commas. The table is read as every table of text is: dates, texts and columns that only count the
rows are left out. A missing value is the last one before it, unless gaps are refused
(data.missing): a row cannot be dropped. What is held out is the end of the series, and no row of it
is in a window that is trained on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vgsim.core.errors import refuse
from vgsim.nn.datasets._files import DataSource, check_count, check_finite, quote
from vgsim.nn.datasets._series import carried_forward, windows
from vgsim.nn.datasets.base import DATASETS, Dataset
from vgsim.nn.datasets.tables import (
    NUMBERS,
    ColumnRole,
    TableColumn,
    TableLoader,
    TablePlan,
)
from vgsim.nn.datasets.tables.table import TableCells
from vgsim.nn.datasets.user_csv import FILLS, READING

if TYPE_CHECKING:
    from vgsim.nn.spec import DataSpec


@DATASETS.register(
    "series",
    "Your own table over time, as windows that predict what comes",
    label="Series (CSV file)",
    uses=(
        *READING, "data.columns", "data.missing", "data.length", "data.horizon",
        "data.standardize_targets",
    ),
)  # fmt: skip
@TableLoader
def load(spec: DataSpec, plan: TablePlan, cells: TableCells) -> Dataset:
    """x (samples, length · F), y (samples, length, targets); SpecError when the file is unfit."""
    source = DataSource("data.path", spec.path, "a table of text")
    columns = _columns(plan, spec.label)
    numbers = np.column_stack([cells.columns[column.index].numbers for column in columns])
    if spec.missing in FILLS:
        numbers = carried_forward(numbers)
    for row, at in np.argwhere(np.isnan(numbers))[:1]:
        raise source.bad(
            f"without gaps in a series (data.missing = {spec.missing}); "
            f"line {cells.lines[row]}, column {quote(columns[at].name)} has no value"
        )
    check_finite(
        source,
        numbers,
        lambda row, at: f"line {cells.lines[row]}, column {quote(columns[at].name)}",
    )
    check_count(source, (len(numbers), spec.length, len(columns)))
    targets = [at for at, column in enumerate(columns) if column.role is ColumnRole.LABEL]
    found = windows(numbers, targets, spec.length, spec.horizon, spec.held_out)
    names = tuple(column.name for column in columns)
    return Dataset(
        found.x, found.y, features=names, steps=spec.length, y_by_step=True,
        held_out=found.held_out, targets=tuple(names[at] for at in targets),
    )  # fmt: skip


def _columns(plan: TablePlan, label: str) -> list[TableColumn]:
    """The columns of numbers that are features or to be predicted, in the order of the file."""
    used = [column for column in plan.columns if column.role is not ColumnRole.LEFT_OUT]
    kept = [column for column in used if column.type in NUMBERS]
    if not any(column.role is ColumnRole.LABEL for column in kept):
        known = [quote(column.name) for column in plan.columns if column.type in NUMBERS]
        allowed = "a column of numbers; the file has none"
        if known:
            allowed = "a column of numbers, one of " + ", ".join(known[:20])
        raise refuse("data.label", label, allowed)
    return kept
