"""The picture of a map: cells as an image, contours, theory's lines, names and a color bar."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot

from vgsim.measure.frame import Frame
from vgsim.sweep.contours import contour
from vgsim.text.empty import NOT_EMPTY, EmptyState
from vgsim.text.scale import SHADES, UNREACHED, Scale
from vgsim.ui.map.colors import failed_color, region_colors
from vgsim.ui.map.model.axis import Array
from vgsim.ui.map.model.view import Cell, Level, MapLine, MapView
from vgsim.ui.map.naming import name_along
from vgsim.ui.plots import graph
from vgsim.ui.plots.axes import BOTTOM, GAP, TOP, UNTITLED
from vgsim.ui.plots.base import Plot
from vgsim.ui.plots.layer import (
    Lines,
    Mark,
    Path,
    Sentence,
    Symbols,
    Text,
    Within,
    line_height,
    text_width,
)
from vgsim.ui.plots.model.geometry import Box
from vgsim.ui.plots.model.table import NO_DATA, Columns
from vgsim.ui.plots.model.words import Ticks
from vgsim.ui.plots.strip import BAR, outline, ramp_bar
from vgsim.ui.style.theme import DARK_INK, LIGHT_INK, Theme, ink_on, mix, rgb

if TYPE_CHECKING:
    from vgsim.ui.plots.graph import TickAxis

NAME_ROW = 20.0
"""Pixels under the labels of the axis below, for its name."""
DASHED, DOTTED = (4.0, 2.5), (0.9, 1.5)
"""Theory's lines, in widths."""
LEAST_DOT = 3.0
"""Pixels of a cell from which on the dot of its block is drawn."""
ROOM_FOR_LABEL = 40.0
"""Pixels between labels of the axis below."""
CASE, INK = 4.0, 1.8
"""Widths of a line that is to be seen on every color: the patch under it, and itself."""


class MapPlot(Plot):
    """One map, as ``set_view`` gives it, with a cell that is looked at.

    It shows a :class:`MapView` rather than a frame. The picture itself is pyqtgraph's; labels and
    lines that must be seen on every shade are marks above it.
    """

    pointed = Signal(object)
    """The :data:`Cell` under the mouse."""
    pressed = Signal(object)
    """The :data:`Cell` that was clicked."""

    title = "Map"
    question = "Where does the gradient vanish, and where does it explode?"

    def __init__(
        self, theme: Theme, scale: Scale | None = None, pen_scale: float = 1.0, *,
        still: bool = False,
    ) -> None:  # fmt: skip
        self.map: MapView | None = None
        self.cell: Cell | None = None
        self.empty = "No map yet"
        self._around: list[Mark] = []
        self._names: list[Text] = []
        self._found: tuple[MapView, list[tuple[Level, list[tuple[Array, Array]]]]] | None = None
        super().__init__(theme, scale or Scale(), pen_scale, still=still)
        if not still:
            scene: Any = self.view.scene()
            scene.sigMouseMoved.connect(self._move)
            scene.sigMouseClicked.connect(self._click)

    def make_axes(self) -> tuple[TickAxis, TickAxis]:
        """Cells, with what they are of."""
        left = graph.TickAxis("left")
        left.rule = self._rows
        bottom = graph.TickAxis("bottom")
        bottom.rule = self._columns
        bottom.has_line = False
        return left, bottom

    def set_up(self) -> None:
        """One picture."""
        self.picture = self.add_image()

    def missing(self, frame: Frame | None) -> EmptyState:
        """Nothing: it needs no frame."""
        return NOT_EMPTY

    @classmethod
    def data(cls, frame: Frame) -> Columns:
        """Nothing of a frame."""
        return NO_DATA

    def set_view(self, view: MapView | None) -> None:
        """Show another map, or the same with more cells; None for the sentence ``empty``."""
        other_axes = (
            view is None
            or self.map is None
            or (view.across, view.up) != (self.map.across, self.map.up)
        )
        self.map = view
        if view is not None and self.cell is not None:
            columns, rows = view.shape
            self.cell = min(self.cell[0], columns - 1), min(self.cell[1], rows - 1)
        if other_axes:
            self.view_box.autoRange()
            for axis in self.axes:
                axis.renew()
        self.refresh()

    def set_cell(self, cell: Cell | None) -> None:
        """Look at a cell, or at none."""
        if cell != self.cell:
            self.cell = cell
            self._mark()

    def refresh(self) -> None:
        """Give every item what it shows in this size and theme."""
        if self.width() < 140 or self.height() < 90:
            return
        self._laying_out = True
        try:
            self.plot_item.setVisible(self.map is not None)
            if self.map is None:
                self.clear_marks()
                room = Box(12, 0, self.width() - 24, self.height())
                self.around.set_marks([Sentence(self.empty, room, self.theme.muted)])
            else:
                self._draw(self.map)
        finally:
            self._laying_out = False

    def _draw(self, view: MapView) -> None:
        self.left.set_title(view.up.title)
        self.left.setGrid(False)
        self.bottom.setGrid(False)
        right = self._bar_room(view)
        left = max((text_width(label) for label in view.up.labels[:200]), default=0.0)
        left = min(left, 0.25 * self.width()) + GAP + 2
        top = TOP if view.up.title else UNTITLED
        box = Box(left, top, self.width() - left - right, self.height() - top - BOTTOM - NAME_ROW)
        self.lay_out(box, view.across.span, view.up.span)
        self._paint(view)
        self._marks_under(view)
        self._mark()

    def _paint(self, view: MapView) -> None:
        """The cells, row by row."""
        (left, right), (low, high) = view.across.span, view.up.span
        # a copy: the view of a lone row keeps the stride of a column, of which no image is made
        cells = np.array(self.rgb(view).transpose(1, 0, 2), order="C", copy=True)
        self.picture.set_rgb(cells, QRectF(left, low, right - left, high - low))

    def rgb(self, view: MapView) -> NDArray[np.uint8]:
        """(columns, rows, 3) colors."""
        if view.regions:
            known = ~np.isnan(view.values)
            numbers = np.where(known, view.values, 0).astype(np.intp)
            colors = region_colors(self.theme, view.regions)[numbers]
            colors[~known] = self.theme.heat[UNREACHED]
        else:
            colors = self.theme.heat[view.shading.index(view.values)]
        colors[view.failed] = failed_color(self.theme)
        return colors

    def _marks_under(self, view: MapView) -> None:
        """Everything that does not follow the mouse."""
        box = self.area.box
        inside: list[Mark] = [*self._hatching(view), *self._dots(view)]
        self._names = self._words(view)
        lines, labels = self._lines(view, self._names)
        inside += [*lines, *labels]
        self.under.set_marks([])
        self.over.set_marks([Within(box, inside), outline(box, self.theme.border)])
        around = self._bar(view)
        if view.across.title:
            middle = box.left + box.width / 2
            row = box.bottom + BOTTOM + NAME_ROW / 2 - 2
            name = Text(view.across.title, middle, row, self.theme.text, 12, 500, (0.5, 0.5))
            around.append(name)
        self._around = around

    def _mark(self) -> None:
        """The cell that is looked at."""
        names = Within(self.area.box, self._names)
        if self.map is None or self.cell is None or self.still:
            self.around.set_marks([*self._around, names])
            return
        column, row = self.cell
        left, right = self.area.across([column - 0.5, column + 0.5]).tolist()
        top, bottom = self.area.down([row + 0.5, row - 0.5]).tolist()
        cell = Box(left, top, right - left, bottom - top).grown(1.5)
        x = (left + right) / 2
        y = (top + bottom) / 2
        box = self.area.box
        case = self.theme.surface
        ways = [(box.left, y, cell.left, y), (x, cell.bottom, x, box.bottom)]
        frame = [_frame(cell.grown(1.2), case, 1.6), _frame(cell, self.theme.accent, 2.0)]
        # names are above the lines to the cell, which would strike them through
        dotted = Lines(ways, self.theme.text, 1.2, (1.5, 2.5))
        marks: list[Mark] = [Lines(ways, case, 1.2), dotted, names, *frame]
        self.around.set_marks([*self._around, Within(box.grown(3), marks)])

    def _dots(self, view: MapView) -> list[Mark]:
        """One in each measured cell that others follow."""
        each = self.area.box.width / (self.area.x[1] - self.area.x[0])
        if min(each, self.area.box.height / (self.area.y[1] - self.area.y[0])) < LEAST_DOT:
            return []
        columns, rows = np.nonzero(view.dots)
        x = self.area.across(columns)
        y = self.area.down(rows)
        dark = self._is_dark(view)[columns, rows]
        marks: list[Mark] = []
        for ink, which in ((LIGHT_INK, dark), (DARK_INK, ~dark)):
            fills = np.tile(np.array(rgb(ink), np.uint8), (int(which.sum()), 1))
            marks.append(Symbols(x[which], y[which], fills, 1.3, ink, 0.0))
        return marks

    def _is_dark(self, view: MapView) -> NDArray[np.bool_]:
        """Where white is easier to read than black."""
        weights = np.array([0.299, 0.587, 0.114])
        dark: NDArray[np.bool_] = self.rgb(view) @ weights < 128
        return dark

    def _hatching(self, view: MapView) -> list[Mark]:
        """A stroke through each cell that cannot be, so that its color is not all that says so."""
        columns, rows = np.nonzero(view.failed)
        if not len(columns):
            return []
        left, bottom = self.area.across(columns - 0.5), self.area.down(rows - 0.5)
        right, top = self.area.across(columns + 0.5), self.area.down(rows + 0.5)
        strokes = np.column_stack([left, bottom, right, top]).tolist()
        return [Lines(strokes, mix(self.theme.surface, self.theme.muted, 0.6))]

    def _lines(self, view: MapView, words: list[Text]) -> tuple[list[Mark], list[Text]]:
        """Contours, lines of theory and borders of regions; and what they are called.

        Their names keep clear of the ``words`` that stand there already.
        """
        marks: list[Mark] = self._borders(view) if view.regions else []
        texts: list[Text] = []
        ink: list[tuple[Array, Array]] = []
        names: list[tuple[str, tuple[Array, Array], str, int]] = []
        for level, found in self._contours(view):  # the edge is the first to be named
            paths = [(self.area.across(x), self.area.down(y)) for x, y in found]
            ink += paths
            for path in paths:
                marks += self._contour_marks(view, level, *path)
            longest = max(paths, key=lambda path: len(path[0]), default=None)
            if longest is not None and len(longest[0]) > 3:
                names.append((level.label, longest, self.theme.text, 600 if level.edge else 500))
        for line in view.lines:
            path = self.area.across(line.x), self.area.down(line.y)
            ink.append(path)
            marks += self._theory_marks(line, *path)
            names.append((line.label, path, self.theme.accent, 600))
        for label, path, color, weight in names:
            taken = [text.box.grown(4) for text in [*words, *texts]]
            bounds = self.area.box.grown(-6)
            others = [other for other in ink if other is not path]
            texts += name_along(label, path, others, bounds, taken, self.theme, color, weight)
        return marks, texts

    def _contours(self, view: MapView) -> list[tuple[Level, list[tuple[Array, Array]]]]:
        """The lines of each level, in cells; kept, as they take longer than all else."""
        if self._found is None or self._found[0] is not view:
            heights = view.heights() if view.levels else np.empty((0, 0))
            levels = [(level, contour(heights, level.value)) for level in view.levels]
            self._found = view, levels
        return self._found[1]

    def _contour_marks(self, view: MapView, level: Level, x: Array, y: Array) -> list[Mark]:
        if level.edge:
            return [Path(x, y, self.theme.surface, CASE), Path(x, y, self.theme.text, INK)]
        shade = int(view.shading.index(np.array([10.0**level.value]))[0])
        return [Path(x, y, ink_on(self.theme, min(shade, SHADES - 1)), 0.8)]

    def _theory_marks(self, line: MapLine, x: Array, y: Array) -> list[Mark]:
        dash = DOTTED if line.dots else DASHED
        width = 1.5 if line.finite else INK
        return [
            Path(x, y, self.theme.surface, CASE - 1),
            Path(x, y, self.theme.accent, width, dash),
        ]

    def _borders(self, view: MapView) -> list[Mark]:
        """Lines between cells of different regions."""
        values = np.where(np.isnan(view.values), -1, view.values)
        columns, rows = np.nonzero(np.diff(values, axis=0))
        x = self.area.across(columns + 0.5)
        upright = np.column_stack([x, self.area.down(rows - 0.5), x, self.area.down(rows + 0.5)])
        columns, rows = np.nonzero(np.diff(values, axis=1))
        y = self.area.down(rows + 0.5)
        ends = self.area.across(columns - 0.5), self.area.across(columns + 0.5)
        level = np.column_stack([ends[0], y, ends[1], y])
        return [Lines([*upright.tolist(), *level.tolist()], self.theme.surface, 1.4)]

    def _words(self, view: MapView) -> list[Text]:
        """Names of what lies there, each where most of it is around; its sign where that is less.

        What has no room at all is in the legend alone.
        """
        texts: list[Text] = []
        dark = self._is_dark(view)
        each = self.area.box.width / (self.area.x[1] - self.area.x[0])
        for word in view.words:
            column, row = word.cell
            x = float(self.area.across(column))
            y = float(self.area.down(row))
            if not self.area.box.covers(np.array([x]), np.array([y])).all():
                continue
            ink = LIGHT_INK if dark[word.cell] else DARK_INK
            room = (2 * word.around + 1) * each
            said = word.text
            if word.sign and text_width(said, 13, 600) > room:
                said = word.sign
            text = Text(said, x, y, ink, 13, 600, (0.5, 0.5))
            box = text.box.within(self.area.box.grown(-6))
            if box.width > self.area.box.width - 8:
                continue
            if not any(box.grown(3).meets(other.box) for other in texts):
                red, green, blue = self.rgb(view)[word.cell].tolist()
                halo = f"#{red:02x}{green:02x}{blue:02x}"
                texts.append(replace(text, x=box.left, y=box.top, anchor=(0.0, 0.0), halo=halo))
        return texts

    def _bar_ticks(self, view: MapView) -> Ticks:
        return view.shading.ticks(max(2, int((self.height() - 100) / 44)))

    def _bar_room(self, view: MapView) -> float:
        if view.regions:
            return GAP
        labels = [label for _, label in self._bar_ticks(view)]
        labels += [view.shading.over, view.shading.zero]
        return BAR + 2 * GAP + max(text_width(label) for label in labels)

    def _bar(self, view: MapView) -> list[Mark]:
        """The colors; regions have a legend of their own."""
        if view.regions:
            return []
        shading = view.shading
        ticks = self._bar_ticks(view)
        return ramp_bar(self.theme, self.area.box, ticks, shading.over, shading.zero)

    def _columns(self, low: float, high: float, pixels: float) -> Ticks:
        if self.map is None:
            return []
        labels = self.map.across.labels
        if self.map.across.numbers:
            room = ROOM_FOR_LABEL
        else:
            room = max(text_width(label) for label in labels) + GAP
        return self.map.across.ticks(low, high, max(int(pixels / room), 2))

    def _rows(self, low: float, high: float, pixels: float) -> Ticks:
        if self.map is None:
            return []
        return self.map.up.ticks(low, high, max(int(pixels / (2.6 * line_height())), 2))

    @Slot(object)
    def _move(self, where: QPointF) -> None:
        cell = self._cell_of(where)
        if cell is not None and cell != self.cell:
            self.set_cell(cell)
            self.pointed.emit(cell)

    @Slot(object)
    def _click(self, event: Any) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        cell = self._cell_of(event.scenePos())
        if cell is not None:
            self.set_cell(cell)
            self.pressed.emit(cell)

    def _cell_of(self, where: QPointF) -> Cell | None:
        inside = Box(where.x(), where.y(), 0, 0).meets(self.area.box)
        if self.map is None or not inside:
            return None
        return self.map.cell_at(*self.area.value(where.x(), where.y()))

    def place_of(self, cell: Cell) -> QPointF:
        """The middle of a cell, in pixels of the widget."""
        return QPointF(float(self.area.across(cell[0])), float(self.area.down(cell[1])))

    def sizeHint(self) -> QSize:
        """A comfortable size."""
        return QSize(760, 620)

    def minimumSizeHint(self) -> QSize:
        """The least at which cells and labels can be told apart."""
        return QSize(280, 220)


def _frame(box: Box, color: str, width: float) -> Lines:
    left, top, right, bottom = box.left, box.top, box.right, box.bottom
    sides = [
        (left, top, right, top), (right, top, right, bottom),
        (right, bottom, left, bottom), (left, bottom, left, top),
    ]  # fmt: skip
    return Lines(sides, color, width)
