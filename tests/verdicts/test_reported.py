"""The reported cases: networks of people who asked why theirs does not learn."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from vgsim.core.errors import SpecError
from vgsim.diagnosis import judge
from vgsim.diagnosis.verdict import Verdict
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset
from vgsim.nn.spec import Spec, loads

HERE = Path(__file__).with_name("reported")

Changes = dict[str, object]
FIXED: Changes = {"training.clip": "none", "training.learning_rate": 0.0, "training.seed": 1}


def as_reported(name: str, changes: Changes) -> Spec:
    """A shipped preset, or a reported file with the path of its data made whole."""
    file = HERE / f"{name}.toml"
    if not file.exists():
        return load_preset(name).replace(changes)
    fields: Changes = {}
    for section, values in tomllib.loads(file.read_text("utf-8")).items():
        if isinstance(values, dict):
            fields |= {f"{section}.{key}": value for key, value in values.items()}
    if "data.path" in fields:
        fields["data.path"] = str((HERE / str(fields["data.path"])).resolve())
    return Spec().replace(fields | changes)


def verdict(name: str, updates: int, changes: Changes | None = None) -> Verdict:
    """What is said of it after so many updates."""
    experiment = Experiment(as_reported(name, changes or {}))
    experiment.run(updates)
    return judge(experiment)


ADAM: Changes = {"training.optimizer": "adam", "training.learning_rate": 0.001}


@pytest.mark.parametrize(
    ("name", "updates", "changes", "expected"),
    [
        ("relu-small", 5, {}, "vanishing_weights"),
        ("relu_small_after", 20, {}, "vanishing_weights"),
        ("A30_uniform_default30", 100, {}, "vanishing_weights"),
        ("B01_converged", 300, {}, "minimum"),
        ("B01_noise_floor", 300, {}, "minimum"),
        ("B01_noise_floor", 3000, {}, "minimum"),
        ("A24_price", 0, {}, "target_scale"),
        ("A24_price", 50, ADAM, "target_scale"),
        ("A24_price", 500, ADAM, "target_scale"),
        ("A03_x4", 0, {}, "data_scale"),
        ("A12a_l2", 200, {}, "weight_decay"),
        ("relu-he", 200, {"training.weight_decay": 0.1}, "weight_decay"),
        ("A27_clip_tiny", 0, {}, "clipping"),
        ("A27_clip_tiny", 100, {}, "clipping"),
        ("relu-he", 100, {"network.dropout": 0.95}, "dropout"),
        ("A14_makemore", 0, {}, "start_too_large"),
        ("A14_makemore", 200, {}, "start_too_large"),
        ("A07_xor_relu2", 3000, {"training.seed": 3}, "local_minimum"),
        ("A02_sigmoid4x500", 300, {}, "vanishing_capped"),
        ("A10_wide_std1", 0, {}, "exploding_weights"),
        ("A05_linear100", 0, {}, "overflow_forward"),
        ("A27_clip_tiny", 0, FIXED, "rate_too_small"),
        ("A29_adam_big_lr", 300, {}, "rate_too_large"),
        ("A31_imbalanced", 200, {}, "imbalance"),
        ("A01_eight", 0, {}, "healthy"),
        ("A01_eight", 300, {}, "healthy"),
        ("A03_x4", 100, {}, "data_scale"),
        ("A03_x4", 500, {}, "data_scale"),
        ("A06_gauss4x4", 0, {}, "exploding_weights"),
        ("A10_wide_std1", 100, {}, "exploding_weights"),
        ("A12b_lr1", 0, {}, "rate_too_large"),
        ("A12b_lr1", 300, {}, "rate_too_large"),
        ("A13_rnn_relu", 0, {}, "exploding_recurrent"),
        ("A13_rnn_relu", 100, {}, "exploding_recurrent"),
        ("A15_lstm2000", 0, {}, "forgetting"),
        ("A16_tiny", 20, {}, "vanishing_weights"),
        ("A25_bigcol", 100, {}, "data_scale"),
        ("A29_adam_big_lr", 0, {}, "rate_too_large"),
        ("A29_adam_big_lr", 50, {}, "rate_too_large"),
        ("A31_imbalanced", 60, {}, "imbalance"),
        ("F05_mixed_bound", 0, {}, "vanishing_weights"),
        ("T17-weight-decay", 0, {}, "weight_decay"),
        ("C_residual", 0, {}, "exploding_skips"),
        ("C_residual", 20, {}, "exploding_skips"),
        ("A25_bigcol", 0, {}, "data_scale"),
        ("A16_tiny", 0, {}, "vanishing_weights"),
        ("T01-overflow-relu", 0, {}, "overflow_forward"),
        ("T02-forward-underflow-relu", 0, {}, "underflow_forward"),
        ("T03-zero-weights-healthy", 0, {}, "zero_weights"),
        ("T05-batch-norm-batch-1-tanh", 0, {}, "norm_of_few"),
        ("T07-bias-elu", 0, {}, "flat_biases"),
        ("T09-he-30-shattered", 0, {}, "healthy"),
        ("T11-diverges-called-shattered", 0, {}, "rate_too_large"),
        ("T13-momentum-99", 0, {}, "momentum"),
        ("T14-dropout-9-weights", 0, {}, "dropout"),
        ("T17-weight-decay", 100, {}, "weight_decay"),
        ("T20-overflow-identity-text", 0, {}, "overflow_forward"),
    ],
)  # fmt: skip
def test_a_reported_case_gets_the_verdict_of_an_expert(name, updates, changes, expected):
    found = verdict(name, updates, changes)
    assert found.outcome == expected, (found.title, found.sentences)


def _said(name: str, updates: int, changes: Changes | None = None) -> str:
    found = verdict(name, updates, changes)
    return "\n".join([found.title, *found.sentences, *(fact.text for fact in found.evidence)])


def test_stages_of_two_activations_have_their_own_bounds():
    said = _said("F05_mixed_bound", 0)
    assert "0.25 of at most 0.25 in Sigmoid" in said
    assert "of at most 1.0 in ELU" in said


def test_what_parts_did_before_an_overflow_is_called_so():
    assert "up to the overflow the activation took" in _said("A13_rnn_relu", 0)


def test_the_share_of_the_commonest_class_is_said_before_and_after_training():
    for updates in (0, 200):
        assert "97 % of the samples are of one class" in _said("A31_imbalanced", updates)


def test_the_rate_that_is_blamed_is_the_one_that_the_schedule_gives():
    scheduled: Changes = {
        "training.learning_rate": 1e-7,
        "training.schedule": "step",
        "training.decay_steps": 10,
        "training.decay_factor": 0.5,
    }
    assert "at a learning rate of 2.5e−8" in _said("relu-he", 25, scheduled)


def test_fields_that_an_lstm_does_not_read_are_refused_by_name():
    with pytest.raises(SpecError, match=r"network\.depth = 3: nothing here reads it"):
        loads((HERE / "ignored.toml").read_text("utf-8"))
