"""The whole window as a view that can be exported, like the diagram or a plot."""

from __future__ import annotations

from pathlib import Path

from vgsim.diagnosis.verdict import Verdict
from vgsim.export.compose import WindowView, supply_window
from vgsim.measure.frame import Frame
from vgsim.measure.source import RecordingFile
from vgsim.nn.presets import baseline_of, preset_choices
from vgsim.text.scale import Scale
from vgsim.ui.pacing import RunState
from vgsim.ui.recording.panel import RecordingPanel
from vgsim.ui.style.theme import Theme
from vgsim.ui.window.docks import FIRST_PLOTS
from vgsim.ui.window.main_window import MainWindow


def made_window(frame: Frame, theme: Theme, ratio: float, verdict: Verdict | None) -> MainWindow:
    """A window of its own that shows ``frame``, with the panels that are open at first."""
    window = MainWindow(theme, Scale.of(frame), ratio)
    window.workspace.why.set_verdict(verdict, measuring=False)
    for effect in verdict.effects if verdict else ():
        window.workspace.why.add_effect(effect)
    window.workspace.fill()
    if frame.spec is not None:
        name, baseline = baseline_of(frame.spec)
        window.form.set_presets(preset_choices())
        window.form.set_current_preset(name)
        window.set_spec(frame.spec, baseline)
    else:
        window.set_recording(RecordingFile(Path(frame.subject.recording)))
    window.set_state(RunState(can_back=True, recorded=frame.spec is None))
    window.set_frame(frame)
    return window


def offer_window() -> None:
    """Let exports draw the whole window."""
    supply_window(WindowView(made_window, (*FIRST_PLOTS, "hop", "why"), RecordingPanel.wants))
