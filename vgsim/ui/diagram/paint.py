"""Pens, brushes and fonts of the diagram for one theme, made once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QImage, QPainter, QPen

from vgsim.ui.diagram.model.geometry import Rectangle
from vgsim.ui.style.application import of_fonts, ui_font
from vgsim.ui.style.theme import Theme, mix, rgb


@dataclass(slots=True)
class DiagramPalette:
    """What the diagram paints with in one theme."""

    theme: Theme
    surface: QColor = field(init=False)
    ground: QColor = field(init=False)
    """What everything is painted on: the surface, or nothing."""
    heat: list[QColor] = field(init=False)
    glow: list[QColor] = field(init=False)
    faint: list[QColor] = field(init=False)
    looks: list[QColor] = field(init=False)
    table: NDArray[np.uint32] = field(init=False)
    glow_table: NDArray[np.uint32] = field(init=False)

    def __post_init__(self) -> None:
        theme = self.theme
        self.surface = QColor(theme.surface)
        if theme.see_through:
            self.ground = QColor(Qt.GlobalColor.transparent)
        else:
            self.ground = self.surface
        self.heat = [QColor(*map(int, row)) for row in theme.heat]
        self.glow = _ramp(theme.surface, theme.muted, 0.75)
        self.faint = _ramp(theme.surface, theme.edge, 1.0)
        self.looks = [*self.heat, *self.glow]
        self.table = np.array([color.rgb() for color in self.looks], dtype=np.uint32)
        self.glow_table = self.table[len(self.heat) :]

    def image(self, width: int, height: int, ratio: float) -> QImage:
        """An empty image of this many pixels, ``ratio`` of them a logical one."""
        formats = QImage.Format
        see_through = self.theme.see_through
        if see_through:
            kind = formats.Format_ARGB32_Premultiplied
        else:
            kind = formats.Format_RGB32
        image = QImage(width, height, kind)
        image.setDevicePixelRatio(ratio)
        image.fill(self.ground)
        return image

    def dimmed(self, share: float) -> list[QColor]:
        """The heat colors mixed into the surface, so that many edges do not drown the nodes."""
        under = np.array(rgb(self.theme.surface))
        mixed = np.round(under + (self.theme.heat - under) * share).astype(int)
        return [QColor(*row) for row in mixed.tolist()]

    def color(self, name: str) -> QColor:
        """A color of the theme by its name."""
        return _color(getattr(self.theme, name))


def _ramp(under: str, over: str, most: float) -> list[QColor]:
    """64 opaque colors from ``under`` towards ``over``."""
    return [QColor(mix(under, over, most * (0.12 + 0.88 * at / 63))) for at in range(64)]


def rectangle(box: Rectangle) -> QRectF:
    """A box as Qt's rectangle."""
    return QRectF(box.x, box.y, box.width, box.height)


def draw_text(
    painter: QPainter,
    at: tuple[float, float],
    text: str,
    color: QColor,
    *,
    size: int = 12,
    weight: int = 400,
    italic: bool = False,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignHCenter,
) -> None:
    """One line of text with its vertical middle at ``at``."""
    painter.setFont(font(size, weight, italic))
    painter.setPen(color)
    x, y = at
    room = QRectF(x - 400, y - 20, 800, 40)
    if align == Qt.AlignmentFlag.AlignLeft:
        room.moveLeft(x)
    elif align == Qt.AlignmentFlag.AlignRight:
        room.moveRight(x)
    painter.drawText(room, align | Qt.AlignmentFlag.AlignVCenter, text)


def draw_subscripted(
    painter: QPainter, at: tuple[float, float], name: str, subscript: str, color: QColor
) -> None:
    """An italic variable with a small upright subscript, centered at ``at``."""
    small = font(11, 500)
    size = max(15, small.pixelSize() * 4 // 3)  # a larger subscript needs a larger name
    big = font(size, 500, True)
    x, y = at
    width = _advance(painter, big, name)
    total = width + (_advance(painter, small, subscript) + 1 if subscript else 0)
    draw_text(painter, (x - total / 2, y), name, color, size=size, weight=500, italic=True,
              align=Qt.AlignmentFlag.AlignLeft)  # fmt: skip
    if subscript:
        draw_text(painter, (x - total / 2 + width + 1, y + 5), subscript, color, size=11,
                  weight=500, align=Qt.AlignmentFlag.AlignLeft)  # fmt: skip


def _advance(painter: QPainter, look: QFont, text: str) -> float:
    painter.setFont(look)
    return float(painter.fontMetrics().horizontalAdvance(text))


@cache
def _color(name: str) -> QColor:
    return QColor(name)


@of_fonts
@cache
def font(size: int, weight: int = 400, italic: bool = False) -> QFont:
    """The shipped font, made once for each look: a diagram asks for it at every text."""
    return ui_font(size, weight, italic)


def line_pen(color: QColor, width: float = 1.0) -> QPen:
    """A solid opaque pen."""
    return QPen(QBrush(color), width)
