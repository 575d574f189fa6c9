"""The order in which the cells of a map are computed: a coarse grid of all of it, then finer ones.

Along an axis of numbers the grid of level k has its lines at round(i (n − 1) / 2ᵏ): both ends are
in every level, and each finer level has all lines of the coarser ones. Along choices, and along
further axes (other maps of a stack), every level has all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray

from vgsim.sweep.plan import Index, SweepPlan

COARSEST = 3
"""The level to begin with: at most 2³ + 1 lines an axis, 81 cells of a map."""
DRAWN = 2
"""Axes of one map: across and up."""


def lines(length: int, level: int) -> NDArray[np.int64]:
    """(≤ 2^``level`` + 1,) the grid lines of a level, among ``length`` cells in a row."""
    parts = 1 << level
    numbers = np.arange(parts + 1, dtype=np.int64) * (length - 1)
    return np.unique((2 * numbers + parts) // (2 * parts))


def finest(length: int) -> int:
    """The first level whose grid has every cell."""
    return (length - 1).bit_length() if length > 1 else 0


def between(plan: SweepPlan) -> tuple[bool, ...]:
    """By axis, whether there is something between two of its values on the same map."""
    return tuple(
        at < DRAWN and not axis.of_choices and len(axis) > 2 for at, axis in enumerate(plan.axes)
    )


def levels_of(plan: SweepPlan) -> range:
    """The levels of ``plan``, from the coarsest to the first that has every cell."""
    needed = [
        finest(len(axis)) for axis, free in zip(plan.axes, between(plan), strict=True) if free
    ]
    last = max(needed, default=0)
    return range(min(COARSEST, last), last + 1)


def grid(plan: SweepPlan, level: int) -> list[NDArray[np.int64]]:
    """By axis, the lines of a level."""
    return [
        lines(len(axis), level) if free else np.arange(len(axis))
        for axis, free in zip(plan.axes, between(plan), strict=True)
    ]


def order(plan: SweepPlan) -> Iterator[list[Index]]:
    """Level by level, the cells that no coarser level has; all cells once, coarse ones first.

    Within a level the last axis is fastest. Cells of a level may be computed in any order, so
    those that can be stacked may be put together.
    """
    known: list[frozenset[int]] | None = None
    for level in levels_of(plan):
        here = [along.tolist() for along in grid(plan, level)]
        cells = product(*here)
        if known is None:
            yield list(cells)
        else:
            coarser = known
            yield [
                cell
                for cell in cells
                if not all(at in axis for at, axis in zip(cell, coarser, strict=True))
            ]
        known = [frozenset(along) for along in here]
