"""Moments and their places as words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from vgsim.core.errors import refuse
from vgsim.measure.frame import Frame
from vgsim.measure.subject import Subject
from vgsim.nn.architectures import KINDS
from vgsim.nn.cells import Cell
from vgsim.nn.moments import Moment, Phase
from vgsim.nn.spec import Spec
from vgsim.text.stages import NUMBERED, place_among, place_name, quantity, stage_name


def cell_of(spec: Spec | None) -> type[Cell] | None:
    """The cell whose timesteps the stages are; None where they are layers, or not known."""
    if spec is None:
        return None
    return KINDS[spec.network.kind].cell


def moment_title(moment: Moment, stages: int, subject: Subject = NUMBERED) -> str:
    """What has just happened and what comes next, for the banner."""
    stage, last = moment.stage, stages
    first = f"forward through {place_name(1, last, subject)} next"
    if moment.phase is Phase.START:
        return f"Ready · {first}"
    if moment.phase is Phase.LOSS:
        return f"Loss J · {quantity('∂J/∂h', last, subject)} next"
    if moment.phase is Phase.UPDATE:
        return f"Update · {first}"
    if moment.phase is Phase.FORWARD:
        following = stage_name(stage + 1, subject) if stage < last else "loss"
    elif stage == 1:
        following = "update"
    elif subject.named:
        following = stage_name(stage - 1, subject)
    else:
        following = quantity("∂J/∂h", stage - 1)
    return f"{moment.phase.capitalize()} · {place_among(stage, last, subject)} · {following} next"


def shown_inputs(frame: Frame) -> int:
    """How many units the input column has in the diagram."""
    if frame.image_shape:
        rows = frame.image_shape[0]
    else:
        rows = frame.input_width
    return rows


def seed_words(subject: Subject) -> str:
    """ "seed 7"; empty where it is not known."""
    return "" if subject.seed is None else f"seed {subject.seed}"


Place = tuple[int, int]
"""(step, position): the moment at ``position`` of the pass that follows update ``step``."""

STEP_MOST = 10_000_000
"""No one waits for more updates."""


class JumpKind(StrEnum):
    """Ways to name a place."""

    START = "start"
    LOSS = "loss"
    END = "end"
    FORWARD = "forward"
    BACKWARD = "backward"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class Jump:
    """To a place of this pass; ``number`` is a stage (from 1) or, for another pass, a step."""

    kind: JumpKind
    number: int = 0


def place_of(frame: Frame) -> Place:
    """Where ``frame`` is. Its update belongs to the pass that it ends."""
    done = frame.moment.phase is Phase.UPDATE
    return frame.step - done, frame.moment.position


def pass_name(step: int) -> str:
    """The pass made after ``step`` updates, by the update that it leads to: "pass 1" is the first.

    So a pass and its update have one number, and the update's moment still shows that pass.
    """
    return f"pass {step + 1:,}"


def pass_of(frame: Frame) -> str:
    """The pass that ``frame`` shows; that of a recording by the number that it has there."""
    if frame.track is not None:
        return f"step {place_of(frame)[0]:,}"
    return pass_name(place_of(frame)[0])


def resolve(jump: Jump, stages: int, step: int, position: int = 0) -> Place:
    """The place, seen from (``step``, ``position``). SpecError in one sentence when there is none.

    Another step is shown at the same moment of its pass. At the end of a pass that is the pass
    whose update was number n, so that what is seen has led to step n; step 0 has none before it.
    """
    last = 2 * stages + 2
    if jump.kind is JumpKind.STEP:
        _check("step", jump.number, 0, STEP_MOST)
        return at_step(jump.number, position, stages)
    if jump.kind in (JumpKind.FORWARD, JumpKind.BACKWARD):
        _check("stage", jump.number, 1, stages)
    return step, {
        JumpKind.START: 0,
        JumpKind.FORWARD: jump.number,
        JumpKind.LOSS: stages + 1,
        JumpKind.BACKWARD: last - jump.number,
        JumpKind.END: last,
    }[jump.kind]


def jump_to(moment: str) -> Jump:
    """The jump to a moment by its text: "backward:3", "loss", "update"."""
    phase, _, stage = moment.partition(":")
    return Jump(JumpKind.END if phase == "update" else JumpKind(phase), int(stage or 0))


def at_step(step: int, position: int, stages: int) -> Place:
    """The place with the same moment of another step; ``step`` counts the updates done there."""
    if position < 2 * stages + 2:
        return step, position
    if step:
        return (step - 1, position)
    return (0, 0)


def _check(name: str, number: int, low: int, high: int) -> None:
    if not low <= number <= high:
        raise refuse(name, number, f"a whole number from {low} to {high}")


def way_sentence(who: str, step: int, wanted: int) -> str:
    """How far a long way has come; ``who`` is "B" for the experiment beside, else empty."""
    if who:
        return f"{who} runs to step {wanted:,}, to stand beside: at {step:,} now"
    return f"Going to step {wanted:,}: at {step:,} now. Any step or jump ends it"
