"""The measured effect of remedies."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.specs import small
from vgsim.core.errors import SpecError
from vgsim.diagnosis.effects import (
    FIRST,
    HORIZON,
    LEAST,
    Bench,
    Runner,
    affordable,
    effect,
    factors,
    spike,
)
from vgsim.diagnosis.hops import way_of
from vgsim.diagnosis.stopping import Stopped
from vgsim.diagnosis.verdict import FromHere, Remedy, Ruling
from vgsim.measure.snapshot import frame_of
from vgsim.nn.continuing import origin_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.moments import Phase
from vgsim.nn.presets import load_preset

RELU = Remedy("ReLU", (("network.activation", "relu"), ("init.weights", "he_normal")))
NOTHING = Remedy("nothing", ())


def never() -> bool:
    return False


def test_figures_are_those_of_the_two_experiments():
    spec = small(network__activation="sigmoid")
    found = effect(spec, RELU, 7, never)
    for changed, hop, end, loss in (
        (spec, found.before.hop, found.before.end, found.before.loss),
        (spec.replace(dict(RELU.changes)), found.after.hop, found.after.end, found.after.loss),
    ):
        experiment = Experiment(changed)
        experiment.seek(0, len(experiment.timeline) - 1)
        dh = frame_of(experiment).dh_rms[:-1]  # without the output
        assert np.isclose(hop, np.prod(dh[:-1] / dh[1:]) ** (1 / (len(dh) - 1)), rtol=1e-12)
        assert np.isclose(end, dh[0] / dh[-1], rtol=1e-12)
        assert experiment.seek(7, experiment.stages + 1).phase is Phase.LOSS
        assert loss == experiment.value
    assert found.through == 7 and found.done and not found.refused


def test_the_factor_without_a_remedy_is_that_of_the_verdict():
    experiment = Experiment(load_preset("sigmoid-stack"))
    experiment.seek(0, len(experiment.timeline) - 1)
    way = way_of(experiment, frame_of(experiment))
    assert np.isclose(effect(experiment.spec, NOTHING, 1, never).before.hop, way.mean_hop)


def test_a_remedy_for_vanishing_hands_back_more():
    found = effect(load_preset("sigmoid-stack"), RELU, 50, never)
    assert found.after.hop > 2 * found.before.hop and found.after.loss < found.before.loss


def test_changing_nothing_changes_nothing():
    found = effect(small(), NOTHING, 5, never)
    assert found.before == found.after and found.ruling is Ruling.CHANGES_NOTHING


def test_a_remedy_that_cannot_be_is_refused_with_the_sentence():
    found = effect(small(), Remedy("deeper", (("network.depth", 2000),)), 3, never)
    assert "network.depth = 2000" in found.refused
    assert math.isnan(found.after.hop) and found.ruling is Ruling.REFUSED


def test_data_that_cannot_be_read_refuse_the_remedy():
    changes = (("data.dataset", "csv"), ("data.path", "/nowhere.csv"))
    assert "data.path" in effect(small(), Remedy("other data", changes), 3, never).refused


def test_an_experiment_that_cannot_be_is_an_error():
    with pytest.raises(SpecError):
        effect(small(data__dataset="csv"), NOTHING, 3, never)


def test_stop_is_asked_after_every_moment():
    asked = []
    effect(small(), NOTHING, 10, lambda: bool(asked.append(1)))
    assert len(asked) >= 2 * 10 * (len(Experiment(small()).timeline) - 1)


@pytest.mark.parametrize("after", [0, 1, 5, 12])
def test_stop_ends_the_measurement(after):
    asked = []

    def enough() -> bool:
        asked.append(1)
        return len(asked) > after

    with pytest.raises(Stopped):
        effect(small(), NOTHING, 10, enough)
    assert len(asked) == after + 1


def test_the_bench_measures_the_present_once(monkeypatch):
    built = []
    monkeypatch.setattr(
        "vgsim.diagnosis.effects.Experiment",
        lambda spec: built.append(spec) or Experiment(spec),
    )
    first, second = Bench(small(), 3).effects("", (RELU, NOTHING), never)
    assert len(built) == 3 and first.before == second.before


def test_a_divergence_is_infinite_not_nan():
    rate = Remedy("hot", (("training.learning_rate", 100.0), ("network.activation", "relu")))
    spec = small(training__loss="mse", training__precision="float32")
    found = effect(spec, rate, 50, never)
    assert found.after.loss == math.inf and found.ruling is Ruling.DIVERGES


def test_a_network_of_one_stage_has_no_hop():
    assert all(map(math.isnan, factors(np.array([0.5]))))


@pytest.mark.parametrize(
    ("dh", "hop", "end"),
    [
        ((0.0, 0.1, 1.0), 0.0, 0.0),
        ((0.0, 0.0, 0.0), math.nan, math.nan),
        ((math.inf, 2.0, 1.0), math.inf, math.inf),
        ((math.inf, math.inf, math.inf), math.nan, math.nan),
        ((math.nan, 1.0, 1.0), math.nan, math.nan),
        ((1e-300, 0.0, 1e300), 1e-300, 0.0),
    ],
)
def test_zero_and_overflow_have_their_own_factors(dh, hop, end):
    assert np.allclose(factors(np.array(dh)), (hop, end), rtol=1e-9, atol=0, equal_nan=True)


@given(st.lists(st.floats(1e-12, 1e12), min_size=2, max_size=30))
def test_the_factor_a_hop_makes_up_the_whole(dh):
    hop, end = factors(np.array(dh))
    assert math.isclose(math.log10(hop) * (len(dh) - 1), math.log10(end), abs_tol=1e-9)


def test_large_networks_are_told_of_more_often_not_measured_less():
    large = small(network__width=512, network__depth=10, training__batch=0, data__samples=8000)
    first, far = affordable(Experiment(large))
    assert LEAST <= first < FIRST and far < HORIZON
    assert affordable(Experiment(small()))[0] == FIRST


@pytest.mark.parametrize("preset", ["lstm-adding", "zeros", "deep-linear", "worked-example"])
def test_every_kind_of_network_can_be_measured(preset):
    found = effect(load_preset(preset), NOTHING, 2, never)
    assert found.after.hop == found.before.hop or math.isnan(found.after.hop)
    assert math.isfinite(found.after.loss)


@pytest.mark.parametrize(
    ("losses", "found"),
    [
        ((2.3, 1.0, 0.5), (math.nan, 0)),
        ((2.3, 0.5, 3.1, 0.6, 2.0), (3.1, 2)),
        ((2.3, 0.1, 0.3), (math.nan, 0)),  # twice as much of next to nothing is noise
        ((2.3, 1.0, math.inf), (math.nan, 0)),  # told as what J is at the end
    ],
)
def test_a_loss_that_rises_again_is_a_spike(losses, found):
    assert np.array_equal(spike(losses), found, equal_nan=True)


def test_a_spike_of_a_remedy_is_told_with_its_step():
    """ReLU at a rate of 0.5 learns for a while before a batch throws it back."""
    soon = effect(load_preset("sigmoid-stack"), RELU, 50, never)
    later = effect(load_preset("sigmoid-stack"), RELU, 300, never)
    assert math.isnan(soon.after.spike)
    assert later.after.spike > 1.2 * later.after.loss and 50 < later.after.spike_step <= 300


def test_what_gains_nothing_does_not_help():
    spec = small(network__activation="sigmoid")
    assert not effect(spec, NOTHING, 20, never).helps
    assert not effect(small(), Remedy("deeper", (("network.depth", 2000),)), 3, never).helps
    assert effect(load_preset("sigmoid-stack"), RELU, 100, never).helps


def test_a_chain_that_trains_nothing_is_helped_by_what_keeps_the_gradient():
    one = Remedy("A factor of 1", (("network.factor", 1.0),))
    worse = Remedy("A factor of 0.1", (("network.factor", 0.1),))
    spec = load_preset("worked-example")
    assert effect(spec, one, 2, never).helps and not effect(spec, worse, 2, never).helps


def origin(spec, updates: int):
    experiment = Experiment(spec)
    experiment.run(updates)
    return origin_of(experiment)


def last(spec, remedy, updates: int, origin=None, outcome: str = ""):
    """What is known of the remedy when all is done."""
    *_, found = Bench(spec, updates).effects(outcome, (remedy,), never, origin)
    return found


def test_the_first_figures_come_before_all_updates_are_made():
    told = list(Bench(small(), 120).effects("", (RELU,), never))
    assert [one.through for one in told] == [50, 100, 120]
    assert [one.done for one in told] == [False, False, True]


def test_from_here_both_go_on_from_the_present_weights():
    spec = small(training__learning_rate=1e-6)
    faster = Remedy("faster", (("training.learning_rate", 0.05),))
    found = last(spec, faster, 40, origin(spec, 30))
    experiment = Experiment(spec)
    experiment.run(70)
    experiment.seek(70, experiment.stages + 1)
    assert math.isclose(found.here_before.tail[-1], experiment.value)
    assert found.here.loss < found.here_before.loss and found.from_here is FromHere.MEASURED
    assert found.here.tail[0] != found.after.tail[0]


def test_a_remedy_of_the_rate_goes_on_exactly_as_the_rate_would():
    """A change to the present value is none: bit for bit the same course from here."""
    spec = small()
    same = Remedy("same", (("training.learning_rate", spec.training.learning_rate),))
    found = last(spec, same, 20, origin(spec, 15))
    assert found.here == found.here_before


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ((("init.weights", "he_normal"),), FromHere.START),
        ((("network.width", 7),), FromHere.OTHER),
        ((("network.norm", "layer"),), FromHere.OTHER),
        (RELU.changes, FromHere.PART),
        ((("training.optimizer", "adam"), ("training.learning_rate", 0.01)), FromHere.MEASURED),
    ],
)
def test_what_can_be_measured_from_here(changes, expected):
    spec = small(network__activation="sigmoid")
    found = last(spec, Remedy("x", changes), 5, origin(spec, 4))
    assert found.from_here is expected
    assert (found.here is None) == (expected in (FromHere.START, FromHere.OTHER))


def test_at_the_start_here_is_a_fresh_start_and_measured_once():
    spec = small()
    found = last(spec, RELU, 5, origin(spec, 0))
    assert found.here is None and found.from_here is FromHere.SAME


def test_what_was_measured_from_a_fresh_start_holds_from_every_state():
    spec = small()
    bench = Bench(spec, 20)
    *_, first = bench.effects("", (RELU,), never, origin(spec, 3))
    told = list(bench.effects("", (RELU,), never, origin(spec, 6)))
    assert told[0].before == first.before and told[0].from_here is FromHere.NOT_YET
    assert not told[0].done and told[-1].done
    assert told[-1].after == first.after and told[-1].here != first.here


def test_a_measurement_that_was_stopped_goes_on_where_it_was():
    spec = small(network__norm="batch")
    whole = last(spec, RELU, 30)
    bench = Bench(spec, 30)
    for moments in (1, 7, 100, 333):
        left = iter(range(moments))
        with pytest.raises(Stopped):
            list(bench.effects("", (RELU,), lambda left=left: next(left, None) is None))
    *_, found = bench.effects("", (RELU,), never)
    assert found == whole


def test_a_course_that_was_put_away_goes_on_as_if_it_had_not_been(monkeypatch):
    monkeypatch.setattr("vgsim.diagnosis.effects.PARKED", 0)
    spec = small(training__optimizer="adam")
    runner = Runner(lambda: Experiment(spec))
    for updates in (3, 9, 20):
        course = runner.to(updates, never)
        runner.park()
    assert course == Runner(lambda: Experiment(spec)).to(20, never)


def test_what_diverges_is_tried_at_a_smaller_rate():
    hot = load_preset("sigmoid-stack").replace(
        {"training.learning_rate": 60.0, "training.precision": "float32"}
    )
    found = last(hot, RELU, 120)
    assert dict(found.offer.changes)["training.learning_rate"] < 60.0
    assert found.offer.catch.startswith("At the present learning rate")


def test_a_rate_that_is_called_too_small_is_not_made_smaller():
    hot = load_preset("sigmoid-stack").replace({"training.learning_rate": 60.0})
    assert last(hot, RELU, 60, outcome="rate_too_small").offer == RELU


def test_a_difference_that_is_not_clear_is_measured_for_longer():
    spec = small(training__learning_rate=0.01)
    noise = Remedy("no matter", (("training.weight_decay", 1e-7),))
    found = last(spec, noise, HORIZON)
    assert found.wanted > HORIZON or found.ruling is Ruling.CHANGES_NOTHING
    assert not found.helps


def test_against_overfitting_j_on_held_out_samples_decides():
    """Long trained on few noisy samples: weight decay makes J larger and the held-out one less."""
    spec = small(
        data__dataset="digits", data__held_out=0.9, network__width=32, network__activation="relu",
        init__weights="he_normal", training__learning_rate=0.1, training__batch=0,
    )  # fmt: skip
    decay = Remedy("decay", (("training.weight_decay", 0.03),))
    by_j = last(spec, decay, 120)
    found = last(spec, decay, 120, outcome="overfitting")
    assert found.held_out and math.isfinite(found.before.held)
    assert found.after.held < found.before.held and by_j.ruling is Ruling.WORSE
    assert found.ruling is not Ruling.WORSE
