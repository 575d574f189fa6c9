"""Histograms of stages as ridges: heights, ranges, and what lies beside the axis. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from vgsim.core.numbers import decade, plain
from vgsim.measure.histograms import ActivationHistograms, GradientHistograms, Spread
from vgsim.text.scale import Scale
from vgsim.ui.plots.model.series import Range, steady_range

Array = NDArray[np.float64]

POINTS = 72
"""Points of a ridge, at most about: antialiased outlines cost by the point."""
SPANS, SPANS_LESS = 50.0, 20.0
"""How many times stages may differ in size on one linear axis, and when they may again."""
OUTPUT = 2.0
"""The output stage may make the axis this many times as long."""


class Side(StrEnum):
    """Why a value has no place between the ends of an axis."""

    ZERO = "0"
    BELOW = "<"
    ABOVE = ">"
    OVERFLOW = "∞"


@dataclass(frozen=True, slots=True, eq=False)
class Aside:
    """(S,) shares of all values of a stage that lie beside the axis, nan before it is reached."""

    side: Side
    label: str
    shares: Array


@dataclass(frozen=True, slots=True, eq=False)
class Ridges:
    """S histograms side by side on one axis.

    ``stages`` (S,) are stage numbers, ``x`` (P,) places on the axis, ``step`` apart, ``heights``
    (S, P) 0 to 1, each row up to its own peak; all 0 where the pass has not come. ``left`` and
    ``right`` stand at the ends of the axis.
    """

    stages: NDArray[np.intp]
    x: Array
    step: float
    heights: Array
    span: Range
    left: tuple[Aside, ...]
    right: tuple[Aside, ...]

    def reached(self, row: int) -> bool:
        """Whether the pass has come to the stage of a row."""
        return not math.isnan(self.left[0].shares[row])

    def rows(self, most: int) -> NDArray[np.intp]:
        """At most ``most`` rows, evenly chosen, first and last among them."""
        count = len(self.stages)
        return np.linspace(0, count - 1, min(count, max(most, 2))).round().astype(np.intp)


def gradient_ridges(found: GradientHistograms, scale: Scale) -> Ridges:
    """log10 |∂J/∂h| on the decades of ``scale``."""
    each = found.per_decade
    bins = found.counts[:, 2:-2]
    first = int(np.clip((scale.low - found.low) * each, 0, bins.shape[1]))
    last = int(np.clip((scale.high - found.low) * each, first, bins.shape[1]))
    inside = bins[:, first:last]
    whole = found.counts.sum(axis=1)
    below = found.counts[:, 1] + bins[:, :first].sum(axis=1)
    above = found.counts[:, -2] + bins[:, last:].sum(axis=1)
    x = found.low + (np.arange(first, last) + 0.5) / each
    return Ridges(
        found.stages,
        x,
        1 / each,
        _heights(inside, 2),
        (float(scale.low), float(scale.high)),
        (
            Aside(Side.ZERO, "0", _share(found.counts[:, 0], whole)),
            Aside(Side.BELOW, f"< {decade(scale.low)}", _share(below, whole)),
        ),
        (
            Aside(Side.ABOVE, f"> {decade(scale.high)}", _share(above, whole)),
            Aside(Side.OVERFLOW, "∞", _share(found.counts[:, -1], whole)),
        ),
    )


def spans_decades(found: ActivationHistograms, h_rms: NDArray[np.floating], before: bool) -> bool:
    """Whether the stages' sizes differ too much for one linear axis; ``before`` is how it was."""
    sizes = np.asarray(h_rms, dtype=np.float64)[found.stages - 1]
    sizes = sizes[:-1] if len(sizes) > 1 else sizes  # the output has a scale of its own
    sizes = sizes[np.isfinite(sizes) & (sizes > 0)]
    if len(sizes):
        ratio = float(sizes.max() / sizes.min())
    else:
        ratio = 1.0
    return ratio > (SPANS_LESS if before else SPANS)


def activation_ridges(found: ActivationHistograms, decades: bool, previous: Range | None) -> Ridges:
    """h on a linear axis, or on signed decades; see :func:`_reach` for what it spans."""
    spread = found.decades if decades else found.linear
    span = steady_range(previous, *_reach(spread, decades))
    edges = np.linspace(-spread.half, spread.half, spread.counts.shape[1] + 1)
    slack = 1e-9 * spread.half
    first = int(np.searchsorted(edges, span[0] - slack))
    last = max(int(np.searchsorted(edges, span[1] + slack, side="right")) - 1, first)
    x, step, inside = _grouped(edges, spread.counts, first, last)
    shown = 1 - found.zero - found.overflow
    whole = spread.counts.sum(axis=1)
    below, above = (
        shown * np.nan_to_num(_share(part.sum(axis=1), whole))
        for part in (spread.counts[:, :first], spread.counts[:, last:])
    )
    low, high = (place_words(end, found.below if decades else None) for end in span)
    return Ridges(
        found.stages,
        x,
        step,
        _one_sided(_heights(inside, 1), inside, x),
        span,
        (Aside(Side.ZERO, "0", found.zero), Aside(Side.BELOW, f"< {low}", below)),
        (Aside(Side.ABOVE, f"> {high}", above), Aside(Side.OVERFLOW, "∞", found.overflow)),
    )


def place_words(at: float, below: float | None) -> str:
    """A round place on the axis of h: "0.5"; on signed decades, ``below`` given, "−10⁻³"."""
    if below is None:
        if "." in plain(at, 2):
            return plain(at, 2).rstrip("0").rstrip(".")
        return plain(at, 2)
    power = decade(round(abs(at) - below))
    if at == 0:
        return f"±{power}"
    if at < 0:
        return "−" + power
    return power


def _reach(spread: Spread, decades: bool) -> Range:
    """From the lowest to the highest value of all stages; 0 is on a linear axis, too.

    The output has a scale of its own: it counts only where that does not make the axis more than
    ``OUTPUT`` times as long.
    """
    whole = _filled(spread, spread.counts, decades)
    hidden = _filled(spread, spread.counts[:-1], decades)
    if hidden is None or whole is None:
        return whole or (0.0, spread.half)
    if whole[1] - whole[0] <= OUTPUT * (hidden[1] - hidden[0]):
        return whole
    return hidden


def _filled(spread: Spread, counts: NDArray[np.intp], decades: bool) -> Range | None:
    """From the first to the last bin that is not empty; None when all are."""
    full = np.flatnonzero(counts.any(axis=0))
    if not len(full):
        return None
    width = 2 * spread.half / counts.shape[1]
    low, high = (-spread.half + width * float(at) for at in (full[0], full[-1] + 1))
    if decades:
        return (low, high)
    return (min(low, 0.0), max(high, 0.0))


def _grouped(
    edges: Array, counts: NDArray[np.intp], first: int, last: int
) -> tuple[Array, float, NDArray[np.intp]]:
    """Middles, width and counts of bins ``first`` to ``last``, put together to about ``POINTS``.

    Zero, the edge in the middle, stays an edge: no ridge of positive values reaches beyond it.
    """
    size = max(1, -(-(last - first) // POINTS))
    phase = (counts.shape[1] // 2 - first) % size
    inner = np.arange(first + phase, last, size)
    starts = inner if not phase else np.append(first, inner)
    ends = np.append(starts[1:], last)
    totals = np.cumsum(np.pad(counts, ((0, 0), (1, 0))), axis=1)
    middles = (edges[starts] + edges[ends]) / 2
    return middles, size * float(edges[1] - edges[0]), totals[:, ends] - totals[:, starts]


def _heights(counts: NDArray[np.intp], reach: int) -> Array:
    """Counts, smoothed over ``reach`` neighbors to either side, as shares of each row's peak."""
    kernel = np.convolve(np.ones(reach + 1), np.ones(reach + 1))
    wide = np.pad(counts.astype(np.float64), ((0, 0), (reach, reach)))
    heights = np.zeros(counts.shape)
    for at, weight in enumerate(kernel.tolist()):
        heights += weight * wide[:, at : at + counts.shape[1]]
    peaks = heights.max(axis=1, keepdims=True, initial=0.0)
    heights /= np.where(peaks > 0, peaks, 1.0)
    return heights


def _one_sided(heights: Array, counts: NDArray[np.intp], x: Array) -> Array:
    """Without what was smoothed across zero where all values have one sign."""
    for side in (x < 0, x > 0):
        heights[np.ix_(~counts[:, side].any(axis=1), side)] = 0
    return heights


def _share(counts: NDArray[np.intp], whole: NDArray[np.intp]) -> Array:
    """Shares; nan where nothing was counted at all."""
    shares = np.full(len(counts), np.nan)
    np.divide(counts, whole, out=shares, where=whole > 0)
    return shares
