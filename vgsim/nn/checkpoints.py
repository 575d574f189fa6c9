"""States to come back to, within a bound of memory: close together near the present, else sparse.

What an experiment does follows from its spec alone, so a state is right whenever it was kept: going
back makes none of the later ones wrong.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vgsim.nn.anomalies import Anomaly
from vgsim.nn.arrays import Array

MEMORY = 64 * 2**20
"""Bytes that all kept states together may take."""
PER_STEP = 16 * 2**10
"""Bytes that keeping states may copy per step on average, so that training stays fast."""
SPARSEST = 32
"""Steps between states, memory allowing, however large they are: a step is slower than a copy."""
REACH = 200
"""Updates that can be taken back at once: by a state, or a short way from one."""
FAR = 32
"""States of long ago, evenly spaced."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Parameters, optimizer state, running statistics and last change after ``step`` updates.

    All are copies. ``values`` are the master weights where there are some; ``scaling`` is that of
    the loss, with the good updates since it last changed.
    """

    step: int
    values: Array
    state: Array
    anomalies: tuple[Anomaly, ...]
    running: Array = field(default_factory=lambda: np.empty(0))
    change: Array = field(default_factory=lambda: np.empty(0))
    scaling: tuple[float, int] = (1.0, 0)


@dataclass(frozen=True, slots=True)
class Plan:
    """How states of one size are kept: ``near`` of them ``every`` steps, ``far`` of long ago."""

    every: int
    near: int
    far: int


def plan(size: int) -> Plan:
    """The plan for states of ``size`` bytes. It spans REACH steps; four states are always kept."""
    most = max(4, MEMORY // max(size, 1))
    far = min(FAR, most // 4)
    room = most - far - 2  # the span of n states is n - 1, and one is kept for a state by hand
    every = max(min(-(-size // PER_STEP), SPARSEST), -(-REACH // room), 1)
    return Plan(every, -(-REACH // every) + 2, far)


def most_kept(size: int) -> int:
    """How many states of ``size`` bytes are kept."""
    planned = plan(size)
    return planned.near + planned.far


class Checkpoints:
    """The states around the present, and ever sparser ones before and after; the first stays."""

    def __init__(self, how: Plan) -> None:
        self._plan = how
        self.every = how.every
        self._stride = self.every
        self._near: list[Checkpoint] = []
        self._far: list[Checkpoint] = []

    def __len__(self) -> int:
        """How many states are kept."""
        return len(self._near) + len(self._far)

    @property
    def first(self) -> int:
        """The first of the steps that can be gone back to at once."""
        if self._near:
            return self._near[0].step
        return 0

    def states(self) -> list[Checkpoint]:
        """All that are kept, oldest first."""
        known = {state.step: state for state in (*self._far, *self._near)}
        return [known[step] for step in sorted(known)]

    def due(self, step: int) -> bool:
        """Whether running should keep the state after ``step`` updates."""
        return step % self.every == 0

    def keep(self, state: Checkpoint) -> None:
        """Keep ``state``, which is of the present, unless its step is kept already."""
        near = self._near
        if near and state.step < near[0].step:  # the present is elsewhere now
            for left in near:
                self._put_away(left)
            near.clear()
        at = bisect_left(near, state.step, key=_step)
        if at < len(near) and near[at].step == state.step:
            return
        near.insert(at, state)
        if len(near) > self._plan.near:
            self._put_away(near.pop(self._least_wanted()))
        if not self._far:
            self._put_away(state)

    def values_of(self, index: int, step: int) -> tuple[NDArray[np.int64], Array]:
        """(R,) steps of the kept states up to ``step``, and one parameter in each of them."""
        states = [kept for kept in self.states() if kept.step <= step]
        steps = np.array([kept.step for kept in states], np.int64)
        return steps, np.array([kept.values[index] for kept in states])

    def before(self, step: int) -> Checkpoint:
        """The newest kept state at or before ``step``; ValueError when there is none."""
        found = [
            states[at - 1]
            for states in (self._near, self._far)
            if (at := bisect_right(states, step, key=_step))
        ]
        if not found:
            raise ValueError(f"no state is kept at or before step {step}")
        return max(found, key=_step)

    def _least_wanted(self) -> int:
        """The oldest one kept by hand between those that are due, or else the oldest."""
        if self.every == 1:
            return 0
        odd = (at for at, state in enumerate(self._near[:-1]) if not self.due(state.step))
        return next(odd, 0)

    def _put_away(self, state: Checkpoint) -> None:
        """Keep ``state`` among those of long ago, if it is one of the evenly spaced."""
        if state.step % self._stride:
            return
        at = bisect_left(self._far, state.step, key=_step)
        if at == len(self._far) or self._far[at].step != state.step:
            insort(self._far, state, key=_step)
        while len(self._far) > self._plan.far:
            self._stride *= 2
            self._far = [kept for kept in self._far if kept.step % self._stride == 0]


def _step(state: Checkpoint) -> int:
    return state.step
