"""A frame as a finished picture: fresh views laid out for the size, rendered at that size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget

from vgsim.core.errors import refuse
from vgsim.diagnosis.verdict import Verdict
from vgsim.export.drawing.raster import rendered
from vgsim.export.picture import PictureRequest
from vgsim.export.slide.content import Caption, Origin, SlideWords, compared_words, slide_words
from vgsim.export.slide.layout import Extent
from vgsim.export.slide.parts import BESIDE, HopSheet, Pair, Titled, make_diagram
from vgsim.export.slide.sheet import ASIDE, Sheet, SheetPart
from vgsim.export.slide.texts import Painted, all_texts, cut_texts
from vgsim.export.slide.why_sheet import WhySheet
from vgsim.measure.frame import Frame
from vgsim.nn.presets import baseline_of
from vgsim.nn.spec import Spec
from vgsim.text.scale import Scale
from vgsim.ui.chain_rule.panel import HopPanel
from vgsim.ui.diagram.by_column import columns_with_room, show_by_column
from vgsim.ui.diagram.model.geometry import BAR, CHIP_ROOM, FACTORS, LEFT, LOSS, NAMES, NUMBERS
from vgsim.ui.diagram.view import DiagramView
from vgsim.ui.plots.kinds import PLOTS, first_plot
from vgsim.ui.style.application import least_type, theme_palette, wear
from vgsim.ui.style.theme import Theme, load_theme, see_through

_OWN = {
    "slide": "Slide",
    "window": "Whole window",
    "diagram": "Network diagram",
    "hop": "Chain rule",
    "why": "Why",
    "comparison": "Comparison",
}
"""Views that are not plots, and what a user calls them."""
_OF_MAP = {"slide": "Slide", "map": "Map"}
MAP_VIEWS = tuple(_OF_MAP)
"""What can be drawn of a map."""
_PANELS = ("hop", "why")
"""Those among them that a slide may have beside the diagram."""
NO_OTHER = "a view of one experiment: this one is not compared with another"

SLIDE_POINTS = 540
"""Points of the short side of a slide, 7.5 inches."""
LEAST_TYPE = 13
"""Pixels of the smallest type on a slide."""
SHORT_SIDE = 500
"""Logical pixels of the short side: the smallest type is 14.04 pt on a slide of 7.5 inches."""
_WINDOW = (1600, 1000)
"""Logical pixels for which the whole window is laid out."""
ALONE = 24
"""Columns of a plot by stage that has no diagram beside it, where stages can be folded."""

_WISHES = {
    "hop": Extent((380, 166), (600, 260)),
    "why": Extent((230, 120), (420, 300)),
    "plot": Extent((186, 120), (340, 200)),
}
"""Room for each part of a sheet, in logical pixels."""


_LEFT_OUT: ContextVar[list[str] | None] = ContextVar("left out", default=None)
"""Names of what had no room, while :func:`noting_left_out` collects them."""


@dataclass(frozen=True, slots=True)
class WindowView:
    """How the whole window is made for a frame, and the views that it shows at first.

    Windows lie above this package, so it is handed down to it by :func:`supply_window`.
    """

    make: Callable[[Frame, Theme, float, Verdict | None], QWidget]
    parts: tuple[str, ...]
    wants: tuple[type, ...] = ()
    """Measurements that it shows besides those of its parts."""


_supplied: list[WindowView] = []


def supply_window(view: WindowView) -> None:
    """From now on the view "window" is made by ``view``."""
    _supplied[:] = [view]


def _window() -> WindowView:
    """SpecError where no window was supplied."""
    if not _supplied:
        raise refuse("view", "window", "another view: there is no window to draw here")
    return _supplied[0]


@dataclass(frozen=True, slots=True)
class Composition:
    """A picture as a widget, laid out and never shown on the screen.

    ``size`` is in logical pixels, of which each is ``ratio`` pixels of the picture.
    """

    widget: QWidget
    size: QSize
    ratio: float

    @property
    def left_out(self) -> tuple[str, ...]:
        """What was asked for and has no room."""
        if isinstance(self.widget, Sheet):
            return self.widget.left_out
        return ()

    @property
    def texts(self) -> list[Painted]:
        """Every text that is painted."""
        return all_texts(self.widget)


def view_names() -> tuple[str, ...]:
    """Everything that can be drawn by itself."""
    return (*_OWN, *PLOTS.names())


def panel_names() -> tuple[str, ...]:
    """What a slide may have beside the diagram."""
    return (*_PANELS, *PLOTS.names())


def view_title(name: str) -> str:
    """What a user calls a view."""
    own = _OWN | _OF_MAP
    if name in own:
        return own[name]
    return PLOTS[name].title


def wants(picture: PictureRequest) -> frozenset[type]:
    """Measurements that the frame of a picture needs."""
    kinds = frozenset(kind for view in _views(picture) for kind in _wants(view))
    if picture.view == "window":
        return kinds.union(_window().wants)
    return kinds


def _views(picture: PictureRequest) -> tuple[str, ...]:
    """The views that a picture is made of."""
    if picture.view == "window":
        return _window().parts
    parts = {"slide": picture.plots, "comparison": (first_plot(),)}
    return parts.get(picture.view, (picture.view,))


def _wants(view: str) -> tuple[type, ...]:
    if view in ("diagram", "why"):
        return ()
    if view == "hop":
        return HopPanel.wants
    return PLOTS[view].wants


def judged(picture: PictureRequest) -> bool:
    """Whether a verdict is shown."""
    said = picture.view == "slide" and picture.caption and not picture.sentences
    return said or "why" in _views(picture)


def advised(picture: PictureRequest) -> bool:
    """Whether remedies are shown, with what was measured of them."""
    return "why" in _views(picture)


@contextmanager
def staged(
    frame: Frame, picture: PictureRequest, current: Theme, verdict: Verdict | None = None
) -> Iterator[Composition]:
    """The picture of ``frame`` as a widget, in the picture's theme and type.

    ``frame`` has the measurements of :func:`wants`. ``current`` is the theme of the application,
    which gets it back afterwards. SpecError when there is nothing to compare with.
    """
    if picture.view == "comparison" and frame.other is None:
        raise refuse("view", picture.view, NO_OTHER)

    def make(theme: Theme, ratio: float) -> QWidget:
        return _widget(frame, picture, theme, ratio, verdict)

    with staged_widget(make, picture, current) as stage:
        yield stage


@contextmanager
def staged_widget(
    make: Callable[[Theme, float], QWidget], picture: PictureRequest, current: Theme
) -> Iterator[Composition]:
    """What ``make`` makes for a theme, and so many pixels of a logical one, as :func:`staged`."""
    theme = load_theme(picture.theme)
    if picture.transparent:
        theme = see_through(theme)
    least = 0 if picture.view == "window" else LEAST_TYPE
    with _dressed(theme, current), least_type(least):
        ratio = _ratio(picture)
        widget = make(theme, ratio)
        if theme is not current:  # the application's own sheet would restyle every open window
            wear(widget, theme)
        try:
            stage = _laid_out(widget, picture, ratio)
            yield stage
            _tell(stage)  # only now: being painted may have changed its layout
        finally:
            widget.close()
            widget.deleteLater()


@contextmanager
def _dressed(theme: Theme, current: Theme) -> Iterator[None]:
    """The application in another theme."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)  # a picture is painted by Qt
    if theme is current:
        yield
        return
    app.setPalette(theme_palette(theme))  # what is painted, not styled, reads its colors there
    try:
        yield
    finally:
        app.setPalette(theme_palette(current))


def _laid_out(widget: QWidget, picture: PictureRequest, ratio: float) -> Composition:
    width, height = picture.pixels
    least = widget.minimumSizeHint()  # a picture smaller than that shows all of it, smaller
    ratio = min(ratio, width / least.width(), height / least.height())
    size = QSize(round(width / ratio), round(height / ratio))
    widget.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    widget.resize(size)
    if picture.transparent:
        for area in widget.findChildren(QAbstractScrollArea):
            area.viewport().setAutoFillBackground(False)
    widget.show()
    for part in (widget, *widget.findChildren(QWidget)):
        QApplication.sendPostedEvents(part, QEvent.Type.LayoutRequest.value)
    return Composition(widget, size, ratio)


def _tell(stage: Composition) -> None:
    """Note what has no room, where it is collected."""
    told = _LEFT_OUT.get()
    if told is not None:
        told += [name for name in stage.left_out if name not in told]


def compose(
    frame: Frame, picture: PictureRequest, current: Theme, verdict: Verdict | None = None
) -> QImage:
    """The picture of ``frame``: exactly ``picture.pixels``, with alpha where it is transparent."""
    with staged(frame, picture, current, verdict) as stage:
        return image_of(stage, picture)


def image_of(stage: Composition, picture: PictureRequest) -> QImage:
    """What is staged for ``picture``, as pixels."""
    size = QSize(*picture.pixels)
    return rendered(stage.widget, size, stage.ratio, transparent=picture.transparent)


@contextmanager
def noting_left_out() -> Iterator[list[str]]:
    """Collects the names of what has no room in the pictures that are staged meanwhile."""
    found: list[str] = []
    token = _LEFT_OUT.set(found)
    try:
        yield found
    finally:
        _LEFT_OUT.reset(token)


def no_room(left_out: Sequence[str]) -> str:
    """That there was no room for something; empty where there was."""
    *others, last = left_out or ("",)
    names = " and ".join(filter(None, (", ".join(others), last)))
    if names:
        return f"no room for {names}; a larger size or fewer plots would show it"
    return ""


def smallest_text(stage: Composition) -> float:
    """Points of the smallest type, were the picture's short side that of a slide (7.5 inches)."""
    short = min(stage.size.width(), stage.size.height())
    return min((text.size for text in stage.texts), default=short) * SLIDE_POINTS / short


def clipped(stage: Composition) -> list[str]:
    """Texts that do not stand whole in the picture."""
    return cut_texts(stage.widget)


def _ratio(picture: PictureRequest) -> float:
    """Pixels of one logical pixel: type keeps its share of the short side at every size."""
    width, height = picture.pixels
    if picture.view == "window":
        return max(min(width / _WINDOW[0], height / _WINDOW[1]) * picture.font_scale, 0.5)
    return min(width, height) / SHORT_SIDE * picture.font_scale


def _widget(
    frame: Frame, picture: PictureRequest, theme: Theme, ratio: float, verdict: Verdict | None
) -> QWidget:
    if picture.view == "window":
        return _window().make(frame, theme, ratio, verdict)
    make = {"slide": _slide, "comparison": _comparison}.get(picture.view, _single)
    sheet = make(frame, picture, theme, ratio, verdict)
    on_paper(sheet, picture, theme)
    return sheet


def on_paper(sheet: QWidget, picture: PictureRequest, theme: Theme) -> None:
    """Paper behind a sheet, not the window's gray; nothing where one sees through."""
    if picture.transparent:
        return
    palette = sheet.palette()
    palette.setColor(palette.ColorRole.Window, theme.surface)
    sheet.setPalette(palette)


def _origin(spec: Spec | None) -> Origin:
    """The preset that an experiment comes from; of a recording there is none."""
    if spec is None:
        return Origin()
    name, baseline = baseline_of(spec)
    if name:
        return Origin(name, baseline)
    return Origin()


def _slide(
    frame: Frame, picture: PictureRequest, theme: Theme, ratio: float, verdict: Verdict | None
) -> Sheet:
    words = slide_words(frame, _origin(frame.spec), verdict, picture.title, picture.sentences)
    if "why" in picture.plots:  # the verdict is in that view already
        bare = replace(words.caption, heading="", sentence="", more="")
        words = replace(words, caption=bare)
    diagram = make_diagram(frame, theme, Scale.of(frame))
    main = SheetPart(diagram, _diagram_extent(frame))
    panels = [
        replace(_part(frame, name, theme, ratio, verdict, diagram), name=view_title(name).lower())
        for name in picture.plots
    ]
    return Sheet(words, main, panels, picture.caption)


def _comparison(
    frame: Frame, picture: PictureRequest, theme: Theme, ratio: float, verdict: Verdict | None
) -> Sheet:
    assert frame.other is not None  # staged() has looked
    origins = _origin(frame.spec), _origin(frame.other.spec)
    words = compared_words(frame, frame.other, origins, picture.title)
    main = SheetPart(Pair(frame, theme, Scale.of(frame)), _pair_extent(picture, ratio))
    panels = [_part(frame, first_plot(), theme, ratio, verdict)]
    return Sheet(words, main, panels, picture.caption)


def _single(
    frame: Frame, picture: PictureRequest, theme: Theme, ratio: float, verdict: Verdict | None
) -> Sheet:
    """One view; its heading is the title, unless there is another one."""
    words = slide_words(frame, _origin(frame.spec), title=picture.title)
    plain = SlideWords(picture.title, "", words.source, Caption())
    if picture.view == "diagram":
        diagram = make_diagram(frame, theme, Scale.of(frame))
        part = SheetPart(
            Titled("Network", "shade: RMS of ∂J/∂h over the batch", diagram), _diagram_extent(frame)
        )
    else:
        part = _part(frame, picture.view, theme, ratio, verdict)
    return Sheet(plain, part, captioned=picture.caption)


def _pair_extent(picture: PictureRequest, ratio: float) -> Extent:
    """Two diagrams beside each other, or one below the other where the picture is narrow."""
    beside = picture.pixels[0] / ratio - 2 * ASIDE >= BESIDE
    if beside:
        return Extent((BESIDE, 180), (1200, 215))
    return Extent((400, 344), (600, 420))


def _diagram_extent(frame: Frame) -> Extent:
    """At its best, every stage has its number, every hop its factor and every unit a dot."""
    wide = LEFT + LOSS + BAR + (CHIP_ROOM + 6) * (frame.stages + 1)
    high = NAMES + NUMBERS + FACTORS + 24 + 16 * max(frame.widths)
    least = NAMES + NUMBERS + FACTORS + 24 + min(max(9 * max(frame.widths), 30), 40)
    return Extent((400, least), (min(max(wide, 500), 860), min(max(high, 210), 340)))


def _part(
    frame: Frame,
    view: str,
    theme: Theme,
    ratio: float,
    verdict: Verdict | None,
    diagram: DiagramView | None = None,
) -> SheetPart:
    """One view under its heading; a plot by stage has the columns of the diagram beside it."""
    if view == "why":
        return SheetPart(WhySheet(verdict), _WISHES[view])
    if view == "hop":
        return SheetPart(
            Titled(view_title(view), "", HopSheet(frame, theme, Scale.of(frame))), _WISHES[view]
        )
    plot = PLOTS[view](theme, Scale.of(frame), ratio, still=True)
    titled = Titled(plot.title, plot.subtitle, plot)

    def retitle(*_: object) -> None:
        titled.set_subtitle(plot.described)

    plot.subtitle_changed.connect(retitle)
    plot.note_changed.connect(retitle)
    if diagram is None:
        show_by_column(plot, frame, columns_with_room(frame, ALONE))
    else:
        show_by_column(plot, frame, diagram.columns)
        # the sheet gives the diagram its room, and with it its columns, later
        diagram.folded.connect(lambda: show_by_column(plot, frame, diagram.columns))
    return SheetPart(titled, _WISHES["plot"])


def ground(picture: PictureRequest) -> str:
    """The color behind everything: paper, but the window has a gray of its own."""
    theme = load_theme(picture.theme)
    if picture.view == "window":
        return theme.background
    return theme.surface
