"""What came of a run up to a moment."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.helpers.specs import small
from vgsim.measure.run_so_far import first_update_to, pinned, run_so_far
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment


@pytest.fixture
def run():
    """An experiment after three updates."""
    experiment = Experiment(small())
    experiment.run(3)
    return experiment


def test_before_the_first_pass_nothing_is_known():
    found = run_so_far(frame_of(Experiment(small())))
    assert math.isnan(found.loss) and math.isnan(found.ratio) and math.isnan(found.decades_lost)


def test_after_an_update_it_is_of_that_update(run):
    found = run_so_far(frame_of(run))
    assert found.gradient_step == 3 and found.loss == run.history.view().loss[-1]
    assert found.gradient == pytest.approx(run.history.view().dh_rms[-1], rel=1e-12)


def test_while_a_pass_goes_on_the_gradient_is_of_the_one_before(run):
    run.advance()
    run.advance()
    found = run_so_far(frame_of(run))
    assert found.gradient_step == 3 and np.isfinite(found.ratio)


@pytest.mark.parametrize(("updates", "step"), [(0, 1), (3, 3)])
def test_a_pass_that_has_come_to_stage_1_speaks_for_itself_if_it_is_the_first(run, updates, step):
    run.reset()
    run.seek(updates, len(run.timeline) - 2)
    assert str(run.moment) == "backward:1"
    frame = frame_of(run)
    found = run_so_far(frame)
    assert found.gradient_step == step
    assert np.array_equal(found.gradient, frame.dh_rms) is (updates == 0)


def test_decades_are_powers_of_ten_between_the_ends(run):
    found = replace(run_so_far(frame_of(run)), gradient=np.array([1e-5, 1e-3, 1e-2]))
    assert found.ratio == pytest.approx(1e-3) and found.decades_lost == pytest.approx(3.0)
    assert found.hops == 2
    assert replace(found, gradient=np.array([0.0, 1.0])).decades_lost == math.inf


def test_the_first_update_at_or_below_a_loss(run):
    history = run.history.view()
    losses = np.array([2.0, 1.0, 0.5])
    known = replace(history, loss=losses)
    assert first_update_to(known, 1.0) == 2
    assert first_update_to(known, 0.4) is None


def test_a_pinned_run_keeps_its_curves(run):
    pin = pinned(frame_of(run), "before")
    run.run(4)
    assert pin.name == "before" and pin.step == 3 and len(pin.history.steps) == 3
