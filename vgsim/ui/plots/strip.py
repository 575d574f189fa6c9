"""A row of bars, one for each stage, for what has a share in every stage."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vgsim.ui.plots.axes import GAP, free, inside
from vgsim.ui.plots.layer import Bars, Lines, Mark, Text, line_height, text_width
from vgsim.ui.plots.model.geometry import Box
from vgsim.ui.plots.model.series import stage_ticks
from vgsim.ui.plots.model.words import stage_name
from vgsim.ui.style.theme import Theme

TITLES = ("saturated share of every stage, 0 to 100 %", "saturated by stage, %")
"""The first where it fits."""


def stage_strip(theme: Theme, box: Box, shares: NDArray[np.float64], current: int) -> list[Mark]:
    """Bars of ``shares`` (N,) in ``box``, the ``current`` stage's in the accent; nan has none.

    The title stands above the box and the names of stages below it. A bar of less than two
    pixels would be none: the largest of some neighbors stands for all of them.
    """
    count, size = len(shares), max(1, math.ceil(2 * len(shares) / box.width))
    each = box.width / count
    most = np.fmax.reduceat(shares, np.arange(0, count, size))
    reached = np.flatnonzero(~np.isnan(most)).tolist()
    bars = {at: _bar(box, each * size, at, float(most[at])) for at in reached}
    here = bars.pop((current - 1) // size, None)
    base, top = round(box.bottom) + 0.5, round(box.top) + 0.5
    title = next((t for t in TITLES if text_width(t) <= box.width), TITLES[-1])
    texts = [Text(title, box.left, box.top - line_height() / 2, theme.muted)]
    gap = (text_width(stage_name(count)) + GAP) / each
    for stage in stage_ticks(count, gap):
        x, row = box.left + each * (stage - 0.5), box.bottom + 8
        name = Text(stage_name(stage), x, row, theme.muted, anchor=(0.5, 0.5))
        texts.append(inside(name, box.grown(4)._replace(height=2 * box.height)))
    return [
        Lines([(box.left, top, box.right, top)], theme.grid),
        Lines([(box.left, base, box.right, base)], theme.border),
        Bars(list(bars.values()), theme.muted),
        Bars([here] if here else [], theme.accent),
        *free([], texts, 0),
    ]


def _bar(box: Box, each: float, at: int, share: float) -> Box:
    """At least a pixel high and wide, with a gap to the next where there is room for one."""
    left, right = (round(min(box.left + each * k, box.right)) for k in (at, at + 1))
    high = max(share * box.height, 1.0)
    return Box(left, box.bottom - high, max(right - left - (2 if each > 5 else 0), 1), high)
