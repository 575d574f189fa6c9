"""A recording of an experiment gets the verdict of the experiment: same title, same evidence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.recorded_layers import recorded_layers
from vgsim.diagnosis import judge, judge_recording
from vgsim.diagnosis.examination import trial_length
from vgsim.nn.experiment import Experiment
from vgsim.nn.spec import Spec, Value

PLAIN: dict[str, Value] = {
    "network.kind": "layers", "network.width": 16, "training.batch": 64, "data.samples": 200,
    "training.optimizer": "sgd", "training.precision": "float64", "init.bias": "zero",
}  # fmt: skip
CASES: dict[str, dict[str, Value]] = {
    "sigmoids": {"network.depth": 8, "network.activation": "sigmoid"},
    "small weights": {
        "network.depth": 7, "network.activation": "tanh", "init.weights": "normal",
        "init.std": 0.05,
    },
    "large weights": {
        "network.depth": 6, "network.activation": "relu", "init.weights": "normal", "init.std": 2.0,
    },
    "healthy": {
        "network.depth": 4, "network.activation": "relu", "init.weights": "he_normal",
        "training.learning_rate": 0.05,
    },
    "a rate too large": {
        "network.depth": 3, "network.activation": "relu", "init.weights": "he_normal",
        "training.learning_rate": 30.0,
    },
    "dead units": {
        "network.depth": 4, "network.activation": "relu", "init.weights": "he_normal",
        "init.bias": "constant", "init.bias_value": -10.0,
    },
}  # fmt: skip


@pytest.mark.parametrize("updates", [0, 3])
@pytest.mark.parametrize("name", CASES)
def test_a_recorded_experiment_is_judged_as_it_is_itself(
    tmp_path: Path, name: str, updates: int
) -> None:
    spec = Spec().replace(PLAIN | CASES[name])
    experiment = Experiment(spec)
    length = trial_length(experiment)
    experiment.run(updates)
    own = judge(experiment)
    run = recorded_layers(tmp_path / "a.vgrun", spec, updates + length + 1)
    found = judge_recording(run, updates)
    assert (found.outcome, found.title, found.step) == (own.outcome, own.title, own.step)
    assert [fact.text for fact in found.evidence] == [fact.text for fact in own.evidence]
    assert found.sentences[0] == own.sentences[0].replace("In one stage", "In h₁")
