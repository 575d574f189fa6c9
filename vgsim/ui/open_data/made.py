"""What becomes of a file of data: samples, inputs, targets, and what is left out. Without Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vgsim.core.numbers import plain, short
from vgsim.nn.datasets.base import Dataset
from vgsim.nn.datasets.tables import ColumnRole, TablePlan
from vgsim.nn.datasets.user_csv import MARK, is_one_hot
from vgsim.nn.spec import DataSpec
from vgsim.nn.split import count_held


@dataclass(frozen=True, slots=True)
class MadeData:
    """A dataset in figures, without its values.

    ``lengths`` are those of the sequences where they were brought to one, else empty; ``inputs``
    are those of a sample, or of one timestep. ``own`` is the root mean square by which a guess at
    the mean is off, of each number to predict.
    """

    samples: int
    held: int
    inputs: int
    steps: int
    lengths: tuple[int, ...]
    windows: bool
    own_split: bool
    shares: tuple[tuple[str, int], ...]
    own: tuple[float, ...]
    rows: int = 0
    curve: tuple[float, ...] = ()
    """The number to predict in every row of a series, or in some of them."""


def made(dataset: Dataset, data: DataSpec) -> MadeData:
    """The figures of ``dataset``, which was made as ``data`` says."""
    shares: list[tuple[str, int]] = []
    own: list[float] = []
    if dataset.classes:
        counts = np.bincount(np.asarray(dataset.y).reshape(-1), minlength=len(dataset.classes))
        shares = [(name, int(count)) for name, count in zip(dataset.classes, counts, strict=True)]
        shares.sort(key=lambda share: -share[1])
    else:
        rows = np.asarray(dataset.y, np.float64)
        own = rows.reshape(-1, rows.shape[-1]).std(axis=0).tolist()
    lengths: tuple[int, ...] = ()
    if (data.group and not dataset.y_by_step) or dataset.padding is not None:
        lengths = (dataset.steps,) * len(dataset.x)
    if dataset.padding is not None:
        lengths = tuple((dataset.steps - dataset.padding).tolist())
    return MadeData(
        len(dataset.x), count_held(dataset, data.held_out), dataset.x.shape[1] // dataset.steps,
        dataset.steps, lengths, dataset.y_by_step, dataset.held_out > 0, tuple(shares), tuple(own),
    )  # fmt: skip


def samples_sentence(found: MadeData) -> str:
    """How many samples are trained on and how many are held out."""
    what = "row"
    if found.windows:
        what = f"window of {found.steps} rows"
    elif found.lengths and min(found.lengths) < found.steps:
        what = f"sequence of {min(found.lengths)} to {max(found.lengths)} steps"
    elif found.steps > 1:
        what = f"sequence of {found.steps} steps"
    trained = found.samples - found.held
    words = f"{counted_as(trained, what)} to train, {found.held:,} held out"
    if found.windows and found.held:
        return f"{words} at the end; no row is in both."
    if found.own_split:
        return f"{words}, as the file divides them."
    if found.shares and found.held:
        return f"{words}, same shares of each class."
    return f"{words}."


def counted_as(count: int, what: str) -> str:
    """ "1 row", "12 rows", "2 windows of 5 rows"."""
    if count == 1:
        return f"1 {what}"
    first, _, rest = what.partition(" ")
    return f"{count:,} {first}s {rest}".strip()


def inputs_sentence(found: MadeData, data: DataSpec, plan: TablePlan | None) -> str:
    """What a network is given, after words became columns of 0 and 1."""
    words = counted_as(found.inputs, "input")
    if found.steps > 1:
        words += " at each step"
    parts = [] if plan is None or found.windows else coded_parts(plan, data.missing == MARK)
    if len(parts) < 2:
        return f"{words}."
    return f"{words}: {_listed(parts)}."


def coded_parts(plan: TablePlan, marked: bool) -> list[str]:
    """The inputs that the features of a table become, by kind: "5 numbers", "4 of island"."""
    numbers = 0
    parts: list[str] = []
    marks = 0
    for column in plan.having(ColumnRole.FEATURE):
        if is_one_hot(column):
            parts.append(f"{len(column.categories)} of {column.name or column.index + 1}")
        else:
            numbers += 1
        marks += bool(marked and column.missing)
    if numbers:
        parts.insert(0, counted_as(numbers, "number"))
    if len(parts) > 5:
        rest = plan.having(ColumnRole.FEATURE)
        coded = [column for column in rest if is_one_hot(column)]
        width = sum(len(column.categories) for column in coded)
        parts = [*parts[: bool(numbers)], f"{width} of {len(coded)} columns of words"]
    if marks:
        parts.append(f"{counted_as(marks, 'marker')} of what was missing")
    return parts


def _listed(parts: Sequence[str]) -> str:
    if len(parts) < 3:
        return " and ".join(parts)
    return ", ".join(parts[:-1]) + f" and {parts[-1]}"


def chance_sentence(found: MadeData, labels: Sequence[str]) -> str:
    """What guessing gets: the share of the largest class, or a number's spread in its unit."""
    if found.shares:
        total = sum(count for _, count in found.shares)
        name, most = found.shares[0]
        return (
            f"Always saying {name} would be right {100 * most / total:.0f} % of the time: that is "
            "chance here."
        )
    told = [
        f"{short(size, 3)} in the unit of {name}"
        for name, size in zip(labels, found.own, strict=False)
    ]
    if not told:
        return f"Always saying the mean would be off by {plain(found.own[0])} (RMS)."
    return f"Always saying the mean would be off by {_listed(told[:3])} (RMS)."
