"""How the values of a stage are spread: counts in bins, for activations and for gradients."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.measure.collectors import collector, recorded_collector
from vgsim.measure.recording.passed import RecordedMoment
from vgsim.measure.request import Request
from vgsim.measure.sampling import Stages, chosen, stride, tables
from vgsim.nn.arrays import Array, quiet

if TYPE_CHECKING:
    from vgsim.nn.experiment import Experiment

Floats = NDArray[np.float64]
Counts = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Signed values of S stages in even bins from −``half`` to ``half``.

    ``counts`` is (S, bins). ``half`` is a fixed base times a power of two, so that bins of one
    moment are whole numbers of bins of another.
    """

    half: float
    counts: Counts


@dataclass(frozen=True, slots=True, eq=False)
class ActivationHistograms:
    """Histograms of h_k over batch and units, for ``stages`` (S,), evenly chosen among all.

    ``linear`` counts h itself, ``decades`` sign(h) · max(log10 |h| + ``below``, 0) for values
    that span many. Exact zeros and what is not finite are in neither: their shares of all values
    are ``zero`` and ``overflow`` (S,), nan where the pass has not come. Of the batch every
    ``every``-th sample is counted.
    """

    stages: NDArray[np.intp]
    linear: Spread
    decades: Spread
    below: float
    zero: Floats
    overflow: Floats
    every: int


@dataclass(frozen=True, slots=True, eq=False)
class GradientHistograms:
    """Histograms of |∂J/∂h_k| over batch and units, for ``stages`` (S,), evenly chosen among all.

    ``counts`` is (S, bins + 4): exactly 0; below 10^``low``; ``per_decade`` bins a decade up to
    10^``high``; above; inf and nan. Rows that the pass has not reached count nothing. Of the
    batch every ``every``-th sample is counted.

    Of a recording ``stages`` are chosen among those whose histogram was recorded; how many values
    are 0, inf or nan was counted apart there, and is brought to the scale of the histogram.
    """

    stages: NDArray[np.intp]
    counts: Counts
    low: int
    high: int
    per_decade: int
    every: int


@dataclass(frozen=True, slots=True)
class LogBins:
    """Fixed bins of |v| from 10^``low`` to 10^``high``, ``per_decade`` equal steps of log10 each.

    A histogram has ``size`` counts: exactly 0; below 10^low; the bins; 10^high and above; and,
    last, inf and nan.
    """

    low: int = -16
    high: int = 4
    per_decade: int = 4

    @property
    def bins(self) -> int:
        """Bins between ``low`` and ``high``."""
        return (self.high - self.low) * self.per_decade

    @property
    def size(self) -> int:
        """Counts of a histogram: its bins, and the four counts outside of them."""
        return self.bins + 4

    def edges(self) -> NDArray[np.float64]:
        """(bins + 1,) edges of the bins."""
        return np.asarray(10.0 ** np.linspace(self.low, self.high, self.bins + 1))


def log_histogram(values: Array, bins: LogBins, axis: int | None = None) -> NDArray[np.intp]:
    """Counts of |values|: (size,), or (k, size) with one row each along ``axis``.

    For activations h and gradients ∂J/∂h alike: a signal that fades wanders to the left, decade
    by decade, at last into the bin of exact zeros.
    """
    rows = values.reshape(1, -1)
    if axis is not None:
        rows = np.moveaxis(values, axis, 0).reshape(values.shape[axis], -1)
    places = _places(rows, bins) + np.arange(len(rows))[:, None] * bins.size
    counts = np.bincount(places.ravel(), minlength=len(rows) * bins.size)
    counts = counts.reshape(len(rows), bins.size)
    return counts[0] if axis is None else counts


def even_histogram(values: Array, half: float, bins: int) -> NDArray[np.intp]:
    """(k, bins) counts of each row of (k, m) ``values`` in even bins from −``half`` to ``half``.

    What lies outside is in the bin at that end; exact zeros, inf and nan are not counted.
    """
    counted = np.isfinite(values) & (values != 0)
    with quiet():
        place = np.nan_to_num(values * (0.5 / half) + 0.5, posinf=1.0) * bins
    row = bins * np.arange(len(values))[:, None]
    index = row + np.clip(place, 0, bins - 1).astype(np.intp)
    counts = np.bincount(index[counted], minlength=len(values) * bins)
    return counts.reshape(len(values), bins)


def _places(values: Array, bins: LogBins) -> NDArray[np.intp]:
    """Index of the count that each value belongs to."""
    size = np.abs(values.astype(np.float64))
    with quiet():
        decade = np.log10(size) - bins.low
        place = np.clip(np.floor(decade * bins.per_decade), -1, bins.bins)
    place = np.where(np.isfinite(size), place, bins.bins + 1)
    return np.where(size > 0, place + 2, np.where(size == 0, 0, bins.bins + 3)).astype(np.intp)


BINS = 1024
"""Bins of h; even, so that zero is an edge."""
BELOW = 8
"""|h| up to 10^−8 is in the middle of the signed decades."""
LEAST_DECADES = 8.0
"""Half the width of the signed decades at least."""
GRADIENTS = LogBins(-16, 4, per_decade=8)

Tables = Sequence[tuple[Stages, Array]]


@collector(ActivationHistograms)
def activations(experiment: Experiment, request: Request) -> ActivationHistograms | None:
    """Of every stage that the pass has come through; None before the first."""
    network = experiment.network
    reached = experiment.moment.position
    if not reached:
        return None
    stages = chosen(len(network.views))
    every = stride(network, stages)
    values = list(tables(network, stages, 1, reached, "h", every))
    if not values:
        return None
    decades = [(place, _signed_decades(h)) for place, h in values]
    zero, overflow = np.full((2, len(stages)), np.nan)
    for place, h in values:
        zero[place] = (h == 0).mean(axis=1)
        overflow[place] = 1 - np.isfinite(h).mean(axis=1)
    linear = _spread(values, len(stages), 0.0)
    signed = _spread(decades, len(stages), LEAST_DECADES)
    return ActivationHistograms(stages, linear, signed, BELOW, zero, overflow, every)


@collector(GradientHistograms)
def gradients(experiment: Experiment, request: Request) -> GradientHistograms | None:
    """Of every stage that the gradient has come back to; None before the first."""
    network = experiment.network
    count = experiment.stages
    first = 2 * count + 2 - experiment.moment.position
    if first > count:
        return None
    stages, bins = chosen(count), GRADIENTS
    every = stride(network, stages)
    counts = np.zeros((len(stages), bins.size), np.intp)
    for place, dh in tables(network, stages, first, count, "dh", every):
        counts[place] = log_histogram(dh, bins, axis=0)
    return GradientHistograms(stages, counts, bins.low, bins.high, bins.per_decade, every)


@recorded_collector(GradientHistograms, "dh_histogram")
def recorded_gradients(here: RecordedMoment, request: Request) -> GradientHistograms | None:
    """Of what was counted when the step was recorded; None before the gradient has come back."""
    counts = here.passed.gradient_counts()
    if counts is None or here.backward_from > here.layout.count:
        return None
    known = np.flatnonzero(counts[:, 0] >= 0)
    if not len(known):
        return None
    stages = known[chosen(len(known)) - 1] + 1
    bins = here.run.bins
    rows = np.zeros((len(stages), bins.size + 2), np.intp)
    every = 1
    size, zero = (here.passed.by_stage(f"dh_{name}") for name in ("size", "zero"))
    lost = here.passed.by_stage("dh_inf") + here.passed.by_stage("dh_nan")
    for row, stage in zip(rows, stages.tolist(), strict=True):
        if stage < here.backward_from:
            continue
        row[1:-1] = counts[stage - 1]
        rest = size[stage - 1] - np.nan_to_num(zero[stage - 1]) - np.nan_to_num(lost[stage - 1])
        counted = int(row.sum())
        share = counted / rest if counted and rest > 0 else 1.0
        row[0] = round(float(np.nan_to_num(zero[stage - 1])) * share)
        row[-1] = round(float(np.nan_to_num(lost[stage - 1])) * share)
        every = max(every, round(1 / share))
    return GradientHistograms(stages, rows, bins.low, bins.high, bins.per_decade, every)


def _signed_decades(h: Array) -> Array:
    """sign(h) · max(log10 |h| + ``BELOW``, 0)."""
    with quiet():
        size = np.log10(np.abs(h))
        size += BELOW
        np.maximum(size, 0, out=size)
        return np.copysign(size, h, out=size)


def _spread(values: Tables, stages: int, least: float) -> Spread:
    """Counts within a half width of 1 (or ``least``) times a power of two."""
    most = max(
        float(np.abs(v, where=np.isfinite(v), out=np.zeros_like(v)).max()) for _, v in values
    )
    half = _power_of_two(most, least)
    counts = np.zeros((stages, BINS), np.intp)
    for place, table in values:
        counts[place] = even_histogram(table, half, BINS)
    return Spread(half, counts)


def _power_of_two(most: float, least: float = 0.0) -> float:
    """The smallest power of two that ``most`` does not exceed; ``least`` times one, if not 0."""
    base = least or 1.0
    if not most > least:
        return base
    power = math.ceil(math.log2(most) - math.log2(base))
    return base * 2.0 ** max(min(power, 1000), -1000)
