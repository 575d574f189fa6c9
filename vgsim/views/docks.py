"""Docks that look like cards."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QVBoxLayout, QWidget

from vgsim.views.controls.card import Heading
from vgsim.views.style import app_color

RADIUS = 10.0


class PlainDock(QDockWidget):
    """A dock whose content brings its own panel; it stays at its side."""

    def __init__(self, name: str, title: str, content: QWidget) -> None:
        super().__init__(title)
        self.setObjectName(name)
        self.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable)
        self.setTitleBarWidget(QWidget())
        self.setWidget(content)


class CardDock(QDockWidget):
    """A flat panel around one content widget; its heading is what one drags it by."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__(title)
        self.setObjectName(name)
        self._heading = Heading(title)
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(16, 10, 16, 4)
        row.addWidget(self._heading)
        self.setTitleBarWidget(bar)
        holder = QWidget()
        self._column = QVBoxLayout(holder)
        self._column.setContentsMargins(10, 0, 10, 10)
        self.setWidget(holder)

    def fill(self, content: QWidget) -> None:
        """Put the content widget in."""
        self._column.addWidget(content)

    @Slot(str)
    def set_subtitle(self, text: str) -> None:
        """Change the muted words behind the title."""
        self._heading.set_texts(self._heading.title, text)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The panel behind heading and content."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(app_color(QPalette.ColorRole.Mid)), 1.0))
        painter.setBrush(QColor(app_color(QPalette.ColorRole.Base)))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.end()
