"""Text of a few lines that one types, and that says when it has settled."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy

from vgsim.ui.style.application import ui_font
from vgsim.ui.widgets.entries import PAUSE_MS

_AROUND = 5
"""Pixels between the text and the frame."""
GROWS = 2
"""Lines by which it grows before it scrolls."""


class ParagraphEntry(QPlainTextEdit):
    """As high as ``lines`` lines, and up to ``GROWS`` more as one types. Tab leaves it.

    With ``one`` it is a single paragraph that wraps: Return settles it.
    """

    settled = Signal()
    """The text has changed and stays so: after a pause, or on leaving."""
    abandoned = Signal()
    """Escape was pressed."""

    def __init__(self, lines: int = 2, one: bool = False) -> None:
        super().__init__()
        self._lines = lines
        self._one = one
        self.setFont(ui_font(12, tabular=False))
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(_AROUND)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.settled)
        self.textChanged.connect(self._pause.start)
        self.document().documentLayout().documentSizeChanged.connect(self.updateGeometry)

    def show_text(self, text: str) -> None:
        """Replace the text without telling."""
        if text != self.toPlainText():
            self.setPlainText(text)
        self._pause.stop()

    def settle(self) -> None:
        """Tell now, if there is something to tell."""
        if self._pause.isActive():
            self._pause.stop()
            self.settled.emit()

    def sizeHint(self) -> QSize:
        """Room for its lines."""
        typed = int(self.document().size().height())  # a plain text's height is in lines
        lines = max(self._lines, min(typed, self._lines + GROWS))
        high = lines * self.fontMetrics().lineSpacing() + 2 * (_AROUND + 2)
        return QSize(super().sizeHint().width(), math.ceil(high))

    def minimumSizeHint(self) -> QSize:
        """As high as it likes to be."""
        return QSize(72, self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape is a signal, and so is Return in a single paragraph."""
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.abandoned.emit()
        elif self._one and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.settle()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What was typed is meant when one goes elsewhere."""
        super().focusOutEvent(event)
        self.settle()

    def hideEvent(self, event: QHideEvent) -> None:
        """Drop what was typed and not emitted: its window is closing."""
        super().hideEvent(event)
        self._pause.stop()
