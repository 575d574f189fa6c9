"""Numbers into what a plot draws: decimation, means, ranges, ticks and the heat map. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from vgsim.nn.history import HistoryView
from vgsim.text.scale import Scale

Array = NDArray[np.float64]
Range = tuple[float, float]

TINY, HUGE = 1e-300, 1e300
"""What axes span at least and at most: beyond, their arithmetic would run out of numbers."""


def decimate(x: Array, y: Array, columns: int) -> tuple[Array, Array]:
    """At most ``2 * columns`` of the points, first, last and the extremes of each column kept.

    ``columns`` is at least 2. A nan survives only where a whole column is nan.
    """
    kept = decimate_at(y, columns)
    return x[kept], y[kept]


def decimate_at(y: Array, columns: int) -> NDArray[np.intp]:
    """Indices of the points that :func:`decimate` keeps, in order."""
    last = len(y) - 1
    if len(y) <= 2 * columns:
        return np.arange(len(y))
    size = -(-(last - 1) // (columns - 1))
    inner = np.arange(1, 1 + size * (columns - 1)).clip(max=last - 1).reshape(columns - 1, size)
    values = y[inner]
    lowest = np.where(np.isnan(values), np.inf, values).argmin(axis=1)
    highest = np.where(np.isnan(values), -np.inf, values).argmax(axis=1)
    row = np.arange(columns - 1)
    return np.unique(np.concatenate([[0, last], inner[row, lowest], inner[row, highest]]))


def near(x: NDArray[np.floating] | NDArray[np.integer], low: float, high: float) -> slice:
    """Where sorted ``x`` lies between ``low`` and ``high``, with one more at either side."""
    first = int(np.searchsorted(x, low)) - 1
    last = int(np.searchsorted(x, high, side="right")) + 1
    return slice(max(first, 0), max(last, 0))


def nice_step(least: float) -> float:
    """The smallest 1, 2 or 5 times a power of ten that is not under ``least`` (positive)."""
    unit = 10.0 ** math.floor(math.log10(least))
    return next((f * unit for f in (1, 2, 5) if f * unit >= least * (1 - 1e-9)), 10 * unit)


def bucket_size(first: int, last: int, columns: int) -> int:
    """Steps to a column: 1, 2, 5, 10, … so that ``first`` to ``last`` fill at most ``columns``.

    Buckets are whole multiples, so that the same step stays in the same bucket while the
    history grows and nothing shimmers.
    """
    size = 1
    while last // size - first // size + 1 > columns:
        size = round(nice_step(size + 1))
    return size


def bucket_means(steps: NDArray[np.int64], values: Array, size: int) -> tuple[Array, Array]:
    """Mean step and mean value of every bucket of ``size`` steps; nan where any is not finite."""
    if not len(steps):
        return np.empty(0), np.empty(0)
    starts = np.flatnonzero(np.diff(steps // size, prepend=-1))
    counts = np.diff(starts, append=len(steps))
    finite = np.where(np.isfinite(values), values, np.nan)
    with np.errstate(over="ignore"):  # sums of huge but finite losses
        means = np.add.reduceat(finite, starts) / counts
    return np.add.reduceat(steps, starts) / counts, np.where(np.isinf(means), np.nan, means)


def nice_range(low: float, high: float, parts: int = 5) -> Range:
    """The range from ``low`` to ``high`` grown to round numbers, about ``parts`` steps apart."""
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        low = min(low, 0.0)
        high = max(high, 0.0)
    if high - low < TINY:
        high = low + 1.0
    step = nice_step((high - low) / parts)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step


def steady_range(previous: Range | None, low: float, high: float) -> Range:
    """A nice range that moves only when the values leave it or use under 40 % of it."""
    wanted = nice_range(low, high)
    if previous is None:
        return wanted
    if previous[0] <= low and high <= previous[1]:
        if high - low >= 0.4 * (previous[1] - previous[0]):
            return previous
        return wanted
    return min(previous[0], wanted[0]), max(previous[1], wanted[1])


def nice_ticks(low: float, high: float, most: int, *, whole: bool = False) -> list[float]:
    """At most ``most`` round numbers, evenly spaced, within ``low`` to ``high``."""
    if most < 1 or high <= low:
        return []
    step = nice_step(max((high - low) / most, 1.0 if whole else 0.0))
    while True:
        first = math.ceil(low / step - 1e-9)
        last = math.floor(high / step + 1e-9)
        if last - first < most:
            return [number * step for number in range(first, last + 1)]
        step = nice_step(1.5 * step)


USUAL = 1.5
"""How far over nine tenths of the losses the axis goes, at least."""


def loss_bounds(values: Array, chance: float) -> Range:
    """What a loss axis must span: zero, chance, and nearly all values up to ten times the start.

    A run that diverges, and a start far above the rest of a run, leave the top rather than
    flattening all the others; what is under twice ``chance`` never does.
    """
    finite = values[np.isfinite(values)]
    if math.isnan(chance):
        known = finite
    else:
        known = np.append(finite, chance)
    if not len(known):
        return 0.0, 1.0
    start = max(
        abs(float(finite[0])) if len(finite) else 0.0, 0.0 if math.isnan(chance) else chance
    )
    cap = min(10 * start, HUGE) if start else HUGE
    if len(finite) and chance > 0:
        cap = min(cap, max(2 * chance, USUAL * float(np.quantile(finite, 0.9, method="lower"))))
    low = max(min(float(known.min()), 0.0), -HUGE)
    return low, min(max(float(known.max()), 0.0), cap)


def stage_ticks(stages: int, gap: float) -> tuple[int, ...]:
    """Stages to label, at least ``gap`` stages apart; the first and last among them if they fit."""
    if stages - 1 < gap:
        return (stages,)
    step = max(round(nice_step(max(gap, 1.0))), 1)
    inner = range(step, stages, step)
    return (1, *(k for k in inner if k - 1 >= gap and stages - k >= gap), stages)


class Reach(IntEnum):
    """Where a gradient magnitude lies with respect to the scale."""

    UNREACHED = 0
    INSIDE = 1
    ZERO = 2
    BELOW = 3
    ABOVE = 4
    OVERFLOW = 5


def reach(values: NDArray[np.floating], scale: Scale) -> NDArray[np.intp]:
    """:class:`Reach` of every magnitude."""
    place = scale.fraction(values)
    conditions = [np.isnan(place), np.isneginf(place), np.isposinf(place), place < 0, place > 1]
    kinds = [Reach.UNREACHED, Reach.ZERO, Reach.OVERFLOW, Reach.BELOW, Reach.ABOVE]
    return np.select(conditions, kinds, Reach.INSIDE).astype(np.intp)


def runs(kinds: NDArray[np.intp]) -> list[tuple[int, int, int]]:
    """(kind, first index, last index) of every stretch of equal kinds."""
    starts = np.flatnonzero(np.diff(kinds, prepend=-1)).tolist()
    ends = [start - 1 for start in [*starts[1:], len(kinds)]]
    return [(int(kinds[a]), a, b) for a, b in zip(starts, ends, strict=False)]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A picture of stage × step.

    ``rgb`` is (rows, columns, 3) uint8, stage 1 in the first row. A column is ``size`` steps and
    shows the last row recorded by its end; the picture spans ``left`` to ``right`` in steps.
    """

    rgb: NDArray[np.uint8]
    size: int
    left: float
    right: float


def heat_map(
    history: HistoryView, scale: Scale, heat: NDArray[np.uint8], columns: int, rows: int
) -> HeatMap:
    """The recorded gradients in at most ``columns`` × ``rows`` cells; needs a recorded step.

    With more stages than rows, evenly spaced ones stand for their neighbors.
    """
    first = int(history.steps[0])
    last = int(history.steps[-1])
    size = bucket_size(first, last, columns)
    ends = np.arange(first // size, last // size + 1) * size + size - 1
    at = np.searchsorted(history.steps, ends, side="right") - 1
    stages = history.dh_rms.shape[1]
    kept = np.linspace(0, stages - 1, min(rows, stages)).round().astype(np.intp)
    shades = scale.index(history.dh_rms[np.ix_(at, kept)].T)
    left = float(ends[0] - size) + 0.5
    return HeatMap(heat.take(shades, axis=0), size, left, left + size * len(ends))
