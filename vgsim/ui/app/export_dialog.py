"""The Export dialog at work: entries -> problems, sizes, preview, presets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QSize, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from vgsim.core.errors import SpecError
from vgsim.core.numbers import fixed, short
from vgsim.export.compose import no_room, noting_left_out
from vgsim.export.entries import completed
from vgsim.export.format import FileKind, Format
from vgsim.export.picture import INCH_CM, SMALLEST, PictureRequest
from vgsim.export.presets import Entries, dump_entries, dumps, kept, loads, without
from vgsim.export.request import ExportRequest
from vgsim.ui.app.exhibit import Exhibit
from vgsim.ui.app.settings import Settings
from vgsim.ui.export_dialog import ExportDialog
from vgsim.ui.window.main_window import MainWindow

PAUSE_MS = 150
"""A preview is drawn when nothing has changed for this long."""
RENEW_MS = 500
"""While other moments come in, the preview is drawn no more often than this."""


class Previewer(QObject):
    """Draws what was asked for last, when one has stopped changing it."""

    started = Signal()
    drawn = Signal(object, object, str)
    """The image, what it is drawn of, and a sentence on what has no room in it, if anything."""

    def __init__(self, exhibit: Exhibit, parent: QObject) -> None:
        super().__init__(parent)
        self._exhibit = exhibit
        self._picture: PictureRequest | None = None
        self._room = QSize()
        self._done: tuple[Any, PictureRequest] | None = None
        self._image, self._note = QImage(), ""
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._begin)
        self._renewal = QTimer(self, singleShot=True, interval=RENEW_MS)
        self._renewal.timeout.connect(self._begin)

    def ask(self, picture: PictureRequest | None, room: QSize) -> None:
        """Draw ``picture`` for this many pixels of room, soon; None for nothing."""
        self._picture = picture
        self._room = room
        if picture is None:
            self.stop()
            return
        self._exhibit.hold(picture)
        self._pause.start()
        self.started.emit()

    @Slot()
    def renew(self) -> None:
        """Something else is there to be drawn."""
        self._done = None
        if self._picture is not None and not self._renewal.isActive():
            self._renewal.start()

    def stop(self) -> None:
        """Draw nothing any more."""
        self._picture = self._done = None
        self._pause.stop()
        self._renewal.stop()
        self._exhibit.forget("preview")
        self._exhibit.hold(None)

    @Slot()
    def _begin(self) -> None:
        if self._picture is not None:
            self._exhibit.get("preview", self._picture, self._make)

    def _make(self, shown: Any) -> None:
        if self._picture is None:
            return
        wanted = reduced(self._picture, self._room)
        done = self._done is not None and self._done[0] is shown and self._done[1] == wanted
        if not done:  # a line that was left as it was asks again
            self._done = shown, wanted
            with noting_left_out() as lost:
                self._image = self._exhibit.scene(shown, wanted).image()
            self._note = no_room(lost)
        self.drawn.emit(self._image, shown, self._note)


def reduced(picture: PictureRequest, room: QSize) -> PictureRequest:
    """``picture`` with the same layout in no more pixels than there is ``room`` for."""
    width, height = picture.layout
    share = min(room.width() / width, room.height() / height, 1.0)
    share = max(share, SMALLEST / min(width, height))
    return replace(picture, size=f"{round(width * share)}x{round(height * share)}", scale=1)


class Choosing(QObject):
    """One opened dialog. ``request`` is what may be exported now, None while anything is wrong."""

    save_requested = Signal(object)
    copy_requested = Signal(object)
    """The dialog's button was pressed; both carry this object."""

    def __init__(self, window: MainWindow, exhibit: Exhibit, settings: Settings) -> None:
        super().__init__(window)
        self.exhibit = exhibit
        self._settings = settings
        self.dialog = ExportDialog(exhibit.choices(), window)
        self.entries: dict[str, object] = {}
        self.request: ExportRequest | None = None
        self._drawn_of: Any = None
        self._previewer = Previewer(exhibit, self)
        self._presets = loads(settings.text("export/presets", ""))
        self._connect()

    def begin(self, entries: Entries) -> None:
        """Open the dialog with these entries."""
        room = self.dialog.screen().availableSize() * 0.96
        self.dialog.resize(self.dialog.sizeHint().boundedTo(room))
        self._show_presets()
        self._show(entries)
        self.dialog.open()
        self.dialog.form.fields["view"].target().setFocus()

    @property
    def shown(self) -> Any:
        """What the preview is drawn of, if it has all that is to be drawn; else None."""
        if self._drawn_of is None or self.request is None:
            return None
        if self.exhibit.has(self._drawn_of, self.request.picture):
            return self._drawn_of
        return None

    def read_as(self, form: Format) -> ExportRequest:
        """What is entered, in another format, which is then the one that is chosen; SpecError."""
        entries = {**self.entries, "format": form.name}
        request = self.exhibit.read(entries)
        self.entries = entries
        return request

    def _connect(self) -> None:
        dialog = self.dialog
        previewer = self._previewer
        dialog.changed.connect(self._take)
        dialog.save_requested.connect(self._save)
        dialog.copy_requested.connect(self._copy)
        dialog.finished.connect(self._end)
        dialog.presets.chosen.connect(self._choose_preset)
        dialog.presets.kept.connect(self._keep_preset)
        dialog.presets.dropped.connect(self._drop_preset)
        dialog.preview.room_changed.connect(self._ask)
        previewer.started.connect(dialog.preview.set_waiting)
        previewer.drawn.connect(self._drawn)
        self.exhibit.changed.connect(self._renew)

    def _show(self, entries: Entries) -> None:
        self.dialog.set_entries(completed(entries))
        self._take(self.dialog.entries())

    @Slot(object)
    def _take(self, entries: dict[str, object]) -> None:
        """Take over what is entered now."""
        self.entries = entries
        self.dialog.presets.show_name(self._preset_name())
        try:
            self.request = self.exhibit.read(entries)
        except SpecError as error:
            self.request = None
            self._refuse({found.path: f"Allowed: {found.allowed}" for found in error.problems})
            return
        self.dialog.set_problems({})
        self._tell(self.request)
        self._ask()

    def _refuse(self, problems: Mapping[str, str]) -> None:
        self._previewer.ask(None, self.dialog.preview.room())
        self.dialog.set_problems(problems)
        self.dialog.preview.set_problem("One of the entries is not allowed")

    def _tell(self, request: ExportRequest) -> None:
        """Sizes, name and title as they will be."""
        shown = self.exhibit.shown
        picture = request.picture
        if shown is None:
            return
        name = self.exhibit.name(shown, request)
        pixels, paper = measures(request)
        self.dialog.set_result(pixels, paper, name, request.sequence is None)
        self.dialog.set_carried(self.exhibit.carried(shown))
        wide, high = picture.layout
        self.dialog.form.set_hints(
            self.exhibit.title,
            f"{wide} × {high}",
            " × ".join(fixed(side * INCH_CM, 1) for side in picture.inches),
        )
        self.dialog.preview.set_aspect(wide, high, picture.theme == "dark")

    @Slot()
    def _ask(self) -> None:
        if self.request is not None and self.dialog.isVisible():
            self._previewer.ask(self.request.picture, self.dialog.preview.room())

    @Slot()
    def _renew(self) -> None:
        """Another moment came, from the training that goes on or with more measurements."""
        if self.request is not None:
            self._previewer.renew()

    @Slot(object, object, str)
    def _drawn(self, image: QImage, shown: object, note: str) -> None:
        self._drawn_of = shown
        self.dialog.set_note(note)
        self.dialog.preview.set_image(image)
        if self.request is not None:
            self._tell(self.request)

    @Slot()
    def _save(self) -> None:
        self.save_requested.emit(self)

    @Slot()
    def _copy(self) -> None:
        self.copy_requested.emit(self)

    @Slot()
    def _end(self) -> None:
        """The dialog is closed; nothing more is drawn for it."""
        self.exhibit.changed.disconnect(self._renew)
        self._previewer.stop()
        self.dialog.deleteLater()
        self.deleteLater()

    def _all_presets(self) -> dict[str, Entries]:
        return {**self.exhibit.presets, **self._presets}

    def _preset_name(self) -> str:
        """The preset that what is entered agrees with; "" for none."""
        now = dump_entries(completed(self.entries))
        for name, entries in self._all_presets().items():
            if dump_entries(completed(entries)) == now:
                return name
        return ""

    def _show_presets(self) -> None:
        bar = self.dialog.presets
        bar.set_presets(tuple(self.exhibit.presets), tuple(self._presets), self._preset_name())

    @Slot(str)
    def _choose_preset(self, name: str) -> None:
        self._show(self._all_presets()[name])

    @Slot(str)
    def _keep_preset(self, name: str) -> None:
        try:
            self._presets = kept(self._presets, name, self.entries)
        except SpecError as error:
            self.dialog.presets.set_problem(f"Allowed: {error.problems[0].allowed}")
            return
        self._store()
        self.dialog.presets.end()

    @Slot(str)
    def _drop_preset(self, name: str) -> None:
        self._presets = without(self._presets, name)
        self._store()

    def _store(self) -> None:
        self._settings.set_text("export/presets", dumps(self._presets))
        self._show_presets()


def measures(request: ExportRequest) -> tuple[str, str]:
    """How large it will be: "3840 × 2160 pixels" and "13.33 × 7.5 in (33.9 × 19.1 cm)"."""
    picture = request.picture
    if request.format.kind is FileKind.TABLE:
        return "The numbers behind the picture", ""
    inches = " × ".join(short(side, 4) for side in picture.inches)
    centimeters = " × ".join(fixed(side * INCH_CM, 1) for side in picture.inches)
    pixels = " × ".join(str(side) for side in picture.pixels)
    if request.format.pixels:
        first = f"{pixels} pixels"
    else:
        first = "Sharp at any size"
    return first, f"{inches} in ({centimeters} cm)"
