"""The simulated experiment nearest to a recording: of a simulated one it is that one again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.helpers.recorded_experiment import recorded_experiment
from tests.helpers.specs import small
from vgsim import record
from vgsim.cli.model import toml_of
from vgsim.core.errors import SpecError
from vgsim.diagnosis.nearest import NearestSpec, nearest_spec
from vgsim.nn.architectures import hidden_widths
from vgsim.nn.experiment import Experiment
from vgsim.nn.initializers import weight_variance
from vgsim.nn.presets import load_preset
from vgsim.nn.spec import Spec, dumps, loads

DENSE = ["sigmoid-stack", "tanh-xavier", "relu-he", "relu-small", "old-standard", "selu",
         "saturated-sigmoid", "deep-linear", "rate-too-small", "shallow"]  # fmt: skip


def found(tmp_path: Path, spec: Spec) -> NearestSpec:
    """The experiment that the recording of ``spec`` comes to."""
    return nearest_spec(recorded_experiment(tmp_path / "run.vgrun", spec, steps=2))


@pytest.mark.parametrize("name", DENSE)
def test_a_recorded_preset_comes_to_its_own_form(tmp_path, name):
    spec = load_preset(name)
    nearest = found(tmp_path, spec).spec
    assert hidden_widths(nearest) == hidden_widths(spec)
    assert nearest.network.activation == spec.network.activation
    width = spec.network.width
    sizes = [
        weight_variance((width, width), it.init, it.network.activation) for it in (spec, nearest)
    ]
    assert sizes[1] == pytest.approx(sizes[0], rel=0.15)
    assert nearest.training.loss == spec.training.loss


@pytest.mark.parametrize("name", ["xavier_normal", "he_normal", "standard", "orthogonal", "zeros"])
def test_the_initializer_follows_from_the_norms(tmp_path, name):
    spec = small(init__weights=name, network__width=24, network__depth=5)
    spec = spec.replace({"network.widths": "24,48,24,12,24"})
    assert found(tmp_path, spec).spec.init.weights == name


@pytest.mark.parametrize("gain", [0.3, 2.5])
def test_what_no_initializer_gives_by_itself_is_a_gain_or_a_standard_deviation(tmp_path, gain):
    spec = small(network__widths="24,48,24,12,24", init__gain=gain)
    nearest = found(tmp_path, spec)
    assert nearest.spec.init.gain == pytest.approx(gain, rel=0.1)
    spec = small(network__widths="24,48,24,12,24", init__weights="normal", init__std=gain / 10)
    nearest = found(tmp_path, spec)
    assert nearest.spec.init.weights == "normal"
    assert nearest.spec.init.std == pytest.approx(gain / 10, rel=0.1)


@pytest.mark.parametrize(("bias", "value"), [("constant", 0.7), ("normal", 0.4)])
def test_biases_are_found_by_their_norms(tmp_path, bias, value):
    spec = small(init__bias=bias, init__bias_value=value, network__width=40)
    nearest = found(tmp_path, spec).spec
    assert nearest.init.bias == bias
    assert nearest.init.bias_value == pytest.approx(value, rel=0.2)


def test_the_most_common_width_stands_for_all(tmp_path):
    nearest = found(tmp_path, small(network__widths="4x8,5"))
    assert hidden_widths(nearest.spec) == [8] * 5
    assert "Taken over: 5 hidden layers of 8 units, the most common width." in nearest.sentences


def test_more_units_than_a_simulated_layer_has_are_cut(tmp_path):
    with record.Recording(tmp_path / "run.vgrun") as run:
        run.stage("a", kind="Dense", shape=(4, 9000))
        run.parameter("a.W", stage="a", shape=(9000, 9000))
        run.stage("b", kind="Dense", shape=(4, 2), inputs=["a"])
        run.parameter("b.W", stage="b", shape=(9000, 2))
        run.step(0, W_norm=[90.0, 1.0])
    nearest = nearest_spec(record.read(tmp_path / "run.vgrun"))
    assert nearest.spec.network.width == 4096
    assert "9000 are recorded" in nearest.sentences[0]


def test_the_update_rule_and_clipping_follow_from_the_figures(tmp_path):
    with record.Recording(tmp_path / "run.vgrun") as run:
        run.group("all")
        for name in ("a", "b"):
            run.stage(name, kind="Dense", shape=(32, 6))
            run.parameter(f"{name}.W", stage=name, shape=(6, 6))
        for step in range(3):
            run.step(
                step, loss=1.0, learning_rate=[0.2], W_norm=[2.0, 3.0], dW_norm=[1.0, 4.0],
                update_norm=[0.02, 0.08], gradient_norm=4.1, clipped_norm=0.5,
            )  # fmt: skip
    spec = nearest_spec(record.read(tmp_path / "run.vgrun")).spec
    assert (spec.training.optimizer, spec.training.learning_rate) == ("sgd", 0.2)
    assert (spec.training.clip, spec.training.clip_at) == ("norm", 0.5)
    assert spec.training.batch == 32


def test_an_update_that_does_not_follow_the_gradient_is_of_a_rule_that_adapts(tmp_path):
    with record.Recording(tmp_path / "run.vgrun") as run:
        run.group("all")
        run.stage("a", kind="Dense", shape=(32, 6))
        run.parameter("a.W", stage="a", shape=(6, 6))
        run.parameter("a.U", stage="a", shape=(6, 6))
        run.step(0, learning_rate=[0.01], W_norm=[1.0, 1.0], dW_norm=[1.0, 1e-4],
                 update_norm=[0.06, 0.06])  # fmt: skip
    assert nearest_spec(record.read(tmp_path / "run.vgrun")).spec.training.optimizer == "adam"


def test_a_recording_without_weights_has_no_model(tmp_path):
    with record.Recording(tmp_path / "run.vgrun") as run:
        run.stage("a", kind="relu", shape=(4, 2))
        run.step(0, loss=1.0)
    with pytest.raises(SpecError, match=r"run\.vgrun.*a matrix of weights"):
        nearest_spec(record.read(tmp_path / "run.vgrun"))


def test_the_model_can_be_written_read_back_and_trained(tmp_path):
    spec = found(tmp_path, load_preset("sigmoid-stack")).spec
    assert loads(dumps(spec)) == spec
    experiment = Experiment(spec)
    experiment.run(2)
    assert np.isfinite(experiment.value)


def test_whatever_a_file_calls_its_kinds_each_sentence_is_one_short_line(tmp_path):
    kind = "Odd\nkind = 1\u2028\x07" + "x" * 5000
    with record.Recording(tmp_path / "run.vgrun", framework="PyTorch 2.13") as run:
        before: list[str] = []
        for number in range(3):
            name = f"layers\n.{number}"
            run.stage(name, kind=kind, shape=(4, 8), inputs=before)
            run.parameter(f"{name}.weight", stage=name, shape=(8, 8))
            before = [name]
        run.step(0, loss=1.0, W_norm=[1.0] * 3)
    nearest = nearest_spec(record.read(tmp_path / "run.vgrun"))
    assert all(len(it) <= 300 and it.isprintable() for it in nearest.sentences)
    assert loads(toml_of(nearest)) == nearest.spec
