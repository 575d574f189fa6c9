"""A small plot of one quantity over the steps, painted directly: it is one curve."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPoint, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from vgsim.measure.inspection.look import Inspection
from vgsim.ui.inspector.model import HistoryCurve, history_curve, history_words
from vgsim.ui.plots.axes import (
    BOTTOM,
    TOP,
    base_line,
    grid_across,
    labels_below,
    labels_beside,
    title_above,
    title_at_the_end,
    widest,
)
from vgsim.ui.plots.layer import Lines, Mark, Sentence, Symbols, Text, text_width
from vgsim.ui.plots.model.geometry import Area, Box
from vgsim.ui.style.theme import Theme, rgb
from vgsim.ui.widgets.text import LiveTip, plain_tip

_ROW = 22.0
"""Least pixels between two labels of the y axis."""


class HistoryPlot(QWidget):
    """The history of an :class:`Inspection`, its last value named where the curve ends."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._inspection: Inspection | None = None
        self._area = Area(Box(0, 0, 1, 1), (0, 1), (0, 1))
        self._tip = LiveTip(self, self._tip_at)
        self.setAccessibleName("History")

    def set_inspection(self, inspection: Inspection | None) -> None:
        """Show its history, or nothing."""
        self._inspection = inspection
        if inspection is not None and self.accessibleDescription() != inspection.history_of:
            self.setAccessibleDescription(inspection.history_of)
        self.update()
        self._tip.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Paint in other colors."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """Wider than high."""
        return QSize(238, 118)

    def minimumSizeHint(self) -> QSize:
        """Room for the labels and some curve."""
        return QSize(160, 96)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Axes, curve, and its last value."""
        if self._inspection is None:
            return
        rows = int((self.height() - 24 - BOTTOM) / _ROW)
        curve = history_curve(self._inspection, self.width(), max(rows, 2))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        try:
            for mark in self._empty(curve) if curve.empty else self._axes(curve):
                mark.paint(painter)
            if not curve.empty:
                self._paint_curve(painter, curve)
        finally:
            painter.end()

    def _empty(self, curve: HistoryCurve) -> list[Mark]:
        assert self._inspection is not None
        title = Text(self._inspection.history_of, 2, 8, self._theme.muted)
        room = Box(8, 16, self.width() - 16, self.height() - 20)
        return [title, Sentence(curve.empty, room, self._theme.muted)]

    def _axes(self, curve: HistoryCurve) -> list[Mark]:
        assert self._inspection is not None
        left = widest(curve.y_ticks)
        right = text_width(curve.last, weight=600) + 10
        box = Box(left, TOP, self.width() - left - right, self.height() - TOP - BOTTOM)
        self._area = area = Area(box, curve.x_range, curve.y_range)
        grid = self._theme.grid
        muted = self._theme.muted
        marks: list[Mark] = [
            grid_across([at for at, _ in curve.y_ticks], area, grid),
            base_line(area, self._theme.border),
            *self._zero(curve),
        ]
        bounds = Box(0, 0, self.width(), self.height())
        row = box.bottom + BOTTOM / 2 + 1
        titles = [
            *title_at_the_end("step", row, bounds, muted),
            *title_above(self._inspection.history_of, bounds, muted),
        ]
        across = labels_below(curve.x_ticks, area, row, bounds, muted, titles)
        down = labels_beside(curve.y_ticks, area, muted, [*titles, *across])
        return [*marks, *titles, *across, *down]

    def _zero(self, curve: HistoryCurve) -> list[Mark]:
        if math.isnan(curve.zero):
            return []
        level = round(float(self._area.down(curve.zero))) + 0.5
        return [
            Lines([(self._area.box.left, level, self._area.box.right, level)], self._theme.edge)
        ]

    def _paint_curve(self, painter: QPainter, curve: HistoryCurve) -> None:
        x = self._area.across(curve.x)
        y = self._area.down(curve.y)
        pen = QPen(QColor(self._theme.text), 1.5)
        # round caps look like beads where they overlap, and cost five times as much
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        joined = np.isfinite(y[:-1]) & np.isfinite(y[1:])
        ends = np.stack([x[:-1], y[:-1], x[1:], y[1:]], axis=1)[joined]
        painter.drawLines([QLineF(*end) for end in ends.tolist()])
        if np.isfinite(y[-1]):
            self._paint_last(painter, x[-1:], y[-1:], curve.last)

    def _paint_last(self, painter: QPainter, x: np.ndarray, y: np.ndarray, words: str) -> None:
        fill = np.array([rgb(self._theme.text)], dtype=np.uint8)
        Symbols(x, y, fill, 2.6, self._theme.surface, 1.0).paint(painter)
        Text(words, float(x[0]) + 7, float(y[0]), self._theme.text, weight=600).paint(painter)

    def event(self, event: QEvent) -> bool:
        """Answer a resting mouse with the step and value under it."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            self._tip.show(event)
            return True
        return super().event(event)

    def _tip_at(self, place: QPoint) -> str:
        inside = Box(place.x(), place.y(), 0, 0).meets(self._area.box)
        if not inside or self._inspection is None:
            return ""
        step = self._area.value(place.x(), place.y())[0]
        return plain_tip(history_words(self._inspection, step))
