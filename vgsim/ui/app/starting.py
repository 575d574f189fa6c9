"""The start page, wired to the window: shown at the first start, and whenever it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from vgsim.nn.presets import preset_names
from vgsim.ui.app.settings import Settings
from vgsim.ui.start.model.recent import RecentItem, RecentKind, added, from_text, to_text
from vgsim.ui.style.theme import Theme
from vgsim.ui.window.main_window import MainWindow

if TYPE_CHECKING:
    from vgsim.lessons.progress import LessonProgress
    from vgsim.ui.start.page import StartPage

SEEN, RECENT = "start/seen", "start/recent"
"""Settings: whether the page has been shown, and what was opened lately."""
SKETCH_MS = 60
"""Thumbnails begin this long after the page is shown, so that it is painted before."""


class Starting(QObject):
    """Makes the page when it is first shown. Each thing that is chosen there leads to the window.

    ``theme`` gives the theme of the window, ``progress`` how far one has come in each lesson.
    """

    lesson_chosen = Signal(str)
    preset_chosen = Signal(str)
    compare_chosen = Signal(str)
    file_chosen = Signal(str)
    data_chosen = Signal(str)
    data_asked = Signal()
    open_asked = Signal()
    theme_asked = Signal()
    skipped = Signal()
    """The page was left with nothing chosen."""

    def __init__(
        self,
        window: MainWindow,
        settings: Settings,
        theme: Callable[[], Theme],
        progress: Callable[[], Mapping[str, LessonProgress]],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._theme = theme
        self._progress = progress
        self.page: StartPage | None = None
        self._first = QTimer(self, singleShot=True, interval=SKETCH_MS)

    def welcome(self) -> None:
        """Show the page if it has never been shown."""
        if not self._settings.text(SEEN, ""):
            self.show()

    @Slot()
    def show(self) -> None:
        """Put the page in front of the panels."""
        self._settings.set_text(SEEN, "yes")
        if self.page is None:
            self.page = self._made()
        self.page.show_lessons(self._progress())
        self.page.show_recent(self._recent(), datetime.now())
        self._window.cover(self.page)
        self.page.take_focus()
        self._first.start()

    @Slot()
    def leave(self) -> None:
        """The panels again."""
        if self._window.covered:
            self._window.uncover()

    @Slot()
    def _go_on(self) -> None:
        self.leave()
        self.skipped.emit()

    @Slot()
    def refresh(self) -> None:
        """Show how far one is in the lessons now."""
        if self.page is not None and self._window.covered:
            self.page.show_lessons(self._progress())

    def close(self) -> None:
        """End what goes on."""
        self._first.stop()
        if self.page is not None:
            self.page.close_sketches()

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        if self.page is not None:
            self.page.set_theme(theme)

    def remember(self, kind: RecentKind, what: str) -> None:
        """It has been opened now."""
        item = RecentItem(what, kind, datetime.now())
        self._settings.set_text(RECENT, to_text(added(self._recent(), item)))

    def remember_named(self, name_or_path: str) -> None:
        """A preset or a file, as the command line names it, has been opened now."""
        if name_or_path in preset_names():
            self.remember(RecentKind.PRESET, name_or_path)
        else:
            self.remember(RecentKind.FILE, str(Path(name_or_path).expanduser().resolve()))

    def _recent(self) -> tuple[RecentItem, ...]:
        return from_text(self._settings.text(RECENT, ""))

    def _made(self) -> StartPage:
        # Late: a window that opens without it need not load it.
        from vgsim.ui.start.page import StartPage

        page = StartPage(self._theme())
        page.left.connect(self._go_on)
        page.theme_asked.connect(self.theme_asked)
        page.recent_cleared.connect(self._forget)
        page.data_asked.connect(self.data_asked)
        page.open_asked.connect(self.open_asked)
        for chosen, told in (
            (page.lesson_chosen, self.lesson_chosen), (page.preset_chosen, self.preset_chosen),
            (page.compare_chosen, self.compare_chosen),
            (page.file_chosen, self.file_chosen), (page.data_chosen, self.data_chosen),
        ):  # fmt: skip
            chosen.connect(told)
        self._first.timeout.connect(page.begin)
        return page

    @Slot()
    def _forget(self) -> None:
        self._settings.set_text(RECENT, "")
        assert self.page is not None  # its button was pressed
        self.page.show_recent((), datetime.now())
