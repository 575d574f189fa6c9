"""Views filled with one moment, as pictures are made of them."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from vgsim.engine.experiment import Experiment
from vgsim.engine.frame import Frame
from vgsim.engine.presets import load_preset
from vgsim.engine.readings import Tone, Verdict
from vgsim.engine.readings.wish import Wish
from vgsim.present.scale import Scale
from vgsim.present.theme import Theme
from vgsim.views.arrangement import FIRST_PLOTS
from vgsim.views.controls.card import Card
from vgsim.views.hop import HopPanel
from vgsim.views.main_window import MainWindow
from vgsim.views.network_card import NetworkCard
from vgsim.views.plots import PLOTS
from vgsim.views.why_panel import WhyPanel

VERDICT = Verdict(
    "vanishing-slope", "Vanishing: σ′ is at most 0.25", ("Every hop shrinks it to ×0.2.",), (),
    0.9, Tone.WARNING,
)  # fmt: skip


def _wanted(view: str) -> frozenset[type]:
    if view == "window":
        return frozenset(kind for name in (*FIRST_PLOTS, "hop") for kind in _wanted(name))
    if view in ("diagram", "why"):
        return frozenset()
    return frozenset(HopPanel.wants if view == "hop" else PLOTS[view].wants)


def moment_for(view: str, preset: str, *, steps: int = 0, position: int = 0) -> Frame:
    """A frame of a shipped experiment with all that ``view`` shows: updates, then moments."""
    experiment = Experiment(load_preset(preset))
    experiment.run(steps)
    if position:
        experiment.seek(experiment.step, position)
    return experiment.frame(generation=1, wish=Wish(kinds=_wanted(view)))


def view_of(view: str, frame: Frame, theme: Theme) -> QWidget:
    """A whole window, or a card with one view in it."""
    if view == "window":
        return _window(frame, theme)
    holder = QWidget()
    if view == "diagram":
        card: QWidget = NetworkCard(theme, Scale())
        card.set_frame(frame)
    else:
        card = Card(view)
        card.body.addWidget(_panel(view, frame, theme))
    QVBoxLayout(holder).addWidget(card)
    return holder


def _panel(view: str, frame: Frame, theme: Theme) -> QWidget:
    if view == "why":
        why = WhyPanel()
        why.set_verdict(VERDICT)
        return why
    panel = HopPanel(theme, Scale()) if view == "hop" else PLOTS[view](theme, Scale(), 1.0)
    panel.set_frame(frame)
    return panel


def _window(frame: Frame, theme: Theme) -> MainWindow:
    window = MainWindow(theme, Scale(), 1.0)
    window.workspace.why.set_verdict(VERDICT)
    window.workspace.fill()
    window.set_spec(frame.spec, frame.spec)
    window.set_frame(frame)
    return window
