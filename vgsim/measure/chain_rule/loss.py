"""Where the forward pass turns round: the output against its targets, and ∂J/∂h of the output."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vgsim.measure.chain_rule import symbols as tex
from vgsim.measure.chain_rule.product import NOTHING, Chain, Floats, Pick, frozen
from vgsim.measure.chain_rule.result import Factor, FactorKind, Hop, Term
from vgsim.nn.arrays import Array
from vgsim.nn.losses import Loss

if TYPE_CHECKING:
    from vgsim.nn.experiment import Experiment


def output(experiment: Experiment, pick: Pick) -> Hop:
    """The moment of the loss: the sample's, or J; the output where that is not a product."""
    h = experiment.network.output
    loss = experiment.loss
    terms = tuple(
        Chain(pick, name, values, signal=False).own_row(*row).term("loss")
        for row, (name, values) in loss.products(h.astype(np.float64))
    )
    left = pick.vector(tex.at("h", experiment.stages), h)
    if terms:
        averaged = "J" if len(h) == pick.batch else tex.mean(r"\ell")
        value = frozen(np.sum([term.result for term in terms], axis=0))
        name = averaged if pick.sample is None else r"\ell"
        left = Factor(name, FactorKind.VECTOR, value)
    gates = _compared(loss, h, pick)
    return Hop(0, pick.sample, left, terms, NOTHING, gates=gates, note=_timestep(experiment))


def gradient(experiment: Experiment, pick: Pick) -> Hop:
    """The first moment of backpropagation: ∂J/∂h of the last stage, from the loss."""
    stages = experiment.stages
    arrays = experiment.network.views[-1]
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
    rows = len(experiment.network.output)
    batch = len(experiment.network.x)
    if rows > batch:
        return "Of the last timestep; each has a loss of its own."
    return ""


def _compared(loss: Loss, h: Array, pick: Pick) -> tuple[tuple[str, Floats], ...]:
    """Probabilities, where the loss has any, and targets y."""
    predicted = loss.predicted(h)
    if predicted and predicted[0] == "p":
        known = [predicted]
    else:
        known = []
    return tuple((name, pick.one(values)) for name, values in [*known, ("y", loss.targets)])


def _terms(experiment: Experiment, pick: Pick) -> tuple[Term, ...]:
    """The gradient as a scaled difference, for the losses of which it is one."""
    loss = experiment.loss
    h = experiment.network.output
    predicted = loss.predicted(h)
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
    if not loss.over_outputs:
        return rf"\frac{{{loss.factor}}}{{{size}}}", loss.factor / len(h), "loss", words + "."
    outputs = h.shape[1]
    note = f"{words}, n = {outputs} output{'s' if outputs > 1 else ''}."
    return rf"\frac{{{loss.factor}}}{{{size}n}}", loss.factor / h.size, "loss", note
