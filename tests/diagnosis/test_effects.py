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
    FAR,
    LEAST_STEPS,
    NEAR,
    Bench,
    affordable_steps,
    effect,
    factors,
    spike,
)
from vgsim.diagnosis.hops import way_of
from vgsim.diagnosis.stopping import Stopped
from vgsim.diagnosis.verdict import Remedy
from vgsim.measure.snapshot import frame_of
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
        (spec, found.hop_before, found.end_before, found.loss_before),
        (spec.replace(dict(RELU.changes)), found.hop, found.end, found.loss),
    ):
        experiment = Experiment(changed)
        experiment.seek(0, len(experiment.timeline) - 1)
        dh = frame_of(experiment).dh_rms[:-1]  # without the output
        assert np.isclose(hop, np.prod(dh[:-1] / dh[1:]) ** (1 / (len(dh) - 1)), rtol=1e-12)
        assert np.isclose(end, dh[0] / dh[-1], rtol=1e-12)
        assert experiment.seek(7, experiment.stages + 1).phase is Phase.LOSS
        assert loss == experiment.value
    assert found.steps == 7 and not found.refused


def test_the_factor_without_a_remedy_is_that_of_the_verdict():
    experiment = Experiment(load_preset("sigmoid-stack"))
    experiment.seek(0, len(experiment.timeline) - 1)
    way = way_of(experiment, frame_of(experiment))
    assert np.isclose(effect(experiment.spec, NOTHING, 1, never).hop_before, way.mean_hop)


def test_a_remedy_for_vanishing_hands_back_more():
    found = effect(load_preset("sigmoid-stack"), RELU, 50, never)
    assert found.hop > 2 * found.hop_before and found.loss < found.loss_before


def test_changing_nothing_changes_nothing():
    found = effect(small(), NOTHING, 5, never)
    assert (found.hop, found.end, found.loss) == (
        found.hop_before,
        found.end_before,
        found.loss_before,
    )


def test_a_remedy_that_cannot_be_is_refused_with_the_sentence():
    found = effect(small(), Remedy("deeper", (("network.depth", 2000),)), 3, never)
    assert "network.depth = 2000" in found.refused
    assert math.isnan(found.hop) and math.isfinite(found.hop_before)


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
    bench = Bench(small(), 3)
    first, second = bench.effect(RELU, never), bench.effect(NOTHING, never)
    assert len(built) == 3 and first.loss_before == second.loss_before


def test_a_divergence_is_infinite_not_nan():
    rate = Remedy("hot", (("training.learning_rate", 100.0), ("network.activation", "relu")))
    assert (
        effect(small(training__loss="mse", training__precision="float32"), rate, 50, never).loss
        == math.inf
    )


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


def test_large_networks_make_fewer_updates():
    assert affordable_steps(Experiment(small())) == NEAR + FAR
    large = small(network__width=512, network__depth=10, training__batch=0, data__samples=8000)
    assert LEAST_STEPS <= affordable_steps(Experiment(large)) < NEAR + FAR


@pytest.mark.parametrize("preset", ["lstm-adding", "zeros", "deep-linear", "worked-example"])
def test_every_kind_of_network_can_be_measured(preset):
    found = effect(load_preset(preset), NOTHING, 2, never)
    assert found.hop == found.hop_before or math.isnan(found.hop)
    assert math.isfinite(found.loss)


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
    assert math.isnan(soon.spike)
    assert later.spike > 1.2 * later.loss and 50 < later.spike_step <= 300


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
