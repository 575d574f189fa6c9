"""Exports of one window: chosen with a preview, saved, and saved again."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from vgsim.core.atomic import obstacle
from vgsim.core.errors import SpecError
from vgsim.export.entries import DEFAULTS, completed
from vgsim.export.format import Format
from vgsim.export.formats import FORMATS
from vgsim.export.picture import PictureRequest
from vgsim.export.presets import Entries, dump_entries, load_entries
from vgsim.export.progress import Canceled
from vgsim.export.request import ExportRequest
from vgsim.export.writing import begun, fresh, named
from vgsim.ui.app.exhibit import Dress, Exhibit, MomentExhibit
from vgsim.ui.app.exploring import Exploring
from vgsim.ui.app.export_dialog import Choosing
from vgsim.ui.app.saving import Saving
from vgsim.ui.app.session import Session
from vgsim.ui.app.settings import Settings
from vgsim.ui.app.supply import Supply
from vgsim.ui.export_dialog import ProgressDialog
from vgsim.ui.window.dialogs import ask_save, show_failure, show_unsaved
from vgsim.ui.window.main_window import MainWindow


class Pictures(QObject):
    """Export of one window. A view that is not on the screen first gets its measurements."""

    animation_requested = Signal(object, object)
    """The ``ExportRequest`` of several pictures and their path; somebody else makes them."""
    copy_requested = Signal()
    """The dialog asks for the picture that is chosen, which is now the last."""

    def __init__(
        self,
        window: MainWindow,
        session: Session,
        exploring: Exploring,
        settings: Settings,
        dress: Dress,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._dress = dress
        self.supply = Supply(session, exploring, self)
        self.moment = MomentExhibit(session, self.supply, dress, self)
        self.exhibit: Exhibit = self.moment
        """What is exported: the moment of the session, or a map while one is looked at."""
        self._saving: Saving | None = None
        self._progress: ProgressDialog | None = None
        self._target = Path()
        self._choosing: Choosing | None = None
        """The dialog that waits for its file to be written."""

    @Slot()
    def export(self) -> None:
        """Ask what to export, with a preview."""
        self._ask(self.last_entries())

    @Slot(object)
    def export_with(self, entries: Entries) -> None:
        """Ask with these entries chosen, the rest as last time."""
        self._ask({**self.last_entries(), **entries})

    def export_view(self, view: str) -> None:
        """Ask with this view chosen, the rest as last time."""
        self._ask({**self.last_entries(), "view": view})

    def last_picture(self, view: str = "") -> PictureRequest:
        """The picture that was exported last, or a slide; of ``view`` where one is named.

        SpecError while it cannot be drawn: a comparison that has ended.
        """
        entries = self.last_entries()
        if view:
            entries["view"] = view
        return self.exhibit.read(entries).picture

    def _ask(self, entries: Entries) -> None:
        if self.exhibit.shown is not None:
            choosing = Choosing(self._window, self.exhibit, self._settings)
            choosing.save_requested.connect(self._save_chosen)
            choosing.copy_requested.connect(self._copy_chosen)
            choosing.dialog.finished.connect(self._forget_dialog)
            choosing.begin(entries)

    @Slot()
    def _forget_dialog(self) -> None:
        """The dialog is closed; what is still being written for it ends."""
        if self._choosing is not None and self._saving is not None:
            assert self._progress is not None  # they begin together
            self._progress.setParent(self._window)
            self._saving.stop()
        self._choosing = None

    @Slot()
    def export_again(self) -> None:
        """Repeat the last export with the moment that is shown, under a name that is free."""
        folder = self._settings.text("export/folder", "")
        try:
            request = self.exhibit.read(load_entries(self._last()))
        except SpecError:  # there is no comparison now, or the settings are of another vgsim
            folder = ""
        if self.exhibit.shown is None:
            return
        if not self._last() or not folder or not Path(folder).is_dir():
            self.export()
            return
        name = self.exhibit.name(self.exhibit.shown, request)
        self._write(request, fresh(Path(folder) / name))

    def last_entries(self) -> dict[str, object]:
        """What was exported last, or a slide in the theme one sees."""
        first = {**DEFAULTS, "theme": self._dress()[0].name}
        return completed(first | load_entries(self._last()) | dict(self.exhibit.seen()))

    def close(self) -> None:
        """End what is still being written; an old file is then as it was, and nothing is told."""
        if self._saving is None or self._progress is None:
            return
        self._saving.ended.disconnect(self._ended)
        self._saving.stop()
        self._progress.end()  # else its patience would end later and open a window again
        self._progress.deleteLater()
        self._saving.wait()
        self._saving = None
        self._progress = None

    def _last(self) -> str:
        return self._settings.text(self.exhibit.setting, "")

    @Slot(object)
    def _save_chosen(self, choosing: Choosing) -> None:
        """Ask where to, and write what the preview shows."""
        request = choosing.request
        shown = choosing.shown
        if shown is None:
            shown = choosing.exhibit.shown
        if request is None or shown is None:
            return
        folder = Path(self._settings.text("export/folder", ""))
        name = choosing.exhibit.name(shown, request)
        if str(folder) != "." and folder.is_dir():
            start = str(fresh(folder / name))
        else:
            start = name
        kind = f"{request.format.label} (*{request.format.suffix})"
        asked = ask_save(choosing.dialog, start, kind)
        if asked:
            self._save_as(choosing, request, Path(asked))

    def _save_as(self, choosing: Choosing, request: ExportRequest, asked: Path) -> None:
        """Write to where the user said, in the format that the name says."""
        path, form = named(asked, request.format, _formats())
        if form is not request.format:
            try:
                request = choosing.read_as(form)
            except SpecError as error:
                choosing.dialog.set_failure(f"{path.name} was not written: {error}")
                return
            self._window.tell(f"{path.name} is written as {form.label}, as its name says")
        elif path != asked:
            path = fresh(path)  # the user was not asked whether this one may be replaced
        if why_not := obstacle(path):
            choosing.dialog.set_failure(f"{path} was not written: allowed is {why_not}")
            return
        self._settings.set_text(choosing.exhibit.setting, dump_entries(choosing.entries))
        self._settings.set_text("export/folder", str(path.absolute().parent))
        self._write(request, path, choosing.shown, choosing)

    @Slot(object)
    def _copy_chosen(self, choosing: Choosing) -> None:
        if choosing.request is not None:
            self._settings.set_text(choosing.exhibit.setting, dump_entries(choosing.entries))
            choosing.dialog.accept()
            self.copy_requested.emit()

    def _write(
        self,
        request: ExportRequest,
        path: Path,
        shown: Any = None,
        choosing: Choosing | None = None,
    ) -> None:
        """Write what is ``shown``, or what there is once it has all measurements."""
        self._choosing = choosing
        if request.sequence is not None:
            self._close_dialog()
            self.animation_requested.emit(request, path)
        elif self._saving is not None:
            self._window.tell(f"{self._target.name} is still being written")
        elif shown is not None:
            self._begin(request, path, shown)
        else:
            self.exhibit.get("save", request.picture, partial(self._begin, request, path))

    def _begin(self, request: ExportRequest, path: Path, shown: Any) -> None:
        """Paint now; the rest is done in a thread."""
        if self._saving is not None:  # begun while this one waited for its frame
            self._window.tell(f"{self._target.name} is still being written")
            return
        scene = self.exhibit.scene(shown, request.picture)
        try:
            rest = begun(scene, request.format, path, overwrite=True)
        except OSError as error:
            self._tell_unsaved(error)
            return
        except SpecError as error:  # the comparison has ended meanwhile
            self._tell_not_written(f"{path.name} was not written: {error}")
            return
        self._target = path
        self._saving = Saving(rest, self)
        self._saving.ended.connect(self._ended)
        self._saving.finished.connect(self._saving.deleteLater)
        self._progress = ProgressDialog(f"Writing {path.name}", self._front())
        self._progress.canceled.connect(self._saving.stop)
        self._saving.start()

    def _front(self) -> QWidget:
        """What the user looks at: the dialog while it is open, else the window."""
        if self._choosing is not None:
            return self._choosing.dialog
        return self._window

    def _close_dialog(self) -> None:
        """The dialog has done its work."""
        if self._choosing is not None:
            self._choosing.dialog.accept()
            self._choosing = None

    def _tell_unsaved(self, error: OSError) -> None:
        """Say why the file was not saved: in the dialog, which keeps all that is entered."""
        if self._choosing is None:
            show_unsaved(self._window, error)
            return
        reason = error.strerror or str(error)
        self._choosing.dialog.set_failure(f"{error.filename or 'The file'} was not saved: {reason}")

    def _tell_not_written(self, sentence: str) -> None:
        if self._choosing is None:
            self._window.tell(sentence)
        else:
            self._choosing.dialog.set_failure(sentence)

    @Slot(object)
    def _ended(self, outcome: Exception | None) -> None:
        """Say what became of the file."""
        if self._saving is None or self._progress is None:
            return  # it was on its way when all was closed
        self._progress.end()
        self._progress.deleteLater()
        self._saving.wait()
        self._saving = self._progress = None
        if outcome is None:
            self._close_dialog()
            self._window.tell(f"Saved {self._target}")
        elif isinstance(outcome, Canceled):
            self._tell_not_written(f"{self._target.name} was not written")
        elif isinstance(outcome, OSError):
            self._tell_unsaved(outcome)
        else:
            sentence = f"{self._target} was not saved: {outcome}"
            show_failure(self._front(), sentence, repr(outcome))


def _formats() -> list[Format]:
    return [entry.value for entry in FORMATS]
