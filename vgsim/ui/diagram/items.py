"""Parts of the diagram as graphics items; each paints from the shared state it is given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from vgsim.core.numbers import decade
from vgsim.text.scale import OVERFLOW, SHADES, ZERO, Scale
from vgsim.ui.diagram.model.changes import REACH
from vgsim.ui.diagram.model.geometry import INPUT_HALF, Geometry, Rectangle
from vgsim.ui.diagram.model.picture import Picture
from vgsim.ui.diagram.model.plan import ColumnPlan
from vgsim.ui.diagram.paint import (
    DiagramPalette,
    draw_text,
    font,
    line_pen,
    rectangle,
)
from vgsim.ui.plots.model.geometry import Box
from vgsim.ui.plots.strip import cell_signs
from vgsim.ui.style.paper import keeps_marks

Option = QStyleOptionGraphicsItem


@dataclass(slots=True)
class Scene:
    """What every part paints from."""

    palette: DiagramPalette
    scale: Scale
    geometry: Geometry
    picture: Picture | None = None
    plan: ColumnPlan | None = None


class DiagramPart(QGraphicsItem):
    """A part that covers the whole diagram, so that its bounds change only with the size.

    ``exposed`` is what is to be painted: all of it for a new picture, little when a mark moves.
    """

    def __init__(self, scene: Scene) -> None:
        super().__init__()
        self.state = scene
        self.exposed = QRectF()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def boundingRect(self) -> QRectF:
        """The whole diagram."""
        return QRectF(0, 0, self.state.geometry.width, self.state.geometry.height)

    def resized(self) -> None:
        """The geometry is about to be another one."""
        self.prepareGeometryChange()

    def paint(self, painter: QPainter, option: Option, widget: QWidget | None = None) -> None:
        """Paint the picture, once there is one."""
        if self.state.picture is not None:
            self.exposed = QRectF(
                option.exposedRect
            )  # a copy: the option lives no longer than this
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.draw(painter, self.state.picture)

    def draw(self, painter: QPainter, picture: Picture) -> None:
        """Paint ``picture``."""
        raise NotImplementedError

    def sees(self, left: float, right: float) -> bool:
        """Whether anything between two x is to be painted."""
        return left <= self.exposed.right() and right >= self.exposed.left()


class StillPart(DiagramPart):
    """A part that seldom changes: painted once into an opaque image, then only copied."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._image = QImage()
        self._drawn: object = None

    def resized(self) -> None:
        """Forget the image, which is of the size or theme before."""
        super().resized()
        self._drawn = None

    def box(self) -> QRectF:
        """What the part covers; nothing else may be painted there before it."""
        raise NotImplementedError

    def key(self, picture: Picture) -> object:
        """What the painting depends on, besides geometry and theme."""
        raise NotImplementedError

    def draw_anew(self, painter: QPainter, picture: Picture) -> None:
        """Paint the part."""
        raise NotImplementedError

    def draw(self, painter: QPainter, picture: Picture) -> None:
        """Copy the image, painted anew if it is out of date; on paper there is none."""
        if keeps_marks(painter):
            painter.save()
            self.draw_anew(painter, picture)
            painter.restore()
            return
        ratio = painter.deviceTransform().m11()
        box = self.box()
        wanted = (ratio, self.key(picture))
        if wanted != self._drawn:
            size = (box.size() * ratio).toSize()
            self._image = self.state.palette.image(size.width(), size.height(), ratio)
            self._fill(picture, box)
            self._drawn = wanted
        painter.drawImage(box.topLeft(), self._image)

    def _fill(self, picture: Picture, box: QRectF) -> None:
        painter = QPainter(self._image)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(-box.topLeft())
            self.draw_anew(painter, picture)
        finally:
            painter.end()


class InputPart(DiagramPart):
    """The input column: the rows of the first sample, or one cell a feature, in neutral gray."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._of: Picture | None = None
        self._pixels: NDArray[np.uint32] = np.zeros((1, 1), dtype=np.uint32)

    def resized(self) -> None:
        """Forget the pixels, which are of the theme before."""
        super().resized()
        self._of = None

    def draw(self, painter: QPainter, picture: Picture) -> None:
        """Cells from light to dark as the value grows."""
        column = self.state.geometry.columns[0]
        if not self.sees(column.x - INPUT_HALF - 1, column.x + INPUT_HALF + 1):
            return
        if not len(column.ys):
            return
        half = self.state.geometry.row_half(0)
        image = self._image(picture)
        # a long sequence has more values than the cell has pixels: none of them may vanish
        crowded = image.width() > 2 * INPUT_HALF
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, crowded)
        painter.setPen(line_pen(self.state.palette.color("border")))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for row, y in enumerate(column.ys):
            box = QRectF(column.x - INPUT_HALF, y - half, 2 * INPUT_HALF, 2 * half)
            painter.drawImage(box, image, QRectF(0, row, image.width(), 1))
            if column.radius:
                painter.drawRect(box)

    def _image(self, picture: Picture) -> QImage:
        """One pixel a value; kept for as long as the picture stays."""
        if picture is not self._of:
            self._pixels = np.ascontiguousarray(
                self.state.palette.glow_table[(picture.inputs * 63).astype(np.intp)]
            )
            self._of = picture
        rows, columns = self._pixels.shape
        return QImage(self._pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)


class LabelPart(DiagramPart):
    """Numbers and factors below the columns, the loss box at the end."""

    def draw(self, painter: QPainter, picture: Picture) -> None:
        """All words that change with every frame."""
        geometry = self.state.geometry
        if self.exposed.bottom() > geometry.foot + 14:
            self._numbers(painter, picture)
            self._factors(painter, picture)
        if self.sees(geometry.loss.x - 6, geometry.width):
            self._loss(painter, picture)

    def _numbers(self, painter: QPainter, picture: Picture) -> None:
        geometry = self.state.geometry
        palette = self.state.palette
        y = geometry.foot + 26
        backward = picture.backward_from <= len(picture.numbers)
        left = Qt.AlignmentFlag.AlignLeft
        name = "RMS ∂J/∂h" if backward else "RMS h"
        if geometry.tight:
            name = "RMS"
        draw_text(painter, (8, y), name, palette.color("muted"), size=11, align=left)
        for stage in geometry.labeled(picture.current):
            x = geometry.columns[stage].x
            if not self.sees(x - REACH, x + REACH):
                continue
            if stage >= picture.backward_from:
                text = picture.numbers[stage - 1]
                color = "text"
                weight = 600
            else:
                if backward:
                    text = "·"
                else:
                    text = picture.forward_numbers[stage - 1]
                color, weight = "muted", 400
            draw_text(painter, (x, y), text, palette.color(color), size=12, weight=weight)

    def _factors(self, painter: QPainter, picture: Picture) -> None:
        geometry = self.state.geometry
        palette = self.state.palette
        y = geometry.foot + 50
        known = picture.backward_from < len(picture.factors)
        if known and (geometry.chips or picture.current):
            left = Qt.AlignmentFlag.AlignLeft
            name = "× hop" if geometry.tight else "× per hop"
            draw_text(painter, (8, y), name, palette.color("muted"), size=11, align=left)
        for stage, text in enumerate(picture.factors[:-1], start=1):
            if text and (geometry.chips or stage == picture.current):
                middle = (geometry.columns[stage].x + geometry.columns[stage + 1].x) / 2
                if not self.sees(middle - REACH, middle + REACH):
                    continue
                self._chip(painter, (middle, y), text, picture.marked[stage - 1])

    def _chip(self, painter: QPainter, at: tuple[float, float], text: str, marked: bool) -> None:
        palette, (x, y) = self.state.palette, at
        half = max(20.0, 4.0 * len(text) + 6)
        if self.state.geometry.chips:  # there are others beside it
            half = min(half, self.state.geometry.spacing / 2 - 1)
        reach = self.state.geometry.spacing / 2 - 6
        if reach > half + 5:
            self._arrow(painter, x - half - 3, x - reach, y)
            painter.drawLine(QPointF(x + half + 3, y), QPointF(x + reach, y))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color("warning_soft" if marked else "raised"))
        painter.drawRoundedRect(QRectF(x - half, y - 9, 2 * half, 18), 9, 9)
        color = palette.color("warning" if marked else "text")
        draw_text(painter, at, text, color, size=11, weight=600)

    def _arrow(self, painter: QPainter, start: float, end: float, y: float) -> None:
        painter.setPen(line_pen(self.state.palette.color("edge"), 1.2))
        painter.drawLine(QPointF(start, y), QPointF(end, y))
        painter.drawLine(QPointF(end, y), QPointF(end + 4, y - 3.5))
        painter.drawLine(QPointF(end, y), QPointF(end + 4, y + 3.5))

    def _loss(self, painter: QPainter, picture: Picture) -> None:
        palette = self.state.palette
        box = loss_box(self.state.geometry, picture)
        painter.setPen(line_pen(palette.color("accent" if picture.at_loss else "edge"), 1.2))
        painter.setBrush(palette.color("accent_soft" if picture.loss != "J" else "surface"))
        painter.drawRoundedRect(box, 7, 7)
        center = (box.center().x(), box.center().y())
        color = palette.color("text" if picture.loss != "J" else "muted")
        size = _loss_size(picture)
        draw_text(painter, center, picture.loss, color, size=size, weight=600)


def loss_box(geometry: Geometry, picture: Picture) -> QRectF:
    """Where J stands, wider where its number is."""
    box = rectangle(geometry.loss)
    words = QFontMetricsF(font(_loss_size(picture), 600)).horizontalAdvance(picture.loss)
    more = max((words + 8 - box.width()) / 2, 0.0)
    return box.adjusted(-more, 0, more, 0)


def _loss_size(picture: Picture) -> int:
    if len(picture.loss) < 7:
        return 12
    return 11


class FramePart(DiagramPart):
    """The frame around the current stage."""

    def draw(self, painter: QPainter, picture: Picture) -> None:
        """Around the current column, or the loss box."""
        if picture.at_loss:
            box = loss_box(self.state.geometry, picture).adjusted(-4, -4, 4, 4)
        elif picture.current:
            box = rectangle(self.state.geometry.frame_of(picture.current))
        else:
            return
        painter.setPen(line_pen(self.state.palette.color("accent"), 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        # whole pixels: a line that lies between two is painted a little otherwise in a part of it
        painter.drawRoundedRect(QRectF(box.toAlignedRect()), 7, 7)


class BarPart(StillPart):
    """The color bar with its decades and the cells for 0 and overflow."""

    def box(self) -> QRectF:
        """The right end of the diagram."""
        geometry = self.state.geometry
        bar = geometry.bar
        if bar is None:
            return QRectF()
        left = bar.x - 6
        bottom = max(geometry.foot, bar.y + bar.height + 9) + 16
        return QRectF(left, 0, geometry.width - left, bottom)

    def key(self, picture: Picture) -> object:
        """The scale is fixed."""
        return self.state.scale

    def draw(self, painter: QPainter, picture: Picture) -> None:
        """Nothing where the decades stand elsewhere."""
        if self.state.geometry.bar is not None:
            super().draw(painter, picture)

    def draw_anew(self, painter: QPainter, picture: Picture) -> None:
        """Shades from 10^low at the bottom to 10^high on top."""
        bar = self.state.geometry.bar
        if bar is not None:
            paint_bar(painter, bar, self.state.scale, self.state.palette)


def paint_bar(painter: QPainter, box: Rectangle, scale: Scale, palette: DiagramPalette) -> None:
    """Shades from 10^low at the bottom of ``box`` to 10^high on top, cells for ∞ and 0 beyond."""
    bar = rectangle(box)
    image = QImage(1, SHADES, QImage.Format.Format_RGB32)
    for at in range(SHADES):
        image.setPixelColor(0, SHADES - 1 - at, palette.heat[at])
    painter.drawImage(bar, image)
    _outlined(painter, bar, palette)
    for exponent in scale.ticks(max(3, int(bar.height() / 22))):
        share = (exponent - scale.low) / (scale.high - scale.low)
        _bar_label(painter, box, bar.bottom() - share * bar.height(), decade(exponent), palette)
    for y, shade, text in ((bar.top() - 18, OVERFLOW, "∞"), (bar.bottom() + 9, ZERO, "0")):
        cell = Box(box.x, y, box.width, 9)
        painter.fillRect(QRectF(box.x, y, box.width, 9), palette.heat[shade])
        _outlined(painter, QRectF(box.x, y, box.width, 9), palette)
        for mark in cell_signs(palette.theme, shade, cell):
            mark.paint(painter)
        _bar_label(painter, box, y + 4.5, text, palette)


def _outlined(painter: QPainter, box: QRectF, palette: DiagramPalette) -> None:
    painter.setPen(line_pen(palette.color("border")))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box)


def _bar_label(
    painter: QPainter, bar: Rectangle, y: float, text: str, palette: DiagramPalette
) -> None:
    at = (bar.x + bar.width + 5, y)
    color = palette.color("muted")
    draw_text(painter, at, text, color, size=11, align=Qt.AlignmentFlag.AlignLeft)
