"""Gain budget: what every hop took from the gradient, split into the parts that took it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from vgsim.core.numbers import factor, signed
from vgsim.measure.frame import Frame
from vgsim.measure.subject import Subject
from vgsim.nn.moments import Phase
from vgsim.text.empty import NO_GRADIENT, NOT_EMPTY, EmptyState
from vgsim.text.stages import NUMBERED, short_name
from vgsim.ui.plots import graph
from vgsim.ui.plots.axes import BOTTOM, GAP, stage_width
from vgsim.ui.plots.base import PLOTS, Place, Plot
from vgsim.ui.plots.layer import Bars, Lines, Mark, Text, line_height, text_width
from vgsim.ui.plots.model.budget import (
    GainBudget,
    budget,
    coarse,
    extent,
    part_color,
    part_label,
    stacked,
    summary,
    total_words,
)
from vgsim.ui.plots.model.geometry import Area, Box
from vgsim.ui.plots.model.series import Range, nice_ticks, stage_ticks, steady_range
from vgsim.ui.plots.model.table import NO_DATA, Columns
from vgsim.ui.plots.model.words import Ticks, stage_labels, tick_labels

if TYPE_CHECKING:
    from vgsim.ui.plots.graph import TickAxis

ROW = 14.0
"""Least height of a row in pixels; with less the hops stand side by side as columns."""
TALLEST = 48.0
"""Most height of a row, so that a few hops do not fill the plot with two slabs."""
TOTAL = "total, decades"
KEY = 8.0
"""Side of a square of the legend, in pixels."""
INDENT = 7.0
"""Left of the hops' names: room for the mark beside the hop just taken, in pixels."""


@PLOTS.register("budget", "decades of every hop by what caused them", label="Gain budget")
class BudgetPlot(Plot):
    """A row for each hop, from the loss down: bars to the left lose, bars to the right gain."""

    title = "Gain budget"
    question = "What takes gradient away at every hop, and what gives it back?"
    place = Place.SIDE
    narrow_place = Place.LEFT
    rank = 1
    subtitle = "decades per hop, log₁₀ of RMS ∂J/∂h"
    needs = ("cuts",)
    _range: tuple[int, Range] | None = None
    _budget: GainBudget | None = None
    _columns = False

    def make_axes(self) -> tuple[TickAxis, TickAxis]:
        """Decades over hops, or hops beside decades: the rows bring their names themselves."""
        left = graph.TickAxis("left")
        left.rule = self._left_ticks
        bottom = graph.TickAxis("bottom")
        bottom.rule = self._bottom_ticks
        return left, bottom

    def missing(self, frame: Frame | None) -> EmptyState:
        """Cuts of a hop."""
        if frame is None or not any(frame.cuts):
            return NO_GRADIENT
        if frame.stages > 1:
            return NOT_EMPTY
        return EmptyState("One stage alone has no hop")

    def draw(self, frame: Frame) -> None:
        """Rows while they have room, else columns."""
        found = self._budget = budget(frame)
        self.set_subtitle(f"{summary(found, frame.subject)} · log₁₀ of RMS ∂J/∂h")
        span = self._span(frame, extent(found))
        legend = self._legend(frame, found)
        top = _bottom(legend)
        rows = (self.height() - top - BOTTOM) / found.hops
        if rows >= ROW:
            self._draw_rows(frame, found, span, top, min(rows, TALLEST))
        else:
            legend = self._legend(frame, found, total=True)
            self._draw_columns(frame, found, span, _bottom(legend))
        self.around.set_marks([*self.around.marks, *legend])

    @classmethod
    def data(cls, frame: Frame) -> Columns:
        """Decades of every hop, in all and by part."""
        found = budget(frame)
        if not found.taken().any():
            return NO_DATA
        hops = np.arange(1, found.hops + 1)
        parts = {f"{part} (decades)": values for part, values in found.parts.items()}
        ends = {"from stage": hops + 1, "to stage": hops, "gradient RMS before": found.before}
        return {**ends, "total (decades)": found.total, **parts}

    def readout(self, x: float, y: float) -> str:
        """Total and parts of the hop under the mouse."""
        assert self.frame is not None and self._budget is not None
        found = self._budget
        hop = int(np.clip(round(x if self._columns else y), 1, found.hops)) - 1
        name = hop_name(hop + 1, self.frame.subject if self.frame else NUMBERED)
        if not found.taken()[hop]:
            if self.frame.backward_from <= hop + 1:
                return f"{name}: more than one part, which are not recorded apart"
            return f"{name}: not taken yet"
        total = float(found.total[hop])
        words = total_words(found, hop)
        if abs(total) < 300:
            times = f" decades ({factor(10**total)})"
        else:
            times = ""
        parts = [
            f"{part_label(self.frame, part)}: {signed(float(values[hop]))}"
            for part, values in found.parts.items()
            if not math.isnan(values[hop])
        ]
        return "\n".join([f"{name}: {words}{times}", *parts])

    def _span(self, frame: Frame, needed: Range) -> Range:
        """The decades of the axis, kept while one run goes on, as far as they can be."""
        if frame.ahead is None:
            ahead = needed
        else:
            ahead = extent(budget(frame.ahead))
        low = min(needed[0], ahead[0], -0.5)
        high = max(needed[1], ahead[1], 0.1)
        if self._range and self._range[0] == frame.generation:
            kept = self._range[1]
        else:
            kept = None
        span = steady_range(kept, low, high)
        self._range = (frame.generation, span)
        return span

    def _legend(self, frame: Frame, found: GainBudget, total: bool = False) -> list[Mark]:
        """A colored square before the name of each part, in as few lines as they need.

        ``total`` adds the line that stands for their sum.
        """
        named = [(part_label(frame, part), part_color(self.theme, part)) for part in found.parts]
        marks: list[Mark] = []
        left, line = 2.0, line_height() + 1
        row = line / 2
        for label, color in [*named, *([(TOTAL, self.theme.text)] if total else [])]:
            width = KEY + 5 + text_width(label)
            if left > 2 and left + width > self.width() - 2:
                left, row = 2.0, row + line
            side = 2.0 if label == TOTAL else KEY
            box = Box(left, round(row - side / 2), KEY, side)
            marks += [Bars([box], color), Text(label, left + KEY + 5, row, self.theme.text)]
            left += width + 2 * GAP
        return marks

    def _draw_rows(
        self, frame: Frame, found: GainBudget, span: Range, top: float, row: float
    ) -> None:
        """Upright lines at the ticks, bars, and beside them name and total of each hop."""
        self._turn(False)
        names = [hop_name(hop, frame.subject) for hop in range(1, found.hops + 1)]
        left = max(text_width(name, weight=600) for name in names) + GAP + INDENT
        words = [total_words(found, hop) for hop in range(found.hops)]
        right = max(text_width("−0.00", weight=600), *(text_width(w, weight=600) for w in words))
        box = Box(left, top, self.width() - left - right - GAP - 2, row * found.hops)
        self.lay_out(box, span, (0.5, found.hops + 0.5))
        area = self.area
        height = min(0.62 * box.height / (area.y[1] - area.y[0]), 24.0)
        marks: list[Mark] = []
        for part, (begin, end) in stacked(found, span).items():
            low = area.across(np.minimum(begin, end))
            high = area.across(np.maximum(begin, end))
            middles = area.down(np.arange(1.0, found.hops + 1))
            drawn = zip(low.tolist(), high.tolist(), middles.tolist(), strict=True)
            bars = [Box(a, y - height / 2, b - a, height) for a, b, y in drawn if b > a]
            marks.append(Bars(bars, part_color(self.theme, part)))
        zero = round(float(area.across(0.0))) + 0.5
        marks.append(Lines([(zero, box.top, zero, box.bottom)], self.theme.text))
        self.over.set_marks(marks)
        self.around.set_marks(self._labels(frame, area, names, words))

    def _turn(self, columns: bool) -> None:
        """Hops as columns, else as rows: the other axis has the decades, and the grid."""
        self._columns = columns
        self.left.setGrid(255 if columns else False)
        self.bottom.setGrid(False if columns else 255)
        self.bottom.set_title("" if columns else "decades")

    def _left_ticks(self, low: float, high: float, pixels: float) -> Ticks:
        """Decades of columns; rows have names in letters of their own."""
        if self._columns:
            return _decades(low, high, max(4, int((pixels - 12) / 26)))
        return ()

    def _bottom_ticks(self, low: float, high: float, pixels: float) -> Ticks:
        """Hops of columns, decades of rows."""
        if not self._columns:
            return _decades(low, high, max(2, int(pixels / 48)))
        assert self._budget is not None  # there are columns of it
        hops = self._budget.hops
        subject = self.frame.subject if self.frame else NUMBERED
        if subject.named:
            return stage_labels(hops, subject, stage_width, pixels / (high - low), full=True)
        gap = (high - low) * (text_width(hop_name(hops)) + GAP) / pixels
        return [(float(k), hop_name(k)) for k in stage_ticks(hops, gap)]

    def _labels(
        self, frame: Frame, area: Area, names: Sequence[str], words: Sequence[str]
    ) -> list[Mark]:
        """Name and total of each hop; those of the hop just taken in strong letters."""
        marks: list[Mark] = []
        if frame.moment.phase is Phase.BACKWARD:
            current = frame.moment.stage
        else:
            current = 0
        edge = self.width() - 2.0
        for hop, (name, word) in enumerate(zip(names, words, strict=True), start=1):
            y = float(area.down(hop))
            line = Box(0, y - ROW / 2, 0, ROW)
            if line.within(area.box.grown(1)).top != line.top:  # the view is zoomed
                continue
            strong = hop == current
            color = self.theme.text if word else self.theme.muted
            marks.append(Text(name, INDENT, y, color, weight=600 if strong else 400))
            if strong:
                marks.append(Lines([(1, y - 6, 1, y + 6)], self.theme.accent, 2.0))
            if word:
                marks.append(Text(word, edge, y, color, weight=600, anchor=(1, 0.5)))
        return marks

    def _draw_columns(self, frame: Frame, found: GainBudget, span: Range, top: float) -> None:
        """A stack of bars for each hop, decades at the left."""
        self._turn(True)
        height = self.height() - top - 6 - BOTTOM
        left = self.left.room(*self.view_box.seen(1, span), height)
        box = Box(left, top + 6, self.width() - left - 6, height)
        self.lay_out(box, (0.5, found.hops + 0.5), span)
        area = self.area
        zero = round(float(area.down(0.0))) + 0.5
        line = Lines([(box.left, zero, box.right, zero)], self.theme.text)
        self.over.set_marks([*self._stacks(found, area, span), line])
        self.around.set_marks(self._newest(frame, area))

    def _stacks(self, found: GainBudget, area: Area, span: Range) -> list[Mark]:
        """A bar a part in every column, and its total; under a pixel a hop, means of some hops."""
        size = max(1, math.ceil((area.x[1] - area.x[0]) / area.box.width))
        shown = coarse(found, size) if size > 1 else found
        ends = np.minimum(size * np.arange(shown.hops + 1.0), found.hops)
        edges = np.round(area.across(ends + 0.5))
        marks: list[Mark] = []
        for part, bar in stacked(shown, span).items():
            low, high = np.round(area.down(np.sort(bar, axis=0)))
            corners = np.stack([edges[:-1], high, np.diff(edges), low - high], axis=1)
            boxes = [Box(*corner) for corner in corners[low > high].tolist()]
            marks.append(Bars(boxes, part_color(self.theme, part)))
        totals = area.down(shown.total).tolist()
        lines = [
            (left, y, right, y)
            for left, right, y in zip(edges[:-1].tolist(), edges[1:].tolist(), totals, strict=True)
            if area.box.top <= y <= area.box.bottom
        ]
        return [*marks, Lines(lines, self.theme.text, 1.5)]

    def _newest(self, frame: Frame, area: Area) -> list[Mark]:
        """A mark on the axis below the hop just taken."""
        hop = frame.moment.stage
        if frame.moment.phase is not Phase.BACKWARD or hop >= frame.stages:
            return []
        if not area.x[0] <= hop <= area.x[1]:  # the view is zoomed
            return []
        x = float(area.across(hop))
        y = area.box.bottom
        return [Lines([(x, y - 1, x, y + 5)], self.theme.accent, 2.0)]


def _decades(low: float, high: float, most: int) -> Ticks:
    """At most this many round numbers of decades."""
    ticks = nice_ticks(low, high, most)
    return list(zip(ticks, tick_labels(ticks), strict=True))


def _bottom(legend: list[Mark]) -> float:
    """Where the data may begin, in pixels."""
    return 4 + max((mark.box.bottom for mark in legend if isinstance(mark, Text)), default=0.0)


def hop_name(hop: int, subject: Subject = NUMBERED) -> str:
    """A hop by its ends: "h₃ → h₂" for hop 2."""
    return f"{short_name(hop + 1, subject)} → {short_name(hop, subject)}"
