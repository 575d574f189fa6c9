"""How far a long export has come, with a way to end it."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QProgressBar, QVBoxLayout, QWidget

from vgsim.ui.style.application import ui_font
from vgsim.ui.widgets.text import ElidedLabel

PATIENCE_MS = 400
"""What takes no longer than this shows no dialog."""
PARTS = 1000
"""Steps of the bar."""


class ProgressDialog(QDialog):
    """Beside the window, which goes on. Opens by itself after a while, unless it ended before.

    ``canceled`` is its button, Esc, or closing it. The bar only moves until a share is known.
    """

    canceled = Signal()

    def __init__(self, sentence: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export")
        self.label = ElidedLabel(sentence, ui_font(13))
        self.bar = QProgressBar()
        self.bar.setAccessibleName("Progress")
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        cancel = box.button(QDialogButtonBox.StandardButton.Cancel)
        cancel.setAutoDefault(False)  # Return must not end what it began
        box.rejected.connect(self.reject)
        self.rejected.connect(self.canceled)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(14)
        column.addWidget(self.label)
        column.addWidget(self.bar)
        column.addWidget(box)
        self.setMinimumWidth(420)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self.show)
        self._patience.start()

    def set_share(self, share: float) -> None:
        """So much is done, from 0 to 1."""
        self.bar.setRange(0, PARTS)
        self.bar.setValue(round(PARTS * share))

    def end(self) -> None:
        """Close it, or never open it; that is no wish to cancel."""
        self._patience.stop()
        self.accept()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing opens it again."""
        super().hideEvent(event)
        self._patience.stop()
