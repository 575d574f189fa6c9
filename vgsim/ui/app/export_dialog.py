"""The Export dialog at work: entries -> problems, sizes, preview, presets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, QSize, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from vgsim.core.errors import SpecError
from vgsim.core.numbers import fixed, short
from vgsim.export.compose import (
    no_room,
    noting_left_out,
    panel_names,
    view_names,
    view_title,
    wants,
)
from vgsim.export.entries import completed, format_names, read
from vgsim.export.format import Format
from vgsim.export.formats import FORMATS
from vgsim.export.picture import INCH_CM, SLIDE_PLOTS, SMALLEST, THEMES, PictureRequest
from vgsim.export.presets import SHIPPED, Entries, dumps, kept, loads, without
from vgsim.export.request import ExportRequest
from vgsim.export.sources import carried
from vgsim.export.writing import name_for
from vgsim.measure.frame import Frame
from vgsim.ui.app.session import Session
from vgsim.ui.app.settings import Settings
from vgsim.ui.app.state import State
from vgsim.ui.app.supply import Supply
from vgsim.ui.export_dialog import ExportChoices, ExportDialog
from vgsim.ui.plots.kinds import PLOTS
from vgsim.ui.window.main_window import MainWindow

PAUSE_MS = 150
"""A preview is drawn when nothing has changed for this long."""
RENEW_MS = 500
"""While other moments come in, the preview is drawn no more often than this."""
Draw = Callable[[Frame, PictureRequest], QImage]


class Previewer(QObject):
    """Draws what was asked for last, when one has stopped changing it."""

    started = Signal()
    drawn = Signal(object, object, str)
    """The image, the frame it shows, and a sentence on what has no room in it, if anything."""

    def __init__(self, supply: Supply, draw: Draw, parent: QObject) -> None:
        super().__init__(parent)
        self._supply, self._draw = supply, draw
        self._picture: PictureRequest | None = None
        self._room = QSize()
        self._done: tuple[Frame, PictureRequest] | None = None
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
        self._supply.hold(wants(picture))
        self._pause.start()
        self.started.emit()

    @Slot()
    def renew(self) -> None:
        """Another moment is there."""
        if self._picture is not None and not self._renewal.isActive():
            self._renewal.start()

    def stop(self) -> None:
        """Draw nothing any more."""
        self._picture = self._done = None
        self._pause.stop()
        self._renewal.stop()
        self._supply.forget("preview")
        self._supply.hold(frozenset())

    @Slot()
    def _begin(self) -> None:
        if self._picture is not None:
            self._supply.get("preview", wants(self._picture), self._make)

    def _make(self, frame: Frame) -> None:
        if self._picture is None:
            return
        wanted = reduced(self._picture, self._room)
        done = self._done is not None and self._done[0] is frame and self._done[1] == wanted
        if not done:  # a line that was left as it was asks again
            self._done = frame, wanted
            with noting_left_out() as lost:
                self._image = self._draw(frame, wanted)
            self._note = no_room(lost)
        self.drawn.emit(self._image, frame, self._note)


def reduced(picture: PictureRequest, room: QSize) -> PictureRequest:
    """``picture`` with the same layout in no more pixels than there is ``room`` for."""
    width, height = picture.layout
    share = min(room.width() / width, room.height() / height, 1.0)
    share = max(share, SMALLEST / min(width, height))
    return replace(picture, size=f"{round(width * share)}x{round(height * share)}", scale=1)


_THEME_TIPS = {"light": "Dark on white", "dark": "Light on black", "print": "Made for paper"}


class Choosing(QObject):
    """One opened dialog. ``request`` is what may be exported now, None while anything is wrong."""

    save_requested = Signal(object)
    copy_requested = Signal(object)
    """The dialog's button was pressed; both carry this object."""

    def __init__(
        self, window: MainWindow, session: Session, supply: Supply, settings: Settings, draw: Draw
    ) -> None:
        super().__init__(window)
        self._session = session
        self._settings = settings
        self.dialog = ExportDialog(choices(), window)
        self.entries: dict[str, object] = {}
        self.request: ExportRequest | None = None
        self._frame: Frame | None = None
        self._previewer = Previewer(supply, draw, self)
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
    def frame(self) -> Frame | None:
        """The moment that the preview shows, if it has all that is to be drawn."""
        if self._frame is None or self.request is None:
            return None
        enough = wants(self.request.picture) <= self._frame.request.kinds
        if enough:
            return self._frame
        return None

    def read_as(self, form: Format) -> ExportRequest:
        """What is entered, in another format, which is then the one that is chosen; SpecError."""
        entries = {**self.entries, "format": form.name}
        request = read(entries, self._compared())
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
        self._session.changed.connect(self._renew)

    def _show(self, entries: Entries) -> None:
        self.dialog.set_entries(completed(entries))
        self._take(self.dialog.entries())

    @Slot(object)
    def _take(self, entries: dict[str, object]) -> None:
        """Take over what is entered now."""
        self.entries = entries
        self.dialog.presets.show_name(self._preset_name())
        try:
            self.request = read(entries, self._compared())
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

    def _compared(self) -> bool:
        frame = self._session.frame
        return frame is not None and frame.other is not None

    def _tell(self, request: ExportRequest) -> None:
        """Sizes, name and title as they will be."""
        frame = self._session.frame
        picture = request.picture
        if frame is None:
            return
        name = name_for(frame, request)
        pixels, paper = measures(picture, request.format.pixels)
        self.dialog.set_result(pixels, paper, name, request.sequence is None)
        self.dialog.set_carried(carried(frame))
        wide, high = picture.layout
        self.dialog.form.set_hints(
            frame.subject.name or "Experiment",
            f"{wide} × {high}",
            " × ".join(fixed(side * INCH_CM, 1) for side in picture.inches),
        )
        self.dialog.preview.set_aspect(wide, high, picture.theme == "dark")

    @Slot()
    def _ask(self) -> None:
        if self.request is not None and self.dialog.isVisible():
            self._previewer.ask(self.request.picture, self.dialog.preview.room())

    @Slot(object, object)
    def _renew(self, before: State, now: State) -> None:
        """Another moment came, from the training that goes on or with more measurements."""
        if now.frame is before.frame:
            return
        if self.request is not None:
            self._previewer.renew()

    @Slot(object, object, str)
    def _drawn(self, image: QImage, frame: Frame, note: str) -> None:
        self._frame = frame
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
        self._session.changed.disconnect(self._renew)
        self._previewer.stop()
        self.dialog.deleteLater()
        self.deleteLater()

    def _all_presets(self) -> dict[str, Entries]:
        return {**SHIPPED, **self._presets}

    def _preset_name(self) -> str:
        """The preset that what is entered agrees with; "" for none."""
        for name, entries in self._all_presets().items():
            if completed(entries) == completed(self.entries):
                return name
        return ""

    def _show_presets(self) -> None:
        bar = self.dialog.presets
        bar.set_presets(tuple(SHIPPED), tuple(self._presets), self._preset_name())

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


def measures(picture: PictureRequest, pixelated: bool) -> tuple[str, str]:
    """How large it will be: "3840 × 2160 pixels" and "13.33 × 7.5 in (33.9 × 19.1 cm)"."""
    inches = " × ".join(short(side, 4) for side in picture.inches)
    centimeters = " × ".join(fixed(side * INCH_CM, 1) for side in picture.inches)
    pixels = " × ".join(str(side) for side in picture.pixels)
    if pixelated:
        first = f"{pixels} pixels"
    else:
        first = "Sharp at any size"
    return first, f"{inches} in ({centimeters} cm)"


def choices() -> ExportChoices:
    """Everything there is to choose from."""
    about = {entry.name: entry.summary for entry in PLOTS}
    plots = [(name, view_title(name), about.get(name, "")) for name in panel_names()]
    return ExportChoices(
        views=[(name, view_title(name), about.get(name, "")) for name in view_names()],
        plots=plots,
        formats=[FORMATS[name] for name in format_names()],
        themes=[(name, name.capitalize(), _THEME_TIPS[name]) for name in THEMES],
        slide_plots=SLIDE_PLOTS,
    )
