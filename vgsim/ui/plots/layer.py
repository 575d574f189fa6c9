"""What is painted in pixels over and under the data: texts, lines and symbols.

A layer is made once and then given a list of marks. They are drawn with ordinary (not cosmetic)
pens in logical pixels, so they keep their proportions at every device pixel ratio.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from vgsim.ui.plots.model.geometry import Box
from vgsim.ui.style.application import of_fonts, ui_font

TICK = 11
"""Size of tick labels, in pixels."""


@of_fonts
@cache
def _font(size: int, weight: int) -> tuple[QFont, QFontMetricsF]:
    font = ui_font(size, weight)
    return font, QFontMetricsF(font)


@of_fonts
@lru_cache(maxsize=4096)
def text_width(text: str, size: int = TICK, weight: int = 400) -> float:
    """Width of ``text``, in pixels."""
    return _font(size, weight)[1].horizontalAdvance(_typeset(text))


def _typeset(text: str) -> str:
    """``text`` with true hyphens: figures of one width make the plain one as wide as a digit."""
    return text.replace("-", "\N{HYPHEN}")


@of_fonts
@cache
def line_height(size: int = TICK, weight: int = 400) -> float:
    """Height of one line, in pixels."""
    return _font(size, weight)[1].height()


class Mark(Protocol):
    """One thing to paint."""

    def paint(self, painter: QPainter) -> None:
        """Paint it, in pixels."""


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text. ``anchor`` is the share of it left of ``x`` and above ``y``."""

    text: str
    x: float
    y: float
    color: str
    size: int = TICK
    weight: int = 400
    anchor: tuple[float, float] = (0.0, 0.5)
    halo: str = ""

    @property
    def box(self) -> Box:
        """Where it stands."""
        width = text_width(self.text, self.size, self.weight)
        height = line_height(self.size, self.weight)
        left = self.x - self.anchor[0] * width
        top = self.y - self.anchor[1] * height
        return Box(left, top, width, height)

    def paint(self, painter: QPainter) -> None:
        """Paint it, on a patch of the halo color if it has one."""
        font, metrics = _font(self.size, self.weight)
        box = self.box
        if self.halo:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self.halo))
            painter.drawRoundedRect(QRectF(*box).adjusted(-3, 0, 3, 0), 3, 3)
        painter.setFont(font)
        painter.setPen(QColor(self.color))
        painter.drawText(QPointF(box.left, box.top + metrics.ascent()), _typeset(self.text))


@dataclass(frozen=True, slots=True)
class Sentence:
    """Text that is wrapped and centered in a box, and shrinks with it no further."""

    text: str
    room: Box
    color: str
    halo: str = ""

    def paint(self, painter: QPainter) -> None:
        """Paint it."""
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        painter.setFont(_font(12, 400)[0])
        room = QRectF(*self.room)
        if self.halo:
            where = painter.boundingRect(room, flags, self.text).adjusted(-6, -2, 6, 2)
            painter.fillRect(where, QColor(self.halo))
        painter.setPen(QColor(self.color))
        painter.drawText(room, flags, self.text)


@dataclass(frozen=True, slots=True)
class Lines:
    """Straight lines (x1, y1, x2, y2) of one color; ``dash`` in multiples of the width."""

    lines: Sequence[tuple[float, float, float, float]]
    color: str
    width: float = 1.0
    dash: tuple[float, ...] = ()

    def paint(self, painter: QPainter) -> None:
        """Paint them."""
        pen = QPen(QColor(self.color), self.width)
        if self.dash:
            pen.setDashPattern(self.dash)
        painter.setPen(pen)
        painter.drawLines([QLineF(*line) for line in self.lines])


Outline = Sequence[tuple[float, float]]
SHAPES: dict[str, Outline] = {
    "up": ((-1.0, 0.8), (0.0, -1.0), (1.0, 0.8)),
    "down": ((-1.0, -0.8), (0.0, 1.0), (1.0, -0.8)),
    "diamond": ((-1.2, 0.0), (0.0, -1.2), (1.2, 0.0), (0.0, 1.2)),
    "square": ((-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)),
    "dot": (),
}
"""Corners of each symbol of radius 1; the dot is round."""


@dataclass(frozen=True, slots=True)
class Symbols:
    """Symbols of one shape, each with its own fill; no outline when its width is 0.

    ``x``, ``y`` and ``fills`` (rgb, uint8) are as long as each other.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    fills: NDArray[np.uint8]
    radius: float
    outline: str
    width: float = 1.0
    shape: str = "dot"

    def paint(self, painter: QPainter) -> None:
        """Paint them."""
        painter.setPen(QPen(QColor(self.outline), self.width) if self.width else Qt.PenStyle.NoPen)
        corners = [QPointF(*corner) * self.radius for corner in SHAPES[self.shape]]
        places = zip(self.x.tolist(), self.y.tolist(), self.fills.tolist(), strict=True)
        for x, y, fill in places:
            center = QPointF(x, y)
            painter.setBrush(QColor(*fill))
            if corners:
                painter.drawPolygon(QPolygonF([center + corner for corner in corners]))
            else:
                painter.drawEllipse(center, self.radius, self.radius)


@dataclass(frozen=True, slots=True)
class Ring:
    """A circle that is not filled."""

    x: float
    y: float
    radius: float
    color: str
    width: float = 2.0

    def paint(self, painter: QPainter) -> None:
        """Paint it."""
        painter.setPen(QPen(QColor(self.color), self.width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(self.x, self.y), self.radius, self.radius)


@dataclass(frozen=True, slots=True)
class Ramp:
    """A filled box: ``rgb`` (rows, 3) from top to bottom, with a hairline around it."""

    rgb: NDArray[np.uint8]
    box: Box
    border: str

    def paint(self, painter: QPainter) -> None:
        """Paint it."""
        rows = np.ascontiguousarray(np.insert(self.rgb, 3, 255, axis=1))
        image = QImage(rows.data, 1, len(rows), 4, QImage.Format.Format_RGBA8888)
        painter.drawImage(QRectF(*self.box), image)
        painter.setPen(QPen(QColor(self.border), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(*self.box))


@dataclass(frozen=True, slots=True)
class Fill:
    """A filled polygon through the pixels ``x`` and ``y``; ``edge`` is the color of its outline."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    color: str
    edge: str = ""

    def paint(self, painter: QPainter) -> None:
        """Paint it."""
        painter.setPen(QPen(QColor(self.edge), 1.0) if self.edge else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.color))
        painter.drawPolygon(QPolygonF(list(map(QPointF, self.x.tolist(), self.y.tolist()))))


@dataclass(frozen=True, slots=True)
class Path:
    """One line through the pixels ``x`` and ``y``, broken at nan; ``dash`` in widths."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    color: str
    width: float = 1.0
    dash: tuple[float, ...] = ()

    def paint(self, painter: QPainter) -> None:
        """Paint it."""
        pen = QPen(QColor(self.color), self.width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if self.dash:
            pen.setDashPattern(self.dash)
        painter.setPen(pen)
        gaps = np.flatnonzero(~(np.isfinite(self.x) & np.isfinite(self.y)))
        for part in np.split(np.column_stack((self.x, self.y)), gaps):
            points = [QPointF(x, y) for x, y in part.tolist() if x == x and y == y]
            painter.drawPolyline(points)


@dataclass(frozen=True, slots=True)
class Bars:
    """Filled boxes of one color, with hard edges."""

    boxes: Sequence[Box]
    color: str

    def paint(self, painter: QPainter) -> None:
        """Paint them."""
        color = QColor(self.color)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for box in self.boxes:
            painter.fillRect(QRectF(*box), color)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)


@dataclass(frozen=True, slots=True)
class Within:
    """Marks that end at the edges of a box."""

    box: Box
    marks: Sequence[Mark]

    def paint(self, painter: QPainter) -> None:
        """Paint what lies inside."""
        painter.save()
        painter.setClipRect(QRectF(*self.box))
        for mark in self.marks:
            mark.paint(painter)
        painter.restore()


class MarkLayer(QGraphicsItem):
    """Paints the marks it was last given, within ``clip`` if there is one."""

    def __init__(self, parent: QGraphicsItem | None, z: float) -> None:
        super().__init__(parent)
        self.marks: list[Mark] = []
        self.clip: Box | None = None
        self._bounds = QRectF()
        self.setZValue(z)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def set_size(self, width: float, height: float) -> None:
        """Cover a widget of that size."""
        self.prepareGeometryChange()
        self._bounds = QRectF(0, 0, width, height)

    def set_marks(self, marks: list[Mark]) -> None:
        """Paint these from now on."""
        self.marks = marks
        self.update()

    def boundingRect(self) -> QRectF:
        """The whole widget."""
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint every mark, in order."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.clip is not None:
            painter.setClipRect(QRectF(*self.clip))
        for mark in self.marks:
            mark.paint(painter)
