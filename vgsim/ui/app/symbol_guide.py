"""The guide to every symbol: opened from the menu or by a link, it points at what is read."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QMainWindow

from vgsim.text.lit import lit_now, settled
from vgsim.text.pointed import Pointed
from vgsim.ui.app.pointing import Pointing
from vgsim.ui.app.session import Session
from vgsim.ui.app.state import State
from vgsim.ui.window.symbols_dialog import SymbolsDialog


class SymbolGuide(QObject):
    """Opens the guide; while it is open the entry that is read is framed in the window."""

    def __init__(self, window: QMainWindow, session: Session, pointing: Pointing) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._pointing = pointing
        self._dialog: SymbolsDialog | None = None
        pointing.asked.connect(self.open_entry)
        session.changed.connect(self._follow)

    @property
    def shown(self) -> SymbolsDialog | None:
        """The guide, while it is open."""
        if self._dialog is not None and self._dialog.isVisible():
            return self._dialog
        return None

    @Slot()
    def open(self) -> None:
        """Open the guide where it was left."""
        if self._dialog is None:
            self._dialog = SymbolsDialog(self._window)
            self._dialog.chosen.connect(self._point)
            self._dialog.finished.connect(self._close)
        self._dialog.show()
        self._dialog.activateWindow()
        self._dialog.symbols.search.setFocus()
        self._point(self._dialog.symbols.current)

    @Slot(str)
    def open_entry(self, name: str) -> None:
        """Open the guide at an entry."""
        self.open()
        if self._dialog is not None:
            self._dialog.symbols.show_name(name)

    @Slot(str)
    def _point(self, name: str) -> None:
        if self.shown is not None and name:
            self._pointing.point(Pointed(name))
            self._tell_now()

    @Slot()
    def _close(self) -> None:
        self._pointing.point(None)

    @Slot(object, object)
    def _follow(self, before: State, now: State) -> None:
        if now.frame is not before.frame and self.shown is not None:
            self._tell_now()

    def _tell_now(self) -> None:
        """What the entry is at this moment."""
        frame = self._session.frame
        if self._dialog is not None and self._dialog.symbols.current:
            at = settled(Pointed(self._dialog.symbols.current), frame)
            self._dialog.symbols.detail.show_rows(lit_now(at, frame))
