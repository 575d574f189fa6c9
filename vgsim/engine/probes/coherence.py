"""Coherence of the samples' gradients, stage by stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.engine.measures import mean_cosines, noise_level
from vgsim.engine.probes.base import probe
from vgsim.engine.readings.coherence import Coherence
from vgsim.engine.readings.wish import Wish

if TYPE_CHECKING:
    from vgsim.engine.experiment import Experiment

SAMPLES_MOST = 64
"""Samples compared with each other; 2016 pairs say enough."""
NUMBERS_MOST = 250_000
"""Numbers looked at for one frame, some 5 ms."""


@probe(Coherence)
def coherence(experiment: Experiment, wish: Wish) -> Coherence | None:
    """As far as the backward pass has come; None before it, and in a batch of one sample."""
    count = experiment.stages
    first = 2 * count + 1 - min(experiment.moment.position, 2 * count + 1)
    samples = min(SAMPLES_MOST, *(len(view.dh) for view in experiment.network.views))
    if first >= count or samples < 2:
        return None
    stages = _chosen(experiment, samples)
    cosines = np.full(len(stages), np.nan)
    for stack in experiment.network.stacks:
        here = (stages >= max(stack.first, first)) & (stages < stack.first + stack.count)
        if here.any():
            cosines[here] = mean_cosines(stack.dh[stages[here] - stack.first, :samples])
    widths = np.array(experiment.network.widths)[stages]
    noise = np.array([noise_level(int(width), samples) for width in widths])
    stages += 1
    for values in (stages, cosines, noise):
        values.setflags(write=False)
    return Coherence(stages, cosines, noise, samples)


def _chosen(experiment: Experiment, samples: int) -> NDArray[np.intp]:
    """All stages (from 0), or as many evenly spaced ones as there is time for."""
    most = max(NUMBERS_MOST // (samples * max(experiment.network.widths)), 2)
    return np.unique(np.linspace(0, experiment.stages - 1, most).round().astype(np.intp))
