"""What stands beside a plot: bars for the share of every stage, and the scale of the shades."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vgsim.core.numbers import decade
from vgsim.measure.subject import Subject
from vgsim.text.scale import OVERFLOW, SHADES, ZERO, Scale
from vgsim.ui.plots.axes import GAP, TITLE, free, inside, stage_width
from vgsim.ui.plots.layer import Bars, Lines, Mark, Ramp, Text, line_height, text_width
from vgsim.ui.plots.model.geometry import Box
from vgsim.ui.plots.model.words import stage_labels
from vgsim.ui.style.theme import Theme

TITLES = ("saturated share of every stage, 0 to 100 %", "saturated by stage, %")
"""The first where it fits."""


def stage_strip(
    theme: Theme, box: Box, shares: NDArray[np.float64], current: int, subject: Subject
) -> list[Mark]:
    """Bars of ``shares`` (N,) in ``box``, the ``current`` stage's in the accent; nan has none.

    The title stands above the box and the names of stages below it. A bar of less than two
    pixels would be none: the largest of some neighbors stands for all of them.
    """
    count = len(shares)
    size = max(1, math.ceil(2 * len(shares) / box.width))
    each = box.width / count
    most = np.fmax.reduceat(shares, np.arange(0, count, size))
    reached = np.flatnonzero(~np.isnan(most)).tolist()
    bars = {at: _bar(box, each * size, at, float(most[at])) for at in reached}
    here = bars.pop((current - 1) // size, None)
    base = round(box.bottom) + 0.5
    top = round(box.top) + 0.5
    title = next((t for t in TITLES if text_width(t) <= box.width), TITLES[-1])
    texts = [Text(title, box.left, box.top - line_height() / 2, theme.muted)]
    for stage, label in stage_labels(count, subject, stage_width, each, full=True):
        x = box.left + each * (stage - 0.5)
        row = box.bottom + 8
        name = Text(label, x, row, theme.muted, anchor=(0.5, 0.5))
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


BAR = 9.0
"""Width of the color bar, in pixels."""

_OVERLAP = 2.0
"""Pixels that two lines of text may share: no figure fills its line."""
CELL = BAR / 2 + 14.0
"""Height taken by the cell at each end of it, so that no two labels touch, in pixels."""


def bar_decades(scale: Scale, height: float) -> tuple[int, ...]:
    """Decades that a bar in a widget of that height has room to label."""
    return scale.ticks(max(2, int((height - 80) / 18)))


def bar_room(scale: Scale, height: float) -> float:
    """Width that the bar and its labels need, in pixels."""
    return BAR + 2 * GAP + max(text_width(decade(k)) for k in bar_decades(scale, height))


def color_bar(
    theme: Theme, scale: Scale, box: Box, size: tuple[float, float], quantity: str
) -> list[Mark]:
    """The bar right of ``box`` in a widget of ``size``, and its title at the top right."""
    ticks = []
    for k in bar_decades(scale, size[1]):
        ticks.append(((k - scale.low) / (scale.high - scale.low), decade(k)))
    title = Text(quantity, size[0] - 2, TITLE, theme.muted, anchor=(1, 0.5))
    return [title, *ramp_bar(theme, box, ticks, "∞", "0")]


def ramp_bar(
    theme: Theme, box: Box, ticks: Sequence[tuple[float, str]], over: str, zero: str
) -> list[Mark]:
    """The ramp of the theme right of ``box``, with labels at shares of its height.

    ``over`` and ``zero`` label the cells at its ends; there is none where the label is empty.
    """
    bar = Box(box.right + GAP, box.top + CELL, BAR, box.height - 2 * CELL)
    marks: list[Mark] = [Ramp(theme.heat[SHADES - 1 :: -1], bar, theme.border)]
    ends, labels = [], []
    for shade, y, label in ((OVERFLOW, box.top, over), (ZERO, box.bottom - BAR, zero)):
        if label:
            cell = Box(bar.left, y, BAR, BAR)
            marks.append(Ramp(theme.heat[[shade]], cell, theme.border))
            marks += cell_signs(theme, shade, cell)
            ends.append(_label(label, cell.top + BAR / 2, bar, theme))
    for share, label in ticks:
        labels.append(_label(label, bar.bottom - share * bar.height, bar, theme))
    return [*marks, *free(ends, labels[::-1], -_OVERLAP)]


def cell_signs(theme: Theme, shade: int, cell: Box) -> list[Lines]:
    """What tells the cells of ∞ and 0 from the ends of the bar where no hue does: × and dashes."""
    if not theme.in_gray:
        return []
    if shade == ZERO:
        return [outline(cell, theme.text, (2, 2))]
    left = cell.left
    top = cell.top
    right = cell.right
    bottom = cell.bottom
    across = [(left, top, right, bottom), (left, bottom, right, top)]
    return [Lines(across, theme.surface, 1.5)]


def outline(box: Box, color: str, dash: tuple[float, ...] = ()) -> Lines:
    """A hairline around ``box``: a picture that has faded away is still a picture."""
    left = box.left
    top = box.top
    right = box.right
    bottom = box.bottom
    sides = [(left, top, right, top), (right, top, right, bottom), (left, top, left, bottom)]
    return Lines([*sides, (left, bottom, right, bottom)], color, dash=dash)


def _label(label: str, y: float, bar: Box, theme: Theme) -> Text:
    return Text(label, bar.right + GAP / 2, y, theme.muted)
