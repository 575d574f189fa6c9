"""Asks before a file of data is read that a picture names, and no user has chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Thread

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from vgsim.export.sources import Source, allow, unlike
from vgsim.ui.window.dialogs import Question, ask_data

Take = Callable[[Source], None]


class DataQuestions(QObject):
    """Asks for one file after another; ``tell`` says a sentence to the user.

    A picture's file of data is looked for beside the picture, then where the name leads by itself.
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
        picture, file = source.file, source.asks_for[0]
        path = str(_place(file.path, picture))
        self.question = question = ask_data(self._window, path, picture.name)

        @Slot(str)
        def answered(chosen: str) -> None:
            self.question = None
            answers = {file.field: chosen}
            # a file of data can be long: the window does not wait to hear that it is another one
            Thread(target=self._compare, args=(source, answers), daemon=True).start()
            self.settle(allow(source, answers), take)

        @Slot()
        def refused() -> None:
            self.question = None
            self._tell(f"{picture.name} was not opened: its data were not to be read")

        question.allowed.connect(answered)
        question.refused.connect(refused)

    def _compare(self, source: Source, answers: Mapping[str, str]) -> None:
        """Tell of files that are not as they were; for a thread."""
        for sentence in unlike(source, answers):
            with suppress(RuntimeError):  # the window has gone meanwhile
                self._found_unlike.emit(sentence)


def _place(path: str, picture: Path) -> Path:
    beside = picture.parent / path
    return beside if beside.is_file() else Path(path)
