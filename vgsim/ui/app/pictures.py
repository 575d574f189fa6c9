"""Exports of one window: chosen with a preview, saved, saved again, copied."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage

from vgsim.core.errors import SpecError
from vgsim.diagnosis.verdict import Verdict
from vgsim.export.compose import compose, view_title, wants
from vgsim.export.deck import Order
from vgsim.export.entries import DEFAULTS, Wanted, completed, name_for, read
from vgsim.export.exporting import begun, fresh
from vgsim.export.picture import Picture
from vgsim.export.presets import Entries, dump_entries, load_entries
from vgsim.export.shots import Canceled
from vgsim.measure.frame import Frame
from vgsim.ui.app.exploring import Exploring
from vgsim.ui.app.export_dialog import Choosing
from vgsim.ui.app.saving import Saving
from vgsim.ui.app.session import Session
from vgsim.ui.app.settings import Settings
from vgsim.ui.app.supply import Supply
from vgsim.ui.export_dialog import ProgressDialog
from vgsim.ui.style.theme import Theme
from vgsim.ui.window.dialogs import ask_save, show_failure, show_unsaved
from vgsim.ui.window.main_window import MainWindow

Look = Callable[[], tuple[Theme, Verdict | None]]
"""The theme of the window, and what its Why panel says."""


class Pictures(QObject):
    """Export of one window. A view that is not on the screen first gets its readings."""

    reel_requested = Signal(object)
    """The ``ReelRequest`` of a film or deck, which somebody else makes."""

    def __init__(
        self,
        window: MainWindow,
        session: Session,
        exploring: Exploring,
        settings: Settings,
        look: Look,
    ) -> None:
        super().__init__(window)
        self._window, self._session = window, session
        self._settings, self._look = settings, look
        self.supply = Supply(session, exploring, self)
        self._saving: Saving | None = None
        self._progress: ProgressDialog | None = None
        self._target = Path()

    @Slot()
    def export(self) -> None:
        """Ask what to export, with a preview."""
        self._ask(self.last_entries())

    def export_view(self, view: str) -> None:
        """Ask with this view chosen, the rest as last time."""
        self._ask({**self.last_entries(), "view": view})

    def last_picture(self) -> Picture | None:
        """The picture that was exported last, or a slide; None while it cannot be drawn."""
        try:
            return read(self.last_entries(), self._compared()).picture
        except SpecError:
            return None

    def _ask(self, entries: Entries) -> None:
        if self._session.frame is not None:
            choosing = Choosing(
                self._window, self._session, self.supply, self._settings, self._compose
            )
            choosing.save_requested.connect(self._save_chosen)
            choosing.copy_requested.connect(self._copy_chosen)
            choosing.begin(entries)

    @Slot()
    def export_again(self) -> None:
        """Repeat the last export with the moment that is shown, under a name that is free."""
        folder = self._settings.text("export/folder", "")
        try:
            wanted = read(load_entries(self._last()), self._compared())
        except SpecError:  # there is no comparison now, or the settings are of another vgsim
            folder = ""
        if self._session.frame is None:
            return
        if not self._last() or not folder or not Path(folder).is_dir():
            self.export()
            return
        self._write(wanted, fresh(Path(folder) / name_for(self._session.frame, wanted)))

    @Slot()
    def copy(self) -> None:
        """Put the picture that was exported last on the clipboard."""
        picture = self.last_picture()
        if picture is None:
            self._window.tell("Nothing was copied: what was exported last cannot be drawn now")
        elif self._session.frame is not None:
            self.supply.get("copy", wants(picture), partial(self._put, picture))

    def last_entries(self) -> dict[str, object]:
        """What was exported last, or a slide in the theme one sees."""
        first = {**DEFAULTS, "theme": self._look()[0].name}
        return completed(first | load_entries(self._last()))

    def close(self) -> None:
        """End what is still being written; an old file is then as it was."""
        if self._saving is not None:
            self._saving.stop()
            self._saving.wait()

    def _last(self) -> str:
        return self._settings.text("export/last", "")

    def _compared(self) -> bool:
        return self._session.frame is not None and self._session.frame.other is not None

    @Slot(object)
    def _save_chosen(self, choosing: Choosing) -> None:
        """Ask where to, and write what the preview shows."""
        wanted, frame = choosing.wanted, choosing.frame or self._session.frame
        if wanted is None or frame is None:
            return
        folder = Path(self._settings.text("export/folder", ""))
        name = name_for(frame, wanted)
        start = str(fresh(folder / name)) if str(folder) != "." and folder.is_dir() else name
        kind = f"{wanted.format.label} (*{wanted.format.suffix})"
        asked = ask_save(choosing.dialog, start, kind)
        if not asked:
            return
        self._settings.set_text("export/last", dump_entries(choosing.entries))
        self._settings.set_text("export/folder", str(Path(asked).absolute().parent))
        choosing.dialog.accept()
        self._write(wanted, target_of(asked, wanted), frame if choosing.frame else None)

    @Slot(object)
    def _copy_chosen(self, choosing: Choosing) -> None:
        if choosing.wanted is not None:
            self._settings.set_text("export/last", dump_entries(choosing.entries))
            choosing.dialog.accept()
            self.copy()

    def _write(self, wanted: Wanted, path: Path, frame: Frame | None = None) -> None:
        """Write ``frame``, or the moment that is shown once it has all readings."""
        if wanted.reel is not None:
            self.reel_requested.emit(wanted.reel_to(path))
        elif self._saving is not None:
            self._window.tell(f"{self._target.name} is still being written")
        elif frame is not None:
            self._begin(wanted.picture, path, frame)
        else:
            then = partial(self._begin, wanted.picture, path)
            self.supply.get("save", wants(wanted.picture), then)

    def _begin(self, picture: Picture, path: Path, frame: Frame) -> None:
        """Paint now; the rest is done in a thread."""
        if self._saving is not None:  # begun while this one waited for its frame
            self._window.tell(f"{self._target.name} is still being written")
            return
        theme, verdict = self._look()
        try:
            rest = begun(Order(frame, picture, path, theme, verdict), overwrite=True)
        except OSError as error:
            show_unsaved(self._window, error)
            return
        except SpecError as error:  # the comparison has ended meanwhile
            self._window.tell(f"{path.name} was not written: {error}")
            return
        self._target = path
        self._saving = Saving(rest, self)
        self._saving.ended.connect(self._ended)
        self._saving.finished.connect(self._saving.deleteLater)
        self._progress = ProgressDialog(f"Writing {path.name}", self._window)
        self._progress.canceled.connect(self._saving.stop)
        self._saving.start()

    @Slot(object)
    def _ended(self, outcome: Exception | None) -> None:
        """Say what became of the file."""
        assert self._saving is not None and self._progress is not None  # they end together
        self._progress.end()
        self._progress.deleteLater()
        self._saving.wait()
        self._saving = self._progress = None
        if outcome is None:
            self._window.tell(f"Saved {self._target}")
        elif isinstance(outcome, Canceled):
            self._window.tell(f"{self._target.name} was not written")
        elif isinstance(outcome, OSError):
            show_unsaved(self._window, outcome)
        else:
            sentence = f"{self._target} was not saved: {outcome}"
            show_failure(self._window, sentence, repr(outcome))

    def _put(self, picture: Picture, frame: Frame) -> None:
        try:
            image = self._compose(frame, picture)
        except SpecError as error:
            self._window.tell(f"Nothing was copied: {error}")
            return
        QGuiApplication.clipboard().setImage(image)
        size = f"{image.width()} × {image.height()} pixels"
        self._window.tell(f"Copied: {view_title(picture.view)}, {size}")

    def _compose(self, frame: Frame, picture: Picture) -> QImage:
        theme, verdict = self._look()
        return compose(frame, picture, theme, verdict)


def target_of(asked: str, wanted: Wanted) -> Path:
    """The file that a person named, with the suffix of the format.

    What was not asked about is not overwritten: a name that only gets its suffix here is numbered.
    """
    path = Path(asked)
    if path.suffix.lower() == wanted.format.suffix:
        return path
    return fresh(path.with_name(path.name + wanted.format.suffix))
