"""The reported cases: networks of people who asked why theirs does not learn."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from vgsim.diagnosis import judge
from vgsim.diagnosis.verdict import Verdict
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset
from vgsim.nn.spec import Spec

HERE = Path(__file__).with_name("reported")

Changes = dict[str, object]
FIXED: Changes = {"training.clip": "none", "training.learning_rate": 0.0, "training.seed": 1}


def _spec(name: str, changes: Changes) -> Spec:
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
    experiment = Experiment(_spec(name, changes or {}))
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
