"""Where a map is worth more cells: between neighbors that differ most in what is shown.

A map begins as a coarse grid of blocks with a measured cell at each corner. Round by round some
blocks are parted in the middle. Blocks that an edge runs through come first, the largest of them
first: an edge is where a gradient neither fades nor grows, where a figure begins to be 0 or
infinite, or where another verdict holds. Then come those whose measured cells differ most.

What a round measures depends on what the rounds before it have found, and on nothing else. So a
map that is gone on with, after a kill too, gets the very same cells.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from vgsim.sweep.figures import MapScale, Shown
from vgsim.sweep.order import between, finest, grid, levels_of, lines
from vgsim.sweep.plan import Index, SweepPlan

Floats = NDArray[np.float64]
Sides = NDArray[np.int64]
Span = tuple[int, int]
"""First and last cell of a block along one axis."""
Block = tuple[Span, ...]

SHARE = 0.1
"""Of all cells, how many are measured."""
HALF = 0.5
"""Of these, how many the coarse grid may have."""
ROUND = 0.25
"""Of what is left, how many a round may measure that no edge asks for."""
FEWEST = 20
"""Cells that a round may measure in any case: a task of them is still worth sending."""
NO_EDGE = 1
"""The group of blocks without an edge, after all others."""
UNKNOWN = -1
"""The side of an edge on which a cell lies that has no figure."""


def wanted(plan: SweepPlan, share: float = SHARE) -> int:
    """How many cells a refined map has."""
    return max(len(_corners(plan, share)), min(plan.cells, math.ceil(share * plan.cells)))


def refined(
    plan: SweepPlan, shown: Shown, read: Callable[[], Floats], share: float = SHARE
) -> Iterator[list[Index]]:
    """Rounds of cells to measure, the coarse grid first, until :func:`wanted` are there.

    ``read`` gives the figure ``shown`` of every cell (of the plan's shape, nan where it is not
    known); it is asked when a round is there, before the next one is thought of. Cells that are
    measured already come, too: the rounds are the same whatever has been measured.
    """
    most = wanted(plan, share)
    blocks = _Blocks(plan, _coarse_level(plan, share))
    cells = _corners(plan, share)
    chosen = np.zeros(plan.shape, bool)
    while cells:
        chosen[tuple(np.array(cells).T)] = True
        yield cells
        left = most - int(np.count_nonzero(chosen))
        cells = blocks.part(shown, np.where(chosen, read(), np.nan), chosen, left)


class _Blocks:
    """The blocks of a map, whose corners are measured; choices, and maps of a stack, apart."""

    def __init__(self, plan: SweepPlan, level: int) -> None:
        spans: list[list[Span]] = []
        for along, free in zip(grid(plan, level), between(plan), strict=True):
            if free:
                spans.append(list(pairwise(along.tolist())))
            else:
                spans.append([(at, at) for at in along.tolist()])
        self._blocks: set[Block] = set(product(*spans))
        self._middles = [_middles(length) for length in plan.shape]

    def part(
        self, shown: Shown, values: Floats, chosen: NDArray[np.bool_], left: int
    ) -> list[Index]:
        """Part those that deserve it most, and tell which cells are new: at most ``left``."""
        heights = heights_of(shown, values)
        sides = sides_of(shown, values)
        ranks: dict[Block, tuple[int, float]] = {}
        for block in self._blocks:
            if any(span in middles for span, middles in zip(block, self._middles, strict=True)):
                ranks[block] = _rank(block, heights, sides)
        new: set[Index] = set()
        for group in sorted({group for group, _ in ranks.values()}):
            alike = [block for block, rank in ranks.items() if rank[0] == group]
            quota = left
            if group == NO_EDGE:
                quota = min(left, max(math.ceil(ROUND * left), FEWEST))
            for block in sorted(alike, key=lambda each: (ranks[each][1], each)):
                parts = self._parts(block)
                more = {cell for part in parts for cell in product(*part) if not chosen[cell]}
                if len(new | more) <= quota:
                    new |= more
                    self._blocks.remove(block)
                    self._blocks.update(parts)
            if new:
                break
        return sorted(new)

    def _parts(self, block: Block) -> list[Block]:
        """Parted in the middle along each axis on which there is one."""
        spans: list[list[Span]] = []
        for (low, high), middles in zip(block, self._middles, strict=True):
            middle = middles.get((low, high))
            spans.append([(low, high)] if middle is None else [(low, middle), (middle, high)])
        return list(product(*spans))


def _middles(length: int) -> dict[Span, int]:
    """Where each span between two lines of a grid has its line of the next one."""
    found: dict[Span, int] = {}
    for level in range(finest(length)):
        finer = lines(length, level + 1)
        for low, high in pairwise(lines(length, level).tolist()):
            inside = finer[(finer > low) & (finer < high)]
            if inside.size:
                found[low, high] = int(inside[0])
    return found


def _rank(block: Block, heights: Floats, sides: Sides) -> tuple[int, float]:
    """(group, place in it): the lower the sooner. An edge in a larger block is sooner."""
    within = tuple(slice(low, high + 1) for low, high in block)
    height = heights[within]
    height = height[~np.isnan(height)]
    jump = float(height.max() - height.min()) if height.size else 0.0
    side = sides[within]
    side = side[side != UNKNOWN]
    if side.size and (side != side.flat[0]).any():
        return -max(high - low - 1 for low, high in block).bit_length(), -jump
    return NO_EDGE, -jump


def heights_of(shown: Shown, values: Floats) -> Floats:
    """The figures on the scale on which they are drawn, as far as it goes: what a jump is in."""
    if shown.scale is MapScale.REGIONS:
        return np.zeros(values.shape)
    heights = np.array(values, np.float64)
    if shown.scale in (MapScale.DECADES, MapScale.STEPS):
        with np.errstate(divide="ignore", invalid="ignore"):
            heights = np.log10(heights)
    low, high = sorted(shown.ends)
    if low == high:
        finite = heights[np.isfinite(heights)]
        low, high = (finite.min(), finite.max()) if finite.size else (0.0, 0.0)
    return np.clip(heights, low, high)


def sides_of(shown: Shown, values: Floats) -> Sides:
    """On which side of an edge each cell lies; UNKNOWN where there is no figure."""
    known = ~np.isnan(values)
    if shown.scale is MapScale.REGIONS:
        return np.where(known, values, UNKNOWN).astype(np.int64)
    sides = np.isposinf(values).astype(np.int64)
    if shown.scale is MapScale.DECADES:
        sides += 2 * (values == 0)
    sides += 4 * np.isneginf(values)
    if shown.edge:
        sides += 8 * (values >= (1.0 if shown.scale is MapScale.DECADES else 0.0))
    return np.where(known, sides, UNKNOWN)


def _coarse_level(plan: SweepPlan, share: float) -> int:
    """The finest level to begin with that leaves cells to put where they are needed."""
    levels = levels_of(plan)
    for level in range(levels[0], 0, -1):
        cells = math.prod(len(along) for along in grid(plan, level))
        if cells <= HALF * share * plan.cells:
            return level
    return min(1, levels[0])


def _corners(plan: SweepPlan, share: float) -> list[Index]:
    """The cells of the coarse grid."""
    along = [each.tolist() for each in grid(plan, _coarse_level(plan, share))]
    return list(product(*along))
