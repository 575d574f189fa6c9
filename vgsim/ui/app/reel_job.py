"""A reel made while the window is used: a thread of its own, pictures composed in between."""

from __future__ import annotations

import queue
from threading import Event

from PySide6.QtCore import QObject, QThread, Signal, Slot
from PySide6.QtGui import QImage

from vgsim.core.errors import SpecError
from vgsim.diagnosis.verdict import Verdict
from vgsim.export.animation import Script
from vgsim.export.picture import Picture
from vgsim.export.reel_files import Paint, write_reel
from vgsim.export.reel_request import ReelRequest
from vgsim.export.shots import Canceled
from vgsim.measure.frame import Frame

PATIENCE = 0.05
"""Seconds after which who waits for a picture looks whether it is still wanted."""
TELL_EVERY = 1 / 200
"""Share of the work after which progress is told again."""


class ReelJob(QObject):
    """One reel. The engine and the writer have a thread; each picture is composed by ``compose``
    in the thread of this object, which must run an event loop, in a turn of its own.

    Signals: ``progressed`` (share from 0 to 1), and at the end one of ``finished`` (path),
    ``failed`` (sentence) and ``canceled``, behind which the thread has ended.
    """

    progressed = Signal(float)
    finished = Signal(str)
    failed = Signal(str)
    canceled = Signal()

    def __init__(
        self, script: Script, request: ReelRequest, compose: Paint, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._compose = compose
        self._filmer = _Filmer(script, request, self)
        self._filmer.asked.connect(self._paint)
        self._filmer.told.connect(self.progressed)
        self._filmer.finished.connect(self._end)

    def start(self) -> None:
        """Begin."""
        self._filmer.start()

    def cancel(self) -> None:
        """End soon and leave no file; ``canceled`` follows, unless it was done just before."""
        self._filmer.halt.set()

    def close(self) -> None:
        """Cancel, and return when the thread has ended; for a window that closes."""
        self.cancel()
        self._filmer.wait()

    @Slot(object, object, object)
    def _paint(self, frame: Frame, picture: Picture, verdict: Verdict | None) -> None:
        """One picture; an error in it ends the reel there where it is waited for."""
        if self._filmer.halt.is_set():
            return
        try:
            self._filmer.answers.put(self._compose(frame, picture, verdict))
        except Exception as error:
            self._filmer.answers.put(error)

    @Slot()
    def _end(self) -> None:
        filmer = self._filmer
        if filmer.sentence:
            self.failed.emit(filmer.sentence)
        elif filmer.done:
            self.finished.emit(str(filmer.request.path))
        else:
            self.canceled.emit()


class _Filmer(QThread):
    """Makes the stills, asks for their pictures, and writes them."""

    asked = Signal(object, object, object)
    told = Signal(float)

    def __init__(self, script: Script, request: ReelRequest, parent: QObject) -> None:
        super().__init__(parent)
        self.request = request
        self.halt = Event()
        self.answers: queue.SimpleQueue[QImage | Exception] = queue.SimpleQueue()
        self.sentence, self.done = "", False
        self._script = script
        self._share = -1.0

    def run(self) -> None:
        """The whole reel."""
        try:
            write_reel(
                self._script, self.request, self._ask, share=self._tell, stop=self.halt.is_set
            )
            self.done = True
        except Canceled:
            pass
        except Exception as error:  # whatever it is, the window lives on and says so
            self.sentence = _sentence(error)

    def _ask(self, frame: Frame, picture: Picture, verdict: Verdict | None) -> QImage:
        """The picture, once the other thread has composed it."""
        self.asked.emit(frame, picture, verdict)
        while not self.halt.is_set():
            try:
                answer = self.answers.get(timeout=PATIENCE)
            except queue.Empty:
                continue
            if isinstance(answer, Exception):
                raise answer
            return answer
        raise Canceled

    def _tell(self, share: float) -> None:
        if share - self._share >= TELL_EVERY or share >= 1.0:
            self._share = share
            self.told.emit(share)


def _sentence(error: Exception) -> str:
    """What a person is told."""
    if isinstance(error, SpecError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename or 'The file'} was not saved: {error.strerror or error}."
    if isinstance(error, MemoryError):
        return "This needs more memory than there is."
    return f"{type(error).__name__}: {error}"
