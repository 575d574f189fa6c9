"""What a window exports: the moment that its session shows, or a map. One interface for both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal, SignalInstance, Slot

from vgsim.diagnosis.verdict import Verdict
from vgsim.export.compose import panel_names, view_names, view_title, wants
from vgsim.export.drawn_moment import DrawnMoment
from vgsim.export.entries import format_names, read
from vgsim.export.format import Drawable
from vgsim.export.formats import FORMATS
from vgsim.export.picture import SLIDE_PLOTS, THEMES, PictureRequest
from vgsim.export.presets import SHIPPED, Entries
from vgsim.export.request import ExportRequest
from vgsim.export.sources import carried
from vgsim.export.writing import name_for
from vgsim.measure.frame import Frame
from vgsim.ui.app.session import Session
from vgsim.ui.app.state import State
from vgsim.ui.app.supply import Supply
from vgsim.ui.export_dialog import ExportChoices
from vgsim.ui.export_dialog.fields import Choice
from vgsim.ui.plots.kinds import PLOTS
from vgsim.ui.style.theme import Theme

Dress = Callable[[], tuple[Theme, Verdict | None]]
"""The theme of the window, and what its Why panel says."""
THEME_TIPS = {"light": "Dark on white", "dark": "Light on black", "print": "Made for paper"}


class Exhibit(Protocol):
    """What can be exported now.

    ``shown`` is whatever a drawing is made of (a frame, the cells of a map); who asks for it gets
    it when it has all that a picture needs.
    """

    changed: SignalInstance
    """Something else is there to be drawn."""
    setting: str
    """Where the settings keep what was exported last of this kind."""
    presets: Mapping[str, Entries]
    """Those that are shipped for it."""

    @property
    def shown(self) -> Any:
        """What there is now, None for nothing."""
        ...

    @property
    def title(self) -> str:
        """What it is called where the user gives no title."""
        ...

    def choices(self) -> ExportChoices:
        """Everything there is to choose from."""
        ...

    def seen(self) -> Entries:
        """Entries that what the user looks at decides, whatever was exported last."""
        ...

    def read(self, entries: Entries) -> ExportRequest:
        """What the entries ask for; SpecError lists every problem, each with its field."""
        ...

    def get(self, who: str, picture: PictureRequest, take: Callable[[Any], None]) -> None:
        """Call ``take`` with what ``picture`` is drawn of: now, or when it comes."""
        ...

    def hold(self, picture: PictureRequest | None) -> None:
        """Have ready from now on what ``picture`` needs."""
        ...

    def forget(self, who: str) -> None:
        """Who asked wants nothing any more."""
        ...

    def data_picture(self, plot: str) -> PictureRequest:
        """The picture whose numbers are copied while ``plot`` is the plot that is meant."""
        ...

    def has(self, shown: Any, picture: PictureRequest) -> bool:
        """Whether ``shown`` has all that ``picture`` needs."""
        ...

    def scene(self, shown: Any, picture: PictureRequest) -> Drawable:
        """``shown`` as it is to be drawn."""
        ...

    def name(self, shown: Any, request: ExportRequest) -> str:
        """The name of the file that an export makes unless told otherwise."""
        ...

    def carried(self, shown: Any) -> str:
        """What an exported file tells of where it comes from, in a line."""
        ...


class MomentExhibit(QObject):
    """The moment that a session shows, with the measurements that a picture needs."""

    changed = Signal()
    setting = "export/last"
    presets: Mapping[str, Entries] = SHIPPED

    def __init__(self, session: Session, supply: Supply, dress: Dress, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._supply = supply
        self._dress = dress
        session.changed.connect(self._follow)

    @property
    def shown(self) -> Frame | None:
        """The frame."""
        return self._session.frame

    @property
    def title(self) -> str:
        """The experiment's."""
        return (self.shown.subject.name if self.shown else "") or "Experiment"

    def choices(self) -> ExportChoices:
        """Everything there is to choose from."""
        return moment_choices()

    def seen(self) -> Entries:
        """None: a moment is exported as the last one."""
        return {}

    def read(self, entries: Entries) -> ExportRequest:
        """What the entries ask for; SpecError for a comparison of one, too."""
        return read(entries, self.shown is not None and self.shown.other is not None)

    def get(self, who: str, picture: PictureRequest, take: Callable[[Any], None]) -> None:
        """The frame, once it has what is drawn."""
        self._supply.get(who, wants(picture), take)

    def hold(self, picture: PictureRequest | None) -> None:
        """Have it measured with every frame."""
        self._supply.hold(frozenset() if picture is None else wants(picture))

    def forget(self, who: str) -> None:
        """Who asked wants nothing any more."""
        self._supply.forget(who)

    def data_picture(self, plot: str) -> PictureRequest:
        """The plot."""
        return PictureRequest(view=plot)

    def has(self, shown: Frame, picture: PictureRequest) -> bool:
        """Whether all is measured."""
        return wants(picture) <= shown.request.kinds

    def scene(self, shown: Frame, picture: PictureRequest) -> Drawable:
        """The moment, with what the Why panel says."""
        return DrawnMoment(shown, picture, *self._dress())

    def name(self, shown: Frame, request: ExportRequest) -> str:
        """It says experiment and moment."""
        return name_for(shown, request)

    def carried(self, shown: Frame) -> str:
        """Experiment, step and moment."""
        return carried(shown)

    @Slot(object, object)
    def _follow(self, before: State, now: State) -> None:
        if now.frame is not before.frame:
            self.changed.emit()


def moment_choices() -> ExportChoices:
    """What there is to choose from of an experiment or a recording."""
    about = {entry.name: entry.summary for entry in PLOTS}
    return ExportChoices(
        views=[(name, view_title(name), about.get(name, "")) for name in view_names()],
        plots=[(name, view_title(name), about.get(name, "")) for name in panel_names()],
        formats=[FORMATS[name] for name in format_names()],
        themes=theme_choices(),
        slide_plots=SLIDE_PLOTS,
    )


def theme_choices() -> list[Choice]:
    """The themes, and for what each is."""
    return [(name, name.capitalize(), THEME_TIPS[name]) for name in THEMES]
