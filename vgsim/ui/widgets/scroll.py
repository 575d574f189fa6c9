"""A column that scrolls up and down, never sideways."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


class VerticalScroll(QScrollArea):
    """Shows ``content``, as wide as there is room and as high as it wants.

    ``room`` pixels at the right are kept free of what is in the content's layout, be it for the
    scroll bar or empty: when the bar comes, no paragraph wraps anew.
    """

    def __init__(self, content: QWidget, room: int = 0) -> None:
        super().__init__()
        self._room = room
        self._content = content
        content.setProperty("scrolled", True)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the scroll bar its part of the room."""
        super().resizeEvent(event)
        layout = self._content.layout()
        if self._room and layout is not None:
            margins = layout.contentsMargins()
            taken = self.width() - self.viewport().width()
            margins.setRight(max(self._room - taken, 0))
            layout.setContentsMargins(margins)
