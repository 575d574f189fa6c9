"""Lines of equal value over the cells of a map, by marching squares.

Places are in cells: (0, 0) is the center of the first one. Where a corner of a square of four
centers is nan, no line runs through that square.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Line = tuple[Floats, Floats]
"""(points,) across and (points,) up. A closed line ends where it begins."""

STEEP = 1e6
"""How far from the level a value counts at most, so that an infinite one has its place, too."""


def contour(field: Floats, level: float = 0.0) -> list[Line]:
    """The lines along which ``field`` (across, up) is ``level``, linear between centers.

    Values at the level count as above it. Where two opposite corners are above and two below,
    the mean of the four says which are joined.
    """
    height = np.clip(field - level, -STEEP, STEEP)
    pieces = _pieces(height)
    return [_placed(height, chain) for chain in _chained(pieces)]


Edge = tuple[int, int, int]
"""Between two neighboring centers: (0 across or 1 up, column, row) of the lower one."""


def _pieces(height: Floats) -> list[tuple[Edge, Edge]]:
    """The edges that a line joins, within each square."""
    corners = height[:-1, :-1], height[1:, :-1], height[1:, 1:], height[:-1, 1:]
    whole = np.isfinite(sum(corners))
    above = [corner >= 0 for corner in corners]
    crossed = [above[at] != above[at - 3] for at in range(4)]
    found: list[tuple[Edge, Edge]] = []
    for column, row in np.argwhere(whole & (crossed[0] | crossed[1] | crossed[2] | crossed[3])):
        edges = _edges(int(column), int(row))
        met = [edge for edge, cross in zip(edges, crossed, strict=True) if cross[column, row]]
        if len(met) == 4 and _joins_first(corners, above, column, row):
            met = [*met[1:], met[0]]
        found += zip(met[::2], met[1::2], strict=True)
    return found


def _edges(column: int, row: int) -> tuple[Edge, Edge, Edge, Edge]:
    """The sides of a square, around it from below: each from one corner to the next."""
    return (0, column, row), (1, column + 1, row), (0, column, row + 1), (1, column, row)


def _joins_first(
    corners: tuple[Floats, ...], above: list[NDArray[np.bool_]], column: int, row: int
) -> bool:
    """Whether the middle of a saddle is not as its first corner is, which is then cut off."""
    mean = sum(corner[column, row] for corner in corners)
    return bool((mean >= 0) != above[0][column, row])


def _chained(pieces: list[tuple[Edge, Edge]]) -> list[list[Edge]]:
    """The pieces put together into lines as long as possible; open ones first."""
    neighbors: defaultdict[Edge, list[Edge]] = defaultdict(list)
    for one, other in pieces:
        neighbors[one].append(other)
        neighbors[other].append(one)
    ends = [edge for edge, met in neighbors.items() if len(met) == 1]
    chains = []
    for start in [*ends, *neighbors]:
        if neighbors[start]:
            chains.append(_walk(start, neighbors))
    return chains


def _walk(start: Edge, neighbors: defaultdict[Edge, list[Edge]]) -> list[Edge]:
    """From one edge on until there is no further piece; what is walked is taken away."""
    chain = [start]
    while neighbors[chain[-1]]:
        following = neighbors[chain[-1]].pop()
        neighbors[following].remove(chain[-1])
        chain.append(following)
    return chain


def _placed(height: Floats, chain: list[Edge]) -> Line:
    """Where a line crosses each of its edges."""
    up, column, row = np.array(chain).T
    low = height[column, row]
    high = height[column + 1 - up, row + up]
    share = low / (low - high)
    return column + share * (1 - up), row + share * up
