"""What is in the menu Help to be read: every symbol, and how vgsim works and where it ends."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from vgsim.lessons import shelf
from vgsim.lessons.lesson import LessonLink, Target
from vgsim.text.lit import lit_now, settled
from vgsim.text.pointed import Pointed
from vgsim.text.scale import Scale
from vgsim.ui.app.pointing import Pointing
from vgsim.ui.app.session import Session
from vgsim.ui.app.state import State
from vgsim.ui.style.theme import Theme
from vgsim.ui.window.main_window import MainWindow
from vgsim.ui.window.page_dialog import PageDialog
from vgsim.ui.window.symbols_dialog import SymbolsDialog

LESSON, LIMITS = "every-symbol", "limits.md"
"""The lesson of which one page is in the menu, too, and the file of that page."""


class SymbolGuide(QObject):
    """Opens the guide; while it is open the entry that is read is framed in the window."""

    def __init__(
        self,
        window: MainWindow,
        session: Session,
        pointing: Pointing,
        theme: Callable[[], Theme],
    ) -> None:
        super().__init__(window)
        self._theme = theme
        self._window = window
        self._session = session
        self._pointing = pointing
        self._dialog: SymbolsDialog | None = None
        pointing.asked.connect(self.open_entry)
        session.changed.connect(self._follow)

    @property
    def shown(self) -> SymbolsDialog | None:
        """The guide, while it is open."""
        if self._dialog is not None and self._dialog.isVisible():
            return self._dialog
        return None

    @Slot()
    def open(self) -> None:
        """Open the guide where it was left."""
        if self._dialog is None:
            self._dialog = SymbolsDialog(self._window)
            self._dialog.chosen.connect(self._point)
            self._dialog.finished.connect(self._close)
        self._dialog.show()
        self._dialog.activateWindow()
        self._dialog.symbols.search.setFocus()
        self._point(self._dialog.symbols.current)

    @Slot(str)
    def open_entry(self, name: str) -> None:
        """Open the guide at an entry."""
        self.open()
        if self._dialog is not None:
            self._dialog.symbols.show_name(name)

    def open_workflow(self) -> PageDialog:
        """How one works with vgsim, and what it cannot tell: a page that changes nothing."""
        page = next(page for page in shelf.load(LESSON).pages if page.file == LIMITS)
        dialog = PageDialog(page, self._theme(), Scale(), self._window)
        dialog.link_asked.connect(self._follow_link)
        dialog.show()
        return dialog

    @Slot(object)
    def _follow_link(self, link: LessonLink) -> None:
        if link.target is Target.SYMBOL:
            self.open_entry(link.name)
        elif link.target is Target.PANEL:
            self._window.workspace.show_panel(link.name)

    @Slot(str)
    def _point(self, name: str) -> None:
        if self.shown is not None and name:
            self._pointing.point(Pointed(name))
            self._tell_now()

    @Slot()
    def _close(self) -> None:
        self._pointing.point(None)

    @Slot(object, object)
    def _follow(self, before: State, now: State) -> None:
        if now.frame is not before.frame and self.shown is not None:
            self._tell_now()

    def _tell_now(self) -> None:
        """What the entry is at this moment."""
        frame = self._session.frame
        if self._dialog is not None and self._dialog.symbols.current:
            at = settled(Pointed(self._dialog.symbols.current), frame)
            self._dialog.symbols.detail.show_rows(lit_now(at, frame))
