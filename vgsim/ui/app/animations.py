"""Animations of the experiment in the window: one at a time, with progress and a way to stop."""

from __future__ import annotations

import queue
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event

from PySide6.QtCore import QObject, QThread, Signal, Slot

from vgsim.core.errors import SpecError
from vgsim.export.animation import Paint, Script, Still, painter, script_of, write_animation
from vgsim.export.progress import Canceled
from vgsim.export.request import ExportRequest
from vgsim.text.moments import place_of
from vgsim.ui.app.session import Session
from vgsim.ui.export_dialog import ProgressDialog
from vgsim.ui.style.theme import Theme
from vgsim.ui.window.dialogs import show_failure
from vgsim.ui.window.main_window import MainWindow

PATIENCE = 0.05
"""Seconds after which a thread that waits for a picture checks whether it was canceled."""
TELL_EVERY = 1 / 200
"""Share of the work after which progress is told again."""


class AnimationJob(QObject):
    """One animation. The engine and the writer have a thread; ``compose`` makes each page in the
    thread of this object, which must run an event loop, in a turn of its own.

    Signals: ``progressed`` (share from 0 to 1), and at the end one of ``finished`` (path),
    ``failed`` (sentence) and ``canceled``, after which the thread has ended.
    """

    progressed = Signal(float)
    finished = Signal(str)
    failed = Signal(str)
    canceled = Signal()

    def __init__(
        self,
        script: Script,
        request: ExportRequest,
        path: Path,
        compose: Paint,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._compose = compose
        self._maker = _Maker(script, request, path, self)
        self._maker.asked.connect(self._paint)
        self._maker.told.connect(self.progressed)
        self._maker.finished.connect(self._end)

    def start(self) -> None:
        """Begin."""
        self._maker.start()

    def cancel(self) -> None:
        """End soon and leave no file; ``canceled`` follows, unless it was done just before."""
        self._maker.halt.set()

    def close(self) -> None:
        """Cancel, and return when the thread has ended; for a window that closes."""
        self.cancel()
        self._maker.wait()

    @Slot(object)
    def _paint(self, still: Still) -> None:
        """One page; an error in it ends the animation there where it is waited for."""
        if self._maker.halt.is_set():
            return
        try:
            self._maker.answers.put(self._compose(still))
        except Exception as error:
            self._maker.answers.put(error)

    @Slot()
    def _end(self) -> None:
        maker = self._maker
        if maker.sentence:
            self.failed.emit(maker.sentence)
        elif maker.done:
            self.finished.emit(str(maker.path))
        else:
            self.canceled.emit()


class _Maker(QThread):
    """Makes the stills, asks for their pictures, and writes them."""

    asked = Signal(object)
    told = Signal(float)

    def __init__(self, script: Script, request: ExportRequest, path: Path, parent: QObject) -> None:
        super().__init__(parent)
        self.path = path
        self._request = request
        self.halt = Event()
        self.answers: queue.SimpleQueue[object] = queue.SimpleQueue()
        self.sentence, self.done = "", False
        self._script = script
        self._share = -1.0

    def run(self) -> None:
        """All of it."""
        try:
            write_animation(
                self._script, self._request, self.path, self._ask,
                share=self._tell, stop=self.halt.is_set,
            )  # fmt: skip
            self.done = True
        except Canceled:
            pass
        except Exception as error:  # of any kind: the window goes on and shows it
            self.sentence = _sentence(error)

    def _ask(self, still: Still) -> object:
        """The page, once the other thread has composed it."""
        self.asked.emit(still)
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
    """What the user is told."""
    if isinstance(error, SpecError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename or 'The file'} was not saved: {error.strerror or error}."
    if isinstance(error, MemoryError):
        return "This needs more memory than there is."
    return f"{type(error).__name__}: {error}"


class Animations(QObject):
    """Makes what is asked for beside the window, which stays usable; ``theme`` is what it wears."""

    def __init__(self, window: MainWindow, session: Session, theme: Callable[[], Theme]) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._theme = theme
        self.job: AnimationJob | None = None
        self.dialog: ProgressDialog | None = None

    @Slot(object, object)
    def begin(self, request: ExportRequest, path: Path) -> None:
        """Start an animation of what is shown; a pass is the one that is open."""
        frame = self._session.frame
        if frame is None:
            return
        if self.job is not None:
            self._window.tell("Another animation is being made; cancel it first")
            return
        state = self._session.state
        script = script_of(state.goal, request, place_of(frame)[0], state.other)
        paint = painter(request, self._theme)
        self.job = job = AnimationJob(script, request, path, paint, self)
        self.dialog = ProgressDialog(f"Making {path.name}", self._window)
        self.dialog.canceled.connect(job.cancel)
        job.progressed.connect(self.dialog.set_share)
        job.finished.connect(self._saved)
        job.failed.connect(self._failed)
        job.canceled.connect(partial(self._end, "Canceled; no file was written"))
        job.start()

    @Slot()
    def close(self) -> None:
        """End what is being made; the window goes."""
        if self.job is not None:
            self.job.close()
            self._end("")

    @Slot(str)
    def _saved(self, path: str) -> None:
        self._end(f"Saved {path}")

    @Slot(str)
    def _failed(self, sentence: str) -> None:
        self._end("")
        show_failure(self._window, sentence, sentence)

    def _end(self, words: str) -> None:
        job = self.job
        dialog = self.dialog
        self.job = None
        self.dialog = None
        if job is not None:
            job.deleteLater()
        if dialog is not None:
            dialog.end()
            dialog.deleteLater()
        if words:
            self._window.tell(words)
