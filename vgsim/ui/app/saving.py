"""The part of an export that needs no widgets, in a thread, so that the window never waits."""

from __future__ import annotations

from PySide6.QtCore import QObject, QThread, Signal

from vgsim.export.progress import Canceled
from vgsim.export.writing import Rest


class Saving(QThread):
    """Runs what is left of one export. ``ended`` tells what went wrong, None for nothing."""

    ended = Signal(object)
    """None, :class:`Canceled`, or the error; comes last, in the thread of the receiver."""

    def __init__(self, rest: Rest, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rest = rest
        self._stopped = False

    def stop(self) -> None:
        """Write nothing any more; the thread ends soon."""
        self._stopped = True

    def run(self) -> None:
        """Do the rest; hand every error over."""
        outcome: Exception | None = None
        try:
            self._rest(self._is_stopped)
        except Exception as error:  # told by the receiver, whatever it is
            outcome = error
        self._rest = _nothing  # pictures are large
        self.ended.emit(outcome)

    def _is_stopped(self) -> bool:
        return self._stopped


def _nothing(stop: object) -> None:
    raise Canceled
