"""What a number type cannot hold: the share of ∂J/∂h that becomes 0 in it, stage by stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.measure.collectors import collector, recorded_collector
from vgsim.measure.recording.passed import RecordedMoment
from vgsim.measure.request import Request
from vgsim.measure.sampling import chosen, stride, tables
from vgsim.nn.precision import PRECISIONS
from vgsim.record.figures import RecordedBins

if TYPE_CHECKING:
    from vgsim.nn.experiment import Experiment

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Underflow:
    """Shares of ∂J/∂h_k over batch and units, for ``stages`` (S,), evenly chosen among all.

    ``kinds`` are the number types that end above the experiment's own, and ``would`` (kinds, S) is
    how much of what is not 0 rounds to 0 in each, with the loss scale of now (``log2_scale``).
    ``zero`` (S,) is how much is exactly 0 already, be it by rounding or by the network. All are nan
    where the pass has not come; ``would`` also where nothing is left. Of a recording ``would`` is
    read off its histograms: what lies in the bin of the limit, a quarter of a decade, is shared out
    as if it were even there.
    """

    stages: NDArray[np.intp]
    kinds: tuple[str, ...]
    would: Floats
    zero: Floats
    log2_scale: float

    def located(self, kind: int) -> tuple[int, float]:
        """(stage, share): from which stage down something is lost in that type, and how much there.

        (0, 0.0) where nothing is. The share is that of all values from the stage down.
        """
        lost = np.nan_to_num(self.would[kind]) > 0
        if not lost.any():
            return 0, 0.0
        at = int(np.flatnonzero(lost)[-1])
        below = self.would[kind][: at + 1]
        return int(self.stages[at]), float(np.nanmean(below))


@collector(Underflow)
def underflow(experiment: Experiment, request: Request) -> Underflow | None:
    """Of every stage that the gradient has come back to; None before the first."""
    network = experiment.network
    count = experiment.stages
    first = 2 * count + 2 - experiment.moment.position
    if first > count:
        return None
    own = PRECISIONS[experiment.spec.training.precision].smallest
    types = {entry.name: entry.value.smallest for entry in PRECISIONS if entry.value.smallest > own}
    scale = experiment.mixed.scale if experiment.mixed else 1.0
    stages = chosen(count)
    would = np.full((len(types), len(stages)), np.nan)
    zero = np.full(len(stages), np.nan)
    for place, dh in tables(network, stages, first, count, "dh", stride(network, stages)):
        size = np.abs(dh.astype(np.float64)) * scale
        there = (size > 0).sum(axis=1)
        zero[place] = (size == 0).mean(axis=1)
        for row, smallest in enumerate(types.values()):
            # a tie goes to the even one, which is 0
            lost = ((size > 0) & (size <= smallest / 2)).sum(axis=1)
            would[row, place] = np.where(there > 0, lost / np.maximum(there, 1), np.nan)
    for made in (would, zero):
        made.setflags(write=False)
    return Underflow(stages, tuple(types), would, zero, float(np.log2(scale)))


@recorded_collector(Underflow, "dh_zero")
def recorded_underflow(here: RecordedMoment, request: Request) -> Underflow | None:
    """Of every stage that the gradient has come back to; None before the first."""
    count = here.layout.count
    if here.backward_from > count:
        return None
    passed = here.passed
    zero = here.until_backward(passed.by_stage("dh_zero") / passed.by_stage("dh_size"))
    counts = passed.gradient_counts()
    own = here.layout.subject.precision
    least = PRECISIONS[own].smallest if own in PRECISIONS else 0.0
    types = {e.name: e.value.smallest for e in PRECISIONS if e.value.smallest > least}
    stages = chosen(count)
    would = np.full((len(types), len(stages)), np.nan)
    if counts is not None:
        for row, smallest in enumerate(types.values()):
            limit = smallest / 2 / passed.loss_scale
            lost = here.until_backward(_share_below(counts, limit, here.run.bins))
            would[row] = lost[stages - 1]
    would.setflags(write=False)
    zero = zero[stages - 1]
    zero.setflags(write=False)
    return Underflow(stages, tuple(types), would, zero, float(np.log2(passed.loss_scale)))


def _share_below(counts: NDArray[np.int64], limit: float, bins: RecordedBins) -> Floats:
    """(N,) share of the counted values up to ``limit``; nan where nothing was counted."""
    inside = np.maximum(counts, 0)
    whole = inside.sum(axis=1)
    place = (np.log10(limit) - bins.low) * bins.per_decade + 1
    at = int(np.clip(np.floor(place), 0, bins.size - 1))
    part = float(np.clip(place - at, 0.0, 1.0)) if at else 0.0
    below = inside[:, :at].sum(axis=1) + part * inside[:, at]
    return np.where(whole > 0, below / np.maximum(whole, 1), np.nan)
