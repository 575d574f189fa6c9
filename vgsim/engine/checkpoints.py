"""States to come back to, within a bound of memory."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vgsim.engine.arrays import Array
from vgsim.engine.frame import Trouble

MEMORY = 64 * 2**20
"""Bytes that all kept states together may take."""
PER_STEP = 16 * 2**10
"""Bytes that keeping states may copy per step on average, so that training stays fast."""
REACH = 200
"""Updates that can be taken back at least, memory allowing."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Parameters, optimizer state and running statistics after ``step`` updates (copies)."""

    step: int
    values: Array
    state: Array
    trouble: tuple[Trouble, ...]
    running: Array = field(default_factory=lambda: np.empty(0))


class Checkpoints:
    """A ring of states: the first step's for ever, then the newest within the bound."""

    def __init__(self, size: int) -> None:
        self.every = max(1, -(-size // PER_STEP))
        self._most = most_kept(size)
        self._kept: list[Checkpoint] = []

    def due(self, step: int) -> bool:
        """Whether running should keep the state after ``step`` updates."""
        return step % self.every == 0

    def keep(self, state: Checkpoint) -> None:
        """Keep ``state``; later ones, of another future, are forgotten."""
        if self._kept and self._kept[-1].step >= state.step:
            del self._kept[bisect_right(self._kept, state.step - 1, key=lambda kept: kept.step) :]
        self._kept.append(state)
        if len(self._kept) > self._most:
            del self._kept[1]

    def values_of(self, index: int) -> tuple[NDArray[np.int64], Array]:
        """(R,) steps of the kept states, oldest first, and one parameter in each of them."""
        steps = np.array([kept.step for kept in self._kept], np.int64)
        return steps, np.array([kept.values[index] for kept in self._kept])

    def before(self, step: int) -> Checkpoint:
        """The newest kept state at or before ``step``; ValueError when there is none."""
        at = bisect_right(self._kept, step, key=lambda kept: kept.step)
        if at == 0:
            raise ValueError(f"no state is kept at or before step {step}")
        return self._kept[at - 1]


def most_kept(size: int) -> int:
    """How many states of ``size`` bytes are kept."""
    wanted = REACH // max(1, -(-size // PER_STEP)) + 2
    return max(4, min(max(wanted, 16), MEMORY // max(size, 1)))
