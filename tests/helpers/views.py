"""Views filled with one moment, as pictures are made of them."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from vgsim.diagnosis.verdict import Tone, Verdict
from vgsim.measure.frame import Frame
from vgsim.measure.request import Request
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset
from vgsim.text.scale import Scale
from vgsim.ui.chain_rule.panel import HopPanel
from vgsim.ui.network_card import NetworkCard
from vgsim.ui.plots.kinds import PLOTS
from vgsim.ui.style.theme import Theme
from vgsim.ui.why.panel import WhyPanel
from vgsim.ui.widgets.card import Card
from vgsim.ui.window.docks import FIRST_PLOTS
from vgsim.ui.window.main_window import MainWindow

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
    return frame_of(experiment, generation=1, request=Request(kinds=_wanted(view)))


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
