"""What the user looks into: every figure of a stage, a unit or an edge, and a history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.core.numbers import nth
from vgsim.measure.collectors import collector
from vgsim.measure.inspection import edge as inspect_edge
from vgsim.measure.inspection import parameters
from vgsim.measure.inspection import stage as inspect_stage
from vgsim.measure.inspection import unit as inspect_unit
from vgsim.measure.inspection.look import Figure, Inspection, StageLook, remembered
from vgsim.measure.request import Focus, Request
from vgsim.nn.unrolled import Unrolled

if TYPE_CHECKING:
    from vgsim.nn.experiment import Experiment

History = tuple[str, NDArray[np.int64], NDArray[np.float64], bool]
"""(what it is of, steps, values, whether they have a sign)."""


@collector(Inspection)
def inspection(experiment: Experiment, request: Request) -> Inspection | None:
    """All about the focus; None without one, or when there is no such place in this network."""
    focus = request.focus
    if focus is None or not _exists(experiment, focus):
        return None
    look = StageLook(experiment, focus.stage, request.sample)
    name, steps, values, signed = _history(look, focus)
    steps.setflags(write=False)
    values.setflags(write=False)
    return Inspection(
        focus=focus,
        title=title(look, focus),
        sample=look.pick.sample,
        figures=_figures(look, focus),
        history_of=name,
        steps=steps,
        values=values,
        signed=signed,
    )


def _exists(experiment: Experiment, focus: Focus) -> bool:
    network = experiment.network
    if not 1 <= focus.stage <= experiment.stages:
        return False
    if focus.unit is None:
        return focus.source is None
    if not 0 <= focus.unit < network.widths[focus.stage - 1]:
        return False
    if focus.stage > 1:
        below = network.widths[focus.stage - 2]
    else:
        below = network.input_width
    return focus.source is None or 0 <= focus.source < below


def title(look: StageLook, focus: Focus) -> str:
    """What the focus is, in plain text."""
    name = f"stage {focus.stage}"
    if isinstance(look.network, Unrolled):
        if look.cell:
            name = f"timestep {focus.stage}"
        else:
            name = "the readout"
    if focus.unit is None:
        return name.removeprefix("the ").capitalize()
    if focus.source is None:
        return f"Unit {nth(focus.unit)} of {name}"
    return f"Edge {nth(focus.source)} → {nth(focus.unit)} below {name}"


def _figures(look: StageLook, focus: Focus) -> tuple[Figure, ...]:
    if focus.unit is None:
        return inspect_stage.figures(look)
    if focus.source is None:
        return inspect_unit.figures(look, focus.unit)
    return inspect_edge.figures(look, focus.unit, focus.source)


def _history(look: StageLook, focus: Focus) -> History:
    """The gradient of a stage, the bias of a unit, the weight of an edge."""
    if focus.unit is None:
        steps, values = look.experiment.history.dh_rms(focus.stage - 1, look.experiment.step)
        return "RMS ∂J/∂h by update", steps, values, False
    if focus.source is None:
        return _of_bias(look, focus.unit)
    return _of_weight(look, focus.unit, focus.source)


def _of_bias(look: StageLook, unit: int) -> History:
    """b; of several gates the one that decides what is kept."""
    parameter = parameters.bias(look.network, look.stage)
    kept = look.cell.kept() if look.cell else None
    gate, name = 0, "Bias"
    if look.cell and kept and kept.by in parameter.gates:
        gate = parameter.gates.index(kept.by)
        name = f"Bias of the {look.cell.keeper}"
    index = parameter.index(unit, gate=gate)
    steps, values = remembered(look.experiment, [index])
    return f"{name} by update", steps, values[0], True


def _of_weight(look: StageLook, unit: int, source: int) -> History:
    """w; of several gates the root of the sum of their squares, as a diagram shows it."""
    parameter = parameters.weights(look.network, look.stage)
    if parameter is None:
        factor = float(look.experiment.spec.network.factor)
        return "Fixed factor c", np.array([look.experiment.step]), np.array([factor]), True
    gates = range(len(parameter.gates))
    indices = [parameter.index(unit, source, gate) for gate in gates]
    steps, values = remembered(look.experiment, indices)
    if len(indices) == 1:
        return "Weight by update", steps, values[0], True
    return "Root of the sum of w² over the gates by update", steps, np.hypot.reduce(values), False
