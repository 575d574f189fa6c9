"""Update : data ratio of every weight matrix, now and over the steps that were seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.core.numbers import decade, magnitude
from vgsim.measure.frame import Frame
from vgsim.measure.updates import Updates
from vgsim.text.empty import NO_UPDATE, NOT_EMPTY, EmptyState
from vgsim.text.moments import place_of
from vgsim.text.stages import clipped_name
from vgsim.ui.plots import graph
from vgsim.ui.plots.axes import BOTTOM, GAP
from vgsim.ui.plots.base import PLOTS
from vgsim.ui.plots.decades import DecadePlot, Points
from vgsim.ui.plots.layer import Bars, Lines, Mark, Text, Within, line_height, text_width
from vgsim.ui.plots.model.geometry import Box, nudge, place
from vgsim.ui.plots.model.series import Reach, reach
from vgsim.ui.plots.model.table import NO_DATA, Columns
from vgsim.ui.plots.model.trail import Trail
from vgsim.ui.plots.model.words import Ticks, matrix_names, step_label
from vgsim.ui.style.theme import mix, rgb

if TYPE_CHECKING:
    from vgsim.ui.plots.graph import NameAxis, TickAxis

NOTHING = np.empty(0)
GUIDE = -3
"""Decade at which weights learn well (Karpathy 2022); a tenth and ten times it are the band."""
COURSE_FROM = 460
"""Widgets at least so wide show the course over the steps, too, in this share of their width."""
COURSE = 0.36


@PLOTS.register(
    "updates", "how far the last update moved each weight matrix", label="Update : data ratio"
)
class UpdatesPlot(DecadePlot):
    """A point for every weight matrix; those far from the guide are in the color of a warning."""

    title = "Update : data ratio"
    question = "How far does an update move each weight matrix, for its size?"
    subtitle = "L2 norms, log scale"
    quantity = "‖ΔW‖ / ‖W‖"
    wants = (Updates,)

    bottom: NameAxis

    def make_axes(self) -> tuple[TickAxis, TickAxis]:
        """Decades over names of matrices."""
        return graph.DecadeAxis("left", self.scale), graph.NameAxis("bottom")

    def set_up(self) -> None:
        """A line, and its course over the steps beside it; the points are marks."""
        self.trail = Trail()
        self.shown: Updates | None = None
        self.curve = self.add_curve()
        blank = graph.TickAxis("left")
        blank.rule = lambda low, high, pixels: ()
        ends = graph.TickAxis("bottom")
        ends.rule = self._ends
        self.course = self.add_panel(blank, ends)
        self.view_box.share(1)
        self.course.view_box.share(1)
        self.course_curves = [graph.Curve() for _ in range(3)]
        for curve in self.course_curves:
            self.course.add(curve)

    def use_theme(self) -> None:
        """The line is as strong as text."""
        self.curve.set_ink(self.theme.text, 1.6 * self.pen_scale)

    def set_frame(self, frame: Frame | None) -> None:
        """Remember the frame's update before showing it."""
        self._remember(frame)
        super().set_frame(frame)

    def _remember(self, frame: Frame | None) -> None:
        if frame is None:
            self.shown = None
        else:
            self.shown = frame.measurement(Updates)
        if frame is not None and self.shown is not None:
            self.trail.add(frame.generation, self.shown.step, self.shown.ratios)
        elif frame is not None:
            self.trail.cut(frame.generation, frame.step)

    @classmethod
    def data(cls, frame: Frame) -> Columns:
        """The ratio of every matrix."""
        found = frame.measurement(Updates)
        if found is None or not found.names:
            return NO_DATA
        names = list(found.labels) or matrix_names(found.owners, found.names, frame.subject)
        return {"matrix": np.array(names), "update to data ratio": found.ratios}

    def missing(self, frame: Frame | None) -> EmptyState:
        """An update, and weights that it moves."""
        if frame is None or self.shown is None:
            return EmptyState(NO_UPDATE.what, "Step (→) to one or train (T)")
        if not self.shown.names:
            return EmptyState("This network trains no weights")
        if self.shown.ratios.any():
            return NOT_EMPTY
        return EmptyState("The last update moved no weight")

    def draw(self, frame: Frame) -> None:
        """Decades, the guide, a point a matrix, and the course where there is room."""
        assert self.shown is not None  # missing() has looked
        ratios = self.shown.ratios
        names = self._names(frame)
        course = self.width() >= COURSE_FROM and len(self.trail) > 1
        self.bottom.names = [clipped_name(name) for name in names]
        self.lay_out_decades(1, len(names), COURSE * self.width() if course else 4)
        self.set_note(f"update {self.shown.step:,}", self.shown.step != place_of(frame)[0] + 1)
        box = self.area.box
        if course:
            across = Box(box.left, box.top, self.width() - box.left, box.height)
        else:
            across = box
        self.ground.clip = None  # the guide goes on through the course
        self.ground.set_marks([Within(across, self._guide(across))])
        points = self._points(ratios)
        marks = self.symbols(points, self.theme.surface)
        texts: list[Text] = self.edge_texts(points)
        texts += self._guide_label(points, texts)
        self.over.set_marks([*marks, *texts])
        self.course.set_visible(course)
        if course:
            self.around.set_marks(self._draw_course(names))

    def readout(self, x: float, y: float) -> str:
        """The nearest matrix and its ratio."""
        assert self.frame is not None
        assert self.shown is not None  # asked only while something is shown
        at = int(np.clip(round(x), 1, len(self.shown.ratios))) - 1
        name = self._names(self.frame)[at]
        return f"{name}: {magnitude(float(self.shown.ratios[at]))}"

    def _names(self, frame: Frame) -> list[str]:
        assert self.shown is not None
        shown = self.shown
        return list(shown.labels) or matrix_names(shown.owners, shown.names, frame.subject)

    def _points(self, ratios: NDArray[np.float64]) -> Points:
        x = np.arange(1.0, len(ratios) + 1)
        kinds = reach(ratios, self.scale)
        levels = self.levels(ratios, kinds)
        self.draw_line(self.curve, x, levels, kinds)
        far = (kinds != Reach.UNREACHED) & (np.abs(levels - GUIDE) > 1)
        colors = np.array([rgb(self.theme.text), rgb(self.theme.warning)], dtype=np.uint8)
        return self.points(x, levels, kinds, colors[far.astype(np.intp)])

    def _guide(self, box: Box) -> list[Mark]:
        """The band of a decade either side, and its middle."""
        top, middle, bottom = self.area.down([GUIDE + 1, GUIDE, GUIDE - 1]).tolist()
        left, right = box.left, box.right
        band = Box(left, top, right - left, bottom - top)
        line = Lines([(left, middle, right, middle)], self.theme.accent, 1.2, (4, 3))
        return [Bars([band], mix(self.theme.surface, self.theme.accent, 0.09)), line]

    def _guide_label(self, points: Points, taken: list[Text]) -> list[Text]:
        """The name of the guide, on its line."""
        words = f"{decade(GUIDE)} guide"
        width = text_width(words)
        height = line_height()
        middle = float(self.area.down(GUIDE))
        bounds = self.area.box
        if not bounds.top <= middle <= bounds.bottom:  # the view is zoomed
            return []
        lefts = np.linspace(bounds.right - width - 4, bounds.left + 4, 6).tolist()
        tops = (middle - height - 1, middle + 2)
        boxes = [Box(left, top, width, height) for left in lefts for top in tops]
        around = [text.box for text in taken]
        box, hidden = place(boxes, bounds, *points.inked(), around, margin=3)
        halo = self.theme.halo if hidden else ""
        text = Text(words, box.left, box.top, self.theme.accent, anchor=(0, 0), halo=halo)
        if hidden < 1000:
            return [text]
        return []

    def _draw_course(self, names: list[str]) -> list[Mark]:
        """The first, the middle and the last matrix over the steps; their names."""
        steps = self.trail.steps.astype(np.float64)
        values = self.trail.values
        chosen = sorted({0, (len(names) - 1) // 2, len(names) - 1})
        margin = max(text_width(names[at], weight=600) for at in chosen) + GAP + 2
        box = self.area.box
        left = box.right + 2.5 * GAP
        there = Box(left, box.top, self.width() - left - margin, box.height)
        home = self.view_box.home[1]
        self.course.lay_out(there, (float(steps[0]), float(steps[-1])), home, (0.0, BOTTOM))
        self.course.bottom.renew()
        colors = (self.theme.muted, self.theme.second, self.theme.text)[-len(chosen) :]
        for curve in self.course_curves:
            curve.set_points(NOTHING, NOTHING)
        ends: list[float] = []
        for curve, at, color in zip(self.course_curves, chosen, colors, strict=False):
            levels = self.levels(values[:, at], reach(values[:, at], self.scale))
            curve.set_ink(color, 1.4 * self.pen_scale)
            curve.set_points(steps, levels)
            y = self.course.area.down(levels[np.isfinite(levels)])
            ends.append(float(y[-1]) if len(y) else there.bottom)
        ends = np.clip(ends, there.top, there.bottom).tolist()
        rows = nudge(ends, line_height(weight=600), there.top, there.bottom)
        right = there.right + GAP / 2
        marks = list[Mark]()
        for row, at, color in zip(rows, chosen, colors, strict=True):
            marks.append(Text(names[at], right, row, color, weight=600))
        return marks

    def _ends(self, low: float, high: float, pixels: float) -> Ticks:
        """The first and the last step in sight, or the last alone."""
        first = f"step {step_label(low)}"
        last = step_label(high)
        if text_width(first) + text_width(last) + GAP > pixels:
            return [(high, last)]
        return [(low, first), (high, last)]
