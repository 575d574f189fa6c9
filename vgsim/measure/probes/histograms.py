"""Histograms of h and ∂J/∂h, stage by stage."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from vgsim.measure.measures import LogBins, log_histogram
from vgsim.measure.measures.histograms import even_histogram
from vgsim.measure.probes._sampling import Stages, chosen, stride, tables
from vgsim.measure.probes.base import probe
from vgsim.measure.readings.histograms import ActivationHistograms, GradientHistograms, Spread
from vgsim.measure.readings.wish import Wish
from vgsim.nn.arrays import Array, quiet

if TYPE_CHECKING:
    from vgsim.nn.experiment import Experiment

BINS = 1024
"""Bins of h; even, so that zero is an edge."""
BELOW = 8
"""|h| up to 10^−8 is in the middle of the signed decades."""
LEAST_DECADES = 8.0
"""Half the width of the signed decades at least."""
GRADIENTS = LogBins(-16, 4, per_decade=8)

Tables = Sequence[tuple[Stages, Array]]


@probe(ActivationHistograms)
def activations(experiment: Experiment, wish: Wish) -> ActivationHistograms | None:
    """Of every stage that the pass has come through; None before the first."""
    network, reached = experiment.network, experiment.moment.position
    if not reached:
        return None
    stages = chosen(len(network.views))
    every = stride(network, stages)
    values = list(tables(network, stages, 1, reached, "h", every))
    decades = [(place, _signed_decades(h)) for place, h in values]
    zero, overflow = np.full((2, len(stages)), np.nan)
    for place, h in values:
        zero[place] = (h == 0).mean(axis=1)
        overflow[place] = 1 - np.isfinite(h).mean(axis=1)
    linear = _spread(values, len(stages), 0.0)
    signed = _spread(decades, len(stages), LEAST_DECADES)
    return ActivationHistograms(stages, linear, signed, BELOW, zero, overflow, every)


@probe(GradientHistograms)
def gradients(experiment: Experiment, wish: Wish) -> GradientHistograms | None:
    """Of every stage that the gradient has come back to; None before the first."""
    network, count = experiment.network, experiment.stages
    first = 2 * count + 2 - experiment.moment.position
    if first > count:
        return None
    stages, bins = chosen(count), GRADIENTS
    every = stride(network, stages)
    counts = np.zeros((len(stages), bins.size), np.intp)
    for place, dh in tables(network, stages, first, count, "dh", every):
        counts[place] = log_histogram(dh, bins, axis=0)
    return GradientHistograms(stages, counts, bins.low, bins.high, bins.per_decade, every)


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
