"""What the instruments of gradients measure against what it is defined by."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.specs import small
from vgsim.diagnosis.examination import collect
from vgsim.diagnosis.stopping import never
from vgsim.measure.coherence import (
    Coherence,
    mean_cosines,
    noise_level,
)
from vgsim.measure.forecast import Forecasted, Theory
from vgsim.measure.parameter_gradients import ParameterGradients
from vgsim.measure.request import Request
from vgsim.measure.singular import Singular
from vgsim.measure.snapshot import frame_of
from vgsim.measure.updates import Updates
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset
from vgsim.nn.spec import Spec

KINDS = (Updates, Coherence, ParameterGradients, Forecasted, Singular)
SEQUENCE = {"data__dataset": "adding", "data__length": 8, "training__loss": "mse"}

DEEP = Spec().replace({
    "network.depth": 50, "network.width": 64, "network.activation": "relu",
    "init.weights": "he_normal", "training.batch": 64,
})  # fmt: skip


def at(experiment, position, step=0):
    experiment.seek(step, position)
    return experiment


def end(experiment, step=0):
    """At the end of the backward pass."""
    return at(experiment, len(experiment.timeline) - 2, step)


def read(experiment, kind, sample=0):
    return frame_of(experiment, request=Request(frozenset([kind]), sample=sample)).measurement(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_before_a_pass_there_is_nothing_to_read(kind):
    assert read(Experiment(small()), kind) is None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("changes", [{}, {"network__kind": "lstm", **SEQUENCE}])
def test_measuring_changes_nothing(kind, changes):
    read_from, left_alone = (Experiment(small(**changes)) for _ in range(2))
    for _ in range(2 * len(read_from.timeline)):
        read_from.advance()
        left_alone.advance()
        read(read_from, kind)
    assert np.array_equal(read_from.network.flat.values, left_alone.network.flat.values)
    assert np.array_equal(read_from.optimizer.state, left_alone.optimizer.state)


def test_the_update_ratio_is_that_of_the_weights():
    experiment = Experiment(small())
    before = [stage.parameters["W"].copy() for stage in experiment.network.stages]
    experiment.run(1)
    found = read(experiment, Updates)
    after = [stage.parameters["W"] for stage in experiment.network.stages]
    expected = [
        np.linalg.norm(b - a) / np.linalg.norm(a) for a, b in zip(before, after, strict=True)
    ]
    assert found.ratios == pytest.approx(expected, rel=1e-9)
    assert found.names == ("W",) * 4 and found.owners == (0, 1, 2, 3) and found.step == 1


def test_the_ratio_stays_known_until_the_next_update():
    experiment = Experiment(small())
    experiment.run(3)
    there = read(experiment, Updates)
    for _ in experiment.timeline[:-2]:
        experiment.advance()
        amid = read(experiment, Updates)
        assert amid.step == 3 and np.array_equal(amid.ratios, there.ratios)


def test_wherever_one_goes_the_ratio_is_that_of_the_last_update():
    experiment, known = Experiment(small()), {}
    for step in range(1, 7):
        experiment.run(1)
        known[step] = read(experiment, Updates).ratios
    rng = np.random.default_rng(5)
    for _ in range(40):
        experiment.seek(int(rng.integers(6)), int(rng.integers(len(experiment.timeline))))
        found = read(experiment, Updates)
        assert (found is None) == (experiment.step == 0)
        assert found is None or found.step == experiment.step
        assert found is None or np.array_equal(found.ratios, known[found.step])


def test_a_chain_trains_no_weights():
    experiment = Experiment(load_preset("worked-example"))
    experiment.run(1)
    assert read(experiment, Updates).names == ()


def test_frozen_weights_have_a_ratio_of_zero():
    experiment = Experiment(small(training__learning_rate=0.0))
    experiment.run(1)
    assert not read(experiment, Updates).ratios.any()


def test_a_cell_has_two_matrices_and_the_readout_one():
    experiment = Experiment(small(network__kind="gru", **SEQUENCE))
    experiment.run(1)
    found = read(experiment, Updates)
    assert (found.names, found.owners) == (("W_x", "W_h", "W"), (0, 0, 1))


def pair_cosines(rows):
    """The cosine of every pair of different rows."""
    units = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return (units @ units.T)[np.triu_indices(len(rows), 1)]


def regressed(above, below):
    """Slope of the cosines at one stage over those at another, through 0 (least squares).

    Rows beside their negatives have a mean of 0, so that their correlation is their cosine.
    """
    two_sided = [np.corrcoef(np.hstack([rows, -rows])) for rows in (above, below)]
    one, two = (cosines[np.triu_indices(len(above), 1)] for cosines in two_sided)
    return np.linalg.lstsq(one[:, None], two, rcond=None)[0][0]


def test_coherence_is_the_mean_cosine_of_each_stage():
    experiment = end(Experiment(small()))
    found = read(experiment, Coherence)
    expected = [pair_cosines(view.dh).mean() for view in experiment.network.views]
    assert found.cosines == pytest.approx(expected)
    assert list(found.stages) == [1, 2, 3, 4] and found.samples == 8


def test_coherence_is_what_is_kept_since_the_last_hidden_stage():
    experiment = end(Experiment(small()))
    found = read(experiment, Coherence)
    first, second, top, _ = (view.dh for view in experiment.network.views)
    expected = [regressed(top, below) for below in (first, second, top)]
    assert found.top == 3 and np.isnan(found.kept[3])
    assert found.kept[:3] == pytest.approx(expected) and found.kept[2] == pytest.approx(1)


def test_coherence_shows_what_the_verdict_says():
    shattered = end(Experiment(load_preset("batch-norm-deep")))
    assert abs(read(shattered, Coherence).kept[:40]).max() < 0.15
    assert abs(read(shattered, Coherence).kept[0]) == pytest.approx(
        abs(collect(shattered, never).agreement)
    )
    plain, skips = (
        read(end(Experiment(DEEP.replace({"network.skip": skip}))), Coherence).kept[0]
        for skip in ("none", "residual")
    )
    assert plain < 0.06 < 3 * plain < skips


def test_coherence_grows_with_the_backward_pass():
    experiment = at(Experiment(small()), 7)
    assert list(np.isnan(read(experiment, Coherence).cosines)) == [True, True, False, False]


def test_one_sample_has_nothing_to_agree_with():
    assert read(end(Experiment(small(training__batch=1))), Coherence) is None


def test_the_cosines_of_a_stack_are_those_of_its_parts():
    stack = np.random.default_rng(0).normal(size=(5, 9, 4))
    stack[1, 3] = 0
    stack[2, 1:] = 0
    stack[3, 0, 0] = np.inf
    found = mean_cosines(stack)
    assert np.isnan(found[[2, 3]]).all()
    rows = stack[1][[0, 1, 2, 4, 5, 6, 7, 8]]
    units = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    cosines = (units @ units.T)[~np.eye(8, dtype=bool)]
    assert found[1] == pytest.approx(cosines.mean())


def test_white_noise_has_the_level_of_noise():
    rng = np.random.default_rng(3)
    found = mean_cosines(rng.normal(size=(2000, 12, 10)))
    assert found.std() == pytest.approx(noise_level(10, 12), rel=0.06)


def test_deep_and_wide_networks_are_looked_at_here_and_there():
    experiment = end(Experiment(small(network__depth=300, network__width=64, training__batch=0)))
    stages = read(experiment, Coherence).stages
    assert len(stages) < 301 and stages[0] == 1 and stages[-1] == 301


def test_parameters_have_the_gradients_of_the_pass():
    experiment = end(Experiment(small(network__norm="layer", network__skip="highway")))
    found = read(experiment, ParameterGradients)
    assert found.names == ("W", "b", "gamma", "beta", "W_T", "b_T")
    assert found.owners == ("1", "2", "3", "4")
    stage = experiment.network.stages[1]
    for row, name in enumerate(found.names):
        expected = np.sqrt(np.mean(stage.gradients[name] ** 2))
        assert found.values[row, 1] == pytest.approx(expected)
    assert not found.exists[4, 0] and found.exists[4, 1]


def test_parameters_appear_as_their_stage_is_reached():
    found = read(at(Experiment(small()), 7), ParameterGradients)
    assert list(np.isnan(found.values[0])) == [True, True, False, False]


@pytest.mark.parametrize("clip", ["none", "norm"])
def test_parameters_are_not_clipped(clip):
    experiment = Experiment(small(training__clip=clip, training__clip_at=1e-6))
    before = read(end(experiment), ParameterGradients)
    experiment.advance()
    assert read(experiment, ParameterGradients).values == pytest.approx(before.values)


def test_gates_have_rows_of_their_own():
    experiment = end(Experiment(small(network__kind="lstm", **SEQUENCE)))
    found = read(experiment, ParameterGradients)
    assert found.names[:5] == ("W_x i", "W_x f", "W_x g", "W_x o", "b i")
    assert found.owners == ("cell", "readout")
    forget = experiment.network.top.gradients["W_h"][:, 4:8]
    expected = np.sqrt(np.mean(forget**2))
    assert found.values[found.names.index("W_h f"), 0] == pytest.approx(expected)


def test_cells_are_known_at_the_end_of_the_pass():
    experiment = Experiment(small(network__kind="rnn", **SEQUENCE))
    found = read(at(experiment, len(experiment.timeline) - 3), ParameterGradients)
    assert np.isnan(found.values[found.exists[:, 0], 0]).all()
    assert np.isfinite(found.values[found.exists[:, 1], 1]).all()


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_theory_lies_on_the_gradient_of_wide_networks(activation):
    spec = Spec().replace({
        "network.depth": 8, "network.width": 256, "network.activation": activation,
        "init.weights": "he_normal" if activation == "relu" else "xavier_normal",
        "training.batch": 256, "data.samples": 400,
    })  # fmt: skip
    experiment = end(Experiment(spec))
    frame = frame_of(experiment, request=Request(frozenset([Forecasted])))
    found = frame.measurement(Forecasted)
    assert found.theory is Theory.MEAN_FIELD
    hops = np.diff(np.log(found.dh_rms)) - np.diff(np.log(frame.dh_rms))
    # the hop from the ten outputs is as noisy as ten units are
    assert np.abs(np.expm1(hops[:-1])).max() < 0.1


@pytest.mark.parametrize(
    "changes",
    [
        {"network__skip": "residual"},
        {"network__norm": "layer"},
        {"init__weights": "lsuv"},
        {"init__bias": "constant", "init__bias_value": 0.5},
        {"network__kind": "lstm", **SEQUENCE},
        {"network__kind": "rnn", "training__loss_at": "every", **SEQUENCE},
    ],
)
def test_where_theory_is_silent_there_is_no_forecast(changes):
    assert read(end(Experiment(small(**changes))), Forecasted) is None


def test_no_timestep_passes_the_bound():
    experiment = end(Experiment(small(network__kind="rnn", **SEQUENCE)))
    frame = frame_of(experiment, request=Request(frozenset([Forecasted])))
    found = frame.measurement(Forecasted)
    assert found.theory is Theory.BOUND and np.isnan(found.dh_rms[-1])
    assert (frame.dh_rms[:-1] <= found.dh_rms[:-1] * (1 + 1e-12)).all()


def test_singular_values_are_those_of_the_hop():
    experiment = end(Experiment(small(network__activation="tanh")))
    found = read(experiment, Singular, sample=2)
    stage = experiment.network.stages[1]
    jacobian = stage.arrays.derivative[2][:, None] * stage.parameters["W"].T
    expected = np.log10(np.linalg.svd(jacobian, compute_uv=False))
    assert found.hops[0] == pytest.approx(expected[[0, 2, 3]])
    assert found.samples == (2,) and list(found.hop_stages) == [1, 2, 3] and not found.chosen


def test_singular_values_are_those_of_the_pass_after_its_update():
    experiment = end(Experiment(small()))
    before = read(experiment, Singular)
    experiment.advance()
    assert read(experiment, Singular).hops == pytest.approx(before.hops)


def test_products_appear_as_stages_are_reached():
    experiment = at(Experiment(small()), 7)
    found = read(experiment, Singular)
    assert list(found.product_stages) == [3] and len(found.hops) == 3


def test_the_batch_is_a_mean_over_samples():
    experiment = end(Experiment(small()))
    single = [read(experiment, Singular, sample).hops for sample in (0, 2, 5, 7)]
    found = read(experiment, Singular, sample=None)
    assert found.samples == (0, 2, 5, 7)
    assert found.hops == pytest.approx(np.log10((10.0 ** np.array(single)).mean(axis=0)))


def test_shut_units_have_a_singular_value_of_zero():
    experiment = end(Experiment(small(network__activation="relu", init__weights="he_normal")))
    assert np.isneginf(read(experiment, Singular).hops[:, 2]).any()


def test_an_lstm_is_measured_with_its_state():
    experiment = end(Experiment(small(network__kind="lstm", **SEQUENCE)))
    found = read(experiment, Singular)
    assert found.state == "(h, c)" and len(found.hops) == 8


def test_large_networks_are_measured_at_chosen_hops():
    found = read(end(Experiment(small(network__depth=150, network__width=8))), Singular)
    assert found.chosen and len(found.hops) <= 64 and found.hop_stages[-1] == 150


def test_what_must_be_known_besides_is_noted():
    batch = read(end(Experiment(small(network__norm="batch"))), Singular)
    skip = {"network__skip": "residual", "network__skip_every": 2}
    assert "batch statistics" in batch.note
    assert "skip" in read(end(Experiment(small(**skip))), Singular).note
