"""The file that the user opens or drops, read while the window goes on."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from threading import Thread

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QShortcut

from vgsim.core import untrusted
from vgsim.core.errors import SpecError, shorten
from vgsim.export.sources import Source, find
from vgsim.nn.presets import preset_of
from vgsim.ui.window.main_window import MainWindow

TELL_MS = 300
"""How long a file is read before the status line says so: most are read at once."""
AGAIN_MS = 3000
"""How long it says so before it says it again."""


class Opening(QObject):
    """Reads one file at a time; another one takes its place, Escape gives it up.

    What a file holds is bounded, but how long a disk or a network takes is not. So it is read in a
    thread, which nobody waits for: what comes late is dropped, and the process ends without it. A
    thread and no process, for the parsers that run long are Python and give way to the window.

    Signals, in the window's thread: ``found`` (Source, name of the preset that it is, or none),
    ``refused`` (sentence, details).
    """

    found = Signal(object, str)
    refused = Signal(str, str)
    _done = Signal(int, object)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._number = 0
        self._name = ""
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tell)
        self._escape = QShortcut(Qt.Key.Key_Escape, window, self.cancel)
        self._escape.setEnabled(False)
        self._done.connect(self._finish, Qt.ConnectionType.QueuedConnection)

    @property
    def reading(self) -> bool:
        """Whether a file is being read."""
        return bool(self._name)

    def open(self, path: str) -> None:
        """Read the file; ``found`` or ``refused`` follows, unless it is given up."""
        self.cancel()
        self._name = shorten(Path(path).name or path)
        self._escape.setEnabled(True)
        self._timer.start(TELL_MS)
        # A daemon: a disk that does not answer must not keep the process.
        Thread(target=self._read, args=(self._number, path), daemon=True).start()

    @Slot()
    def cancel(self) -> None:
        """Give up the file that is being read, if there is one."""
        self._number += 1
        if self.reading:
            self._name = ""
            self._escape.setEnabled(False)
            self._timer.stop()
            self._window.hush()

    def _read(self, number: int, path: str) -> None:
        """What the thread does: read, and tell if it is still wanted."""
        outcome: object
        try:
            with untrusted.until(lambda: number != self._number):
                source = find(path)
            outcome = source, preset_of(source.spec)
        except Exception as error:  # whatever it is, the window lives on and says so
            outcome = error
        if number == self._number:
            with suppress(RuntimeError):  # the window has gone meanwhile
                self._done.emit(number, outcome)

    @Slot(int, object)
    def _finish(self, number: int, outcome: tuple[Source, str] | Exception) -> None:
        if number != self._number:  # given up since
            return
        name = self._name
        self.cancel()
        if isinstance(outcome, Exception):
            reason = _words(outcome)
            self.refused.emit(f"{name} was not opened. {reason}", reason)
        else:
            self.found.emit(*outcome)

    @Slot()
    def _tell(self) -> None:
        self._timer.setInterval(AGAIN_MS)
        self._window.tell(f"Reading {self._name} … Esc gives up")


def _words(error: Exception) -> str:
    """What the user is told."""
    if isinstance(error, SpecError):
        return str(error)
    if isinstance(error, OSError):
        return error.strerror or str(error)
    if isinstance(error, MemoryError):
        return "This needs more memory than there is."
    return f"{type(error).__name__}: {error}"
