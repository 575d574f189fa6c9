"""The simulated experiment nearest to a training in PyTorch, whose gradient fades as that does."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import Tensor, nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

import vgsim.record as record  # noqa: E402
from vgsim.diagnosis.nearest import nearest_spec  # noqa: E402
from vgsim.nn.experiment import Experiment  # noqa: E402
from vgsim.nn.spec import Spec  # noqa: E402
from vgsim.record.reader import RecordedRun  # noqa: E402

pytestmark = pytest.mark.torch
torch.set_num_threads(1)


def chain(activation: type[nn.Module], depth: int, width: int = 32) -> nn.Sequential:
    """Dense layers with PyTorch's own start."""
    torch.manual_seed(depth)
    parts: list[nn.Module] = []
    for inputs in [64, *[width] * (depth - 1)]:
        parts += [nn.Linear(inputs, width), activation()]
    return nn.Sequential(*parts, nn.Linear(width, 10))


def recorded(
    tmp_path: Path, model: nn.Module, x: Tensor, classes: int = 10, optimizer: Any = None,
) -> RecordedRun:  # fmt: skip
    """Two steps of a classification."""
    optimizer = optimizer or torch.optim.SGD(model.parameters(), lr=0.1)
    y = torch.arange(len(x)) % classes
    with record.torch(model, tmp_path / "run.vgrun") as run:
        for _ in range(2):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            run.step(loss)
    return record.read(tmp_path / "run.vgrun")


def decades_a_layer(run: RecordedRun, kind: str) -> float:
    """How many decades the recorded gradient changes from one hidden layer to the one above."""
    places = [at for at, stage in enumerate(run.stage_list) if stage.kind == kind]
    return slope(run["dh_rms"][0, places])


def modeled(spec: Spec) -> float:
    """The same of the simulated experiment, at its start."""
    experiment = Experiment(spec)
    experiment.run(1)
    return slope(experiment.telemetry.dh_rms[:-1])


def slope(rms: np.ndarray) -> float:
    """Decades a stage, between the second stage and the last."""
    logs = np.log10(rms[1:])
    return float(np.polyfit(np.arange(len(logs)), logs, 1)[0])


@pytest.mark.parametrize("depth", [6, 12])
@pytest.mark.parametrize(
    ("activation", "start"),
    [
        (nn.Sigmoid, None),
        (nn.Sigmoid, lambda w: nn.init.xavier_normal_(w)),
        (nn.Tanh, None),
        (nn.Tanh, lambda w: nn.init.normal_(w, std=0.5)),
        (nn.ReLU, None),
        (nn.ReLU, lambda w: nn.init.kaiming_normal_(w, nonlinearity="relu")),
        (nn.ReLU, lambda w: nn.init.normal_(w, std=0.6)),
        (nn.GELU, lambda w: nn.init.normal_(w, std=0.02)),
    ],
)
def test_the_model_loses_as_many_decades_a_layer(tmp_path, depth, activation, start):
    model = chain(activation, depth)
    for module in model:
        if start is not None and isinstance(module, nn.Linear):
            start(module.weight)
    run = recorded(tmp_path, model, torch.randn(64, 64))
    nearest = nearest_spec(run).spec
    assert (nearest.network.depth, nearest.network.width) == (depth, 32)
    theirs, ours = decades_a_layer(run, activation.__name__), modeled(nearest)
    assert ours == pytest.approx(theirs, abs=0.08 + 0.1 * abs(theirs))
    if abs(theirs) > 0.1:
        assert math.copysign(1, ours) == math.copysign(1, theirs)


def test_pytorchs_own_start_is_recognized(tmp_path):
    spec = nearest_spec(recorded(tmp_path, chain(nn.Tanh, 5), torch.randn(32, 64))).spec
    assert (spec.init.weights, spec.init.bias) == ("pytorch", "pytorch")
    assert (spec.training.loss, spec.training.precision) == ("cross_entropy", "float32")
    assert (spec.training.batch, spec.data.dataset) == (32, "digits")


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda p: torch.optim.SGD(p, 0.3), "sgd"),
        (lambda p: torch.optim.SGD(p, 0.3, momentum=0.8), "momentum"),
        (lambda p: torch.optim.SGD(p, 0.3, momentum=0.8, nesterov=True), "nesterov"),
        (lambda p: torch.optim.AdamW(p, 0.3), "adamw"),
        (lambda p: torch.optim.NAdam(p, 0.3), "nadam"),
        (lambda p: torch.optim.RMSprop(p, 0.3), "rmsprop"),
    ],
)
def test_the_update_rule_is_taken_over_with_its_settings(tmp_path, make, name):
    model = chain(nn.Tanh, 3)
    run = recorded(tmp_path, model, torch.randn(32, 64), optimizer=make(model.parameters()))
    training = nearest_spec(run).spec.training
    assert (training.optimizer, training.learning_rate) == (name, 0.3)
    if "momentum" in run.about.get("settings", ""):
        assert training.momentum == 0.8


class Residual(nn.Module):
    """A block of a small residual network."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        return self.relu(x + self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x))))))


def test_a_residual_network_keeps_its_paths_and_its_norm(tmp_path):
    model = nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), *[Residual(8) for _ in range(4)],
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 10),
    )  # fmt: skip
    nearest = nearest_spec(recorded(tmp_path, model, torch.randn(16, 3, 6, 6)))
    network = nearest.spec.network
    assert (network.depth, network.width, network.activation) == (9, 8, "relu")
    assert (network.norm, network.skip, network.skip_every) == ("batch", "original", 2)
    assert "Conv2d has no counterpart: a dense layer stands for it." in nearest.sentences


@pytest.mark.parametrize(("kind", "name"), [(nn.RNN, "rnn"), (nn.GRU, "gru"), (nn.LSTM, "lstm")])
def test_recurrent_layers_become_cells(tmp_path, kind, name):
    class Reader(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.rnn = kind(4, 12, 2, batch_first=True)
            self.head = nn.Linear(12, 4)

        def forward(self, x: Tensor) -> Tensor:
            return self.head(self.rnn(x)[0][:, -1])

    nearest = nearest_spec(recorded(tmp_path, Reader(), torch.randn(16, 30, 4), classes=4))
    network = nearest.spec.network
    assert (network.kind, network.cells, network.width) == (name, 2, 12)
    assert nearest.spec.data.length == 30
    assert nearest.spec.init.recurrent == "pytorch"
    Experiment(nearest.spec).run(1)


@pytest.mark.parametrize("gain", [1.0, 1.5])
def test_a_rotation_of_the_state_is_found_with_what_multiplies_it(tmp_path, gain):
    class Reader(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.rnn = nn.RNN(4, 64, batch_first=True, nonlinearity="relu")
            self.head = nn.Linear(64, 4)
            nn.init.orthogonal_(self.rnn.weight_hh_l0, gain)

        def forward(self, x: Tensor) -> Tensor:
            return self.head(self.rnn(x)[0][:, -1])

    spec = nearest_spec(recorded(tmp_path, Reader(), torch.randn(16, 20, 4), classes=4)).spec
    assert (spec.network.activation, spec.init.weights) == ("relu", "pytorch")
    assert (spec.init.recurrent, spec.init.gain) == ("orthogonal", pytest.approx(gain, rel=1e-3))


@pytest.mark.parametrize(
    ("value", "bias", "says"),
    [(0.5, "zero", "not those of 4"), (-30.0, "constant", "Biases of −30, as 4 has them")],
)
def test_a_bias_that_one_layer_alone_has_is_said(tmp_path, value, bias, says):
    model = chain(nn.ReLU, 4)
    with torch.no_grad():
        for module in model:
            if isinstance(module, nn.Linear):
                module.bias.zero_()
        model[4].bias.fill_(value)
    nearest = nearest_spec(recorded(tmp_path, model, torch.randn(16, 64)))
    assert nearest.spec.init.bias == bias
    assert any(says in sentence for sentence in nearest.sentences)


def test_an_open_forget_gate_is_seen_in_the_norm_of_the_biases(tmp_path):
    class Reader(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lstm = nn.LSTM(4, 32, batch_first=True)
            self.head = nn.Linear(32, 4)
            with torch.no_grad():
                self.lstm.bias_hh_l0[32:64] = 3.0

        def forward(self, x: Tensor) -> Tensor:
            return self.head(self.lstm(x)[0][:, -1])

    spec = nearest_spec(recorded(tmp_path, Reader(), torch.randn(16, 30, 4), classes=4)).spec
    assert spec.init.forget_bias == pytest.approx(3, abs=0.5)


def test_where_half_of_every_block_has_no_way_around_the_model_has_none(tmp_path):
    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = nn.Linear(16, 16), nn.Linear(16, 16)
            self.c, self.d = nn.Linear(16, 16), nn.Linear(16, 16)

        def forward(self, x: Tensor) -> Tensor:
            x = x + self.b(torch.relu(self.a(x)))
            x = x + torch.relu(self.c(x))
            return torch.relu(self.d(x))

    model = nn.Sequential(*[Block() for _ in range(4)], nn.Linear(16, 10))
    nearest = nearest_spec(recorded(tmp_path, model, torch.randn(16, 16)))
    assert nearest.spec.network.skip == "none"
    assert any("Skip paths are left out" in sentence for sentence in nearest.sentences)


def test_attention_and_missing_paths_are_said(tmp_path):
    model = nn.TransformerEncoder(
        nn.TransformerEncoderLayer(16, 2, 32, dropout=0.0, batch_first=True), 2,
        enable_nested_tensor=False,
    )  # fmt: skip
    whole = nn.Sequential(model, nn.Flatten(), nn.Linear(16 * 5, 10))
    nearest = nearest_spec(recorded(tmp_path, whole, torch.randn(16, 5, 16)))
    assert any("ttention has no counterpart" in sentence for sentence in nearest.sentences)
    assert nearest.spec.network.norm == "layer"
    assert nearest.spec.network.skip != "none"
    Experiment(nearest.spec).run(1)


def test_short_numbers_with_a_loss_scale(tmp_path):
    model = chain(nn.ReLU, 3)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    with record.torch(model, tmp_path / "run.vgrun") as run:
        for _ in range(2):
            optimizer.zero_grad()
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = F.cross_entropy(model(torch.randn(16, 64)), torch.arange(16) % 10)
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()
            run.step(loss)
    training = nearest_spec(record.read(tmp_path / "run.vgrun")).spec.training
    assert (training.precision, training.master_weights) == ("bfloat16", True)
    assert (training.loss_scaling, training.loss_scale_log2) == ("dynamic", 10)
