"""The user's own table of text: one sample on each line, one column of it the label.

How the file is read and what each column is for is planned by :mod:`vgsim.nn.datasets.tables`, by
guess where the spec says nothing. Here columns become numbers: text and true/false are categories,
one column of 0 and 1 for each word; a missing value stays NaN until the split fills it by what the
training part has, unless its row is dropped (data.missing). A row without a label is dropped.

Labels are classes or numbers (data.task); class names are sorted, whole numbers by value. Several
labels are numbers.

A table in which all but one column of numbers is left out (dates, row numbers) is a series of it.

Sequences: when data.group names or counts a column, lines with the same value there are the
timesteps of one sequence, in the order of the file. The label of a sequence is that of its last
line. Shorter sequences are padded in front and their padding left out of everything that is
computed, or longer ones lose their beginning (data.unequal).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.core.errors import SpecError, refuse
from vgsim.nn.datasets._files import (
    MAX_VALUE,
    MIN_SAMPLES,
    DataSource,
    check_classes,
    check_count,
    quote,
)
from vgsim.nn.datasets._series import SHORTEST, brought_to_one_length, series_by_guess
from vgsim.nn.datasets.base import DATASETS, Dataset
from vgsim.nn.datasets.tables import (
    NUMBERS,
    ColumnRole,
    ColumnType,
    TableColumn,
    TableLoader,
    TablePlan,
)
from vgsim.nn.datasets.tables.cells import boolean_words
from vgsim.nn.datasets.tables.columns import MAX_CHOSEN, MAX_DISTINCT
from vgsim.nn.datasets.tables.table import CellColumn, TableCells

if TYPE_CHECKING:
    from vgsim.nn.spec import DataSpec

READING = (
    "data.path", "data.encoding", "data.delimiter", "data.decimal", "data.thousands",
    "data.header", "data.comment", "data.skip", "data.footer", "data.missing_values", "data.label",
)  # fmt: skip
"""Fields that say how a table of text is read, whatever is made of it."""


@DATASETS.register(
    "csv",
    "Your own table of numbers",
    label="CSV file",
    uses=(
        *READING, "data.columns", "data.categories", "data.max_categories", "data.missing",
        "data.task", "data.group", "data.unequal", "data.standardize_targets",
    ),
)  # fmt: skip
@TableLoader
def load(spec: DataSpec, plan: TablePlan, cells: TableCells) -> Dataset:
    """x (samples, features), and y as classes or numbers; SpecError when the file is unfit."""
    source = DataSource("data.path", spec.path, "a table")
    if is_lone_column(plan):
        label = plan.having(ColumnRole.LABEL)[0]
        numbers = _checked(source, label, cells.columns[label.index], cells, np.arange(plan.rows))
        if spec.missing not in FILLS:
            _refuse_gaps(source, label, cells, spec.missing)
        return series_by_guess(numbers, label.name, spec.held_out)
    _check_features(source, plan)
    rows = _rows_to_take(source, plan, cells, spec.missing)
    y, classes = _targets(source, plan, cells, rows)
    found = _features(source, plan, cells, rows, spec.missing == MARK)
    names = () if classes else tuple(column.name for column in plan.having(ColumnRole.LABEL))
    if not plan.having(ColumnRole.GROUP):
        return Dataset(found.x, y, classes, found.names, categories=found.categories, targets=names)
    groups = _sequences(source, cells.columns[plan.having(ColumnRole.GROUP)[0].index], rows)
    x, steps, padding = brought_to_one_length(found.x, groups, spec.unequal)
    last = [each[-1] for each in groups]
    return Dataset(
        x, y[last], classes, found.names, steps=steps, padding=padding,
        categories=found.categories, targets=names,
    )  # fmt: skip


def is_lone_column(plan: TablePlan) -> bool:
    """Whether all there is to learn from is one column of numbers, and it has room for a window."""
    labels = plan.having(ColumnRole.LABEL)
    if plan.choices.columns or plan.having(ColumnRole.GROUP) or plan.having(ColumnRole.FEATURE):
        return False
    measured = len(labels) == 1 and labels[0].type in NUMBERS and plan.task != "classes"
    return measured and labels[0].distinct > 1 and plan.rows > SHORTEST + 1


FILL, MARK, DROP, REFUSE = "fill", "fill and mark", "drop", "refuse"
FILLS = (FILL, MARK)
"""What fills a missing value: in a series, where no row can be dropped, the value before it."""


def _check_features(source: DataSource, plan: TablePlan) -> None:
    """SpecError unless there is a feature, and none that cannot be one."""
    if len(plan.columns) < 2:
        raise source.bad(
            "with features and a label in columns; this one has a single column, "
            f"{quote(plan.columns[0].name)} (data.delimiter; a series has data.dataset = series)"
        )
    features = plan.having(ColumnRole.FEATURE)
    if not features:
        out = plan.having(ColumnRole.LEFT_OUT)
        why = ", ".join(f"{quote(column.name)} {column.reason}" for column in out[:5])
        raise refuse(
            "data.columns",
            plan.choices.columns,
            f"names of features here, for by guess none is left ({why}); over time, "
            "data.dataset = series may fit",
        )
    for column in features:
        text = column.type in (ColumnType.TEXT, ColumnType.CATEGORY, ColumnType.DATE)
        if text and not 0 < column.distinct <= MAX_CHOSEN:
            raise refuse(
                "data.columns",
                column.name,
                f"a column of numbers or of at most {MAX_CHOSEN} different words; this has "
                f"{column.distinct:,}",
            )


def _refuse_gaps(source: DataSource, column: TableColumn, cells: TableCells, missing: str) -> None:
    """SpecError at the first missing value of a column, where ``data.missing`` allows none."""
    gaps = cells.columns[column.index].missing
    if gaps.any():
        line = cells.lines[int(np.argmax(gaps))]
        raise source.bad(
            f"without missing values (data.missing = {missing}); line {line}, column "
            f"{quote(column.name)} has none"
        )


def _rows_to_take(
    source: DataSource, plan: TablePlan, cells: TableCells, missing: str
) -> NDArray[np.intp]:
    """Numbers of the rows that are samples."""
    fine = np.ones(plan.rows, bool)
    for column in plan.columns:
        if column.role is ColumnRole.LEFT_OUT:
            continue
        gaps = cells.columns[column.index].missing
        if missing == REFUSE:
            _refuse_gaps(source, column, cells, missing)
        if missing == DROP or column.role is not ColumnRole.FEATURE:
            fine &= ~gaps
    rows = np.flatnonzero(fine)
    if len(rows) < MIN_SAMPLES:
        raise source.bad(
            f"with at least {MIN_SAMPLES} samples; {len(rows)} of {plan.rows} rows have all values"
            " that are needed (data.missing)"
        )
    return rows


@dataclass(frozen=True, slots=True)
class _Features:
    x: NDArray[np.float64]
    names: tuple[str, ...]
    categories: tuple[tuple[int, int], ...]


def _features(
    source: DataSource, plan: TablePlan, cells: TableCells, rows: NDArray[np.intp], mark: bool
) -> _Features:
    """The features of those rows as numbers, with NaN for what is missing."""
    features = plan.having(ColumnRole.FEATURE)
    widths = [len(column.categories) if is_one_hot(column) else 1 for column in features]
    marked = [column for column in features if mark and column.missing]
    check_count(source, (len(rows), sum(widths) + len(marked)))
    x = np.empty((len(rows), sum(widths) + len(marked)))
    names: list[str] = []
    categories: list[tuple[int, int]] = []
    for column, width in zip(features, widths, strict=True):
        at = len(names)
        own = cells.columns[column.index]
        if is_one_hot(column):
            _one_hot(x[:, at : at + width], own, column, rows)
            names += [f"{column.name} = {word}" for word in column.categories]
            categories.append((at, at + width))
        elif own.numeric:
            x[:, at] = _checked(source, column, own, cells, rows)
            names.append(column.name)
        else:
            truth = boolean_words(own.words)
            x[:, at] = np.append(np.array([truth[word] for word in own.words], float), np.nan)[
                own.codes[rows]
            ]
            names.append(column.name)
            categories.append((at, at + 1))
    for column in marked:
        x[:, len(names)] = cells.columns[column.index].missing[rows]
        names.append(f"{column.name} is missing")
    return _Features(x, tuple(names), tuple(categories))


def is_one_hot(column: TableColumn) -> bool:
    """Whether each word of a column becomes a feature."""
    return column.type in (ColumnType.CATEGORY, ColumnType.TEXT, ColumnType.DATE)


def _one_hot(
    x: NDArray[np.float64], own: CellColumn, column: TableColumn, rows: NDArray[np.intp]
) -> None:
    """1 where a row has the category, 0 elsewhere, NaN throughout where it has none."""
    if own.numeric:
        values, codes = np.unique(own.numbers[~own.missing], return_inverse=True)
        places = np.full(len(own.missing), -1)
        places[~own.missing] = codes
        assert len(values) == len(column.categories)
    else:
        index = {word: at for at, word in enumerate(column.categories)}
        to = np.append(np.array([index[word] for word in own.words], np.int64), -1)
        places = to[own.codes]
    chosen = places[rows]
    x[:] = chosen[:, None] == np.arange(x.shape[1])
    x[chosen < 0] = np.nan


def _checked(
    source: DataSource,
    column: TableColumn,
    own: CellColumn,
    cells: TableCells,
    rows: NDArray[np.intp],
) -> NDArray[np.float64]:
    """The numbers of those rows; SpecError at one that is infinite or huge."""
    numbers = own.numbers[rows]
    wild = np.abs(numbers) > MAX_VALUE
    if wild.any():
        at = int(np.argmax(wild))
        raise source.bad(
            f"of finite numbers up to {MAX_VALUE:g} in size; line {cells.lines[rows[at]]}, column "
            f"{quote(column.name)} has {numbers[at]}"
        )
    return numbers


Targets = tuple[NDArray[np.int64] | NDArray[np.float64], tuple[str, ...]]


def _targets(
    source: DataSource, plan: TablePlan, cells: TableCells, rows: NDArray[np.intp]
) -> Targets:
    """Labels as class numbers (samples,) with their names, or as numbers (samples, labels)."""
    labels = plan.having(ColumnRole.LABEL)
    if plan.task == "classes":
        if len(labels) > 1:
            raise refuse("data.task", plan.task, "numbers where there are several labels")
        return _classes(source, labels[0], cells, rows)
    columns: list[NDArray[np.float64]] = []
    for label in labels:
        own = cells.columns[label.index]
        if not own.numeric:
            raise refuse(
                "data.label", label.name, f"a column of numbers; it has {quote(own.words[0])}"
            )
        columns.append(_checked(source, label, own, cells, rows))
    return np.column_stack(columns), ()


def _classes(
    source: DataSource, label: TableColumn, cells: TableCells, rows: NDArray[np.intp]
) -> Targets:
    """Class numbers (samples,) and names; words are sorted, numbers by value."""
    own = cells.columns[label.index]
    if own.numeric:
        values, codes = np.unique(_checked(source, label, own, cells, rows), return_inverse=True)
        names = [f"{value:.15g}" for value in values]
        return codes.astype(np.int64), check_classes(source, names)
    taken = np.unique(own.codes[rows])
    words = sorted(own.words[code] for code in taken)
    if len(words) > MAX_DISTINCT:
        if label.warning:
            raise _mixed(source, label, own, cells)
        if 2 * len(words) > len(rows):
            raise source.bad(
                f"whose text labels repeat; column {quote(label.name)} has {len(words)} different "
                f"ones on {len(rows)} lines"
            )
    names = list(check_classes(source, words))
    index = {word: at for at, word in enumerate(words)}
    to = np.array([index.get(word, -1) for word in own.words], np.int64)
    return to[own.codes[rows]], tuple(names)


def _mixed(source: DataSource, label: TableColumn, own: CellColumn, cells: TableCells) -> SpecError:
    """The error about a label of many numbers with a word among them."""
    code = own.words.index(label.odd_word)
    line = cells.lines[int(np.argmax(own.codes == code))]
    return source.bad(
        f"with labels that are all numbers or all text; line {line}, column {quote(label.name)} "
        f"has {quote(label.odd_word)} (data.missing_values)"
    )


def _sequences(source: DataSource, group: CellColumn, rows: NDArray[np.intp]) -> list[list[int]]:
    """Rows of each sequence, in the order in which the sequences begin."""
    found: dict[float, list[int]] = {}
    for at, value in enumerate(group.values()[rows].tolist()):
        found.setdefault(value, []).append(at)
    if len(found) < MIN_SAMPLES:
        raise source.bad(f"of at least {MIN_SAMPLES} sequences; all lines are of one")
    return list(found.values())
