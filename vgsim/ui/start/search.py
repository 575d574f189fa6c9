"""A line to search in: Esc clears it, Down and Enter leave it for what was found."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QPalette
from PySide6.QtWidgets import QLineEdit

from vgsim.ui.style.application import app_color, ui_font
from vgsim.ui.style.icons import icon

_WIDTH = 190
_AWAY = (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class SearchEntry(QLineEdit):
    """Says what is searched for while it is typed."""

    changed = Signal()
    taken = Signal()
    """Down or Enter: go to what was found."""
    left = Signal()
    """Esc in an empty line."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setFont(ui_font(12, tabular=False))
        self.setPlaceholderText("Search  /")
        self.setAccessibleName(name)
        self.setMinimumWidth(110)
        self.setMaximumWidth(_WIDTH)
        self._lens = QAction(self)
        self.addAction(self._lens, QLineEdit.ActionPosition.LeadingPosition)
        self._paint_lens()
        self.textChanged.connect(self._tell)

    @Slot()
    def focus(self) -> None:
        """Go here, and be ready to replace what was searched for."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc clears, and leaves when there is nothing; Down and Enter go on."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in _AWAY:
            self.taken.emit()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.ApplicationPaletteChange):
            self._paint_lens()

    def _paint_lens(self) -> None:
        self._lens.setIcon(icon("search", app_color(QPalette.ColorRole.PlaceholderText), 14))

    @Slot()
    def _tell(self) -> None:
        self.changed.emit()
