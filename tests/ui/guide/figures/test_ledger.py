"""The ledger: the factors of a network's own hops, and that they multiply to the gradient."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtTest import QTest

from tests.helpers.frames import make_frame
from tests.helpers.specs import small
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset
from vgsim.text.pointed import Pointed
from vgsim.ui.guide.model.ledger import HopProgress, ledger_of

SPECS = {
    "sigmoid": load_preset("sigmoid-stack"),
    "residual": small(network__skip="residual", network__depth=5),
    "timesteps": load_preset("rnn-digits"),
    "deep": small(network__depth=60),
}


def frame_in(spec, hops):
    """Amid the backward pass, ``hops`` hops from the last stage."""
    experiment = Experiment(spec)
    experiment.seek(0, experiment.stages + 2 + hops)
    return frame_of(experiment, 1)


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
@pytest.mark.parametrize("most", [4, 20, 1000])
def test_the_product_of_what_is_told_is_the_gradient(spec, most):
    frame = frame_in(spec, 3)
    ledger = ledger_of(frame, most)
    taken = [cell.value for cell in ledger.cells if cell.progress is not HopProgress.AHEAD]
    product = ledger.start * math.prod(taken)
    assert product == pytest.approx(float(frame.dh_rms[frame.stages - 4]), rel=1e-12)
    assert ledger.product == pytest.approx(product, rel=1e-12)
    assert len(ledger.cells) <= most


def test_it_says_where_the_signal_is_and_what_is_left():
    ledger = ledger_of(make_frame(7, dh_rms=[1, 1, 4e-5, 1e-4, 1e-3, 4e-3, 5e-3], reached=5), 20)
    assert ledger.result == "= 4.0e−5 at h₃"
    assert ledger.share == "1 part in 125 of what left h₇"
    assert [cell.words for cell in ledger.cells] == ["×0.80", "×0.25", "×0.10", "×0.40", "·", "·"]
    assert [cell.way for cell in ledger.cells][:2] == ["h₇ → h₆", "h₆ → h₅"]


def test_the_hop_of_the_moment_is_the_present_one():
    ledger = ledger_of(make_frame(6, reached=3), 20)
    progress = [cell.progress.value for cell in ledger.cells]
    assert progress == ["taken", "present", "ahead", "ahead", "ahead"]


@pytest.mark.parametrize("reached", [0, 1])
def test_before_the_first_hop_it_claims_nothing(reached):
    ledger = ledger_of(make_frame(6, reached=reached), 20)
    assert not ledger.result and not ledger.share
    assert {cell.words for cell in ledger.cells} == {"·"}


def test_a_gradient_that_is_gone_is_nothing_and_then_unknown():
    ledger = ledger_of(make_frame(4, dh_rms=[0, 0, 1, 1]), 20)
    assert [cell.words for cell in ledger.cells] == ["×1.0", "×0", "·"]
    assert ledger.share == "nothing of what left h₄"


def test_a_network_with_one_stage_has_no_hops():
    assert ledger_of(make_frame(1), 20).cells == ()


def test_deep_networks_wrap_into_three_rows(figure):
    shallow = figure("ledger", make_frame(6))
    deep = figure("ledger", make_frame(200))
    assert shallow.height() < deep.height() < 200
    assert deep.ledger.cells[0].start - deep.ledger.cells[0].end > 1


def test_the_mouse_on_a_cell_points_at_its_hop(figure, qtbot):
    view = figure("ledger", make_frame(6, reached=3))
    place = view._places()[2].center()
    with qtbot.waitSignal(view.pointed) as told:
        QTest.mouseMove(view, QPointF(place).toPoint())
    assert told.args == [Pointed(hop=5)]


def test_the_cell_that_is_pointed_at_wears_a_frame(figure):
    view = figure("ledger", make_frame(6))
    before = view.grab().toImage()
    view.set_pointed((Pointed(hop=4),))
    after = view.grab().toImage()
    changed = [
        (x, y)
        for x in range(0, before.width(), 2)
        for y in range(0, before.height(), 2)
        if before.pixel(x, y) != after.pixel(x, y)
    ]
    place = view._places()[3]
    assert changed
    assert all(place.adjusted(-2, -2, 2, 2).contains(QPointF(x, y)) for x, y in changed)


def test_it_is_told_to_who_cannot_see_it(figure):
    view = figure("ledger", make_frame(6, dh_rms=np.ones(6)))
    assert view.accessibleDescription() == "= 1.0 at h₁ ×1.0 of what left h₆"
