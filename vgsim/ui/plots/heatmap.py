"""Gradient while training: stage × step, shaded on the same scale as everything else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

from vgsim.core.numbers import magnitude
from vgsim.measure.frame import Frame
from vgsim.text.empty import NO_UPDATE, NOT_EMPTY, EmptyState
from vgsim.text.specs import compared_names, fitting
from vgsim.text.stages import NUMBERED, place_name, stage_name
from vgsim.ui.plots import graph
from vgsim.ui.plots.axes import BOTTOM, GAP, TOP
from vgsim.ui.plots.base import PLOTS, Place, Plot
from vgsim.ui.plots.here import here_line
from vgsim.ui.plots.layer import Mark, Text, line_height, text_width
from vgsim.ui.plots.model.geometry import Box
from vgsim.ui.plots.model.series import heat_map, near
from vgsim.ui.plots.model.table import NO_DATA, Columns, compared
from vgsim.ui.plots.model.words import Ticks, bucket_words, stage_labels
from vgsim.ui.plots.strip import bar_room, color_bar, outline

if TYPE_CHECKING:
    from vgsim.ui.plots.graph import Image, TickAxis

QUANTITY = "RMS of ∂J/∂h"
APART = 0.08
"""Room between two pictures, as a share of the height of one."""


@PLOTS.register(
    "heatmap", "RMS of ∂J/∂h of every stage at every step", label="Gradient while training"
)
class HeatMapPlot(Plot):
    """Every recorded step a column, every stage a row, h₁ lowest; A above, B below it."""

    title = "Gradient while training"
    question = "How has the gradient of every stage changed over training?"
    place = Place.LEFT
    rank = 1
    by_column = True
    subtitle = "stage × step"
    needs = ("dh_rms",)

    def make_axes(self) -> tuple[TickAxis, TickAxis]:
        """Stages over steps."""
        left = graph.TickAxis("left")
        left.rule = self._stage_rows
        bottom = graph.StepAxis("bottom")
        bottom.set_title("step")
        return left, bottom

    def set_up(self) -> None:
        """Two pictures."""
        self.shown: list[tuple[Frame, float, float]] = []
        self.picture = self.add_image()
        self.other_picture = self.add_image()

    def set_frame(self, frame: Frame | None) -> None:
        """Show all steps; of a recording also those after the frame's moment."""
        super().set_frame(frame.entire if frame is not None else None)

    def missing(self, frame: Frame | None) -> EmptyState:
        """Recorded steps."""
        recorded = frame is not None and len(frame.horizon.history.steps) > 0
        if recorded:
            return NOT_EMPTY
        return NO_UPDATE

    def draw(self, frame: Frame) -> None:
        """Pictures, axes and color bar."""
        shown = self.shown = self._shown(frame)
        self._lay_out_axes(shown)
        size = self._draw_picture(self.picture, frame, *shown[0][1:])
        other = shown[1][0] if len(shown) > 1 else None
        if other is None:
            self.other_picture.setVisible(False)
        else:
            self._draw_picture(self.other_picture, other, *shown[1][1:])
        if frame.other is not None:
            both = " · A above, B below, same scale"
        else:
            both = ""
        apart = frame.track.every if frame.track is not None else 1
        thinned = size if size > apart else 1
        self.set_subtitle("stage × step" + both + bucket_words("last of", thinned))
        marks: list[Mark] = []
        for own, low, high in shown:
            marks.append(outline(self._box(own.horizon, low, high), self.theme.border))
        marks += here_line(frame, self.area, self.theme)
        if frame.other is not None:
            marks += self._names(frame, shown)
        self.over.set_marks(marks)
        widget = self.width(), self.height()
        self.around.set_marks(color_bar(self.theme, self.scale, self.area.box, widget, QUANTITY))

    @classmethod
    def data(cls, frame: Frame) -> Columns:
        """RMS of ∂J/∂h: a row for each recorded step, a column for each stage."""
        if len(frame.history.steps):
            return compared(frame, _recorded)
        return NO_DATA

    def readout(self, x: float, y: float) -> str:
        """Stage, step and number."""
        assert self.frame is not None
        for frame, low, high in self._shown(self.frame):
            if low <= y <= high:
                stage = int(np.clip(np.ceil((y - low) / (high - low) * frame.stages), 1, None))
                if self.frame.other is None:
                    letter = ""
                elif frame is self.frame:
                    letter = "A "
                else:
                    letter = "B "
                return letter + _words(frame, min(stage, frame.stages), x)
        return ""

    @staticmethod
    def _shown(frame: Frame) -> list[tuple[Frame, float, float]]:
        """The frames with a picture, and where on the y axis: (frame, low, high).

        The rows of the lower picture are as high as one on the axis, if it has as many stages.
        """
        other = frame.other
        low = 0.5
        high = frame.stages + 0.5
        if other is None:
            return [(frame, low, high)]
        rise = frame.stages * (1 + APART)
        above = (frame, low + rise, high + rise)
        if len(other.horizon.history.steps):
            return [above, (other, low, high)]
        return [above]

    def _draw_picture(self, picture: Image, frame: Frame, low: float, high: float) -> int:
        """Give a picture its cells; the steps that one of its columns stands for."""
        steps = frame.history.steps
        seen = near(steps, *self.area.x)
        picture.setVisible(len(steps[seen]) > 0)
        if not len(steps[seen]):  # the first pictures of an animation, or a view zoomed beside it
            return 1
        box = self._box(frame, low, high)
        wide = min(box.right, self.area.box.right) - max(box.left, self.area.box.left)
        columns = max(int(wide * self.pen_scale), 1)
        rows = max(int(box.height * self.pen_scale), 1)
        part = replace(frame.history, steps=steps[seen], dh_rms=frame.history.dh_rms[seen])
        heat = heat_map(part, self.scale, self.theme.heat, columns, rows)
        picture.set_rgb(heat.rgb, QRectF(heat.left, low, heat.right - heat.left, high - low))
        return heat.size

    def _box(self, frame: Frame, low: float, high: float) -> Box:
        """Where a picture stands: as wide as the steps of its own history."""
        if len(frame.history.steps):
            steps = frame.history.steps
        else:
            steps = frame.horizon.history.steps
        left, right = self.area.across([int(steps[0]) - 0.5, int(steps[-1]) + 0.5]).tolist()
        top, bottom = self.area.down([high, low]).tolist()
        return Box(left, top, right - left, bottom - top)

    def _lay_out_axes(self, shown: list[tuple[Frame, float, float]]) -> None:
        y = (0.5, shown[0][2])
        stages = max(frame.stages for frame, _, _ in shown)
        right = bar_room(self.scale, self.height())
        # the quantity stands above the color bar
        labels = [stage_name(stages)]
        for frame, _, _ in shown:
            labels += [
                name
                for _, name in stage_labels(
                    frame.stages,
                    frame.subject,
                    _row_height,
                    (self.height() - TOP - BOTTOM) / frame.stages,
                    full=True,
                )
            ]
        left = max(map(text_width, labels)) + GAP + 2
        box = Box(left, TOP, self.width() - left - right, self.height() - TOP - BOTTOM)
        known = [frame.horizon.history.steps for frame, _, _ in shown]
        first = min(int(steps[0]) for steps in known)
        last = max(int(steps[-1]) for steps in known)
        self.lay_out(box, (first - 0.5, last + 0.5), y)

    def _stage_rows(self, low: float, high: float, pixels: float) -> Ticks:
        """Labels at the middle of the rows of each picture."""
        ticks = []
        for frame, bottom, top in self.shown:
            high_pixels = (top - bottom) / (high - low) * pixels
            each = high_pixels / frame.stages
            for k, name in stage_labels(frame.stages, frame.subject, _row_height, each, full=True):
                at = bottom + (k - 0.5) / frame.stages * (top - bottom)
                ticks.append((at, name))
        return ticks

    def _names(self, frame: Frame, shown: list[tuple[Frame, float, float]]) -> list[Mark]:
        """What A and B are, in the upper left corner of each picture."""
        names = compared_names(frame)
        marks = list[Mark]()
        area = self.area
        left = area.box.left + 6
        room = area.box.width - 16
        colors = self.theme.text, self.theme.second
        highs = shown[0][2], shown[0][2] - frame.stages * (1 + APART)
        pairs = zip((names.a, names.b), colors, highs, strict=True)
        for at, (name, color, high) in enumerate(pairs):
            words = fitting(name, room, lambda text: text_width(text, 11, 600))
            top = float(area.down(high)) + 5 + line_height(11, 600) / 2
            missing = "" if at < len(shown) else ": no steps yet"
            words = words + missing
            halo = self.theme.halo
            marks.append(Text(words, left, top, color, 11, 600, halo=halo))
        return marks


def _row_height(_: str) -> float:
    """Room that a name needs among the rows."""
    return line_height() + 2


def _words(frame: Frame, stage: int, x: float) -> str:
    """One cell of a history."""
    history = frame.history
    row = max(int(np.searchsorted(history.steps, x + 0.5)) - 1, 0)
    value = magnitude(float(history.dh_rms[row, stage - 1]))
    return f"{stage_name(stage, frame.subject)}, step {history.steps[row]:,}: {value}"


def _recorded(frame: Frame) -> Columns:
    history = frame.history
    if not len(history.steps):
        return NO_DATA
    numbered = frame.subject if frame.subject.named else NUMBERED
    columns: dict[str, NDArray[Any]] = {"step": history.steps}
    for stage, row in enumerate(history.dh_rms.T, start=1):
        columns[f"gradient RMS of {place_name(stage, frame.stages, numbered)}"] = row
    return columns
