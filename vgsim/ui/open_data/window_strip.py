"""A small picture of sequences: windows over a series, or groups of rows with their padding."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from vgsim.nn.spec import DataSpec
from vgsim.ui.open_data.made import MadeData
from vgsim.ui.style.application import ui_font
from vgsim.ui.style.theme import Theme

_HEIGHT = 70
_WORDS = 16
_BARS = 5


class WindowStrip(QWidget):
    """Shows nothing where a row is a sample by itself."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._made: MadeData | None = None
        self._data = DataSpec()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_made(self, found: MadeData | None, data: DataSpec) -> None:
        """Another file, or another choice."""
        self._made = found
        self._data = data
        self.setVisible(found is not None and (bool(found.lengths) or len(found.curve) > 1))
        if found is not None and found.windows:
            self.setAccessibleName(
                f"Windows of {found.steps} rows, each step predicts the value {data.horizon} later"
            )
        elif found is not None and found.lengths:
            self.setAccessibleName(
                f"Sequences of {', '.join(map(str, found.lengths[:_BARS]))} rows"
            )
        self.update()

    def sizeHint(self) -> QSize:
        """Room for a curve, or some bars."""
        return QSize(220, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Curve with the first window, or bars."""
        if self._made is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(ui_font(11, tabular=False))
        if self._made.windows:
            self._paint_series(painter, self._made)
        else:
            self._paint_groups(painter, self._made)
        painter.end()

    def _paint_series(self, painter: QPainter, found: MadeData) -> None:
        theme = self._theme
        values = np.asarray(found.curve)
        rows = found.rows
        area = QRectF(0, 0, self.width(), self.height() - _WORDS)
        across = area.width() / max(rows - 1, 1)
        cut = rows - round(self._data.held_out * rows)
        painter.fillRect(area, QColor(theme.raised))
        if found.held:
            held = QRectF(cut * across, 0, area.width() - cut * across, area.height())
            painter.fillRect(held, QColor(theme.warning_soft))
        window = QRectF(0, 0, max(found.steps * across, 2.0), area.height())
        painter.fillRect(window, QColor(theme.accent_soft))
        span = float(values.max() - values.min()) or 1.0
        at = np.linspace(0.0, area.width(), len(values))
        heights = area.height() - 5 - (values - values.min()) / span * (area.height() - 10)
        line = QPolygonF(
            [QPointF(x, y) for x, y in zip(at.tolist(), heights.tolist(), strict=True)]
        )
        painter.setPen(QPen(QColor(theme.text), 1.0))
        painter.drawPolyline(line)
        target = min((found.steps - 1 + self._data.horizon) * across, area.width())
        height = float(np.interp(target, at, heights))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.accent))
        painter.drawEllipse(QPointF(target, height), 3.0, 3.0)
        words = QRectF(0, self.height() - _WORDS, self.width(), _WORDS)
        painter.setPen(QColor(theme.muted))
        ahead = "row" if self._data.horizon == 1 else "rows"
        painter.drawText(
            words, Qt.AlignmentFlag.AlignLeft,
            f"First window, and what it predicts {self._data.horizon} {ahead} on",
        )  # fmt: skip
        if found.held:
            painter.drawText(words, Qt.AlignmentFlag.AlignRight, "held out")

    def _paint_groups(self, painter: QPainter, found: MadeData) -> None:
        theme = self._theme
        shown = found.lengths[:_BARS]
        longest = max(found.steps, 1)
        each = (self.height() - _WORDS) / _BARS
        for row, length in enumerate(shown):
            whole = QRectF(0.5, row * each + 2, self.width() - 1, each - 4)
            painter.setPen(QPen(QColor(theme.border), 1.0, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(whole, 2, 2)
            filled = whole.width() * length / longest
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.accent))
            painter.drawRoundedRect(
                QRectF(whole.right() - filled, whole.top(), filled, whole.height()), 2, 2
            )
        words = "A bar a sequence; dashed: padding, left out"
        if min(found.lengths) == longest:
            words = f"A bar a sequence, of {longest} steps"
        more = len(found.lengths) - len(shown)
        place = QRectF(0, self.height() - _WORDS, self.width(), _WORDS)
        painter.setPen(QColor(theme.muted))
        tail = f"; {more:,} more" if more > 0 else ""
        shown_words = painter.fontMetrics().elidedText(
            words + tail, Qt.TextElideMode.ElideRight, self.width()
        )
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft, shown_words)
