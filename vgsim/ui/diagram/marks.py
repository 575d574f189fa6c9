"""What shows where the mouse and the pick are: small items, so that little is painted anew."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QWidget

from vgsim.measure.request import Focus
from vgsim.ui.diagram.items import Option, Scene
from vgsim.ui.diagram.model.geometry import INPUT_HALF
from vgsim.ui.diagram.model.picking import Shape, drawn_row
from vgsim.ui.diagram.paint import draw_text, line_pen, rectangle

LEAST_CELL = 6.0
"""Smallest side of the box around a cell: a smaller one could not be seen."""
_AROUND = 3.0
"""Pixels between a thing and the mark around it."""
_ARM = 11.0
_PEN_ROOM = 4.0


class DiagramMark(QGraphicsItem):
    """A ring around a node, a line over an edge with its two ends, or corners around a stage."""

    def __init__(self, scene: Scene, color: str, width: float, halo: bool) -> None:
        super().__init__()
        self.state = scene
        self.focus: Focus | None = None
        self._color = color
        self._width = width
        self._halo = halo
        self._lines: list[QLineF] = []
        self._rings: list[QRectF] = []
        self._boxes: list[QRectF] = []
        self._bounds = QRectF()
        self.setVisible(False)

    def place(self, focus: Focus | None, shape: Shape) -> None:
        """Mark ``focus``, or nothing, in the present geometry."""
        self.focus = focus
        self.prepareGeometryChange()
        self._lines = []
        self._rings = []
        self._boxes = []
        if focus is not None and shape.holds(focus):
            self._lay_out(focus, shape)
        shown = bool(self._lines or self._rings or self._boxes)
        self.setVisible(self.isVisible() and shown)  # before it shrinks to a point in a corner
        self._bounds = self._covered()
        self.setVisible(shown)
        self.update()

    def _lay_out(self, focus: Focus, shape: Shape) -> None:
        if focus.unit is None:
            self._lines = _corners(rectangle(self.state.geometry.frame_of(focus.stage)))
            return
        self._surround(focus.stage, focus.unit)
        if focus.source is not None:
            row = drawn_row(focus, shape, len(self.state.geometry.columns[0].ys))
            self._surround(focus.stage - 1, row)
            self._lines = [self._edge(focus.stage, row, focus.unit)]

    def _surround(self, stage: int, row: int) -> None:
        column = self.state.geometry.columns[stage]
        center = QPointF(column.x, float(column.ys[row]))
        if column.radius and stage:
            reach = column.radius + _AROUND
            self._rings.append(_about(center, reach, reach))
            return
        half = column.half if stage else INPUT_HALF
        across = max(half + 1.5, LEAST_CELL / 2)
        down = max(self.state.geometry.row_half(stage) + 1.5, LEAST_CELL / 2)
        self._boxes.append(_about(center, across, down))

    def _edge(self, stage: int, row: int, unit: int) -> QLineF:
        geometry = self.state.geometry
        start, stop = geometry.edge_span(stage)
        low = QPointF(start, float(geometry.columns[stage - 1].ys[row]))
        return QLineF(low, QPointF(stop, float(geometry.columns[stage].ys[unit])))

    def _covered(self) -> QRectF:
        covered = QRectF()
        for box in (*self._rings, *self._boxes, *(_box_of(line) for line in self._lines)):
            covered = covered.united(box.adjusted(-_PEN_ROOM, -_PEN_ROOM, _PEN_ROOM, _PEN_ROOM))
        return covered

    def boundingRect(self) -> QRectF:
        """As little as holds the mark."""
        return self._bounds

    def paint(self, painter: QPainter, option: Option, widget: QWidget | None = None) -> None:
        """Paint it, on a halo of the surface's color so that it stands out from the edges."""
        if self.state.picture is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._halo:
            self._stroke(painter, line_pen(self.state.palette.surface, self._width + 3))
        self._stroke(painter, line_pen(self.state.palette.color(self._color), self._width))

    def _stroke(self, painter: QPainter, pen: QPen) -> None:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawLines(self._lines)
        for ring in self._rings:
            painter.drawEllipse(ring)
        for box in self._boxes:
            painter.drawRoundedRect(box, 2.5, 2.5)


def _about(center: QPointF, across: float, down: float) -> QRectF:
    return QRectF(center.x() - across, center.y() - down, 2 * across, 2 * down)


def _box_of(line: QLineF) -> QRectF:
    return QRectF(line.p1(), line.p2()).normalized()


def _corners(box: QRectF) -> list[QLineF]:
    """Two short lines at each corner, a little outside ``box``: not the current stage's frame."""
    box = box.adjusted(-_AROUND, -_AROUND, _AROUND, _AROUND)
    across = min(_ARM, box.width() / 3)
    along = _ARM if box.width() > 3 * _ARM else 1.6 * _ARM
    lines = []
    for corner, right, down in (
        (box.topLeft(), 1, 1), (box.topRight(), -1, 1),
        (box.bottomLeft(), 1, -1), (box.bottomRight(), -1, -1),
    ):  # fmt: skip
        lines.append(QLineF(corner, corner + QPointF(right * across, 0)))
        lines.append(QLineF(corner, corner + QPointF(0, down * along)))
    return lines


class HintPart(QGraphicsItem):
    """Two short lines at the lower right, where nothing else is drawn: what the keys do."""

    def __init__(self, scene: Scene) -> None:
        super().__init__()
        self.state = scene
        self.lines: tuple[str, ...] = ()

    def say(self, *lines: str) -> None:
        """Show these lines, or nothing."""
        self.lines = lines
        self.prepareGeometryChange()
        self.update()

    def boundingRect(self) -> QRectF:
        """Right of the last column's number, below the color bar."""
        geometry = self.state.geometry
        left = geometry.loss.x - 4
        top = geometry.foot + 15
        return QRectF(left, top, geometry.width - left, geometry.height - top)

    def paint(self, painter: QPainter, option: Option, widget: QWidget | None = None) -> None:
        """Paint the lines."""
        right = Qt.AlignmentFlag.AlignRight
        x = self.state.geometry.width - 9
        y = self.state.geometry.foot + 27
        for row, line in enumerate(self.lines):
            color = self.state.palette.color("muted" if row else "accent")
            weight = 400 if row else 600
            draw_text(painter, (x, y + 18 * row), line, color, size=11, weight=weight, align=right)


class RingPart(QGraphicsItem):
    """The ring around the whole diagram while it has the keyboard."""

    def __init__(self, scene: Scene) -> None:
        super().__init__()
        self.state = scene
        self.setVisible(False)

    def resized(self) -> None:
        """The geometry is about to be another one."""
        self.prepareGeometryChange()

    def boundingRect(self) -> QRectF:
        """The whole diagram."""
        return QRectF(0, 0, self.state.geometry.width, self.state.geometry.height)

    def paint(self, painter: QPainter, option: Option, widget: QWidget | None = None) -> None:
        """Paint it just inside."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(line_pen(self.state.palette.color("accent"), 2.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(self.boundingRect().adjusted(1, 1, -1, -1), 8, 8)
