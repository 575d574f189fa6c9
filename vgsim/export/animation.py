"""Reels: one picture after another of an experiment of its own, with axes that never jump."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from vgsim.core.errors import refuse
from vgsim.diagnosis import judge
from vgsim.diagnosis.stopping import Stopped
from vgsim.diagnosis.verdict import Verdict
from vgsim.export.shots import Canceled, Stop, never, silent
from vgsim.measure.frame import Frame
from vgsim.measure.request import Wish
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment, twin
from vgsim.nn.places import OtherRun, find_moment, place
from vgsim.nn.spec import Spec
from vgsim.text.jumps import Place

Share = Callable[[float], None]
"""Told how much is done, from 0 to 1."""
REHEARSAL = 0.15
"""Share of the work that going to the last picture, and back to the first, counts for."""
ALL_THE_WAY_BACK = "backward:1"
MOST_VERDICTS = 20
"""Verdicts in a film of training: each takes longer than a picture, and must stay to be read."""


@dataclass(frozen=True, slots=True)
class OnePass:
    """Every moment of the pass that follows update ``step``, from ``first`` to ``last``."""

    step: int = 0
    first: str = "start"
    last: str = "update"

    def places(self, experiment: Experiment) -> list[Place]:
        """The places in order; SpecError when there is no such moment, or they are in disorder."""
        first = find_moment(experiment, self.first, "from")
        last = find_moment(experiment, self.last, "to")
        if first.position > last.position:
            allowed = f"a moment up to {last}, where it ends, in the order of the pass"
            raise refuse("from", str(first), allowed)
        return [(self.step, at) for at in range(first.position, last.position + 1)]


@dataclass(frozen=True, slots=True)
class Training:
    """The initial network and that after every ``every`` of ``steps`` updates, the last included.

    All show the same ``moment`` of the pass that follows: the gradient all the way back, unless
    another is wished for. ``every`` = ``steps`` is before and after.
    """

    steps: int
    every: int = 1
    moment: str = ALL_THE_WAY_BACK

    def places(self, experiment: Experiment) -> list[Place]:
        """The places in order; SpecError when there is no such moment or no such rhythm."""
        if not 1 <= self.every <= self.steps:
            raise refuse("every", self.every, f"a whole number from 1 to the {self.steps} steps")
        position = find_moment(experiment, self.moment).position
        steps = [*range(0, self.steps, self.every), self.steps]
        return [(step, position) for step in steps]


Route = OnePass | Training


@dataclass(frozen=True, slots=True)
class Script:
    """What a reel shows of which experiment; ``rival`` is what it is compared with."""

    spec: Spec
    route: Route
    wish: Wish
    judged: bool = False
    rival: Spec | None = None


@dataclass(frozen=True, slots=True)
class Still:
    """One picture to be composed."""

    frame: Frame
    verdict: Verdict | None


class Footage:
    """The stills of a script, one by one: iterate to make the next. No Qt, so on any thread.

    Building one raises SpecError when the experiment or the route is not allowed. Iterating raises
    Canceled once ``stop`` says so; a long way to the next picture asks it at every update.
    """

    def __init__(self, script: Script, *, share: Share = silent, stop: Stop = never) -> None:
        self._script, self._share, self._stop = script, share, stop
        self._experiment = Experiment(script.spec)
        self._partner = OtherRun(script.rival) if script.rival is not None else None
        self._places = script.route.places(self._experiment)
        self._judged_at = _rare(len(self._places), script.route)
        self._verdict: tuple[int, Verdict] | None = None
        self._rehearsed = False

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Still]:
        """From the first to the last; axes have the range of the last."""
        self._go(self._places[-1])
        ahead = self._frame()
        self._rehearsed = True
        for number, where in enumerate(self._places):
            self._go(where)
            frame = _facing(self._frame(), ahead)
            yield Still(frame, self._judge(number))

    def _go(self, goal: Place) -> None:
        """Stand at ``goal``; Canceled when stopped on the way."""
        experiment, (step, position) = self._experiment, goal
        here, at = place(experiment)
        if here == step and at <= position:  # most often one moment on
            for _ in range(position - at):
                experiment.advance()
        else:
            experiment.seek(step, position, self._on_the_way)
        if self._partner is not None:
            self._partner.follow(experiment, self._stop)
        if self._stop():
            raise Canceled

    def _on_the_way(self) -> bool:
        """Tell how far the rehearsal is; whether to end the way."""
        if not self._rehearsed:
            last = max(self._places[-1][0], 1)
            self._share(REHEARSAL * min(self._experiment.step / last, 1.0))
        return self._stop()

    def _frame(self) -> Frame:
        frame = frame_of(self._experiment, wish=self._script.wish)
        if self._partner is None:
            return frame
        return replace(frame, other=frame_of(self._partner.experiment, wish=self._script.wish))

    def _judge(self, number: int) -> Verdict | None:
        """The verdict on the state before the coming pass; in a film a new one now and then."""
        if not self._script.judged:
            return None
        step = self._experiment.step
        stale = self._verdict is None or (self._verdict[0] != step and number in self._judged_at)
        if stale:
            try:
                self._verdict = step, judge(twin(self._experiment), self._stop)
            except Stopped:
                raise Canceled from None
        return self._verdict[1] if self._verdict else None


def _rare(count: int, route: Route) -> frozenset[int]:
    """Numbers of the pictures that get a verdict of their own."""
    if isinstance(route, OnePass):  # its state changes once
        return frozenset(range(count))
    return frozenset(np.linspace(0, count - 1, min(count, MOST_VERDICTS)).round().astype(int))


def _facing(frame: Frame, ahead: Frame) -> Frame:
    """``frame``, and the one that it is compared with, with the range of what is to come."""
    other = frame.other
    if other is not None:
        other = replace(other, ahead=ahead.other)
    return replace(frame, other=other, ahead=ahead)
