"""Gradient by stage: RMS of ∂J/∂h now, on fixed decades."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vgsim.engine.frame import Frame, Phase
from vgsim.present.plot_geometry import Area, Box, around, place, trace
from vgsim.present.plot_words import reach_label, stage_name
from vgsim.present.series import Reach, decimate_at, reach, runs, stage_ticks
from vgsim.present.words import decade, magnitude
from vgsim.views.plots.axes import GAP, Axes
from vgsim.views.plots.base import PLOTS, Plot
from vgsim.views.plots.canvas import Curve
from vgsim.views.plots.layer import (
    Mark,
    Ring,
    Sentence,
    Symbols,
    Text,
    line_height,
    text_width,
)

Array = NDArray[np.float64]

QUANTITY = "RMS of ∂J/∂h"
NOTHING = "Nothing has come back yet\nStep (→) or train (T)"
PAD = 14.0
"""Pixels left and right of the first and last stage."""

DENSE = 2.5
"""Radius in pixels under which points are no longer drawn one by one."""

APART = 90.0
"""Least pixels between two labels that say the same at an edge."""

UPPER = (Reach.ABOVE, Reach.OVERFLOW)
EDGES = {
    Reach.ZERO: "square",
    Reach.BELOW: "down",
    Reach.ABOVE: "up",
    Reach.OVERFLOW: "diamond",
}
"""Symbols of what the scale cannot show."""


@dataclass(frozen=True, slots=True)
class Points:
    """The stages of a frame on the plot: (N,) kinds, pixels and fills (rgb)."""

    kinds: NDArray[np.intp]
    x: Array
    y: Array
    fills: NDArray[np.uint8]
    radius: float

    def reached(self) -> NDArray[np.intp]:
        """Indices of the stages that have a point."""
        return np.flatnonzero(self.kinds != Reach.UNREACHED)

    def symbols(self, at: NDArray[np.intp], radius: float, outline: str, shape: str) -> Symbols:
        """Symbols of the stages ``at``, without an outline if its color is empty."""
        width = 1.5 if outline else 0.0
        return Symbols(self.x[at], self.y[at], self.fills[at], radius, outline, width, shape)

    def inked(self) -> tuple[Array, Array]:
        """Pixels that the line and the points cover, for labels to keep clear of."""
        at = self.reached()
        return trace(self.x[at], self.y[at])


@PLOTS.register("gradient", "RMS of ∂J/∂h of every stage, now", label="Gradient by stage")
class GradientPlot(Plot):
    """One point for every stage that backpropagation has reached; what it has not stays empty."""

    title = "Gradient by stage"
    subtitle = "now, log scale"

    def set_up(self) -> None:
        """One line; the points are marks."""
        self.curve = Curve()
        self.canvas.add(self.curve)

    def use_theme(self) -> None:
        """The line is as strong as text."""
        self.curve.set_pen(self.theme.text, 1.6 * self.pen_scale)

    def missing(self, frame: Frame | None) -> str:
        """Only a frame: the decades are worth showing before there are points."""
        return "" if frame is not None else NOTHING

    def draw(self, frame: Frame) -> None:
        """Decades, line, points, and the number at the newest point."""
        ticks = self.scale.ticks(max(2, int((self.height() - 70) / 16)))
        y_ticks = [(float(k), decade(k)) for k in ticks]
        area = self._area(Axes(y=y_ticks, y_title=QUANTITY), frame.stages)
        marks = self.lay_out(Axes(self._stages(area), y_ticks, y_title=QUANTITY), area)
        kinds = reach(frame.dh_rms, self.scale)
        levels = self._levels(frame.dh_rms, kinds)
        self._draw_line(levels, kinds)
        if (kinds == Reach.UNREACHED).all():
            marks.append(Sentence(NOTHING, area.box, self.theme.muted, self.theme.surface))
        else:
            points = self._points(frame, kinds, levels)
            marks += self._symbols(points)
            edges = self._edge_texts(points)
            marks += [*edges, *self._newest(frame, points, [text.box for text in edges])]
        self.over.set_marks(marks)

    def readout(self, x: float, y: float) -> str:
        """The nearest stage and its number."""
        assert self.frame is not None
        stage = int(np.clip(round(x), 1, self.frame.stages))
        return f"{stage_name(stage)}: {magnitude(float(self.frame.dh_rms[stage - 1]), 2)}"

    def _area(self, axes: Axes, stages: int) -> Area:
        """The decades, with a row below and above them for what lies outside."""
        box = self.data_box(axes, 4)
        aside = (stages - 1) / max(box.width - 2 * PAD, 1) * PAD or 1.0
        row = min(16.0, 0.12 * box.height)
        rise = (self.scale.high - self.scale.low) / (box.height - 2 * row) * row
        span = (self.scale.low - rise, self.scale.high + rise)
        return Area(box, (1 - aside, stages + aside), span)

    @staticmethod
    def _stages(area: Area) -> list[tuple[float, str]]:
        """Labels of as many stages as there is room for."""
        stages = round(area.x[0] + area.x[1]) - 1
        each = area.box.width / (area.x[1] - area.x[0])
        gap = (text_width(stage_name(stages)) + GAP) / each
        return [(float(k), stage_name(k)) for k in stage_ticks(stages, gap)]

    def _levels(self, values: NDArray[np.floating], kinds: NDArray[np.intp]) -> Array:
        """log10, with what lies outside the scale in the middle of its row at the edge."""
        low, high = self.scale.low, self.scale.high
        aside = (low - self.area.y[0]) / 2
        levels = low + self.scale.fraction(values) * (high - low)
        levels[np.isin(kinds, UPPER)] = high + aside
        levels[np.isin(kinds, (Reach.ZERO, Reach.BELOW))] = low - aside
        return levels

    def _draw_line(self, levels: Array, kinds: NDArray[np.intp]) -> None:
        """Through the points, broken at what has no place on a log scale."""
        broken = np.isin(kinds, (Reach.ZERO, Reach.OVERFLOW))
        line: Array = np.where(broken, np.nan, levels).astype(np.float64)
        kept = decimate_at(line, max(2, int(self.area.box.width / 2)))
        self.curve.set_data((kept + 1).astype(np.float64), line[kept])

    def _points(self, frame: Frame, kinds: NDArray[np.intp], levels: Array) -> Points:
        each = self.area.box.width / (self.area.x[1] - self.area.x[0])
        return Points(
            kinds,
            self.area.across(np.arange(1.0, frame.stages + 1)),
            self.area.down(levels),
            self.theme.heat[self.scale.index(frame.dh_rms)],
            float(np.clip(0.36 * each, 1.0, 5.0)),
        )

    def _symbols(self, points: Points) -> list[Mark]:
        """Points on the scale, and those at its edges, which are never tiny."""
        inside = np.flatnonzero(points.kinds == Reach.INSIDE)
        if points.radius < DENSE:  # too close for outlines: a band of color under the line
            at = _apart(inside, points, 1.5)
            band = points.symbols(at, DENSE, "", "dot")
            self.under.set_marks([*self.under.marks, band])
            marks: list[Mark] = []
        else:
            marks = [points.symbols(inside, points.radius, self.theme.text, "dot")]
        radius = max(points.radius, 3.5)
        for kind, shape in EDGES.items():
            at = _apart(np.flatnonzero(points.kinds == kind), points, 2 * radius + 3)
            marks.append(points.symbols(at, radius, self.theme.text, shape))
        return marks

    def _edge_texts(self, points: Points) -> list[Text]:
        """A label for every long stretch of points at an edge, as far as there is room."""
        texts: list[Text] = []
        outside = [run for run in runs(points.kinds) if run[0] in EDGES]
        for kind, first, last in sorted(outside, key=lambda run: run[1] - run[2]):
            words = reach_label(kind, self.scale)
            box, hidden = self._beside(words, kind, first, last, points, texts)
            near = [t for t in texts if t.text == words and abs(t.x - box.left) < APART]
            if hidden < 1000 and not near:
                halo = self.theme.surface if hidden else ""
                texts.append(Text(words, box.left, box.top, self.theme.text, 11, 500, (0, 0), halo))
        return texts

    def _beside(
        self, words: str, kind: int, first: int, last: int, points: Points, texts: list[Text]
    ) -> tuple[Box, int]:
        """Over the points at the lower edge, or under those at the upper one."""
        width, height = text_width(words, weight=500), line_height(weight=500)
        y = points.y[first] + (6 if kind in UPPER else -6 - height)
        middle = (points.x[first] + points.x[last]) / 2 - width / 2
        lefts = [middle, *np.linspace(points.x[first] - width, points.x[last], 7)]
        candidates = [Box(float(left), float(y), width, height) for left in lefts]
        taken = [text.box.grown(6) for text in texts]
        return place(candidates, self.area.box, *points.inked(), taken, margin=1)

    def _newest(self, frame: Frame, points: Points, taken: list[Box]) -> list[Mark]:
        """The stage reached last: its number, and a ring while it is the current one."""
        at = int(points.reached()[0])
        x, y = float(points.x[at]), float(points.y[at])
        label = f"{stage_name(at + 1)}  {magnitude(float(frame.dh_rms[at]))}"
        size = text_width(label, 12, 600), line_height(12, 600)
        near = around(x, y, *size, max(points.radius, 4) + 5)
        box, _ = place(near, self.area.box, *points.inked(), taken, margin=points.radius)
        marks: list[Mark] = [
            Text(label, box.left, box.top, self.theme.text, 12, 600, anchor=(0, 0))
        ]
        if frame.moment.phase is Phase.BACKWARD and frame.moment.stage == at + 1:
            radius = max(points.radius, 3.5)
            if points.kinds[at] == Reach.INSIDE:
                marks.append(points.symbols(np.array([at]), radius, self.theme.text, "dot"))
            marks.append(Ring(x, y, radius + 3.5, self.theme.accent))
        return marks


def _apart(at: NDArray[np.intp], points: Points, gap: float) -> NDArray[np.intp]:
    """Those of the indices ``at`` that lie at least ``gap`` pixels from the one kept before."""
    kept: list[int] = []
    last = (-math.inf, 0.0)
    places = zip(points.x[at].tolist(), points.y[at].tolist(), strict=True)
    for index, here in zip(at.tolist(), places, strict=True):
        if math.dist(here, last) >= gap:
            kept.append(index)
            last = here
    return np.array(kept, dtype=np.intp)
