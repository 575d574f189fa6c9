"""The update of one weight, w ← w + change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vgsim.measure.chain_rule.result import WeightStep
from vgsim.measure.collectors import collector
from vgsim.measure.inspection.parameters import Parameter, bias, gradients, updated, weights
from vgsim.measure.request import Focus, Request
from vgsim.nn.arrays import Array
from vgsim.nn.clipping import CLIPPINGS

if TYPE_CHECKING:
    from vgsim.nn.experiment import Experiment

NAN = float("nan")


@collector(WeightStep)
def weight_step(experiment: Experiment, request: Request) -> WeightStep | None:
    """The step of the edge in focus, or else of the weight with the largest gradient.

    That is looked for into the unit or stage in focus, else into the current stage, else the
    first. A chain has no weights that are trained, so it is a bias there.
    """
    focus = request.focus or Focus(experiment.moment.stage or 1)
    network = experiment.network
    if not 1 <= focus.stage <= experiment.stages:
        return None
    parameter = weights(network, focus.stage) or bias(network, focus.stage)
    found = gradients(experiment, focus.stage, parameter)
    now = parameter.values(network.flat.values)
    place = _picked(now if found is None else found, parameter, focus)
    if place is None:
        return None
    return _step(experiment, parameter, place, NAN if found is None else found[place])


def _picked(sizes: Array, parameter: Parameter, focus: Focus) -> tuple[int, ...] | None:
    """Index of the entry of largest size among those in focus; None when nothing is there."""
    table = np.abs(sizes).reshape(-1, len(parameter.gates), parameter.units)
    table = np.nan_to_num(table, nan=np.inf)
    rows = _within(focus.source, len(table))
    units = _within(focus.unit, parameter.units)
    part = table[rows, :, units]
    if not part.size:
        return None
    row, gate, unit = np.unravel_index(int(part.argmax()), part.shape)
    column = parameter.column(units.start + int(unit), int(gate))
    if sizes.ndim == 1:
        return (column,)
    return (rows.start + int(row), column)


def _within(wanted: int | None, count: int) -> slice:
    """All of ``count`` for None; empty for an index out of range."""
    if wanted is None:
        return slice(0, count)
    if 0 <= wanted < count:
        return slice(wanted, wanted + 1)
    return slice(count, count)


def _step(
    experiment: Experiment, parameter: Parameter, place: tuple[int, ...], gradient: float
) -> WeightStep:
    flat = experiment.network.flat
    done = updated(experiment)
    now = parameter.values(flat.values)[place]
    change = parameter.values(flat.change)[place]
    gate, unit = divmod(place[-1], parameter.units)
    source = place[0] if len(place) > 1 else None
    return WeightStep(
        name=parameter.written(unit, source, gate),
        before=float(now - change if done else now),
        gradient=float(gradient),
        used=float(clipped(experiment, gradient)) if done else NAN,
        rate=experiment.optimizer.rate(experiment.step - done),
        change=float(change) if done else NAN,
        after=float(now) if done else NAN,
    )


def clipped(experiment: Experiment, gradient: float) -> float:
    """One entry of the gradient after the clipping of the last update."""
    training = experiment.spec.training
    return CLIPPINGS[training.clip].entry(gradient, training.clip_at, experiment.clipped)
