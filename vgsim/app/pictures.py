"""Pictures of the moment that is shown: asked for, made with all they need, saved or copied."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication, QImage

from vgsim.app.exploring import Exploring
from vgsim.app.picture import compose, panel_names, view_names, view_title, wants
from vgsim.app.session import Session
from vgsim.app.settings import Settings
from vgsim.engine.errors import SpecError
from vgsim.engine.frame import Frame
from vgsim.engine.readings import Verdict
from vgsim.export.png import save_png
from vgsim.export.request import Picture, parse
from vgsim.present.theme import Theme, theme_names
from vgsim.views.dialogs import SIZES, ExportChoice, ExportDialog, ask_save, show_unsaved
from vgsim.views.main_window import MainWindow

Look = Callable[[], tuple[Theme, Verdict | None]]
"""The theme of the window, and what its Why panel says."""


class Pictures(QObject):
    """Export of one window. A view that is not on the screen first gets its readings."""

    def __init__(
        self,
        window: MainWindow,
        session: Session,
        exploring: Exploring,
        settings: Settings,
        look: Look,
    ) -> None:
        super().__init__(window)
        self._window, self._session, self._exploring = window, session, exploring
        self._settings, self._look = settings, look
        self._waiting: tuple[frozenset[type], Callable[[Frame], None]] | None = None
        session.frame_changed.connect(self._go_on)

    @Slot()
    def export(self) -> None:
        """Ask what to draw; save the picture or copy it."""
        if self._session.frame is None:
            return
        dialog = ExportDialog(_choices(), _theme_choices(), self._last_choice(), self._window)
        dialog.accepted.connect(partial(self._export_chosen, dialog))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _export_chosen(self, dialog: ExportDialog) -> None:
        choice = dialog.choice()
        for name in ("view", "size", "theme"):
            self._settings.set_text(f"export/{name}", getattr(choice, name))
        if choice.copy:
            self.copy()
        else:
            self.save(choice)

    def save(self, choice: ExportChoice) -> None:
        """Ask where and save the picture of the moment that is shown."""
        frame = self._session.frame
        assert frame is not None  # Export asks only when there is one
        wanted = _parsed(choice)
        path = ask_save(self._window, file_name(frame, wanted), "PNG picture (*.png)")
        if path:
            target = Path(path) if Path(path).suffix else Path(path).with_suffix(".png")
            self._with_readings(wanted, partial(self._write, wanted, target))

    def _write(self, wanted: Picture, target: Path, frame: Frame) -> None:
        try:
            save_png(self._compose(frame, wanted), target)
        except OSError as error:
            show_unsaved(self._window, error)
            return
        except SpecError as error:
            self._window.tell(str(error))
            return
        self._window.tell(f"Saved {target}")

    @Slot()
    def copy(self) -> None:
        """Put the picture that Export would save on the clipboard."""
        if self._session.frame is not None:
            choice = self._last_choice()
            wanted = _parsed(choice)
            self._with_readings(wanted, partial(self._put, wanted))

    def _put(self, wanted: Picture, frame: Frame) -> None:
        try:
            QGuiApplication.clipboard().setImage(self._compose(frame, wanted))
        except SpecError as error:
            self._window.tell(str(error))
            return
        size = "{} × {} pixels".format(*wanted.pixels)
        self._window.tell(f"Copied: {view_title(wanted.view)}, {size}")

    def _compose(self, frame: Frame, wanted: Picture) -> QImage:
        theme, verdict = self._look()
        return compose(frame, wanted, theme, verdict)

    def _with_readings(self, wanted: Picture, then: Callable[[Frame], None]) -> None:
        """Do ``then`` with a frame that has all that ``wanted`` draws: now, or when it comes."""
        frame, needed = self._session.frame, wants(wanted)
        if frame is not None and needed <= frame.wish.kinds:
            then(frame)
            return
        self._waiting = needed, then
        self._exploring.lend(needed)

    @Slot(object)
    def _go_on(self, frame: Frame) -> None:
        if self._waiting is not None and self._waiting[0] <= frame.wish.kinds:
            (_, then), self._waiting = self._waiting, None
            self._exploring.lend(frozenset())
            then(frame)

    def _last_choice(self) -> ExportChoice:
        """What was exported last, or the whole window in the theme one sees."""
        settings = self._settings
        view, theme = settings.text("export/view", "window"), settings.text("export/theme", "")
        size = settings.text("export/size", "")
        return ExportChoice(
            view if view in view_names() else "window",
            size if size in [value for _, value in SIZES] else SIZES[0][1],
            theme if theme in theme_names() else self._look()[0].name,
        )


def file_name(frame: Frame, wanted: Picture) -> str:
    """A name that says what a picture shows: sigmoid-stack_step-0_backward-3_diagram.png."""
    subject = "-".join((frame.spec.name or "experiment").lower().split())
    kept = "".join(letter for letter in subject if letter.isalnum() or letter == "-")
    moment = str(frame.moment).replace(":", "-")
    return f"{kept}_step-{frame.step}_{moment}_{wanted.view}.png"


def _parsed(choice: ExportChoice) -> Picture:
    given = {"view": choice.view, "theme": choice.theme, "size": choice.size}
    return parse(given, view_names(), panel_names())


def _choices() -> list[tuple[str, str]]:
    return [(view_title(name), name) for name in view_names()]


def _theme_choices() -> list[tuple[str, str]]:
    return [(name.capitalize(), name) for name in theme_names()]
