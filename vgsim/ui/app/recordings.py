"""Recordings of trainings elsewhere, wired to the session: opened, beside, and how they grow."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from vgsim.measure.frame import Frame
from vgsim.measure.source import Goal, RecordingFile
from vgsim.text.recordings import growth_news
from vgsim.ui.app.session import Session
from vgsim.ui.app.state import State
from vgsim.ui.window.dialogs import ask_recording
from vgsim.ui.window.main_window import MainWindow


class Recordings(QObject):
    """What one does with recordings in one window."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self.next_step = partial(session.go_steps, 1)
        self.step_before = partial(session.go_steps, -1)
        session.changed.connect(self._follow)

    @Slot()
    def ask_beside(self) -> None:
        """Ask for a recording, which becomes B."""
        path = ask_recording(self._window)
        if path:
            self._session.compare(RecordingFile(Path(path)))

    @Slot(object, object)
    def _follow(self, before: State, now: State) -> None:
        """Say what happened to the files of A and B."""
        if now.frame is None or before.frame is None or now.frame is before.frame:
            return
        self._tell_of(now.goal, before.frame, now.frame)
        if now.other is not None and now.other is before.other:
            self._tell_of(now.other, before.frame.other, now.frame.other)

    def _tell_of(self, goal: Goal, before: Frame | None, now: Frame | None) -> None:
        if before is None or now is None or before.generation != now.generation:
            return
        if before.track is not None and now.track is not None:
            news = growth_news(before.track, now.track, goal.name)
            if news:
                self._window.tell(news)
