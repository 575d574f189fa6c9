"""The eight steps from a guess to a network that does not learn, and where a pass is among them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from vgsim.core.numbers import about, factor, magnitude, part, subscript
from vgsim.lessons.lesson import PageAction
from vgsim.measure.frame import Frame
from vgsim.nn.moments import Phase
from vgsim.text.pointed import Pointed

TITLES = (
    "Predict",
    "Measure the loss",
    "Send it back",
    "Multiply by local derivatives",
    "Shrink",
    "Tiny early gradients",
    "Tiny updates",
    "Slow or failed learning",
)
FADES_BELOW = 0.1
"""Share of the signal at the first stage from which the later steps are not what happens here."""
MORE_UPDATES = 100
"""Updates that step 8 asks for."""


class StepProgress(Enum):
    """Where a step is in the present pass."""

    DONE = "done"
    PRESENT = "present"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class PassStep:
    """One of the eight. ``words`` are what this network makes of it, empty while it is ahead.

    ``action`` leads there, ``point`` is what it is about in the other views.
    """

    number: int
    progress: StepProgress
    words: str
    action: PageAction
    point: Pointed

    @property
    def title(self) -> str:
        """What it is called."""
        return TITLES[self.number - 1]


def present_steps(frame: Frame) -> tuple[int, ...]:
    """Numbers of the steps that happen in the moment of ``frame``; none before the pass.

    Every hop multiplies and, with what came before it, shrinks; the first one has nothing yet to
    be multiplied with.
    """
    moment = frame.moment
    last = frame.stages
    if moment.phase is Phase.START:
        return ()
    if moment.phase is Phase.FORWARD:
        return (1,)
    if moment.phase is Phase.LOSS:
        return (2,)
    if moment.phase is Phase.UPDATE:
        return (7,) if frame.step <= 1 else (8,)
    if moment.stage == last:
        return (3,)
    if moment.stage == 1:
        return (6,)
    if moment.stage == last - 1:
        return (4,)
    return (4, 5)


def pass_steps(frame: Frame) -> tuple[PassStep, ...]:
    """All eight for the pass that ``frame`` is in."""
    present = present_steps(frame)
    furthest = max(present, default=0)
    words = _words(frame)
    steps = []
    for number in range(1, len(TITLES) + 1):
        if number in present:
            progress = StepProgress.PRESENT
        elif number < furthest:
            progress = StepProgress.DONE
        else:
            progress = StepProgress.AHEAD
        said = "" if progress is StepProgress.AHEAD else words[number - 1]
        steps.append(
            PassStep(number, progress, said, _action(frame, number), _point(frame, number))
        )
    return tuple(steps)


def _words(frame: Frame) -> tuple[str, ...]:
    gradients = frame.dh_rms
    last = frame.stages
    forward = max(frame.forward_to, 1)
    reached = min(frame.backward_from, last)
    return (
        f"RMS {about(float(frame.h_rms[forward - 1]))} at {_h(forward)}",
        f"J = {about(frame.loss, 4)}",
        f"{magnitude(float(gradients[last - 1]))} at {_h(last)}",
        _hop_words(frame, reached),
        _left_words(frame, reached),
        f"{magnitude(float(gradients[0]))} at {_h(1)}",
        _update_words(frame),
        f"J = {about(frame.loss, 4)}, guessing {about(frame.chance_loss, 4)}",
    )


def _left_words(frame: Frame, reached: int) -> str:
    """What is left of the signal; where that is much, that it does not shrink in this network."""
    left = _ratio(float(frame.dh_rms[reached - 1]), float(frame.dh_rms[-1]))
    if not math.isfinite(left):
        return ""
    if left < FADES_BELOW:
        return f"{part(left)} at {_h(reached)}"
    if reached > 1:
        return f"{factor(left)} at {_h(reached)}"
    return f"not here: {factor(left)}"


def _hop_words(frame: Frame, reached: int) -> str:
    """The factor of the hop that was taken last."""
    if reached >= frame.stages:
        return ""
    above = float(frame.dh_rms[reached])
    below = float(frame.dh_rms[reached - 1])
    return f"{factor(_ratio(below, above))} to {_h(reached)}"


def _update_words(frame: Frame) -> str:
    moved = _ratio(float(frame.update_norm[0]), float(frame.weight_norm[0]))
    if not math.isfinite(moved):
        return ""
    return f"W{subscript(1)} by {magnitude(moved)} of its size"


def _ratio(value: float, by: float) -> float:
    if by > 0 and math.isfinite(by):
        return value / by
    return math.nan


def _action(frame: Frame, number: int) -> PageAction:
    last = frame.stages
    if number == 8:
        return PageAction("train", TITLES[7], steps=frame.step + MORE_UPDATES)
    moments = (
        f"forward:{last}",
        "loss",
        f"backward:{last}",
        f"backward:{max(last - 1, 1)}",
        f"backward:{max(min(2, last - 1), 1)}",
        "backward:1",
        "update",
    )
    return PageAction("goto", TITLES[number - 1], moment=moments[number - 1])


def _point(frame: Frame, number: int) -> Pointed:
    reached = max(min(frame.backward_from, frame.stages), 1)
    points = (
        Pointed(stage=max(frame.forward_to, 1)),
        Pointed(symbol="loss"),
        Pointed(stage=frame.stages),
        Pointed(hop=min(reached + 1, frame.stages)),
        Pointed(symbol="product"),
        Pointed(stage=1),
        Pointed(panel="updates"),
        Pointed(panel="loss"),
    )
    return points[number - 1]


def _h(stage: int) -> str:
    return "h" + subscript(stage)
