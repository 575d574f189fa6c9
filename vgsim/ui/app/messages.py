"""What the window asks of the worker: frozen messages through a queue."""

from __future__ import annotations

from dataclasses import dataclass

from vgsim.measure.request import Request
from vgsim.measure.source import Goal
from vgsim.measure.stops import StopRules


@dataclass(frozen=True, slots=True)
class Load:
    """Open ``goal``, an experiment or a recording; its frames carry ``generation``.

    ``keep_place`` goes on to the same moment of its first pass, and goes on training or playing.
    """

    goal: Goal
    generation: int
    keep_place: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """Take one moment, or go back one; ends playing and training."""

    back: bool = False


@dataclass(frozen=True, slots=True)
class Seek:
    """Go to the moment at ``position`` of the pass after update ``step``, or as near as it is.

    Ends playing and training.
    """

    step: int
    position: int


@dataclass(frozen=True, slots=True)
class Measure:
    """Make these measurements with every frame from now on."""

    request: Request


@dataclass(frozen=True, slots=True)
class Compare:
    """Run ``goal`` beside the other, moment by moment; none ends that."""

    goal: Goal | None


@dataclass(frozen=True, slots=True)
class Swap:
    """Let A and B change places where they stand; frames then carry ``generation``."""

    generation: int


@dataclass(frozen=True, slots=True)
class Stops:
    """Stop playing or training where one of these rules is met."""

    rules: StopRules


@dataclass(frozen=True, slots=True)
class Play:
    """Take moments at the speed set, up to the end of the pass; pause if that goes on."""


@dataclass(frozen=True, slots=True)
class Train:
    """Take moments as fast as possible until another command comes; stop if already doing so.

    ``until`` is the number of updates at which it ends by itself.
    """

    until: int | None = None


@dataclass(frozen=True, slots=True)
class Reset:
    """Back to the initial parameters."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Moments a second while playing."""

    rate: float


@dataclass(frozen=True, slots=True)
class Quit:
    """End the thread."""


Command = (
    Load | Step | Seek | Measure | Compare | Swap | Stops | Play | Train | Reset | Speed | Quit
)
