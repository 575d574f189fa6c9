"""What the chain rule shows of every kind of network: factors that multiply, and words."""

from __future__ import annotations

import math

import pytest

from tests.helpers.specs import small
from vgsim.measure.snapshot import frame_of
from vgsim.measure.subject import Subject
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset, preset_names
from vgsim.text.chain_rule import chain_rule, exactly, hop_factors
from vgsim.text.moments import moment_title
from vgsim.text.scale import Scale
from vgsim.text.status import status_line
from vgsim.text.table import stage_table
from vgsim.ui.diagram.model.picture import picture

SEQUENCE = {"data__dataset": "adding", "data__length": 6, "training__loss": "mse"}
NETWORKS = {
    "sigmoid": {"network__activation": "sigmoid"},
    "residual layer norm": {"network__skip": "residual", "network__norm": "layer"},
    "pre-activation": {"network__skip": "preactivation", "network__norm": "rms"},
    "highway": {"network__skip": "highway"},
    "dropout": {"network__dropout": 0.3},
    "rnn": {"network__kind": "rnn", **SEQUENCE},
    "lstm": {"network__kind": "lstm", **SEQUENCE},
    "gru": {"network__kind": "gru", **SEQUENCE},
}


def _after_backward(**changes: object) -> Experiment:
    experiment = Experiment(small(**changes))
    experiment.seek(0, 2 * experiment.stages + 1)
    return experiment


@pytest.mark.parametrize("changes", NETWORKS.values(), ids=NETWORKS)
def test_the_factors_shown_multiply_to_the_hop(changes):
    frame = frame_of(_after_backward(**changes))
    for k in range(1, frame.stages):
        product = math.prod(value for _, value in hop_factors(frame, k))
        assert product == pytest.approx(frame.dh_rms[k - 1] / frame.dh_rms[k], rel=1e-12)


def test_a_skip_and_a_normalization_have_their_part_and_their_place_in_the_formula():
    frame = frame_of(_after_backward(**NETWORKS["residual layer norm"]))
    assert [name for name, _ in hop_factors(frame, 1)] == ["derivative", "norm", "weights", "skip"]
    rule = chain_rule(frame)
    assert rule.formula.endswith("<i>g</i><sub>2</sub>) + <i>g</i><sub>2</sub>")
    assert "(∂<i>n</i><sub>2</sub>/∂<i>z</i><sub>2</sub>)<sup>⊤</sup>" in rule.formula
    assert rule.note.startswith("<i>g</i> = ∂<i>J</i>/∂<i>h</i>")


def test_every_layer_shows_its_own_activation():
    frame = frame_of(_after_backward(network__activations="relu,sigmoid,tanh"))
    assert "σ′(<i>z</i><sub>2</sub>)" in chain_rule(frame).formula


def test_a_timestep_shares_its_weights():
    frame = frame_of(_after_backward(**NETWORKS["rnn"]))
    assert chain_rule(frame).formula.endswith(
        "<i>W</i><sub><i>h</i></sub><sup>⊤</sup>(tanh′(<i>z</i><sub>2</sub>)\u2009⊙\u2009"
        "∂<i>J</i>/∂<i>h</i><sub>2</sub>)"
    )


def test_a_loss_at_every_timestep_adds_its_own_share():
    frame = frame_of(_after_backward(**NETWORKS["rnn"], training__loss_at="every"))
    rule = chain_rule(frame)
    assert rule.formula.endswith("<sup>(1)</sup>") and "loss" in rule.note


@pytest.mark.parametrize("name", preset_names())
def test_every_moment_of_a_preset_has_words(name):
    experiment = Experiment(load_preset(name))
    stages = experiment.stages
    for position in sorted({0, 1, 2, stages, stages + 1, stages + 2, stages + 3, 2 * stages + 2}):
        experiment.seek(0, position)
        rule = chain_rule(frame_of(experiment))
        assert rule.title and rule.formula and (rule.numbers or rule.hint)


@pytest.mark.parametrize(
    ("optimizer", "formula"),
    [
        ("sgd", "<i>w</i>\u2009←\u2009<i>w</i> − η (∂<i>J</i>/∂<i>w</i> + λ<i>w</i>)"),
        ("momentum", "<i>w</i>\u2009←\u2009<i>w</i> − η<i>v</i>"),
        (
            "adamw",
            "<i>w</i>\u2009←\u2009(1 − ηλ)<i>w</i> − η <i>m\u0302</i> / (√<i>s\u0302</i> + ε)",
        ),
    ],
)
def test_the_update_shows_its_rule_with_weight_decay(optimizer, formula):
    experiment = Experiment(small(training__optimizer=optimizer, training__weight_decay=0.1))
    experiment.run(1)
    assert chain_rule(frame_of(experiment)).formula == formula


def test_the_rate_shown_is_the_scheduled_one():
    experiment = Experiment(small(training__schedule="warmup", training__warmup=10))
    experiment.run(2)
    assert "η = 0.02" in chain_rule(frame_of(experiment)).note


def test_clipping_is_told_when_it_acted():
    experiment = Experiment(small(training__clip="norm", training__clip_at=1e-3))
    experiment.run(1)
    assert "→ 1e−3" in chain_rule(frame_of(experiment)).note


@pytest.mark.parametrize("changes", [{"optimizer": "momentum"}, {"weight_decay": 0.1}])
def test_the_worked_example_claims_no_product_that_is_none(changes):
    spec = load_preset("worked-example")
    experiment = Experiment(spec.replace({f"training.{k}": v for k, v in changes.items()}))
    experiment.run(2)
    assert "×" not in chain_rule(frame_of(experiment)).numbers


def test_an_exact_update_has_twelve_digits():
    assert exactly(1 / 3) == "exactly 0.333333333333"


def test_timesteps_are_called_so():
    experiment = _after_backward(**NETWORKS["lstm"])
    frame = frame_of(experiment)
    assert moment_title(frame.moment, 7, Subject(recurrent=True)).startswith(
        "Backward · timestep 1 of 6"
    )
    assert moment_title(experiment.timeline[7], 7, Subject(recurrent=True)).startswith(
        "Forward · readout"
    )
    assert status_line(frame).text.startswith("Backward · ")
    assert "readout" in stage_table(frame)


def test_the_input_column_shows_a_sequence_feature_by_feature():
    frame = frame_of(_after_backward(**NETWORKS["gru"]))
    assert picture(frame, Scale()).inputs.shape == (2, 6)
