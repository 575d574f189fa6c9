"""Animations of the experiment in the window: one at a time, with progress and a way to stop."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from vgsim.export.animation import painter, script_of
from vgsim.export.request import ExportRequest
from vgsim.text.moments import place_of
from vgsim.ui.app.animation_job import AnimationJob
from vgsim.ui.app.session import Session
from vgsim.ui.export_dialog import ProgressDialog
from vgsim.ui.style.theme import Theme
from vgsim.ui.window.dialogs import show_failure
from vgsim.ui.window.main_window import MainWindow


class Animations(QObject):
    """Makes what is asked for beside the window, which stays usable; ``theme`` is what it wears."""

    def __init__(self, window: MainWindow, session: Session, theme: Callable[[], Theme]) -> None:
        super().__init__(window)
        self._window, self._session, self._theme = window, session, theme
        self.job: AnimationJob | None = None
        self.dialog: ProgressDialog | None = None

    @Slot(object, object)
    def begin(self, request: ExportRequest, path: Path) -> None:
        """Start an animation of the present experiment; a pass is the one that is open."""
        frame = self._session.frame
        if frame is None:
            return
        if self.job is not None:
            self._window.tell("Another animation is being made; cancel it first")
            return
        script = script_of(frame.spec, request, place_of(frame)[0], self._session.state.other)
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
        job, dialog, self.job, self.dialog = self.job, self.dialog, None, None
        if job is not None:
            job.deleteLater()
        if dialog is not None:
            dialog.end()
            dialog.deleteLater()
        if words:
            self._window.tell(words)
