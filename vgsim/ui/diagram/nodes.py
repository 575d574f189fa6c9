"""The columns of nodes: every unit shaded by its gradient."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from vgsim.text.scale import OVERFLOW, UNREACHED, ZERO
from vgsim.ui.diagram.items import DiagramPart, Scene
from vgsim.ui.diagram.model.geometry import NodeColumn
from vgsim.ui.diagram.model.picture import GLOW, Picture, heat_map
from vgsim.ui.diagram.paint import draw_text, line_pen
from vgsim.ui.style.paper import keeps_marks

ABSENT_LONG, ABSENT_WIDE = 72.0, 16.0
"""Room that the words need where nothing was recorded."""
NOT_RECORDED = "not recorded"


class NodePart(DiagramPart):
    """Every stage's column: dashed and empty, gray (forward), or shaded by its gradient."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._unreached: dict[tuple[float, float], QImage] = {}

    def resized(self) -> None:
        """Forget the images, which are of the size or theme before."""
        super().resized()
        self._unreached = {}

    def draw(self, painter: QPainter, picture: Picture) -> None:
        """FoldColumn by column, or as one heat map when there is no room between them."""
        if self.state.geometry.crowded:
            self._heat_map(painter, picture)
            return
        for column, looks in zip(self.state.geometry.columns[1:], picture.looks, strict=True):
            if not self.sees(column.x - column.half - 2, column.x + column.half + 2):
                continue
            if picture.absent[column.stage - 1]:
                self._absent(painter, column)
                continue
            pen = self._outline(int(looks.flat[-1]))
            if column.radius and (looks == UNREACHED).all() and not keeps_marks(painter):
                self._draw_unreached(painter, column, looks.tolist(), pen)
            elif column.radius:
                self._nodes(painter, column, looks.tolist(), pen)
            else:
                self._strip(painter, column, looks, pen)

    def _draw_unreached(
        self, painter: QPainter, column: NodeColumn, looks: list[int], pen: QPen
    ) -> None:
        """Copy the column from an image made once: dashes are slow, and a pass begins with many."""
        ratio = painter.deviceTransform().m11()
        reach = math.ceil(column.radius + 2)
        # on a whole pixel of the device, or what is copied would be blurred
        left = math.floor((column.x - reach) * ratio) / ratio
        image = self._unreached.get((ratio, column.x))
        if image is None:
            size = QSizeF(2 * reach + 2, self.state.geometry.height + 1) * ratio
            image = QImage(size.toSize(), QImage.Format.Format_ARGB32_Premultiplied)
            image.setDevicePixelRatio(ratio)
            image.fill(Qt.GlobalColor.transparent)
            inner = QPainter(image)
            try:
                inner.setRenderHint(QPainter.RenderHint.Antialiasing)
                inner.translate(-left, 0)
                self._nodes(inner, column, looks, pen)
            finally:
                inner.end()
            self._unreached[ratio, column.x] = image
        painter.drawImage(QPointF(left, 0), image)

    def _outline(self, look: int) -> QPen:
        palette = self.state.palette
        if look != UNREACHED:
            return line_pen(palette.color("edge" if look >= GLOW else "muted"), 1.0)
        pen = line_pen(palette.color("edge"), 1.2)
        pen.setDashPattern([3.0, 2.5])
        return pen

    def _nodes(self, painter: QPainter, column: NodeColumn, looks: list[int], pen: QPen) -> None:
        colors = self.state.palette.looks
        radius = column.radius
        painter.setPen(pen)
        for y, look in zip(column.ys.tolist(), looks, strict=True):
            painter.setBrush(colors[look])
            painter.drawEllipse(QPointF(column.x, y), radius, radius)
        for y, look in zip(column.ys.tolist(), looks, strict=True):
            if look in (ZERO, OVERFLOW) and radius >= 6:
                sign, name = ("0", "text") if look == ZERO else ("∞", "surface")
                color = self.state.palette.color(name)
                draw_text(painter, (column.x, y), sign, color, size=11, weight=600)

    def _strip(
        self, painter: QPainter, column: NodeColumn, looks: NDArray[np.intp], pen: QPen
    ) -> None:
        """One cell a unit; smooth scaling off, so that every cell keeps its own shade.

        Its sides lie in the middle of pixels, where a line is sharp and painted alike each time.
        """
        left, right = (math.floor(column.x + side) + 0.5 for side in (-column.half, column.half))
        box = QRectF(left, column.top, right - left, column.bottom - column.top)
        self._cells(painter, box, looks.reshape(len(looks), -1))
        painter.setPen(pen)
        if column.half > 3:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box)
            if looks.ndim > 1:
                self._more_behind(painter, box)
        elif (looks == UNREACHED).all():
            middle = math.floor(column.x) + 0.5
            painter.drawLine(QPointF(middle, column.top), QPointF(middle, column.bottom))

    def _more_behind(self, painter: QPainter, box: QRectF) -> None:
        """The edges of two more sheets: this one stands for several stages."""
        painter.setPen(line_pen(self.state.palette.color("edge")))
        for at in (2.5, 5.0):
            right = box.right() + at
            painter.drawLine(QPointF(right, box.top() + at), QPointF(right, box.bottom() - at))

    def _absent(self, painter: QPainter, column: NodeColumn) -> None:
        """A line where the nodes would be, and the words along it where there is room."""
        palette = self.state.palette
        painter.setPen(line_pen(palette.color("border"), 1.0))
        middle = (column.top + column.bottom) / 2
        wide = ABSENT_LONG if column.bottom - column.top >= ABSENT_LONG else 0.0
        for start, stop in ((column.top, middle - wide / 2), (middle + wide / 2, column.bottom)):
            painter.drawLine(QPointF(column.x, start), QPointF(column.x, stop))
        if wide and self.state.geometry.spacing >= ABSENT_WIDE:
            painter.save()
            painter.translate(column.x, middle)
            painter.rotate(-90)
            draw_text(painter, (0, 0), NOT_RECORDED, palette.color("muted"), size=11)
            painter.restore()

    def _heat_map(self, painter: QPainter, picture: Picture) -> None:
        geometry = self.state.geometry
        height = max(1, round(geometry.bottom - geometry.top))
        first = geometry.columns[1].x
        last = geometry.columns[-1].x
        half = geometry.spacing / 2
        box = QRectF(first - half, geometry.top, last - first + 2 * half, height)
        self._cells(painter, box, heat_map(picture, height))
        if any((looks == UNREACHED).all() for looks in picture.looks):
            painter.setPen(self._outline(UNREACHED))  # so that one sees where stages will be
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))

    def _cells(self, painter: QPainter, box: QRectF, looks: NDArray[np.intp]) -> None:
        """A block of color for each entry of (rows, columns)."""
        pixels = np.ascontiguousarray(self.state.palette.table[looks])
        rows, columns = pixels.shape
        image = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(box, image)
