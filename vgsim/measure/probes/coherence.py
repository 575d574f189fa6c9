"""Coherence of the samples' gradients, stage by stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.measure.measures import kept_agreements, mean_cosines, noise_level
from vgsim.measure.probes.base import probe
from vgsim.measure.readings.coherence import Coherence
from vgsim.measure.readings.wish import Wish

if TYPE_CHECKING:
    from vgsim.nn.experiment import Experiment

SAMPLES_MOST = 64
"""Samples compared with each other; 2016 pairs say enough."""
NUMBERS_MOST = 250_000
"""Numbers looked at for one frame, some 5 ms; a pair of samples is one, too."""


@probe(Coherence)
def coherence(experiment: Experiment, wish: Wish) -> Coherence | None:
    """As far as the backward pass has come; None before it, and in a batch of one sample."""
    network, count = experiment.network, experiment.stages
    first = 2 * count + 1 - min(experiment.moment.position, 2 * count + 1)
    samples = min(SAMPLES_MOST, *(len(view.dh) for view in network.views))
    if first >= count or samples < 2:
        return None
    stages, top = _chosen(experiment, samples), max(count - 2, 0)
    kept, cosines = np.full((2, len(stages)), np.nan)
    above = network.views[top].dh[:samples]
    for stack in network.stacks:
        here = (stages >= max(stack.first, first)) & (stages < stack.first + stack.count)
        if here.any():
            gradients = stack.dh[stages[here] - stack.first, :samples]
            cosines[here] = mean_cosines(gradients)
            kept[here] = kept_agreements(above, gradients)
    kept[stages > top] = np.nan
    noise = np.array([noise_level(network.widths[at], samples) for at in stages.tolist()])
    stages += 1
    for values in (stages, kept, cosines, noise):
        values.setflags(write=False)
    return Coherence(stages, kept, cosines, noise, samples, top + 1)


def _chosen(experiment: Experiment, samples: int) -> NDArray[np.intp]:
    """All stages (from 0), or as many evenly spaced ones as there is time for; the top always."""
    each = samples * max(*experiment.network.widths, samples)
    most = max(NUMBERS_MOST // each, 2)
    last = experiment.stages - 1
    spaced = np.linspace(0, last, most).round().astype(np.intp)
    return np.unique(np.append(spaced, max(last - 1, 0)))
