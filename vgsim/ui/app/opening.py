"""From a file that the user opens to the experiment or recording that it shows, and the moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Thread

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QWidget

from vgsim.core import untrusted
from vgsim.core.errors import SpecError, reason_of, shorten
from vgsim.export.sources import AskedMapFile, Source, allow, find, unlike, without_map_file
from vgsim.measure.frame import Frame
from vgsim.measure.source import open_source
from vgsim.nn.presets import preset_of
from vgsim.nn.spec import Spec
from vgsim.text.moments import jump_to, resolve
from vgsim.ui.app.session import Session
from vgsim.ui.app.state import State
from vgsim.ui.window.dialogs import Question, ask_data
from vgsim.ui.window.main_window import MainWindow

Take = Callable[[Source], None]


class DataQuestions(QObject):
    """Asks for one file after another; ``tell`` says a sentence to the user.

    A picture's file of data, or its recording, is looked for beside the picture, then where the
    name leads by itself.
    """

    _found_unlike = Signal(str)

    def __init__(self, window: QWidget, tell: Callable[[str], None]) -> None:
        super().__init__(window)
        self._window, self._tell = window, tell
        self._found_unlike.connect(self._say, Qt.ConnectionType.QueuedConnection)
        self.question: Question | None = None
        """What is asked now."""

    @Slot(str)
    def _say(self, sentence: str) -> None:
        self._tell(sentence)

    def settle(self, source: Source, take: Take) -> None:
        """Call ``take`` with ``source`` once the user has allowed each file that it asks for.

        A no ends it: then nothing is opened.
        """
        if not source.asks_for:
            take(source)
            return
        picture = source.file
        file = source.asks_for[0]
        place = _place(file.path, picture)
        if isinstance(file, AskedMapFile) and not place.is_file():
            self._plan_instead(source, f"{place.name} is not beside {picture.name}", take)
            return
        path = str(place)
        self.question = question = ask_data(self._window, path, picture.name, file.kind)

        @Slot(str)
        def answered(chosen: str) -> None:
            self.question = None
            if isinstance(file, AskedMapFile):
                self._take_map(source, file, chosen, take)
                return
            answers = {file.field: chosen}
            # reading a large data file takes long: the window does not wait for the comparison
            Thread(target=self._compare, args=(source, answers), daemon=True).start()
            self.settle(allow(source, answers), take)

        @Slot()
        def refused() -> None:
            self.question = None
            if isinstance(file, AskedMapFile):
                self._plan_instead(source, f"{place.name} was not to be read", take)
                return
            self._tell(f"{picture.name} was not opened: its {file.kind} was not to be read")

        question.allowed.connect(answered)
        question.refused.connect(refused)

    def _take_map(self, source: Source, file: AskedMapFile, chosen: str, take: Take) -> None:
        """The map in the file that the user allowed, if it is the one that the picture shows."""
        name = Path(chosen).name
        try:
            found = allow(source, {file.field: chosen})
        except OSError as error:
            self._plan_instead(source, f"{name} cannot be read: {error.strerror}", take)
            return
        if file.is_same(chosen):
            self.settle(found, take)
        else:
            self._plan_instead(source, f"{name} is not the map that the picture shows", take)

    def _plan_instead(self, source: Source, why: str, take: Take) -> None:
        """The map as a new one, with the plan that the picture carries."""

        def take_plan(planned: Source) -> None:
            take(planned)
            self._tell(f"{why}: this is its plan, to be computed anew")

        self.settle(without_map_file(source), take_plan)

    def _compare(self, source: Source, answers: Mapping[str, str]) -> None:
        """Tell of files that are not as they were; for a thread."""
        for sentence in unlike(source, answers):
            with suppress(RuntimeError):  # the window has gone meanwhile
                self._found_unlike.emit(sentence)


def _place(path: str, picture: Path) -> Path:
    beside = picture.parent / path
    if beside.is_file():
        return beside
    return Path(path)


class Returning(QObject):
    """Takes the session to the place of a source, as soon as its experiment is there.

    ``tell`` says a sentence to the user: where they are, or why there is no such place.
    """

    def __init__(self, session: Session, tell: Callable[[str], None]) -> None:
        super().__init__(session)
        self._session = session
        self._tell = tell
        self._goal: Source | None = None
        self._quiet = False
        session.changed.connect(self._follow)

    def open(self, source: Source, quietly: bool = False) -> None:
        """Begin what it holds and go to the moment; ``quietly`` tells nothing of the way."""
        self._session.open(source.goal)
        self.expect(source)
        self._quiet = quietly

    def expect(self, source: Source) -> None:
        """Go to the moment once what the session begins with is there."""
        if source.moment or source.other_run:
            self._goal = source
        else:
            self._goal = None

    @Slot(object, object)
    def _follow(self, before: State, now: State) -> None:
        if now.experiment != before.experiment:  # begun before this one was there
            self._goal = None
        if now.frame is not None and now.frame is not before.frame:
            self._arrive(now.frame, now)

    def _arrive(self, frame: Frame, now: State) -> None:
        goal = self._goal
        if goal is None or now.goal != goal.goal or frame.generation != now.generation:
            return
        self._goal = None
        if goal.other_run is not None:
            self._session.compare(goal.other_run)
        try:
            place = resolve(jump_to(goal.moment or "start"), frame.stages, goal.step)
        except SpecError as error:
            self._tell(f"The file names a moment that this network has not: {error}")
            return
        self._session.seek(*place)
        if not self._quiet:
            self._tell(f"On the way to step {place[0]:,}, {goal.moment}; any step stops it")


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
                preset = ""
                if isinstance(source.goal, Spec):
                    preset = preset_of(source.goal)
                elif not source.asks_for:
                    open_source(source.goal).frame()  # what is wrong with it is told now
            outcome = source, preset
        except Exception as error:  # of any kind: the window goes on and shows it
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
            reason = reason_of(outcome)
            self.refused.emit(f"{name} was not opened. {reason}", reason)
        else:
            self.found.emit(*outcome)

    @Slot()
    def _tell(self) -> None:
        self._timer.setInterval(AGAIN_MS)
        self._window.tell(f"Reading {self._name} … Esc gives up")
