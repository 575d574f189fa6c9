"""Pinned runs, drawn behind A and B."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.helpers.plots import assert_whole, clashes, texts
from tests.helpers.specs import small
from vgsim.measure.run_so_far import pinned
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.text.scale import Scale
from vgsim.text.status import status_line
from vgsim.ui.plots.kinds import PLOTS


def after(updates, **changes):
    """The frame of a run that has made so many updates."""
    experiment = Experiment(small(**changes))
    experiment.run(updates)
    return frame_of(experiment)


@pytest.fixture
def frame():
    """A and B after four updates, and one that had made nine."""
    pin = pinned(after(9, network__activation="relu"), "ReLU")
    other = after(4, network__activation="sigmoid")
    return replace(after(4), other=other, pins=(pin,))


def shown(name, frame, theme, qtbot, size=(500, 320)):
    """A plot of ``frame``."""
    plot = PLOTS[name](theme, Scale(), 1.0)
    qtbot.addWidget(plot)
    plot.resize(*size)
    plot.set_frame(frame)
    plot.grab()
    return plot


def names(plot):
    """What the plot says of pinned runs."""
    return [text.text for text in texts(plot) if "pinned" in text.text]


@pytest.mark.parametrize("name", ["gradient", "loss", "accuracy"])
def test_a_pinned_run_has_a_dotted_line_with_its_name(name, frame, theme, qtbot, styled):
    plot = shown(name, frame, theme, qtbot)
    (curve,) = plot.ghosts._curves
    assert len(curve.getData()[0]) > 1
    assert curve.opts["pen"].dashPattern() and curve.zValue() < 0


@pytest.mark.parametrize("name", ["gradient", "loss"])
def test_it_is_named_where_there_is_room(name, frame, theme, qtbot, styled):
    plot = shown(name, frame, theme, qtbot, (700, 420))
    assert names(plot) == ["pinned: ReLU"]
    assert not clashes(plot)


def test_its_gradient_stays_as_it_was(frame, theme, qtbot, styled):
    plot = shown("gradient", frame, theme, qtbot)
    x, y = plot.ghosts._curves[0].getData()
    assert np.allclose(10.0**y, frame.pins[0].gradient) and list(x) == [1, 2, 3, 4]


def test_a_deeper_one_is_counted_from_the_last_stage(frame, theme, qtbot, styled):
    deep = pinned(after(1, network__depth=6), "depth 6")
    plot = shown("gradient", replace(frame, pins=(deep,)), theme, qtbot)
    x, _ = plot.ghosts._curves[0].getData()
    assert list(x) == [-2, -1, 0, 1, 2, 3, 4]
    assert plot.area.x[0] <= -2


def test_the_axis_of_steps_reaches_as_far_as_a_pinned_run(frame, theme, qtbot, styled):
    plot = shown("loss", frame, theme, qtbot)
    assert plot.area.x[1] >= 9
    assert_whole(plot)


@pytest.mark.parametrize("name", ["gradient", "loss"])
def test_a_run_that_is_let_go_leaves_nothing(name, frame, theme, qtbot, styled):
    plot = shown(name, frame, theme, qtbot)
    plot.set_frame(replace(frame, pins=()))
    plot.grab()
    assert len(plot.ghosts._curves[0].getData()[0]) == 0
    assert not names(plot)


def test_six_of_them_never_lie_over_each_other(frame, theme, qtbot, styled):
    pins = tuple(replace(frame.pins[0], name=f"run {n}") for n in range(6))
    for name in ("gradient", "loss"):
        assert not clashes(shown(name, replace(frame, pins=pins), theme, qtbot))


def test_the_transport_tells_both_losses(frame):
    _, loss, _ = status_line(frame).readout
    assert loss.startswith("J  A ") and " · B " in loss
    assert status_line(replace(frame, other=None)).readout[1].startswith("J = ")
