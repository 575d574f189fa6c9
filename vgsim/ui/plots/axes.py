"""Grid, tick labels and titles of a plot, as marks. Labels that would collide are left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vgsim.ui.plots.layer import Lines, Mark, Text, text_width
from vgsim.ui.plots.model.geometry import Area, Box
from vgsim.ui.style.theme import Theme

GAP = 8.0
"""Least pixels between two labels, and between a label and the data."""

BOTTOM = 22.0
"""Height of the row of tick labels below the data, in pixels."""

TOP = 24.0
"""Height of the row for the title of the y axis above the data, in pixels."""

TITLE = 8.0
"""Middle of that title, in pixels from the top."""

Ticks = Sequence[tuple[float, str]]


@dataclass(frozen=True, slots=True)
class Axes:
    """What stands around the data of one plot: ticks as (place, label), titles with units."""

    x: Ticks = ()
    y: Ticks = ()
    x_title: str = ""
    y_title: str = ""
    grid: bool = True

    def left(self) -> float:
        """Width that the labels of the y axis need, in pixels."""
        return max((text_width(label) for _, label in self.y), default=0.0) + GAP + 2

    def top(self) -> float:
        """Height above the data: that of the title, or of half a tick label."""
        return TOP if self.y_title else 10.0

    def below(self, area: Area, theme: Theme) -> list[Mark]:
        """Grid lines and the base line."""
        left, right, bottom = area.box.left, area.box.right, round(area.box.bottom) + 0.5
        heights = area.down([at for at, _ in self.y]).tolist() if self.grid else []
        rows = [round(height) + 0.5 for height in heights]
        marks: list[Mark] = [Lines([(left, row, right, row) for row in rows], theme.grid)]
        return [*marks, Lines([(left, bottom, right, bottom)], theme.border)]

    def texts(self, area: Area, theme: Theme, width: float) -> list[Text]:
        """Labels and titles, for a widget ``width`` pixels wide."""
        row = area.box.bottom + BOTTOM / 2 + 1
        titles = [
            Text(self.x_title, width - 2, row, theme.muted, anchor=(1, 0.5)),
            Text(self.y_title, 2, TITLE, theme.muted),
        ]
        bounds = Box(1, 0, width - 2, row + BOTTOM)
        across = [
            inside(Text(label, float(x), row, theme.muted, anchor=(0.5, 0.5)), bounds)
            for x, (_, label) in zip(area.across([at for at, _ in self.x]), self.x, strict=True)
        ]
        down = [
            Text(label, area.box.left - GAP, float(y), theme.muted, anchor=(1, 0.5))
            for y, (_, label) in zip(area.down([at for at, _ in self.y]), self.y, strict=True)
        ]
        across = [*across[:1], *across[:0:-1]]  # where the ends leave room
        named = [title for title in titles if title.text]
        return free(free(named, across, GAP / 2), down, 0)


def inside(text: Text, bounds: Box) -> Text:
    """``text``, moved sideways into ``bounds``."""
    return replace(text, x=text.x + text.box.within(bounds).left - text.box.left)


def free(there: list[Text], more: list[Text], gap: float) -> list[Text]:
    """``there`` and those of ``more`` that keep ``gap`` pixels from all before them."""
    kept, boxes = list(there), [text.box for text in there]
    for text in more:
        box = text.box
        if not any(map(box.grown(gap).meets, boxes)):
            kept.append(text)
            boxes.append(box)
    return kept
