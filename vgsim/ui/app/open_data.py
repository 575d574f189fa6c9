"""Opening data of one's own: the dialog for a table, and what other files say by themselves."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from vgsim.core.fields import Value
from vgsim.nn.data_files import fields_for, fields_for_numbers, is_table
from vgsim.ui.app.session import Session
from vgsim.ui.style.theme import Theme
from vgsim.ui.window.dialogs import ask_data_file
from vgsim.ui.window.main_window import MainWindow


class OpeningData(QObject):
    """``chosen`` tells the path of a file and the fields of a spec that make it the data."""

    chosen = Signal(str, object)

    def __init__(self, window: MainWindow, session: Session, theme: Callable[[], Theme]) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._theme = theme

    def ask(self) -> None:
        """Ask for a file and open it."""
        path = ask_data_file(self._window)
        if path:
            self.open(path)

    def open(self, path: str) -> None:
        """Show how a table will be read; other files are opened at once."""
        if not is_table(path):
            self.chosen.emit(path, fields_for(path))
            return
        # Late: a window that opens no data need not load it.
        from vgsim.ui.open_data.dialog import OpenDataDialog

        held_out = self._session.state.wanted.data.held_out
        dialog = OpenDataDialog(path, self._theme(), held_out, self._window)
        dialog.chosen.connect(self._choose)
        dialog.other_asked.connect(self.ask)
        dialog.open()

    def _choose(self, path: str, fields: dict[str, Value], numbers: bool) -> None:
        changes: dict[str, Value] = {**fields_for(path), **fields}
        if numbers:
            changes |= fields_for_numbers(self._session.state.wanted)
        self.chosen.emit(path, changes)
