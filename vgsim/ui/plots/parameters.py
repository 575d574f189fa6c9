"""Gradient by parameter: RMS of ∂J/∂θ for every named parameter of every stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF

from vgsim.core.numbers import magnitude
from vgsim.measure.frame import Frame
from vgsim.measure.parameter_gradients import ParameterGradients
from vgsim.measure.subject import Subject
from vgsim.text.empty import NO_GRADIENT, NOT_EMPTY, EmptyState
from vgsim.text.scale import UNREACHED
from vgsim.text.stages import clipped_name
from vgsim.ui.plots import graph
from vgsim.ui.plots.axes import BOTTOM, GAP, TOP
from vgsim.ui.plots.base import PLOTS, Plot
from vgsim.ui.plots.layer import Lines, Mark, Text, line_height, text_width
from vgsim.ui.plots.model.geometry import Area, Box
from vgsim.ui.plots.model.series import Reach, reach, runs
from vgsim.ui.plots.model.table import NO_DATA, Columns
from vgsim.ui.plots.model.words import parameter_name, reach_label
from vgsim.ui.plots.strip import bar_room, color_bar, outline
from vgsim.ui.style.theme import ink_on, rgb

if TYPE_CHECKING:
    from vgsim.ui.plots.graph import NameAxis, TickAxis

QUANTITY = "RMS of ∂J/∂θ"
WIDEST = "8.8e−88"
"""As wide as a figure gets."""
ABSENT = -1
"""Kind of a cell whose owner has no such parameter, beside those of ``Reach``."""
CELL_LINES = 12.0
"""Cells at least so wide and high, in pixels, have lines between them."""


@PLOTS.register(
    "parameters", "gradient of every named parameter, stage by stage", label="Gradient by parameter"
)
class ParametersPlot(Plot):
    """A row for each parameter, a column for each stage, or for the cells and the readout."""

    title = "Gradient by parameter"
    question = "How much gradient does every named parameter get?"
    subtitle = "RMS, log scale"
    wants = (ParameterGradients,)

    left: NameAxis
    bottom: NameAxis

    def make_axes(self) -> tuple[TickAxis, TickAxis]:
        """Names of parameters over stages or cells."""
        return graph.NameAxis("left", down=True), graph.NameAxis("bottom")

    def set_up(self) -> None:
        """One picture."""
        self.picture = self.add_image()

    def missing(self, frame: Frame | None) -> EmptyState:
        """A stage that the backward pass has reached."""
        if frame is None or frame.measurement(ParameterGradients) is None:
            return NO_GRADIENT
        return NOT_EMPTY

    @classmethod
    def data(cls, frame: Frame) -> Columns:
        """A row for each parameter of each owner."""
        found = frame.measurement(ParameterGradients)
        if found is None:
            return NO_DATA
        owner, name = np.nonzero(found.exists.T)
        return {
            "parameter": np.array(found.names)[name],
            "stage or cell": np.array(found.owners)[owner],
            "gradient RMS": found.values[name, owner],
        }

    def draw(self, frame: Frame) -> None:
        """Picture, figures where they fit, names and the color bar."""
        found = frame.measurement(ParameterGradients)
        assert found is not None  # missing() has looked
        rows, columns = found.values.shape
        self._lay_out_axes(found, frame.subject)
        area = self.area
        cells = self.theme.heat[self.scale.index(found.values)]
        cells[~found.exists] = rgb(self.theme.background)
        self.picture.set_rgb(cells[::-1], QRectF(0.5, 0.5, columns, rows))
        marks = self._lines(area, rows, columns)
        marks.append(outline(self._whole(rows, columns), self.theme.border))
        marks += self._figures(area, found) or self._stretches(area, found)
        self.over.set_marks(marks)
        size = self.width(), self.height()
        self.around.set_marks(color_bar(self.theme, self.scale, area.box, size, QUANTITY))

    def readout(self, x: float, y: float) -> str:
        """The parameter under the mouse and its number."""
        assert self.frame is not None
        found = self.frame.measurement(ParameterGradients)
        assert found is not None  # asked only while something is shown
        rows, columns = found.values.shape
        row = int(np.clip(rows - round(y), 0, rows - 1))
        column = int(np.clip(round(x) - 1, 0, columns - 1))
        owner = found.owners[column]
        name = parameter_name(found.names[row])
        numbered = owner.isdigit() and not self.frame.subject.named
        place = f"stage {owner}" if numbered else owner
        if not found.exists[row, column]:
            return f"{place} has no {name}"
        return f"{name}, {place}: {magnitude(float(found.values[row, column]))}"

    def _lay_out_axes(self, found: ParameterGradients, subject: Subject) -> None:
        rows, columns = found.values.shape
        self.left.names = [parameter_name(name) for name in found.names]
        self.bottom.names = [clipped_name(owner) for owner in found.owners]
        numbered = found.owners[0].isdigit() and not subject.named
        self.bottom.set_title("stage" if numbered else "")
        left = max(map(text_width, self.left.names)) + GAP + 2
        right = bar_room(self.scale, self.height())
        # the quantity stands above the color bar
        box = Box(left, TOP, self.width() - left - right, self.height() - TOP - BOTTOM)
        self.lay_out(box, (0.5, columns + 0.5), (0.5, rows + 0.5))

    def _whole(self, rows: int, columns: int) -> Box:
        """Where all cells stand, in pixels."""
        left, right = self.area.across([0.5, columns + 0.5]).tolist()
        top, bottom = self.area.down([rows + 0.5, 0.5]).tolist()
        return Box(left, top, right - left, bottom - top)

    def _lines(self, area: Area, rows: int, columns: int) -> list[Mark]:
        """Between the cells, where those are large enough."""
        whole = self._whole(rows, columns)
        lines = []
        if whole.height / rows >= CELL_LINES:
            downs = area.down(np.arange(1, rows) + 0.5).tolist()
            lines += [(whole.left, y, whole.right, y) for y in downs]
        if whole.width / columns >= CELL_LINES:
            acrosses = area.across(np.arange(1, columns) + 0.5).tolist()
            lines += [(x, whole.top, x, whole.bottom) for x in acrosses]
        return [Lines(lines, self.theme.surface)]

    def _figures(self, area: Area, found: ParameterGradients) -> list[Mark]:
        """The number in each cell, or a dot where it is not known yet, if all of them fit."""
        rows, columns = found.values.shape
        whole = self._whole(rows, columns)
        wide = whole.width / columns >= text_width(WIDEST) + 4
        if not wide or whole.height / rows < line_height():
            return []
        x = area.across(np.arange(1, columns + 1))
        y = area.down(np.arange(rows, 0, -1))
        marks: list[Mark] = []
        for row, column in zip(*np.nonzero(found.exists), strict=True):
            value = found.values[row, column]
            shade = int(self.scale.index(value[None])[0])
            if shade == UNREACHED:
                color = self.theme.muted
            else:
                color = ink_on(self.theme, shade)
            place = float(x[column]), float(y[row])
            text = Text(magnitude(float(value)), *place, color, anchor=(0.5, 0.5))
            marks += self._if_in_sight(text)
        return marks

    def _if_in_sight(self, text: Text) -> list[Mark]:
        """The text, unless a zoomed view would cut it."""
        if text.box.within(self.area.box) == text.box:
            return [text]
        return []

    def _stretches(self, area: Area, found: ParameterGradients) -> list[Mark]:
        """What stretches of cells mean that show no shade, where there is room to say it."""
        rows, columns = found.values.shape
        whole = self._whole(rows, columns)
        each = whole.width / columns
        marks = list[Mark]()
        if whole.height / rows < line_height() + 2:
            return marks
        kinds = np.where(found.exists, reach(found.values, self.scale), ABSENT)
        for row, down in enumerate(area.down(np.arange(rows, 0, -1)).tolist()):
            for kind, first, last in runs(kinds[row]):
                words = self._meaning(kind)
                if words and text_width(words) + GAP <= (last - first + 1) * each:
                    across = whole.left + (first + last + 1) / 2 * each
                    text = Text(words, across, down, self.theme.muted, anchor=(0.5, 0.5))
                    marks += self._if_in_sight(text)
        return marks

    def _meaning(self, kind: int) -> str:
        """Words for a kind of cells, empty for those that have a shade."""
        if kind in (ABSENT, Reach.UNREACHED):
            if kind == ABSENT:
                return "none"
            return "not reached yet"
        if kind in (Reach.ZERO, Reach.BELOW):
            return reach_label(kind, self.scale)
        return ""
