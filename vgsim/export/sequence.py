"""Which moments follow one another in an animation or a deck. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vgsim.core.errors import refuse
from vgsim.nn.experiment import Experiment
from vgsim.nn.places import find_moment
from vgsim.text.moments import Place

ALL_THE_WAY_BACK = "backward:1"
FIRST = "start"
LAST = "update"


@dataclass(frozen=True, slots=True)
class OnePass:
    """Every moment of the pass that follows update ``step``, from ``first`` to ``last``."""

    step: int = 0
    first: str = FIRST
    last: str = LAST

    def places(self, experiment: Experiment) -> list[Place]:
        """The places in order; SpecError when there is no such moment, or they are in disorder."""
        first = find_moment(experiment, self.first, "from")
        last = find_moment(experiment, self.last, "to")
        if first.position > last.position:
            allowed = f"a moment up to {last}, where it ends, in the order of the pass"
            raise refuse("from", str(first), allowed)
        return [(self.step, at) for at in range(first.position, last.position + 1)]

    def judged_at(self, count: int) -> frozenset[int]:
        """Numbers of the pictures that may get a verdict of their own: its state changes once."""
        return frozenset(range(count))


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

    def judged_at(self, count: int) -> frozenset[int]:
        """Numbers of the pictures that may get a verdict of their own, spread evenly."""
        spread = np.linspace(0, count - 1, min(count, MOST_VERDICTS)).round()
        return frozenset(spread.astype(int).tolist())


MOST_VERDICTS = 20
"""Verdicts in a film of training: each takes longer than a picture, and must stay to be read."""
PictureSequence = OnePass | Training
