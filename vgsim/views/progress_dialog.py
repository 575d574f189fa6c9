"""How far something is that takes a while, with a button that ends it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressDialog, QWidget

PARTS = 1000


class ProgressDialog(QProgressDialog):
    """A bar beside the window, which goes on; ``canceled`` is its button, Esc, or closing it."""

    def __init__(self, title: str, sentence: str, parent: QWidget) -> None:
        super().__init__(sentence, "Cancel", 0, PARTS, parent)
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.NonModal)
        self.setMinimumWidth(360)
        self.setMinimumDuration(0)
        self.setAutoClose(False)
        self.setAutoReset(False)
        self.set_share(0.0)

    def set_share(self, share: float) -> None:
        """So much is done, from 0 to 1."""
        self.setValue(round(PARTS * share))
