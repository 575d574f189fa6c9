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
SHARES = np.linspace(0.04, 0.96, 24)
"""Places along the line that are tried."""
BESIDE = 5.0
"""Pixels between a line and a name above or below it."""
HIDDEN, MISTAKEN, CROWDED = 10.0, 60.0, 200.0
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
    x, y = trace(*line)
    if len(x) < 2:
        return []
    size = Box(0, 0, text_width(words, SIZE, weight), line_height(SIZE, weight))
    ink = [trace(*other) for other in others]
    points = np.array(
        [np.concatenate([path[at] for path in ink] or [np.empty(0)]) for at in (0, 1)]
    )
    best: tuple[float, Box] | None = None
    for share in SHARES:
        at = round(share * (len(x) - 1))
        for offset in (0.0, -1.0, 1.0):
            down = offset * (size.height / 2 + BESIDE)
            left = float(x[at]) - size.width / 2
            top = float(y[at]) + down - size.height / 2
            box = Box(left, top, size.width, size.height).within(bounds)
            if size.width > bounds.width or any(box.meets(other) for other in taken):
                continue
            cost = _cost(box, (x, y), points)
            if best is None or cost < best[0]:
                best = cost, box
    if best is None:
        return []
    box = best[1]
    return [Text(words, box.left, box.top, color, SIZE, weight, (0.0, 0.0), theme.surface)]


def _cost(box: Box, own: Line, others: Array) -> float:
    """How bad it is there."""
    to_own = _away(box, np.array(own))
    if not others.size:
        return float(to_own.min())
    to_others = _away(box, others)
    hidden = np.count_nonzero(to_others == 0.0)
    nearest = float(to_others.min())
    mistaken = float(to_own.min()) > nearest - 1.0
    return HIDDEN * hidden + MISTAKEN * mistaken + CROWDED / (5.0 + nearest)


def _away(box: Box, points: Array) -> Array:
    """(points,) pixels from the box, 0 within it."""
    middle = np.array([[box.left + box.width / 2], [box.top + box.height / 2]])
    reach = np.array([[box.width / 2 + 1.5], [box.height / 2 + 1.5]])
    beyond = np.maximum(np.abs(points - middle) - reach, 0.0)
    away: Array = np.hypot(beyond[0], beyond[1])
    return away
