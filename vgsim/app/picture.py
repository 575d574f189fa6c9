"""A frame as a finished picture: fresh views laid out for the size, rendered at that size."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from vgsim.engine.errors import refuse
from vgsim.engine.frame import Frame
from vgsim.engine.presets import load_preset, preset_names
from vgsim.engine.readings import Verdict
from vgsim.engine.spec import Spec
from vgsim.export.png import rendered
from vgsim.present.scale import Scale
from vgsim.present.status import RunState
from vgsim.present.theme import Theme, load_theme, theme_names
from vgsim.views.controls.card import Card
from vgsim.views.hop import HopPanel
from vgsim.views.main_window import MainWindow
from vgsim.views.network_card import NetworkCard
from vgsim.views.plots import PLOTS
from vgsim.views.style import apply_theme
from vgsim.views.why_panel import WhyPanel
from vgsim.views.workspace import FIRST_PLOTS

_OWN = {
    "window": "Whole window",
    "diagram": "Network diagram",
    "hop": "Chain rule",
    "why": "Why",
}
"""Views that are no plots, and what a person calls them."""
JUDGED = ("window", "why")
"""Views that show the verdict."""
SMALLEST, LARGEST = 160, 8192
"""Pixels that a side of a picture may have."""


_COMFORTABLE = {
    "window": (1600, 1000),
    "diagram": (1200, 600),
    "hop": (960, 300),
    "why": (360, 520),
}
"""Logical pixels for which a view is laid out; plots have 800 x 450."""


@dataclass(frozen=True, slots=True)
class PictureSpec:
    """What to draw: a view by its name, a theme, and the exact size in pixels."""

    view: str = "window"
    theme: str = "light"
    width: int = 1920
    height: int = 1080


def view_names() -> tuple[str, ...]:
    """Everything that can be drawn by itself."""
    return (*_OWN, *PLOTS.names())


def view_title(name: str) -> str:
    """What a person calls a view."""
    return _OWN[name] if name in _OWN else PLOTS[name].title


def wants(view: str) -> frozenset[type]:
    """Readings that the frame of a picture needs."""
    if view == "window":
        return frozenset(kind for name in (*FIRST_PLOTS, "hop") for kind in wants(name))
    if view in ("diagram", "why"):
        return frozenset()
    return frozenset(HopPanel.wants if view == "hop" else PLOTS[view].wants)


def parse_picture(view: str, theme: str, size: str) -> PictureSpec:
    """A picture spec from the words of a command line; SpecError when one is not allowed."""
    if view not in view_names():
        raise refuse("view", view, "one of " + ", ".join(view_names()))
    if theme not in theme_names():
        raise refuse("theme", theme, "one of " + ", ".join(theme_names()))
    sides = size.lower().split("x")
    if len(sides) != 2 or not all(side.isascii() and side.isdigit() for side in sides):
        raise refuse("size", size, "WIDTHxHEIGHT in pixels, for example 1920x1080")
    width, height = (int(side[:9]) for side in sides)
    if not all(SMALLEST <= side <= LARGEST for side in (width, height)):
        raise refuse("size", size, f"{SMALLEST} to {LARGEST} pixels a side")
    return PictureSpec(view, theme, width, height)


def compose(
    frame: Frame,
    wanted: PictureSpec,
    scale: Scale,
    current: Theme,
    verdict: Verdict | None = None,
) -> QImage:
    """The picture of ``frame``: exactly ``wanted.width`` x ``wanted.height`` pixels.

    ``frame`` has the readings of :func:`wants`. ``current`` is the theme of the application, which
    gets it back afterwards. ``verdict`` is what the Why panel says.
    """
    app = QApplication.instance()
    assert isinstance(app, QApplication)  # a picture is painted by Qt
    theme = load_theme(wanted.theme)
    if theme is not current:
        apply_theme(app, theme)
    ratio = _ratio(wanted)
    widget = _view(frame, wanted, theme, scale, ratio, verdict)
    least = widget.minimumSizeHint()  # a picture smaller than that shows all of it, smaller
    ratio = min(ratio, wanted.width / least.width(), wanted.height / least.height())
    try:
        return rendered(widget, QSize(wanted.width, wanted.height), ratio)
    finally:
        widget.close()
        widget.deleteLater()
        if theme is not current:
            apply_theme(app, current)


def _ratio(wanted: PictureSpec) -> float:
    """Device pixels a logical one: the view is laid out for a comfortable logical size."""
    width, height = _COMFORTABLE.get(wanted.view, (800, 450))
    # never below one pixel a logical pixel's half: text would turn to dust
    return max(min(wanted.width / width, wanted.height / height), 0.5)


def _view(
    frame: Frame,
    wanted: PictureSpec,
    theme: Theme,
    scale: Scale,
    ratio: float,
    verdict: Verdict | None,
) -> QWidget:
    if wanted.view == "window":
        return _window(frame, theme, scale, ratio, verdict)
    holder = QWidget()
    column = QVBoxLayout(holder)
    if wanted.view == "diagram":
        network = NetworkCard(theme, scale)
        network.timeline.hide()  # nobody can drag it
        network.set_frame(frame)
        column.addWidget(network)
    elif wanted.view in _OWN:
        card = Card(view_title(wanted.view))
        card.body.addWidget(_panel(frame, wanted.view, theme, scale, verdict))
        column.addWidget(card)
    else:
        plot = PLOTS[wanted.view](theme, scale, ratio)
        plot.set_frame(frame)
        card = Card(plot.title, plot.subtitle)
        card.body.addWidget(plot)
        plot.subtitle_changed.connect(card.set_subtitle)
        column.addWidget(card)
    return holder


def _panel(frame: Frame, view: str, theme: Theme, scale: Scale, verdict: Verdict | None) -> QWidget:
    if view == "why":
        why = WhyPanel()
        why.set_verdict(verdict, measuring=False)
        return why
    hop = HopPanel(theme, scale)
    hop.set_frame(frame)
    return hop


def _window(
    frame: Frame, theme: Theme, scale: Scale, ratio: float, verdict: Verdict | None
) -> MainWindow:
    window = MainWindow(theme, scale, ratio)
    window.workspace.why.set_verdict(verdict, measuring=False)
    window.workspace.fill()
    name, baseline = baseline_of(frame.spec)
    window.form.set_presets(preset_choices())
    window.form.set_current_preset(name)
    window.set_spec(frame.spec, baseline)
    window.set_state(RunState(can_back=True))
    window.set_frame(frame)
    return window


def preset_choices() -> list[tuple[str, str, str]]:
    """(name, title, description) of every shipped preset."""
    specs = [(name, load_preset(name)) for name in preset_names()]
    return [(name, spec.name, spec.description) for name, spec in specs]


def preset_of(spec: Spec) -> str:
    """Name of the shipped preset that ``spec`` is; empty when it is none of them."""
    return next((name for name in preset_names() if load_preset(name) == spec), "")


def baseline_of(spec: Spec) -> tuple[str, Spec]:
    """(name, spec) of the shipped preset with the title of ``spec``; ("", spec) if none has."""
    for name in preset_names():
        preset = load_preset(name)
        if preset.name == spec.name:
            return name, preset
    return "", spec
