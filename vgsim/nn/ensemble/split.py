"""How many members are fastest as one ensemble: weighed by what this machine was measured to take.

Many members share the cost of every call; few have their arrays in a processor's cache. Both costs
are measured once in a process, in some hundredths of a second. What comes of a member does not
depend on it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from vgsim.nn.ensemble.cost import Cost

SIZES = 2 ** np.arange(15, 26)
"""Bytes of memory gone through, from what any cache holds to what few do."""
TRIES = 3
"""The fastest counts: others may use the machine, too."""
NEARLY = 1.02
"""Fewer members are as good where they take this much longer: they leave room for others."""
PASSES = 3
"""How often a step goes through what it touches: forward, back, and the change."""


@dataclass(frozen=True)
class Pace:
    """Seconds of a ``call``, and of a byte of as much memory as ``SIZES`` says, ``by_size``."""

    call: float
    by_size: NDArray[np.float64]

    def of_byte(self, size: float) -> float:
        """Seconds of a byte where a step goes through ``size`` of them."""
        return float(np.interp(np.log2(max(size, 1.0)), np.log2(SIZES), self.by_size))


@cache
def measured_pace() -> Pace:
    """That of this machine, by small products of matrices and by products of long vectors."""
    few = np.ones((1, 2, 2), np.float32)
    call = _fastest(partial(np.matmul, few, few), 1_000)
    by_size = []
    for size in SIZES.tolist():
        one, two, out = np.ones((3, size // 12), np.float32)
        seconds = _fastest(partial(np.multiply, one, two, out), max(1, 2**24 // size))
        by_size.append(seconds / size)
    return Pace(call, np.maximum.accumulate(by_size))


def members_at_once(cost: Cost, most: int, pace: Pace | None = None) -> int:
    """How many members of such a cost make one ensemble, at most ``most``."""
    pace = pace or measured_pace()
    found: dict[int, float] = {}
    for count in [*(2**power for power in range(20) if 2**power < most), max(most, 1)]:
        memory = PASSES * cost.touched * pace.of_byte(count * cost.touched)
        found[count] = cost.calls * pace.call / count + memory
    least = min(found.values())
    return next(count for count, seconds in found.items() if seconds <= NEARLY * least)


def _fastest(call: Callable[[], object], repeats: int) -> float:
    """Seconds of a call."""
    call()
    times = []
    for _ in range(TRIES):
        began = time.perf_counter()
        for _ in range(repeats):
            call()
        times.append(time.perf_counter() - began)
    return min(times) / repeats
