"""Where a person wants to go, and which moment that is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from vgsim.core.errors import refuse
from vgsim.measure.frame import Frame
from vgsim.nn.moments import Phase

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
    return (step - 1, position) if step else (0, 0)


def _check(name: str, number: int, low: int, high: int) -> None:
    if not low <= number <= high:
        raise refuse(name, number, f"a whole number from {low} to {high}")


def way_sentence(who: str, step: int, wanted: int) -> str:
    """How far a long way has come; ``who`` is "B" for the experiment beside, else empty."""
    if who:
        return f"{who} runs to step {wanted:,}, to stand beside: at {step:,} now"
    return f"Going to step {wanted:,}: at {step:,} now. Any step or jump ends it"
