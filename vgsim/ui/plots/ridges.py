"""What the histograms of activations and gradients share: a ridge for each stage, h₁ lowest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.core.numbers import percent
from vgsim.measure.frame import Frame
from vgsim.text.stages import short_name, stage_name
from vgsim.ui.plots import graph
from vgsim.ui.plots.axes import BOTTOM, GAP
from vgsim.ui.plots.base import Plot
from vgsim.ui.plots.layer import Bars, Fill, Lines, Mark, Text, line_height, text_width
from vgsim.ui.plots.model.geometry import Area, Box
from vgsim.ui.plots.model.ridges import Aside, Ridges, Side
from vgsim.ui.plots.model.words import Ticks

if TYPE_CHECKING:
    from vgsim.ui.plots.graph import TickAxis

ROW = 9.0
"""Least height of a row, in pixels."""
RISE = 1.7
"""A ridge is this many rows high, so that neighbors overlap."""
LIFT = 6.0
"""Middle of the texts of a row above its base line, in pixels."""
APART = 12.0
"""Pixels between the axis and the columns beside it, so that their labels do not touch."""
NARROW = 14.0
"""Width of a column beside the axis where there is no room for percentages, in pixels."""


def _no_ticks(low: float, high: float, pixels: float) -> Ticks:
    return ()


class RidgePlot(Plot):
    """Ridges with columns of percentages at both ends for what the axis cannot show."""

    _aside: tuple[int, frozenset[Side]] = (-1, frozenset())

    def ridges(self, frame: Frame) -> Ridges:
        """The histograms of ``frame``, which is not missing anything."""
        raise NotImplementedError

    def fills(self, frame: Frame, stages: NDArray[np.intp]) -> Sequence[str]:
        """The color of each of ``stages``."""
        raise NotImplementedError

    def make_axes(self) -> tuple[TickAxis, TickAxis]:
        """Rows bring their names themselves."""
        left = graph.TickAxis("left")
        left.rule = _no_ticks
        bottom = self.make_value_axis()
        bottom.setGrid(255)
        return left, bottom

    def make_value_axis(self) -> TickAxis:
        """The axis of what is counted."""
        raise NotImplementedError

    def about(self, frame: Frame, rows: int) -> str:
        """The subtitle when ``rows`` ridges are drawn."""
        raise NotImplementedError

    def draw(self, frame: Frame) -> None:
        """Axis, ridges from the last stage down, and what lies beside them."""
        found = self._found = self.ridges(frame)
        room = self.height() - BOTTOM - 4
        rows = found.rows(int(room / ROW))
        self._rows = rows
        row = room / (len(rows) + RISE - 1)
        left, right = self._columns(frame, found)
        self._lay_out_axes(found, len(rows), row, len(left), len(right))
        area = self.area
        row = area.box.height / (area.y[1] - area.y[0])
        heads, cells = self._sides(found, rows, area, left, right)
        self.bottom.taken = heads
        self.bottom.renew()
        self.over.set_marks(self._shapes(frame, found, rows, area, row))
        self.around.set_marks([*heads, *self._stages(found, rows, area, row), *cells])
        self.set_subtitle(self.about(frame, len(rows)))

    def readout(self, x: float, y: float) -> str:
        """What lies beside the axis, and how high the ridge is here."""
        found = self._found
        at = int(self._rows[int(np.clip(round(y - 0.3), 0, len(self._rows) - 1))])
        assert self.frame is not None  # asked only while something is shown
        name = stage_name(int(found.stages[at]), self.frame.subject)
        if not found.reached(at):
            return f"{name}: not reached yet"
        height = float(np.interp(x, found.x, found.heights[at], left=0, right=0))
        words = [f"{name} at {self.value_words(x)}: {percent(height)} of the peak"]
        for aside in (*found.left, *found.right):
            if aside.shares[at] > 0:
                words.append(f"{aside.label}: {percent(float(aside.shares[at]))} of all values")
        return "\n".join(words)

    def value_words(self, x: float) -> str:
        """A place on the axis in words."""
        raise NotImplementedError

    def _columns(self, frame: Frame, found: Ridges) -> tuple[list[Aside], list[Aside]]:
        """Those that are needed, or once were in this run: the axis must not jump."""
        if self._aside[0] == frame.generation:
            kept = self._aside[1]
        else:
            kept = frozenset()
        sides = [*found.left, *found.right]
        used = kept.union(aside.side for aside in sides if np.nansum(aside.shares) > 0)
        self._aside = (frame.generation, used)
        left = [aside for aside in found.left if aside.side in used]
        return left, [aside for aside in found.right if aside.side in used]

    def _wide(self) -> bool:
        """Whether columns have room for percentages."""
        return self.width() >= 330

    def _column(self) -> float:
        """Width of a column, in pixels."""
        if self._wide():
            return text_width("< −10⁻⁸") + 4
        return NARROW

    def _lay_out_axes(self, found: Ridges, rows: int, row: float, left: int, right: int) -> None:
        names = max(map(text_width, self._widest(found))) + GAP + 2
        column = self._column()
        begin = names + (left * column + APART if left else 0)
        width = self.width() - begin - (right * column + APART if right else 8)
        box = Box(begin, 4, width, self.height() - BOTTOM - 4)
        self.lay_out(box, found.span, (0.0, box.height / row))

    def _shapes(
        self, frame: Frame, found: Ridges, rows: NDArray[np.intp], area: Area, row: float
    ) -> list[Mark]:
        """A filled ridge for each row; a plain base line where there is none."""
        x = area.across(found.x)
        half = found.step / 2 * area.box.width / (area.x[1] - area.x[0])
        bases = area.down(np.arange(len(rows)))
        fills = self.fills(frame, found.stages[rows])
        lines = [(area.box.left, y, area.box.right, y) for y in (np.round(bases) + 0.5).tolist()]
        marks: list[Mark] = [Lines(lines, self.theme.border)]
        for place in reversed(range(len(rows))):
            heights = found.heights[rows[place]]
            full = np.flatnonzero(heights)
            if not len(full):
                continue
            part = slice(full[0], full[-1] + 1)
            y = bases[place] + 0.5 - heights[part] * (RISE * row - 3)
            first, last = area.across(found.span).tolist()
            ends = np.clip(x[part][[0, -1]] + [-half, half], first, last)
            outline = (
                np.r_[ends[0], x[part], ends[1]],
                np.r_[bases[place], y, bases[place]],
            )
            marks.append(Fill(*outline, fills[place], self.edge()))
        return marks

    def edge(self) -> str:
        """The color of the outlines."""
        return self.theme.text

    def _stages(self, found: Ridges, rows: NDArray[np.intp], area: Area, row: float) -> list[Mark]:
        """Names of as many stages as there is room for, from the lowest up."""
        step = max(1, math.ceil(line_height() / row))
        names = self._row_names(found)
        marks: list[Mark] = []
        for place in range(0, len(rows), step):
            if not area.y[0] <= place <= area.y[1]:  # the view is zoomed
                continue
            at = int(rows[place])
            if found.reached(at):
                color = self.theme.text
            else:
                color = self.theme.muted
            y = float(area.down(place)) - LIFT
            marks.append(Text(names[at], 2, y, color))
        return marks

    def _row_names(self, found: Ridges) -> list[str]:
        """What stands beside the ridges."""
        assert self.frame is not None  # drawn only with one
        return [short_name(int(stage), self.frame.subject) for stage in found.stages]

    def _widest(self, found: Ridges) -> list[str]:
        """The names that need most room: of numbered stages the last one."""
        assert self.frame is not None  # drawn only with one
        names = self._row_names(found)
        if self.frame.subject.named:
            return names
        return names[-1:]

    def _sides(
        self,
        found: Ridges,
        rows: NDArray[np.intp],
        area: Area,
        left: Sequence[Aside],
        right: Sequence[Aside],
    ) -> tuple[list[Text], list[Mark]]:
        """The heading of each column beside the axis, and its percentages or little bars."""
        width, box = self._column(), area.box
        begins = [box.left - APART - width * (len(left) - at) for at in range(len(left))]
        begins += [box.right + APART + width * at for at in range(len(right))]
        foot = box.bottom + BOTTOM / 2 + 1
        heads: list[Text] = []
        cells: list[Mark] = []
        for begin, aside in zip(begins, [*left, *right], strict=True):
            label = aside.label if self._wide() else aside.side.value
            middle = begin + (width - 4) / 2
            heads.append(Text(label, middle, foot, self.theme.text, anchor=(0.5, 0.5)))
            cells += self._cells(begin, width, aside.shares[rows], area)
        return heads, cells

    def _cells(
        self, begin: float, width: float, shares: NDArray[np.float64], area: Area
    ) -> list[Mark]:
        row = area.box.height / (area.y[1] - area.y[0])
        texts = self._wide() and row >= line_height()
        marks: list[Mark] = []
        bars: list[Box] = []
        for place in np.flatnonzero(shares > 0).tolist():
            if not area.y[0] <= place <= area.y[1]:  # the view is zoomed
                continue
            base = float(area.down(place))
            share = float(shares[place])
            if texts:
                y = base - LIFT
                words = percent(share)
                marks.append(Text(words, begin + width - 4, y, self.theme.muted, anchor=(1, 0.5)))
            else:
                high = max(2.0, min(0.6 * row, 8.0))
                bars.append(Box(begin, base - high, max(share * (width - 4), 1.0), high))
        return [*marks, Bars(bars, self.theme.muted)]
