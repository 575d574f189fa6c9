"""Where the forward pass turns round: the output against its targets, and ∂J/∂h of the output."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vgsim.engine.arrays import Array
from vgsim.engine.losses import BinaryCrossEntropy, CrossEntropy, Loss, MeanSquaredError
from vgsim.engine.probes import tex
from vgsim.engine.probes.product import NOTHING, Chain, Floats, Pick
from vgsim.engine.readings import Hop, Term

if TYPE_CHECKING:
    from vgsim.engine.experiment import Experiment


def output(experiment: Experiment, pick: Pick) -> Hop:
    """The moment of the loss: what the last stage says, and what it should say."""
    network, stages = experiment.network, experiment.stages
    left = pick.vector(tex.at("h", stages), network.output)
    gates = _compared(experiment.loss, network.output, pick)
    return Hop(0, pick.sample, left, (), NOTHING, gates=gates, note=_timestep(experiment))


def gradient(experiment: Experiment, pick: Pick) -> Hop:
    """The first moment of backpropagation: ∂J/∂h of the last stage, from the loss."""
    stages, arrays = experiment.stages, experiment.network.views[-1]
    left = pick.vector(tex.gradient(tex.at("h", stages)), arrays.dh, signal=True)
    return Hop(
        stages,
        pick.sample,
        left,
        _terms(experiment, pick),
        NOTHING,
        gates=_compared(experiment.loss, arrays.h, pick),
        note=_timestep(experiment),
    )


def _timestep(experiment: Experiment) -> str:
    """Which timestep is shown where each has a loss."""
    rows, batch = len(experiment.network.output), len(experiment.network.x)
    return "Of the last timestep; each has a loss of its own." if rows > batch else ""


def _predicted(loss: Loss, h: Array) -> tuple[str, Array] | None:
    """What is compared with the targets: its name and (rows, outputs); None if that is not all."""
    if type(loss) is CrossEntropy:
        return "p", loss.scratch  # the softmax
    if type(loss) is BinaryCrossEntropy:
        return "p", np.reciprocal(1 + np.exp(-h))
    return ("h", h) if type(loss) is MeanSquaredError else None


def _compared(loss: Loss, h: Array, pick: Pick) -> tuple[tuple[str, Floats], ...]:
    """Probabilities, where the loss has any, and targets y."""
    predicted = _predicted(loss, h)
    known = [predicted] if predicted and predicted[0] == "p" else []
    return tuple((name, pick.one(values)) for name, values in [*known, ("y", loss.targets)])


def _terms(experiment: Experiment, pick: Pick) -> tuple[Term, ...]:
    """The gradient as a scaled difference, for the losses of which it is one."""
    loss, h = experiment.loss, experiment.network.output
    predicted = _predicted(loss, h)
    if predicted is None:
        return ()
    name, values = predicted
    chain = Chain(pick, rf"\left({name} - y\right)", values - loss.targets)
    return (chain.scaled(*_scale(loss, h, pick)).term("loss"),)


def _scale(loss: Loss, h: Array, pick: Pick) -> tuple[str, float, str, str]:
    """What the difference is multiplied by: LaTeX, number, part of the budget, note."""
    steps = len(h) // pick.batch
    size = "TB" if steps > 1 else "B"
    words = f"B = {pick.batch} samples" + (f", T = {steps} timesteps" if steps > 1 else "")
    if type(loss) is CrossEntropy:
        return rf"\frac{{1}}{{{size}}}", 1.0 / len(h), "loss", words + "."
    top, outputs = (2 if type(loss) is MeanSquaredError else 1), h.shape[1]
    note = f"{words}, n = {outputs} output{'s' if outputs > 1 else ''}."
    return rf"\frac{{{top}}}{{{size}n}}", top / h.size, "loss", note
