"""A slice through a map as a plot: the median with the spread of the seeds, and theory."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSize

from vgsim.core.numbers import decade, fixed
from vgsim.measure.frame import Frame
from vgsim.text.empty import NOT_EMPTY, EmptyState
from vgsim.text.scale import Scale
from vgsim.ui.map.model.axis import Array
from vgsim.ui.map.model.slice import MapSlice
from vgsim.ui.plots import graph
from vgsim.ui.plots.axes import BOTTOM, GAP, UNTITLED
from vgsim.ui.plots.base import Plot
from vgsim.ui.plots.decades import label_along
from vgsim.ui.plots.layer import Fill, Lines, Mark, Symbols, Text, Within, line_height, text_width
from vgsim.ui.plots.model.geometry import Box, place, trace
from vgsim.ui.plots.model.series import nice_range, nice_ticks
from vgsim.ui.plots.model.table import NO_DATA, Columns
from vgsim.ui.plots.model.words import Ticks, tick_labels
from vgsim.ui.style.theme import Theme, mix, rgb

if TYPE_CHECKING:
    from vgsim.ui.plots.graph import TickAxis

NAME_ROW = 18.0
MOST_POINTS = 60
"""Cells along a slice up to which each has a point."""


class SlicePlot(Plot):
    """One :class:`MapSlice`: it shows that rather than a frame."""

    title = "Slice"
    question = "How does the figure change along one axis of the map?"

    def __init__(
        self, theme: Theme, scale: Scale | None = None, pen_scale: float = 1.0, *,
        still: bool = False,
    ) -> None:  # fmt: skip
        self.slice: MapSlice | None = None
        super().__init__(theme, scale or Scale(), pen_scale, still=still)

    def make_axes(self) -> tuple[TickAxis, TickAxis]:
        """Figures over cells."""
        left = graph.TickAxis("left")
        left.rule = self._figures
        bottom = graph.TickAxis("bottom")
        bottom.rule = self._cells
        return left, bottom

    def set_up(self) -> None:
        """What is measured, and theory."""
        self.theory_curve = self.add_curve()
        self.curve = self.add_curve()

    def use_theme(self) -> None:
        """Theory is dashed in the accent color."""
        self.curve.set_ink(self.theme.text, 1.8 * self.pen_scale)
        self.theory_curve.set_ink(self.theme.accent, 1.5 * self.pen_scale, (4, 3))

    def missing(self, frame: Frame | None) -> EmptyState:
        """Nothing: it needs no frame."""
        return NOT_EMPTY

    @classmethod
    def data(cls, frame: Frame) -> Columns:
        """Nothing of a frame."""
        return NO_DATA

    def set_slice(self, shown: MapSlice | None) -> None:
        """Show another slice, or the same with more cells."""
        before = self.slice
        self.slice = shown
        if before is None or shown is None or before.axis != shown.axis:
            self.view_box.autoRange()
        for axis in self.axes:
            axis.renew()
        self.refresh()

    def refresh(self) -> None:
        """Give every item what it shows in this size and theme."""
        if self.width() < 140 or self.height() < 90:
            return
        self._laying_out = True
        try:
            self.plot_item.setVisible(self.slice is not None)
            if self.slice is None:
                self.clear_marks()
            else:
                self._draw(self.slice)
        finally:
            self._laying_out = False

    def _draw(self, shown: MapSlice) -> None:
        self.left.setGrid(255)
        y = self._span(shown)
        height = self.height() - UNTITLED - BOTTOM - NAME_ROW
        left = max((text_width(label) for _, label in self._figures(*y, height)), default=0.0)
        left = min(left, 0.4 * self.width()) + GAP + 2
        self.lay_out(Box(left, UNTITLED, self.width() - left - 14, height), shown.axis.span, y)
        line = _finite(shown.median)
        if not shown.axis.numbers:  # there is nothing between two names
            line = np.full(line.shape, np.nan)
        self.curve.set_points(shown.x, line)
        cells = np.arange(len(shown.theory), dtype=np.float64)
        self.theory_curve.set_points(cells, _finite(shown.theory))
        spread = Within(self.area.box, self._spread(shown))
        edge = self._edge(shown)
        named = [mark.box for mark in edge if isinstance(mark, Text)]
        self.under.set_marks([spread, *edge])
        self.over.set_marks([*self._points(shown), *self._here(shown), *self._names(shown, named)])
        box = self.area.box
        middle = box.left + box.width / 2
        row = box.bottom + BOTTOM + NAME_ROW / 2 - 2
        name = Text(shown.axis.title, middle, row, self.theme.text, 12, 500, (0.5, 0.5))
        self.around.set_marks([name])

    def _span(self, shown: MapSlice) -> tuple[float, float]:
        """The range of the figures: that of the color bar, or what was measured."""
        if shown.names:
            return -0.5, len(shown.names) - 0.5
        low, high = sorted(shown.ends)
        if low != high:
            return low, high
        if shown.share:
            return 0.0, 1.0
        known = [*shown.low.tolist(), *shown.high.tolist(), 0.0]
        known = [value for value in known if math.isfinite(value)]
        return nice_range(min(known), max(known))

    def _figures(self, low: float, high: float, pixels: float) -> Ticks:
        if self.slice is None:
            return []
        most = max(int(pixels / (3.4 * line_height())), 2)
        if self.slice.names:
            return [(float(at), name) for at, name in enumerate(self.slice.names)]
        if self.slice.log and high - low >= 2:
            every = max(math.ceil((high - low) / most), 1)
            every = next((n for n in (1, 2, 3, 6, 12) if n >= every), every)
            first = math.ceil(low / every - 1e-9)
            last = math.floor(high / every + 1e-9)
            return [(float(k * every), decade(k * every)) for k in range(first, last + 1)]
        places = nice_ticks(low, high, most)
        if self.slice.share:
            return [(at, f"{fixed(100 * at, 0)} %") for at in places]
        return list(zip(places, tick_labels(places), strict=True))

    def _cells(self, low: float, high: float, pixels: float) -> Ticks:
        if self.slice is None:
            return []
        axis = self.slice.axis
        widest = max((text_width(label) for label in axis.labels[:200]), default=0.0)
        room = 40.0 if axis.numbers else widest + GAP
        return axis.ticks(low, high, max(int(pixels / room), 2))

    def _spread(self, shown: MapSlice) -> list[Mark]:
        """From the least to the largest of the seeds, as a band."""
        known = np.isfinite(shown.low) & np.isfinite(shown.high)
        if known.sum() < 2 or np.array_equal(shown.low[known], shown.high[known]):
            return []
        x = self.area.across(shown.x[known])
        low = self.area.down(shown.low[known])
        high = self.area.down(shown.high[known])
        around = np.concatenate([x, x[::-1]]), np.concatenate([low, high[::-1]])
        return [Fill(*around, mix(self.theme.surface, self.theme.muted, 0.3))]

    def _edge(self, shown: MapSlice) -> list[Mark]:
        """The line at which a gradient neither fades nor grows, named where the curve is not."""
        if not shown.edge:
            return []
        y = float(self.area.down(0.0))
        box = self.area.box
        line = Lines([(box.left, y, box.right, y)], self.theme.muted, 1.0)
        wide, high = text_width(shown.edge), line_height()
        places = [
            Box(left, top, wide, high)
            for left in (box.right - wide - 4, box.left + 4)
            for top in (y + 3, y - 3 - high)
        ]
        cells = np.arange(len(shown.theory), dtype=np.float64)
        x = np.concatenate([shown.x, [np.nan], cells])
        figures = np.concatenate([_finite(shown.median), [np.nan], _finite(shown.theory)])
        covered = trace(self.area.across(x), self.area.down(figures))
        free, _ = place(places, box, *covered, margin=3)
        words = Text(shown.edge, free.left, free.top, self.theme.muted, anchor=(0, 0))
        return [line, words]

    def _points(self, shown: MapSlice) -> list[Mark]:
        """A point for each cell where there are few, and what is off the scale at its ends."""
        area = self.area
        marks: list[Mark] = []
        fill = np.array([rgb(self.theme.text)], np.uint8)
        finite = np.isfinite(shown.median)
        if len(shown.x) <= MOST_POINTS:
            y = np.clip(area.down(shown.median[finite]), area.box.top, area.box.bottom)
            x = area.across(shown.x[finite])
            marks.append(Symbols(x, y, np.repeat(fill, len(x), 0), 2.2, self.theme.text, 0.0))
        for sign, shape, row in ((1, "diamond", area.box.top), (-1, "square", area.box.bottom)):
            off = shown.x[shown.median == sign * math.inf]
            x = area.across(off)
            y = np.full(len(off), row)
            marks.append(
                Symbols(x, y, np.repeat(fill, len(off), 0), 3.5, self.theme.text, 0, shape)
            )
        return marks

    def _here(self, shown: MapSlice) -> list[Mark]:
        """The cell that is looked at."""
        area = self.area
        x = float(area.across(shown.at))
        marks: list[Mark] = [
            Lines([(x, area.box.top, x, area.box.bottom)], self.theme.accent, 1.0, (1.5, 2.5))
        ]
        found = shown.median[shown.x == shown.at]
        if len(found) and not np.isnan(found[0]):
            y = np.clip(area.down(found[:1]), area.box.top, area.box.bottom)
            fill = np.array([rgb(self.theme.accent)], np.uint8)
            marks.append(Symbols(np.array([x]), y, fill, 5.0, self.theme.surface, 2.0))
        return marks

    def _names(self, shown: MapSlice, taken: list[Box]) -> list[Text]:
        """ "measured" and "theory", each beside its line and clear of the words that are there."""
        own = self.area.across(shown.x), self.area.down(_finite(shown.median))
        cells = np.arange(len(shown.theory), dtype=np.float64)
        foretold = self.area.across(cells), self.area.down(_finite(shown.theory))
        if not np.isfinite(foretold[1]).any():
            return []
        covered = trace(np.append(own[0], foretold[0]), np.append(own[1], foretold[1]))
        bounds = self.area.box.grown(-3)
        named = label_along(
            ["measured"], own, covered, bounds, taken, self.theme, self.theme.text, 600
        )
        taken = [*taken, *(text.box.grown(3) for text in named)]
        color = self.theme.accent
        return named + label_along(
            ["theory"], foretold, covered, bounds, taken, self.theme, color, 600
        )

    def sizeHint(self) -> QSize:
        """A comfortable size."""
        return QSize(340, 340)

    def minimumSizeHint(self) -> QSize:
        """The least at which the curve is still readable."""
        return QSize(200, 130)


def _finite(values: Array) -> Array:
    """What has a place on the axis; a line breaks at the rest."""
    return np.where(np.isfinite(values), values, np.nan)
