"""The signs of a map with their words, in as many lines as they need."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from vgsim.text.scale import UNREACHED
from vgsim.ui.map.colors import failed_color, region_colors
from vgsim.ui.map.model.legend import LegendItem, Sign, legend_of, sentence_of
from vgsim.ui.map.model.view import MapView
from vgsim.ui.style.application import ui_font
from vgsim.ui.style.theme import DARK_INK, LIGHT_INK, Theme, mix

SIZE = 14.0
"""Side of a sign in pixels, as broad as two for a line."""
GAP, APART, LINE = 7.0, 22.0, 22.0
"""Pixels between a sign and its words, between two of them, and from line to line."""
_SHADE = 150
"""The shade of the heat that stands for any."""


class MapLegend(QWidget):
    """What is on a map, sign by sign, and a sentence on its lines."""

    def __init__(self, theme: Theme, view: MapView | None = None, size: int = 11) -> None:
        super().__init__()
        self._theme = theme
        self._view = view
        self.items: tuple[LegendItem, ...] = ()
        self.sentence = ""
        self._font = ui_font(size, tabular=False)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_view(view)

    def set_view(self, view: MapView | None) -> None:
        """Say what is on this map."""
        self._view = view
        items = legend_of(view) if view is not None else ()
        sentence = sentence_of(view) if view is not None else ""
        if (items, sentence) != (self.items, self.sentence):
            self.items = items
            self.sentence = sentence
            self.setAccessibleName("; ".join([*(item.words for item in items), sentence]))
            self._fit()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Paint in other colors."""
        self._theme = theme
        self.update()

    def _places(self, width: float) -> tuple[list[tuple[LegendItem, float, float]], float]:
        """(item, left, middle) of each, and the height of all."""
        metrics = QFontMetricsF(self._font)
        placed = []
        left = 0.0
        middle = LINE / 2
        for item in self.items:
            wide = _sign_width(item) + GAP + metrics.horizontalAdvance(item.words)
            if left and left + wide > width:
                left = 0.0
                middle += LINE
            placed.append((item, left, middle))
            left += wide + APART
        height = middle + LINE / 2 if placed else 0.0
        return placed, height

    def _sentence_box(self, width: float, top: float) -> QRectF:
        metrics = QFontMetricsF(self._font)
        room = QRectF(0, top, width, 1000)
        found = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, self.sentence)
        return QRectF(0, top + 2, width, found.height() + 4)

    def heightForWidth(self, width: int) -> int:
        """As many lines as there are."""
        height = self._places(width)[1]
        if self.sentence:
            height += self._sentence_box(width, height).height() + 2
        return round(height)

    def sizeHint(self) -> QSize:
        """That for its present width."""
        return QSize(300, self.heightForWidth(max(self.width(), 200)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As high as its lines are in this width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        height = self.heightForWidth(self.width())
        if height != self.height() or height != self.minimumHeight():
            self.setFixedHeight(height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Signs and words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font)
        metrics = QFontMetricsF(self._font)
        placed, height = self._places(self.width())
        for item, left, middle in placed:
            wide = _sign_width(item)
            self._paint_sign(painter, item, QRectF(left, middle - SIZE / 2, wide, SIZE))
            painter.setPen(QColor(self._theme.muted))
            baseline = middle + (metrics.ascent() - metrics.descent()) / 2
            room = self.width() - left - wide - GAP
            words = metrics.elidedText(item.words, Qt.TextElideMode.ElideRight, room)
            painter.drawText(QPointF(left + wide + GAP, baseline), words)
        if self.sentence:
            painter.setPen(QColor(self._theme.muted))
            box = self._sentence_box(self.width(), height)
            painter.drawText(box, Qt.TextFlag.TextWordWrap, self.sentence)
        painter.end()

    def _paint_sign(self, painter: QPainter, item: LegendItem, box: QRectF) -> None:
        theme = self._theme
        heat = QColor(*theme.heat[_SHADE].tolist())
        painter.setPen(Qt.PenStyle.NoPen)
        if item.sign in (Sign.DASHED, Sign.DOTTED):
            pen = QPen(QColor(theme.accent), 2.0)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            pen.setDashPattern([0.9, 1.5] if item.sign is Sign.DOTTED else [4.0, 2.5])
            painter.setPen(pen)
            painter.drawLine(
                QPointF(box.left(), box.center().y()), QPointF(box.right(), box.center().y())
            )
        elif item.sign is Sign.CELL:
            painter.fillRect(box.adjusted(2, 2, -2, -2), heat)
        elif item.sign is Sign.DOT:
            painter.fillRect(box, heat)
            painter.setBrush(QColor(LIGHT_INK))
            painter.drawEllipse(box.center(), 1.5, 1.5)
        elif item.sign is Sign.UNKNOWN:
            painter.setPen(QPen(QColor(theme.border), 1.0))
            painter.setBrush(QColor(*theme.heat[UNREACHED].tolist()))
            painter.drawRect(box.adjusted(2, 2, -2, -2))
        elif item.sign is Sign.FAILED:
            painter.fillRect(box, QColor(*failed_color(theme)))
            painter.setPen(QColor(mix(theme.surface, theme.muted, 0.6)))
            painter.drawLine(box.bottomLeft(), box.topRight())
        elif self._view is not None:
            color = region_colors(theme, self._view.regions)[item.number]
            painter.fillRect(box, QColor(*color.tolist()))
            dark = float(np.array([0.299, 0.587, 0.114]) @ color) < 128
            painter.setPen(QColor(LIGHT_INK if dark else DARK_INK))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, item.mark)


def _sign_width(item: LegendItem) -> float:
    lines = item.sign in (Sign.DASHED, Sign.DOTTED)
    return 2 * SIZE if lines else SIZE
