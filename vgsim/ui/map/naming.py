"""Where the name of a line stands on a map: on it, or nearer to it than to any other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vgsim.ui.map.model.axis import Array
from vgsim.ui.plots.layer import Text, line_height, text_width
from vgsim.ui.plots.model.geometry import Box, trace
from vgsim.ui.style.theme import Theme

Line = tuple[Array, Array]
"""x and y in pixels."""
SIZE = 11
SHARES = np.linspace(0.04, 0.96, 11)
"""Places along the line that are tried."""
STEP, FAR = 9.0, 1e6
"""Pixels from point to point of a line, and where a point is that is in nobody's way."""
BESIDE = 5.0
"""Pixels between a line and a name above or below it."""
HIDDEN, MISTAKEN, CROWDED = 30.0, 60.0, 200.0
"""What a place costs: for each point of another line that the name hides, where another line is
as near to it, and the nearer the next line is."""


def name_along(
    words: str,
    line: Line,
    others: Sequence[Line],
    bounds: Box,
    taken: Sequence[Box],
    theme: Theme,
    color: str,
    weight: int = 400,
) -> list[Text]:
    """The name of ``line`` within ``bounds``, clear of what is ``taken``; none where no room is.

    ``others`` are the lines for whose name it must not be taken.
    """
    own = np.array(trace(*line, STEP))
    width = text_width(words, SIZE, weight)
    height = line_height(SIZE, weight)
    if own.shape[1] < 2 or width > bounds.width or height > bounds.height:
        return []
    ink = [np.array(trace(*other, STEP)) for other in others]
    points = np.concatenate([np.full((2, 1), FAR), *ink], axis=1)
    half = np.array([width / 2, height / 2])
    places = _places(own, half, bounds)
    costs = _costs(places, half, own, points)
    for at in np.argsort(costs, kind="stable").tolist():
        left, top = (places[at] - half).tolist()
        box = Box(left, top, width, height)
        if not any(box.meets(other) for other in taken):
            return [Text(words, left, top, color, SIZE, weight, (0.0, 0.0), theme.surface)]
    return []


def _places(own: Array, half: Array, bounds: Box) -> Array:
    """(places, 2) middles of the name: on the line, above and below it, moved into ``bounds``."""
    at = np.round(SHARES * (own.shape[1] - 1)).astype(np.intp)
    beside = np.array([0.0, -1.0, 1.0]) * (half[1] + BESIDE)
    x = np.repeat(own[0, at], len(beside))
    y = (own[1, at][:, None] + beside).ravel()
    low = np.array([bounds.left, bounds.top]) + half
    high = np.array([bounds.right, bounds.bottom]) - half
    placed: Array = np.clip(np.stack([x, y], axis=1), low, high)
    return placed


def _costs(places: Array, half: Array, own: Array, others: Array) -> Array:
    """(places,) how bad each of them is."""
    to_own = _away(places, half, own).min(axis=1)
    to_others = _away(places, half, others)
    nearest = to_others.min(axis=1)
    hidden = np.count_nonzero(to_others == 0.0, axis=1)
    mistaken = to_own > nearest - 1.0
    off = _away(places, 0.0 * half, own).min(axis=1)
    costs: Array = HIDDEN * hidden + MISTAKEN * mistaken + CROWDED / (5.0 + nearest) + off / 2
    return costs


def _away(places: Array, half: Array, points: Array) -> Array:
    """(places, points) pixels from a name to points (2, points), 0 within it."""
    beyond = np.abs(places[:, :, None] - points) - (half[:, None] + 1.5)
    across, down = np.maximum(beyond, 0.0).transpose(1, 0, 2)
    away: Array = np.hypot(across, down)
    return away
