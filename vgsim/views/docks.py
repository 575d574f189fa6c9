"""Docks that look like cards."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Signal, Slot
from PySide6.QtGui import QColor, QMoveEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QVBoxLayout, QWidget

from vgsim.views.controls.buttons import IconButton
from vgsim.views.controls.card import Heading
from vgsim.views.style import app_color

RADIUS = 10.0


def is_behind(dock: QDockWidget) -> bool:
    """Whether it lies behind another tab: Qt keeps it visible and puts it outside of the window."""
    return not dock.isFloating() and dock.x() < 0


class PlainDock(QDockWidget):
    """A dock whose content brings its own panel; it stays at its side."""

    def __init__(self, name: str, title: str, content: QWidget) -> None:
        super().__init__(title)
        self.setObjectName(name)
        self.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable)
        self.setTitleBarWidget(QWidget())
        self.setWidget(content)


class CardDock(QDockWidget):
    """A flat panel around one content widget; its heading is what one drags it by.

    Two small buttons in the heading enlarge and close it; a double click enlarges it, too.
    """

    enlarge_toggled = Signal()
    close_requested = Signal()
    passed = Signal()
    """It went behind another tab, or came before."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__(title)
        self.setObjectName(name)
        self._heading = Heading(title)
        self._enlarge = IconButton("enlarge", f"Enlarge {title}", 14)
        self._enlarge.clicked.connect(self.enlarge_toggled)
        close = IconButton("close", f"Close {title}", 14)
        close.clicked.connect(self.close_requested)
        bar = QWidget()
        bar.installEventFilter(self)
        row = QHBoxLayout(bar)
        row.setContentsMargins(16, 10, 10, 4)
        row.setSpacing(2)
        row.addWidget(self._heading, 1)
        for button in (self._enlarge, close):
            row.addWidget(button)
        self.setTitleBarWidget(bar)
        holder = QWidget()
        self._column = QVBoxLayout(holder)
        self._column.setContentsMargins(10, 0, 10, 10)
        self.setWidget(holder)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A double click on the heading enlarges the panel instead of floating it."""
        if event.type() is QEvent.Type.MouseButtonDblClick:
            self.enlarge_toggled.emit()
            return True
        return False

    def moveEvent(self, event: QMoveEvent) -> None:
        """Tell when it came into sight or went; the visibility that Qt tells may be early."""
        super().moveEvent(event)
        if (event.pos().x() < 0) is not (event.oldPos().x() < 0):
            self.passed.emit()

    def show_enlarged(self, enlarged: bool) -> None:
        """Offer the way back, or the way there."""
        name = f"Shrink {self.windowTitle()} (Esc)" if enlarged else f"Enlarge {self.windowTitle()}"
        self._enlarge.show_face("shrink" if enlarged else "enlarge", name)

    def fill(self, content: QWidget) -> None:
        """Put the content widget in."""
        self._column.addWidget(content)

    @property
    def filled(self) -> bool:
        """Whether the content is there."""
        return self._column.count() > 0

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
