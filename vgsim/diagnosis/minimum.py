"""Whether there is anything left to gain: the mean gradient of several batches against its noise,
and what other starts reach."""

from __future__ import annotations

import math

import numpy as np

from vgsim.diagnosis.stopping import Stop, moments
from vgsim.nn.arrays import quiet
from vgsim.nn.experiment import Experiment
from vgsim.nn.losses import LOSSES

BATCHES = 8
"""Batches whose gradients are averaged; one where a batch is all samples."""
PLAIN_RATE, STEPS = 0.1, 100
"""Rate and number of the plain steps whose gain is foreseen: a usual rate, a little patience."""
RESTARTS = 3
RESTART_WORK = 5e8
"""Other seeds that are tried, and the products of a parameter and a sample that they may cost."""
RESTART_STAGES = 2e4
"""What a stage costs besides, in such products."""


def gain_left(experiment: Experiment, stop: Stop) -> float:
    """Share of J that STEPS plain steps could still take away, to first order.

    rate · steps · ‖E g‖² / J, with ‖E g‖² = ‖mean g‖² − tr(cov g) / n, which is unbiased. The
    experiment is left as it was, at the beginning of its pass. nan where J does not judge.
    """
    if not LOSSES[experiment.spec.training.loss].judges:
        return math.nan
    kept = experiment.state()
    count = BATCHES
    if experiment.batches.batch >= len(experiment.data.x_train):
        count = 1
    gradients = []
    losses = []
    for ahead in range(count):
        experiment.step = kept.step + ahead
        experiment.rewind()
        next(moment for moment in moments(experiment, stop) if moment == experiment.timeline[-2])
        with quiet():
            experiment.network.parameter_gradients()
        gradients.append(experiment.network.flat.gradients.astype(np.float64))
        losses.append(experiment.value)
    experiment.restore(kept)
    every = np.stack(gradients)
    mean = every.mean(axis=0)
    with quiet():  # what overflows is not finite, as is asked below
        signal = float(mean @ mean)
        if count > 1:
            signal -= float(((every - mean) ** 2).sum()) / (count - 1) / count
    loss = float(np.mean(losses))
    if not math.isfinite(signal) or not loss > 0:
        return math.nan
    return PLAIN_RATE * STEPS * max(signal, 0.0) / loss


def best_restart(experiment: Experiment, steps: int, stop: Stop) -> float:
    """The least loss that RESTARTS other seeds reach after ``steps``; nan where too costly."""
    size = experiment.network.flat.size * experiment.batches.batch * experiment.steps
    work = (size + RESTART_STAGES * experiment.stages) * steps * RESTARTS
    if work > RESTART_WORK:
        return math.nan
    seed = experiment.spec.training.seed
    found = math.inf
    for other in range(1, RESTARTS + 1):
        changed = experiment.spec.replace({"training.seed": (seed + other) % 2**32})
        again = Experiment(changed)
        updates = 0
        for moment in moments(again, stop):
            if moment == again.timeline[-1]:
                updates += 1
                if updates == steps:
                    break
        if math.isfinite(again.value):
            found = min(found, again.value)
    return found
