"""Plots over the steps of a recording: all of them, with a line where one stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.helpers.growing import Growing
from tests.helpers.plots import marks
from vgsim.measure.source import RecordingFile, open_source
from vgsim.text.scale import Scale
from vgsim.ui.plots.kinds import PLOTS
from vgsim.ui.plots.layer import Lines


@pytest.fixture
def source(tmp_path):
    """Steps 0, 10, … 190."""
    return open_source(RecordingFile(Growing(tmp_path / "run.vgrun").write(20).close()))


def at(source, step):
    """The frame at the end of the way back in a recorded step."""
    source.seek(step, len(source.timeline) - 2)
    return source.frame()


def shown(name, frame, theme, qtbot):
    plot = PLOTS[name](theme, Scale(), 1.0)
    qtbot.addWidget(plot)
    plot.resize(600, 320)
    plot.set_frame(frame)
    plot.grab()
    return plot


def lines_at(plot, step):
    """Whether a line stands at the update that followed a step."""
    x = float(plot.area.across(step + 1))
    return [segment for line in marks(plot, Lines) for segment in line.lines if segment[0] == x]


@pytest.mark.parametrize("name", ["loss", "heatmap"])
def test_what_comes_after_the_moment_is_shown_too(name, source, theme, qtbot, styled):
    plot = shown(name, at(source, 50), theme, qtbot)
    assert plot.frame.history.steps[-1] == 191
    assert plot.area.x[1] >= 191
    assert len(lines_at(plot, 50)) == 1


@pytest.mark.parametrize("name", ["loss", "heatmap"])
def test_at_the_last_step_there_is_no_line(name, source, theme, qtbot, styled):
    assert not lines_at(shown(name, at(source, 190), theme, qtbot), 190)


def test_a_film_draws_only_what_has_come(source, theme, qtbot, styled):
    last = at(source, 190)
    frame = replace(at(source, 50), ahead=last)
    plot = shown("loss", frame, theme, qtbot)
    assert plot.frame.history.steps[-1] < 60
    assert not lines_at(plot, 50)


def test_an_experiment_beside_it_has_its_own_steps_only(source, theme, qtbot, styled):
    from tests.helpers.frames import make_frame

    frame = make_frame()
    both = replace(at(source, 50), other=frame)
    assert both.entire.other is frame
    assert replace(frame, other=at(source, 50)).entire.history is frame.history
    assert frame.entire is frame


def test_single_recorded_steps_are_no_means(source, theme, qtbot, styled):
    plot = shown("loss", at(source, 190), theme, qtbot)
    assert plot.subtitle == "training"
