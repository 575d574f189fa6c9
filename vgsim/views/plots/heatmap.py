"""Gradient while training: stage × step, shaded on the same scale as everything else."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF

from vgsim.engine.frame import Frame
from vgsim.present.plot_geometry import Area, Box
from vgsim.present.plot_words import bucket_words, stage_name, step_label
from vgsim.present.scale import OVERFLOW, SHADES, ZERO
from vgsim.present.series import heat_map, nice_ticks, stage_ticks
from vgsim.present.words import decade, magnitude
from vgsim.views.plots.axes import GAP, TITLE, Axes
from vgsim.views.plots.base import PLOTS, Plot
from vgsim.views.plots.canvas import Picture
from vgsim.views.plots.layer import Lines, Mark, Ramp, Text, line_height, text_width

QUANTITY = "RMS of ∂J/∂h"
BAR = 9.0
"""Width of the color bar, in pixels."""

CELL = BAR / 2 + 14.0
"""Height taken by the cell at each end of it, so that no two labels touch, in pixels."""


@PLOTS.register(
    "heatmap", "RMS of ∂J/∂h of every stage at every step", label="Gradient while training"
)
class HeatMapPlot(Plot):
    """Every recorded step a column, every stage a row, h₁ lowest."""

    title = "Gradient while training"
    subtitle = "stage × step"

    def set_up(self) -> None:
        """One picture."""
        self.picture = Picture()
        self.canvas.add(self.picture)

    def missing(self, frame: Frame | None) -> str:
        """Recorded steps."""
        recorded = frame is not None and len(frame.history.steps) > 0
        return "" if recorded else "Train (T) to fill this"

    def draw(self, frame: Frame) -> None:
        """Picture, axes and color bar."""
        history, stages = frame.history, frame.stages
        first, last = int(history.steps[0]), int(history.steps[-1])
        area = self._area(stages, first, last)
        columns, rows = (int(side * self.pen_scale) for side in area.box[2:])
        heat = heat_map(history, self.scale, self.theme.heat, max(columns, 1), max(rows, 1))
        self.picture.set_rgb(heat.rgb, QRectF(heat.left, 0.5, heat.right - heat.left, stages))
        self.set_subtitle("stage × step" + bucket_words("last of", heat.size))
        marks = self.lay_out(self._axes(area, stages, first, last), area)
        self.over.set_marks([*marks, *self._bar(area.box)])

    def readout(self, x: float, y: float) -> str:
        """Stage, step and number."""
        assert self.frame is not None
        history = self.frame.history
        row = max(int(np.searchsorted(history.steps, x + 0.5)) - 1, 0)
        stage = int(np.clip(round(y), 1, self.frame.stages))
        value = magnitude(float(history.dh_rms[row, stage - 1]), 2)
        return f"{stage_name(stage)}, step {history.steps[row]:,}: {value}"

    def _area(self, stages: int, first: int, last: int) -> Area:
        right = BAR + 2 * GAP + max(text_width(decade(k)) for k in self._decades())
        box = self.data_box(Axes(y=[(0, stage_name(stages))], y_title=QUANTITY), right)
        return Area(box, (first - 0.5, last + 0.5), (0.5, stages + 0.5))

    def _axes(self, area: Area, stages: int, first: int, last: int) -> Axes:
        gap = stages * (line_height() + 2) / area.box.height
        most = int(area.box.width / (text_width(step_label(last)) + 3 * GAP)) + 1
        steps = nice_ticks(first, last, most, whole=True) or [float(first)]
        return Axes(
            x=[(step, step_label(step)) for step in steps],
            y=[(float(k), stage_name(k)) for k in stage_ticks(stages, gap)],
            x_title="step",
            grid=False,
        )

    def _decades(self) -> tuple[int, ...]:
        return self.scale.ticks(max(2, int((self.height() - 80) / 18)))

    def _bar(self, box: Box) -> list[Mark]:
        """The scale of the shades: decades, with a cell for ∞ above and one for 0 below."""
        bar = Box(box.right + GAP, box.top + CELL, BAR, box.height - 2 * CELL)
        marks: list[Mark] = [
            _outline(box, self.theme.border),
            Ramp(self.theme.heat[SHADES - 1 :: -1], bar, self.theme.border),
            Text(QUANTITY, self.width() - 2, TITLE, self.theme.muted, anchor=(1, 0.5)),
        ]
        for shade, y, label in ((OVERFLOW, box.top, "∞"), (ZERO, box.bottom - BAR, "0")):
            cell = Box(bar.left, y, BAR, BAR)
            marks.append(Ramp(self.theme.heat[[shade]], cell, self.theme.border))
            marks.append(self._bar_label(label, cell.top + BAR / 2, bar))
        for k in self._decades():
            y = bar.bottom - (k - self.scale.low) / (self.scale.high - self.scale.low) * bar.height
            marks.append(self._bar_label(decade(k), y, bar))
        return marks

    def _bar_label(self, label: str, y: float, bar: Box) -> Text:
        return Text(label, bar.right + GAP / 2, y, self.theme.muted)


def _outline(box: Box, color: str) -> Lines:
    """A hairline around ``box``: a picture that has faded away is still a picture."""
    left, top, right, bottom = box.left, box.top, box.right, box.bottom
    sides = [(left, top, right, top), (right, top, right, bottom), (left, top, left, bottom)]
    return Lines([*sides, (left, bottom, right, bottom)], color)
