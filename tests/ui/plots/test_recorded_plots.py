"""Every plot shows a recording, or says in a sentence what of it is not recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.plots import sentences, words
from tests.helpers.recorded_experiment import recorded_experiment
from vgsim import record
from vgsim.measure.frame import Frame
from vgsim.measure.recorded import RecordingSource
from vgsim.measure.request import Request
from vgsim.nn.presets import load_preset
from vgsim.text.lacking import SENTENCES
from vgsim.text.scale import Scale
from vgsim.ui.plots.kinds import PLOTS
from vgsim.ui.style.theme import load_theme

DRAWN = {"gradient", "gradients", "heatmap", "loss", "parameters", "underflow", "updates"}
"""What an MLP has that was recorded with everything but activations of its own."""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> RecordingSource:
    path = tmp_path_factory.mktemp("recorded") / "run.vgrun"
    spec = load_preset("sigmoid-stack").replace({"network.depth": 4, "network.width": 8})
    return RecordingSource(recorded_experiment(path, spec, 3))


def shown(qtbot, name: str, frame: Frame):
    plot = PLOTS[name](load_theme("light"), Scale(-12, 1))
    qtbot.addWidget(plot)
    plot.resize(560, 300)
    plot.show()
    plot.set_frame(frame)
    return plot


def frame_for(source: RecordingSource, name: str, position: int) -> Frame:
    source.seek(1, position)
    return source.frame(request=Request(frozenset(PLOTS[name].wants)))


@pytest.mark.parametrize("name", [entry.name for entry in PLOTS])
def test_a_plot_draws_or_says_what_lacks(qtbot, source: RecordingSource, name: str) -> None:
    frame = frame_for(source, name, len(source.timeline) - 1)
    plot = shown(qtbot, name, frame)
    said = sentences(plot)
    if name in DRAWN:
        assert said == []
        assert PLOTS[name].data(frame)
    else:
        assert said[0] in SENTENCES.values()


@pytest.mark.parametrize("position", [0, 3, 6])
@pytest.mark.parametrize("name", [entry.name for entry in PLOTS])
def test_before_the_gradient_it_is_said(
    qtbot, source: RecordingSource, name: str, position: int
) -> None:
    plot = shown(qtbot, name, frame_for(source, name, position))
    assert sentences(plot) or words(plot)


def test_shares_alone_are_drawn_as_bars(qtbot, tmp_path: Path) -> None:
    with record.Recording(tmp_path / "run.vgrun") as run:
        run.stage("fc").stage("act", inputs=["fc"])
        run.step(0, saturated={"act": 0.25}, dead={"act": 0.5}, backward_order=[1, 0])
    source = RecordingSource(record.read(tmp_path / "run.vgrun"))
    source.seek(0, 2)
    frame = source.frame(request=Request(frozenset(PLOTS["saturation"].wants)))
    plot = shown(qtbot, "saturation", frame)
    assert "act · 25 % saturated · 50 % of its units dead" in words(plot)
