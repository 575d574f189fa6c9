"""A network and its curve as small pictures: the gradient by stage, on one scale for all."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from vgsim.core.numbers import decade, subscript
from vgsim.text.scale import Scale
from vgsim.ui.start.model.sketch import COLUMNS, CURVES, MARKS, Sketch, heights, spread
from vgsim.ui.style.application import ui_font
from vgsim.ui.style.theme import Theme, mix

NODES = 4
"""Circles in a column: a picture of a stage, not a count of its units."""
HEAT = Scale()
"""The scale of shades, that of the diagram in the window."""
_LABELLED = (0, -8)
_LABELLED_LARGE = (4, 0, -4, -8)


def paint_network(painter: QPainter, room: QRectF, sketch: Sketch, theme: Theme) -> None:
    """At most seven of its stages as columns of circles, shaded by the size of their gradient."""
    shown = spread(sketch.stages, COLUMNS)
    shades = [QColor(*map(int, theme.heat[at])) for at in HEAT.index(sketch.sizes[shown])]
    radius = min(5.0, room.height() / (2.6 * NODES))
    xs = _places(room.left() + radius, room.right() - radius, len(shown))
    ys = _places(room.top() + radius, room.bottom() - radius, NODES)
    for at in range(1, len(shown)):
        # Opaque, as a translucent line takes many times as long.
        line = mix(theme.raised, shades[at].name(), 0.45)
        painter.setPen(QPen(QColor(line), 0.7))
        for y in ys:
            for end in ys:
                painter.drawLine(QPointF(xs[at - 1], y), QPointF(xs[at], end))
    painter.setPen(QPen(QColor(mix(theme.border, theme.muted, 0.5)), 1.0))
    for x, shade in zip(xs, shades, strict=True):
        painter.setBrush(shade)
        for y in ys:
            painter.drawEllipse(QPointF(x, y), radius, radius)


def paint_curve(
    painter: QPainter, room: QRectF, sketch: Sketch, theme: Theme, large: bool = False
) -> None:
    """RMS of ∂J/∂h by stage, from the first at the left to the last at the right."""
    plot = _paint_axes(painter, room, theme, large)
    high = heights(sketch)
    xs = _places(plot.left(), plot.right(), sketch.stages)
    points = [
        QPointF(x, plot.bottom() - plot.height() * float(y)) for x, y in zip(xs, high, strict=True)
    ]
    painter.setPen(QPen(QColor(theme.text), 1.4 if large else 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF(points))
    shades = HEAT.index(sketch.sizes)
    painter.setPen(QPen(QColor(theme.text), 0.8))
    radius = 3.2 if large else 2.2
    for at in spread(sketch.stages, MARKS):
        painter.setBrush(QColor(*map(int, theme.heat[shades[at]])))
        painter.drawEllipse(points[at], radius, radius)
    if large:
        _paint_stages(painter, plot, sketch, theme)


def _paint_axes(painter: QPainter, room: QRectF, theme: Theme, large: bool) -> QRectF:
    """Grid lines and labels of decades; what is left is the place of the curve."""
    font = ui_font(11 if large else 10)
    metrics = QFontMetricsF(font)
    labelled = _LABELLED_LARGE if large else _LABELLED
    width = max(metrics.horizontalAdvance(decade(exponent)) for exponent in labelled)
    below = metrics.height() + 4 if large else 0.0
    above = metrics.height() / 2 if large else 4.0
    plot = room.adjusted(width + 6, above, -4, -4 - below)
    painter.setFont(font)
    for exponent in range(CURVES.high, CURVES.low - 1, -4):
        y = plot.bottom() - plot.height() * (exponent - CURVES.low) / (CURVES.high - CURVES.low)
        color = mix(theme.border, theme.muted, 0.4) if exponent == 0 else theme.border
        painter.setPen(QPen(QColor(color), 1.0))
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        if exponent in labelled:
            painter.setPen(QColor(theme.muted))
            where = QRectF(room.left(), y - metrics.height() / 2, width, metrics.height())
            painter.drawText(
                where, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, decade(exponent)
            )
    return plot


def _paint_stages(painter: QPainter, plot: QRectF, sketch: Sketch, theme: Theme) -> None:
    """h₁ under the first stage, and the names of a middle one and of the last."""
    painter.setPen(QColor(theme.muted))
    metrics = QFontMetricsF(painter.font())
    xs = _places(plot.left(), plot.right(), sketch.stages)
    for at in spread(sketch.stages, 3):
        name = f"h{subscript(at + 1)}"
        width = metrics.horizontalAdvance(name)
        left = min(max(xs[at] - width / 2, plot.left() - 4), plot.right() - width + 4)
        painter.drawText(QPointF(left, plot.bottom() + 4 + metrics.ascent()), name)


def _places(first: float, last: float, count: int) -> list[float]:
    """``count`` places evenly apart, a lone one in the middle."""
    if count == 1:
        return [(first + last) / 2]
    return [first + (last - first) * at / (count - 1) for at in range(count)]
