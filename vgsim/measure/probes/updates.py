"""Update:data ratio of every weight matrix, from the vectors that the update leaves behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vgsim.measure.measures import segment_norms
from vgsim.measure.probes.base import probe
from vgsim.measure.readings.updates import Updates
from vgsim.measure.readings.wish import Wish

if TYPE_CHECKING:
    from vgsim.nn.experiment import Experiment


@probe(Updates)
def updates(experiment: Experiment, wish: Wish) -> Updates | None:
    """The last update's, until the next; None before the first."""
    if experiment.step == 0:
        return None
    flat = experiment.network.flat
    kept = [at for at, segment in enumerate(flat.segments) if segment.name.startswith("W")]
    kept.sort(key=lambda at: flat.segments[at].name == "W_T")  # highway gates behind the weights
    moved = segment_norms(flat.change, flat.starts)[kept]
    size = segment_norms(flat.values - flat.change, flat.starts)[kept]
    ratios = np.where(size > 0, moved / size, np.nan)
    lost = ~(np.isfinite(moved) & np.isfinite(size))  # inf / inf would be taken for unknown
    ratios = np.where(lost, np.inf, ratios)
    ratios.setflags(write=False)
    found = [flat.segments[at] for at in kept]
    owners = tuple(segment.stage for segment in found)
    return Updates(experiment.step, owners, tuple(segment.name for segment in found), ratios)
