"""Frames around what is pointed at, over a widget that goes on below as if they were not there."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QWidget

from vgsim.ui.style.application import app_color

_ROUND = 5.0


class PointedFrames(QWidget):
    """Accent frames over ``under``; they take no mouse and no keyboard, and say nothing."""

    def __init__(self, under: QWidget) -> None:
        super().__init__(under)
        self.boxes: list[QRectF] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        under.installEventFilter(self)
        self.hide()

    def show_boxes(self, boxes: Sequence[QRectF]) -> None:
        """Frame these; without any the frames are hidden and cost nothing."""
        if list(boxes) == self.boxes:
            return
        self.boxes = list(boxes)
        self._cover()
        self.setVisible(bool(self.boxes))
        self.raise_()
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as what is below."""
        if event.type() is QEvent.Type.Resize:
            self._cover()
        return False

    def _cover(self) -> None:
        under = self.parentWidget()
        if under is not None and self.size() != under.size():
            self.resize(under.size())

    def paintEvent(self, event: QPaintEvent) -> None:
        """A rounded frame around each box."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(app_color(QPalette.ColorRole.Highlight)), 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for box in self.boxes:
            # whole pixels, within the widget: a frame at its edge would lose a side
            whole = QRectF(box.toAlignedRect()).intersected(QRectF(self.rect()))
            painter.drawRoundedRect(whole.adjusted(1, 1, -1, -1), _ROUND, _ROUND)
        painter.end()
