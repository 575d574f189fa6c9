"""Moments and their places as words."""

from __future__ import annotations

from vgsim.core.numbers import subscript
from vgsim.measure.frame import Frame
from vgsim.nn.architectures import KINDS
from vgsim.nn.cells import Cell
from vgsim.nn.moments import Moment, Phase
from vgsim.nn.spec import Spec


def cell_of(spec: Spec) -> type[Cell] | None:
    """The cell whose timesteps the stages are; None where they are layers."""
    return KINDS[spec.network.kind].cell


def is_recurrent(spec: Spec) -> bool:
    """Whether the stages are timesteps and a readout."""
    return KINDS[spec.network.kind].recurrent


def place_name(stage: int, stages: int, recurrent: bool = False) -> str:
    """What a stage is called: "stage 3", "timestep 3", "readout"."""
    if not recurrent:
        return f"stage {stage}"
    return "readout" if stage == stages else f"timestep {stage}"


def moment_title(moment: Moment, stages: int, recurrent: bool = False) -> str:
    """What has just happened and what comes next, for the banner."""
    stage, last = moment.stage, stages
    first = f"forward through {place_name(1, last, recurrent)} next"
    if moment.phase is Phase.START:
        return f"Ready · {first}"
    if moment.phase is Phase.LOSS:
        return f"Loss J · ∂J/∂h{subscript(last)} next"
    if moment.phase is Phase.UPDATE:
        return f"Update · {first}"
    following = {
        Phase.FORWARD: f"h{subscript(stage + 1)} next" if stage < last else "loss next",
        Phase.BACKWARD: f"∂J/∂h{subscript(stage - 1)} next" if stage > 1 else "update next",
    }[moment.phase]
    return f"{moment.phase.capitalize()} · {_place_among(stage, last, recurrent)} · {following}"


def _place_among(stage: int, stages: int, recurrent: bool) -> str:
    """A stage among the others: "stage 3 of 7", "timestep 3 of 8", "readout"."""
    name = place_name(stage, stages, recurrent)
    if recurrent:
        return name if stage == stages else f"{name} of {stages - 1}"
    return f"{name} of {stages}"


def shown_inputs(frame: Frame) -> int:
    """How many units the input column has in the diagram."""
    rows = frame.image_shape[0] if frame.image_shape else frame.input_width
    return rows
