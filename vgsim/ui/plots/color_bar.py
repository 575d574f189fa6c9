"""The scale of the shades beside a picture: decades, with cells for ∞ and 0."""

from __future__ import annotations

from vgsim.core.numbers import decade
from vgsim.text.scale import OVERFLOW, SHADES, ZERO, Scale
from vgsim.ui.plots.axes import GAP, TITLE, free
from vgsim.ui.plots.layer import Lines, Mark, Ramp, Text, text_width
from vgsim.ui.plots.model.geometry import Box
from vgsim.ui.style.theme import Theme

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
    bar = Box(box.right + GAP, box.top + CELL, BAR, box.height - 2 * CELL)
    marks: list[Mark] = [
        Ramp(theme.heat[SHADES - 1 :: -1], bar, theme.border),
        Text(quantity, size[0] - 2, TITLE, theme.muted, anchor=(1, 0.5)),
    ]
    ends, decades = [], []
    for shade, y, label in ((OVERFLOW, box.top, "∞"), (ZERO, box.bottom - BAR, "0")):
        cell = Box(bar.left, y, BAR, BAR)
        marks.append(Ramp(theme.heat[[shade]], cell, theme.border))
        marks += cell_signs(theme, shade, cell)
        ends.append(_label(label, cell.top + BAR / 2, bar, theme))
    for k in bar_decades(scale, size[1]):
        y = bar.bottom - (k - scale.low) / (scale.high - scale.low) * bar.height
        decades.append(_label(decade(k), y, bar, theme))
    return [*marks, *free(ends, decades[::-1], -_OVERLAP)]


def cell_signs(theme: Theme, shade: int, cell: Box) -> list[Lines]:
    """What tells the cells of ∞ and 0 from the ends of the bar where no hue does: × and dashes."""
    if not theme.in_gray:
        return []
    if shade == ZERO:
        return [outline(cell, theme.text, (2, 2))]
    left, top, right, bottom = cell.left, cell.top, cell.right, cell.bottom
    across = [(left, top, right, bottom), (left, bottom, right, top)]
    return [Lines(across, theme.surface, 1.5)]


def outline(box: Box, color: str, dash: tuple[float, ...] = ()) -> Lines:
    """A hairline around ``box``: a picture that has faded away is still a picture."""
    left, top, right, bottom = box.left, box.top, box.right, box.bottom
    sides = [(left, top, right, top), (right, top, right, bottom), (left, top, left, bottom)]
    return Lines([*sides, (left, bottom, right, bottom)], color, dash=dash)


def _label(label: str, y: float, bar: Box, theme: Theme) -> Text:
    return Text(label, bar.right + GAP / 2, y, theme.muted)
