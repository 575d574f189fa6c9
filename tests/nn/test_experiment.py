"""Moments, stepping, running, going back."""

from __future__ import annotations

import gc
import weakref
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.specs import small
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.moments import Phase
from vgsim.nn.presets import load_preset, preset_names


def _state(experiment: Experiment) -> bytes:
    flat = experiment.network.flat
    return flat.values.tobytes() + experiment.optimizer.state.tobytes()


def test_a_pass_goes_forward_to_the_loss_and_back():
    moments = islice(Experiment(small(network__depth=1)).moments(), 6)
    words = "forward:1 forward:2 loss backward:2 backward:1 update"
    assert " ".join(map(str, moments)) == words


@pytest.mark.parametrize("optimizer", ["sgd", "momentum"])
def test_stepping_equals_running_bit_for_bit(optimizer):
    spec = small(training__optimizer=optimizer, training__weight_decay=0.01)
    ran, stepped = Experiment(spec), Experiment(spec)
    ran.run(25)
    while stepped.step < 25:
        stepped.advance()
        frame_of(stepped)
    assert _state(ran) == _state(stepped)
    assert ran.history.view().dh_rms.tobytes() == stepped.history.view().dh_rms.tobytes()


def test_reset_begins_the_same_run_again():
    experiment = Experiment(small())
    experiment.run(10)
    first = _state(experiment)
    experiment.reset()
    experiment.run(10)
    assert _state(experiment) == first


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 10)), max_size=8))
def test_seeking_ends_in_the_bits_of_running(places):
    spec = small(training__optimizer="momentum")
    moved, ran = Experiment(spec), Experiment(spec)
    for step, position in places:
        moved.seek(step, position)
    moved.seek(17, 0)
    ran.run(17)
    assert _state(moved) == _state(ran)


def test_seeking_back_shows_the_same_frame():
    experiment = Experiment(small())
    experiment.run(5)
    experiment.seek(5, 7)
    there = frame_of(experiment)
    experiment.run(3)
    experiment.seek(5, 7)
    assert np.array_equal(frame_of(experiment).dh_rms, there.dh_rms, equal_nan=True)


def test_the_update_can_be_taken_back():
    experiment = Experiment(small())
    last = len(experiment.timeline) - 1
    before = _state(experiment)
    experiment.seek(0, last)
    assert experiment.step == 1
    experiment.seek(0, last - 1)
    assert experiment.step == 0 and _state(experiment) == before


def test_what_can_be_gone_to_stays_so_when_one_goes_back():
    experiment = Experiment(small())
    assert experiment.reach() == (0, 0)
    experiment.run(300)
    first, latest = experiment.reach()
    assert first <= 100 and latest == 300
    experiment.seek(120, 3)
    assert experiment.reach() == (first, 300)
    experiment.reset()
    assert experiment.reach() == (0, 0)


def test_going_on_again_does_not_run_again():
    experiment = Experiment(small())
    experiment.run(200)
    experiment.seek(50, 0)
    ran: list[int] = []
    experiment.seek(190, 0, lambda: bool(ran.append(experiment.step)))
    assert ran == []


def test_going_on_runs_from_here():
    experiment = Experiment(small())
    experiment.seek(3, 4)
    ran: list[int] = []
    experiment.seek(7, 2, lambda: bool(ran.append(experiment.step)))
    assert ran == [4, 5, 6, 7]


def test_the_history_has_no_gap_after_going_back_and_on():
    moved, ran = Experiment(small()), Experiment(small())
    ran.run(60)
    moved.run(50)
    moved.seek(20, 0)
    assert frame_of(moved).history.steps[-1] == 20
    moved.seek(60, 0)
    assert frame_of(moved).history.loss.tobytes() == frame_of(ran).history.loss.tobytes()


def test_a_way_can_be_interrupted():
    experiment = Experiment(small())
    experiment.seek(1000, 0, lambda: experiment.step >= 5)
    assert experiment.step == 5 and experiment.moment.phase is Phase.UPDATE


def test_an_unknown_position_is_refused():
    with pytest.raises(ValueError, match="position 99"):
        Experiment(small()).seek(0, 99)


def test_running_on_from_the_middle_of_a_pass_finishes_that_pass():
    whole, halved = Experiment(small()), Experiment(small())
    whole.run(3)
    halved.seek(0, 4)
    halved.run(3)
    assert _state(whole) == _state(halved)


def test_changing_the_depth_keeps_the_weights_of_the_first_stages():
    shallow, deep = Experiment(small(network__depth=2)), Experiment(small(network__depth=5))
    for at in (0, 1, -1):
        pair = [e.network.stages[at].parameters["W"] for e in (shallow, deep)]
        assert np.array_equal(*pair)


def test_changing_the_batch_keeps_weights_and_data():
    one, two = Experiment(small(training__batch=4)), Experiment(small(training__batch=16))
    assert _state(one) == _state(two)
    assert np.array_equal(one.data.x_train, two.data.x_train)


def test_the_worked_example_gives_its_six_numbers_exactly():
    experiment = Experiment(load_preset("worked-example"))
    experiment.seek(0, len(experiment.timeline) - 2)
    assert frame_of(experiment).dh_rms.tolist() == [0.25**k for k in (5, 4, 3, 2, 1, 0)]
    experiment.advance()
    assert frame_of(experiment).update_norm[0] == pytest.approx(0.0000098, rel=0.01)


@pytest.mark.parametrize(("factor", "end"), [(0.5, 0.0009765625), (1.5, 57.6650390625)])
def test_the_worked_example_reaches_ten_hops_by_one_edit(factor, end):
    spec = load_preset("worked-example").replace({"network.factor": factor, "network.depth": 11})
    experiment = Experiment(spec)
    experiment.run(1)
    assert experiment.telemetry.dh_norm[0] == end


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_runs(name):
    experiment = Experiment(load_preset(name))
    experiment.run(20)
    assert frame_of(experiment).step == 20


def test_sigmoid_stack_loses_four_fifths_a_hop():
    experiment = Experiment(load_preset("sigmoid-stack"))
    experiment.run(500)
    dh = frame_of(experiment).dh_rms[:-1]
    factors = dh[:-1] / dh[1:]
    assert np.all((factors > 0.1) & (factors < 0.3))
    assert experiment.history.view().held_accuracy[-1] < 0.25


@pytest.mark.slow
def test_relu_with_he_learns_digits():
    spec = load_preset("relu-he")
    experiment = Experiment(spec)
    experiment.run(spec.training.steps)
    experiment.evaluate()
    assert experiment.history.view().held_accuracy[-1] > 0.9


def test_overflow_is_shown_where_it_began_and_raises_nothing():
    experiment = Experiment(load_preset("exploding"))
    experiment.run(60)
    frame = frame_of(experiment)
    assert frame.anomalies[0].kind == "overflow"
    assert 1 <= frame.anomalies[0].step <= 60
    assert np.isinf(frame.dh_rms).any() and not np.isnan(frame.dh_rms).any()


def test_frames_are_read_only_copies():
    experiment = Experiment(small())
    experiment.run(1)
    frame = frame_of(experiment)
    before = frame.node_dh[0].copy()
    experiment.run(1)
    assert np.array_equal(frame.node_dh[0], before)
    with pytest.raises(ValueError, match="read-only"):
        frame.dh_rms[0] = 1.0


def test_a_frame_holds_nothing_that_the_pass_has_not_reached():
    experiment = Experiment(small())
    experiment.seek(0, experiment.stages + 2)
    frame = frame_of(experiment)
    assert frame.moment.phase is Phase.BACKWARD and frame.backward_from == 4
    assert np.isnan(frame.dh_rms[:3]).all() and np.isfinite(frame.dh_rms[3])


def test_column_norm_is_the_root_mean_square_of_its_nodes():
    experiment = Experiment(small())
    experiment.run(1)
    frame = frame_of(experiment)
    for nodes, total in zip(frame.node_dh, frame.dh_rms, strict=True):
        assert np.sqrt(np.mean(nodes**2)) == pytest.approx(total, rel=1e-12)


def test_norms_below_the_square_root_of_the_smallest_float_are_exact():
    spec = small(
        training__precision="float32",
        network__depth=12,
        network__activation="identity",
        init__weights="normal",
        init__std=1e-3,
    )
    narrow, wide = Experiment(spec), Experiment(spec.replace({"training.precision": "float64"}))
    for experiment in (narrow, wide):
        experiment.run(1)
    assert 0 < narrow.telemetry.dh_norm[0] < 1e-30
    assert np.allclose(narrow.telemetry.dh_norm, wide.telemetry.dh_norm, rtol=1e-4, atol=0)


def test_a_copy_restored_to_a_checkpoint_goes_on_in_the_same_bits():
    spec = small(training__optimizer="adam", network__norm="batch")
    experiment, copy_of = Experiment(spec), Experiment(spec)
    experiment.run(30)
    experiment.checkpoint()
    copy_of.history.adopt(experiment.history.view())
    copy_of.restore(experiment.checkpoints.before(30))
    for each in (experiment, copy_of):
        each.run(5)
    assert _state(copy_of) == _state(experiment) and copy_of.step == 35
    assert np.array_equal(copy_of.history.view().loss, experiment.history.view().loss)


def test_an_experiment_is_gone_with_its_last_reference():
    """Its arrays are large, and the window lets garbage be collected now and then only."""
    assert not gc.isenabled()
    gone = weakref.ref(experiment := Experiment(small(network__norm="batch")))
    experiment.run(3)
    experiment.seek(1, 4)
    del experiment
    assert gone() is None
