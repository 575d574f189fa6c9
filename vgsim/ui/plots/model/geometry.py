"""Where things stand on a plot, in pixels from the top left corner of its widget. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


LONGEST = 2000


class Box(NamedTuple):
    """A rectangle, in pixels."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.top + self.height

    def grown(self, by: float) -> Box:
        """This box, larger by ``by`` on every side."""
        return Box(self.left - by, self.top - by, self.width + 2 * by, self.height + 2 * by)

    def meets(self, other: Box) -> bool:
        """Whether the two overlap."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def within(self, bounds: Box) -> Box:
        """This box, moved as little as brings it inside ``bounds``; top left if too large."""
        left = max(min(self.left, bounds.right - self.width), bounds.left)
        top = max(min(self.top, bounds.bottom - self.height), bounds.top)
        return Box(left, top, self.width, self.height)

    def covers(self, x: Array, y: Array) -> NDArray[np.bool_]:
        """Which of the points lie inside or on an edge; none that is nan."""
        across = (x >= self.left) & (x <= self.right)
        inside: NDArray[np.bool_] = across & (y >= self.top) & (y <= self.bottom)
        return inside

    def holds(self, x: Array, y: Array) -> int:
        """How many of the points lie inside."""
        across = (x > self.left) & (x < self.right)
        return int(np.count_nonzero(across & (y > self.top) & (y < self.bottom)))


@dataclass(frozen=True, slots=True)
class Area:
    """The data rectangle of a plot: its place in the widget and the ranges it spans."""

    box: Box
    x: tuple[float, float]
    y: tuple[float, float]

    def across(self, x: ArrayLike) -> Array:
        """Pixels from the left of the widget."""
        share = (np.asarray(x, dtype=np.float64) - self.x[0]) / (self.x[1] - self.x[0])
        return self.box.left + share * self.box.width

    def down(self, y: ArrayLike) -> Array:
        """Pixels from the top of the widget."""
        share = (np.asarray(y, dtype=np.float64) - self.y[0]) / (self.y[1] - self.y[0])
        return self.box.bottom - share * self.box.height

    def value(self, x: float, y: float) -> tuple[float, float]:
        """The data at a pixel."""
        across = (x - self.box.left) / self.box.width
        up = (self.box.bottom - y) / self.box.height
        return (
            self.x[0] + across * (self.x[1] - self.x[0]),
            self.y[0] + up * (self.y[1] - self.y[0]),
        )


def nudge(centers: Sequence[float], size: float, low: float, high: float) -> list[float]:
    """Centers moved as little as keeps labels of ``size`` apart and inside ``low`` to ``high``.

    Least squares: labels that would overlap are stacked around the mean of where they wanted to
    be. When they cannot all fit they are spaced evenly.
    """
    count = len(centers)
    if count * size > high - low:
        gap = (high - low) / max(count, 1)
        places = [low + gap * (rank + 0.5) for rank in range(count)]
    else:
        places = _stack(sorted(centers), size, low + size / 2, high - size / 2)
    order = sorted(range(count), key=lambda index: centers[index])
    return [places[order.index(index)] for index in range(count)]


def _stack(wanted: Sequence[float], size: float, low: float, high: float) -> list[float]:
    """Sorted centers, ``size`` apart: pool those that collide, then keep each within its room."""
    pools: list[tuple[float, int]] = []  # (mean start, members), a start being center - rank * size
    for rank, center in enumerate(wanted):
        mean, members = center - rank * size, 1
        while pools and pools[-1][0] > mean:
            before, more = pools.pop()
            mean = (mean * members + before * more) / (members + more)
            members += more
        pools.append((mean, members))
    starts = [mean for mean, members in pools for _ in range(members)]
    room = high - (len(wanted) - 1) * size
    return [min(max(start, low), room) + rank * size for rank, start in enumerate(starts)]


def trace(x: Array, y: Array, gap: float = 3.0) -> tuple[Array, Array]:
    """Points at most ``gap`` apart along the line through the given pixels; nan is skipped.

    A leg of a line that is zoomed far beyond its plot has no more than ``LONGEST`` of them.
    """
    known = np.isfinite(x) & np.isfinite(y)
    x, y = x[known], y[known]
    if len(x) < 2:
        return x, y
    across, down = np.diff(x), np.diff(y)
    counts = np.ceil(np.hypot(across, down) / gap).clip(1, LONGEST).astype(np.intp)
    leg = np.repeat(np.arange(len(counts)), counts)
    share = (np.arange(len(leg)) - np.repeat(np.cumsum(counts) - counts, counts)) / counts[leg]
    return (
        np.append(x[leg] + share * across[leg], x[-1]),
        np.append(y[leg] + share * down[leg], y[-1]),
    )


def place(
    candidates: Iterable[Box],
    bounds: Box,
    x: Array,
    y: Array,
    taken: Iterable[Box] = (),
    margin: float = 0.0,
) -> tuple[Box, int]:
    """The candidate that hides the fewest points, and how many; the first of equals.

    Candidates are first moved inside ``bounds``. A point within ``margin`` pixels counts as
    hidden, and one that meets a ``taken`` box counts 1000 more.
    """
    boxes = np.array(list(candidates), dtype=np.float64).reshape(-1, 4)
    if not len(boxes):
        return bounds, 0
    width = boxes[:, 2]
    height = boxes[:, 3]
    left = np.maximum(np.minimum(boxes[:, 0], bounds.right - width), bounds.left)
    top = np.maximum(np.minimum(boxes[:, 1], bounds.bottom - height), bounds.top)
    # (candidates, points): all at once, as a plot asks for dozens of places in every frame
    across = (x > (left - margin)[:, None]) & (x < (left + width + margin)[:, None])
    down = (y > (top - margin)[:, None]) & (y < (top + height + margin)[:, None])
    cost = np.count_nonzero(across & down, axis=1)
    others = np.array(list(taken), dtype=np.float64).reshape(-1, 4)
    beside = (left[:, None] < others[:, 0] + others[:, 2]) & (
        others[:, 0] < (left + width)[:, None]
    )
    beyond = (top[:, None] < others[:, 1] + others[:, 3]) & (others[:, 1] < (top + height)[:, None])
    cost = cost + 1000 * (beside & beyond).any(axis=1)
    best = int(cost.argmin())
    parts = left[best], top[best], width[best], height[best]
    return Box(*(float(part) for part in parts)), int(cost[best])


def around(x: float, y: float, width: float, height: float, gap: float) -> list[Box]:
    """Places for a label about a point, best first: below and above, then higher and lower."""
    sides = (x + gap, x - gap - width, x - width / 2)
    rises = [gap * times for times in (1, 1.6, 2.5, 4, 6, 9)]
    return [
        Box(left, top, width, height)
        for rise in rises
        for left in sides
        for top in (y + rise, y - rise - height)
    ]
