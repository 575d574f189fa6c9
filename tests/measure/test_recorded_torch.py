"""A network trained here, and the recording of the same one trained by PyTorch, are one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from vgsim import record
from vgsim.measure.frame import Frame
from vgsim.measure.recorded import RecordingSource
from vgsim.measure.request import Request
from vgsim.measure.saturation import Saturation
from vgsim.measure.snapshot import frame_of
from vgsim.measure.updates import Updates
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset
from vgsim.nn.spec import Spec

pytestmark = pytest.mark.torch
STEPS = 5
WANTED = Request(frozenset({Saturation, Updates}))


def spec_with(optimizer: str, activation: str) -> Spec:
    changes = {
        "network.depth": 5, "network.width": 9, "network.activation": activation,
        "training.optimizer": optimizer, "training.learning_rate": 0.05,
    }  # fmt: skip
    return load_preset("sigmoid-stack").replace(changes)


def twin(experiment: Experiment, activation: str):
    """The network in PyTorch, float64, with the same weights."""
    import torch
    from torch import nn

    kinds = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU}
    modules: list[nn.Module] = []
    segments = {(at.stage, at.name): at for at in experiment.network.flat.segments}
    values = np.asarray(experiment.network.flat.values)
    for stage in range(experiment.stages):
        W, b = segments[stage, "W"], segments[stage, "b"]
        linear = nn.Linear(*W.shape).double()
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(values[W.start : W.stop].reshape(W.shape).T))
            linear.bias.copy_(torch.tensor(values[b.start : b.stop]))
        modules.append(linear)
        if stage < experiment.stages - 1:
            modules.append(kinds[activation]())
    return nn.Sequential(*modules)


def optimizer_of(name: str, model):
    import torch

    if name == "adam":
        return torch.optim.Adam(model.parameters(), lr=0.05)
    return torch.optim.SGD(model.parameters(), lr=0.05)


@pytest.fixture(scope="module", params=[("sgd", "sigmoid"), ("adam", "tanh"), ("sgd", "relu")])
def pair(request, tmp_path_factory) -> tuple[Spec, RecordingSource]:
    """A spec, and the recording of PyTorch's training."""
    import torch
    from torch.nn import functional as F

    name, activation = request.param
    spec = spec_with(name, activation)
    experiment = Experiment(spec)
    model = twin(experiment, activation)
    optimizer = optimizer_of(name, model)
    path: Path = tmp_path_factory.mktemp("torch") / "run.vgrun"
    with record.torch(model, path, every=1) as run:
        for _ in range(STEPS):
            experiment.advance()  # fills the buffers with the batch
            x = torch.tensor(np.array(experiment.network.x))
            targets = torch.tensor(np.array(experiment.loss.targets))
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), targets)
            loss.backward()
            optimizer.step()
            run.step(loss)
            experiment.seek(experiment.step + 1, 0)
    return spec, RecordingSource(record.read(path))


def moments(stages: int) -> Iterator[tuple[int, int]]:
    """Positions in a pass here, and in PyTorch's, whose activations are modules of their own."""
    theirs = 2 * stages - 1
    yield 0, 0
    for stage in range(1, stages + 1):
        yield stage, min(2 * stage, theirs)
    yield stages + 1, theirs + 1
    for stage in range(stages, 0, -1):
        # ∂J/∂h of a stage is that of its activation, ∂J/∂w comes with the Linear before it
        yield 2 * stages + 2 - stage, 2 * theirs + 2 - max(2 * stage - 1, 1)
    yield 2 * stages + 2, 2 * theirs + 2


def mapped(frame: Frame, stages: int) -> dict[str, np.ndarray]:
    """Arrays by stage as they are here: signals of the activations, parameters of the layers."""
    outputs = np.minimum(2 * np.arange(stages) + 1, frame.stages - 1)
    layers = 2 * np.arange(stages)
    found = {name: getattr(frame, name)[outputs] for name in ("h_rms", "dh_rms", "dh_norm")}
    for name in ("dW_norm", "db_norm", "weight_norm", "update_norm"):
        found[name] = getattr(frame, name)[layers]
    return found


@pytest.mark.parametrize("step", [0, 2, STEPS - 2])
def test_every_array_of_a_frame_is_pytorchs(pair: tuple[Spec, RecordingSource], step: int) -> None:
    spec, source = pair
    experiment = Experiment(spec)
    for here, there in moments(experiment.stages):
        experiment.seek(step, here)
        source.seek(step, there)
        truth, frame = frame_of(experiment, request=WANTED), source.frame(request=WANTED)
        for name, values in mapped(frame, experiment.stages).items():
            np.testing.assert_allclose(values, getattr(truth, name), rtol=1e-10, err_msg=name)
        np.testing.assert_allclose(frame.loss, truth.loss, rtol=1e-10)
        _compare_nodes(truth, frame)
        _compare_measurements(truth, frame)


def _compare_nodes(truth: Frame, frame: Frame) -> None:
    last = frame.stages - 1
    for at in range(truth.stages):
        there = min(2 * at + 1, last)
        np.testing.assert_allclose(frame.node_h[there], truth.node_h[at], rtol=1e-10)
        np.testing.assert_allclose(frame.node_dh[there], truth.node_dh[at], rtol=1e-10)


def _compare_measurements(truth: Frame, frame: Frame) -> None:
    own, other = truth.measurement(Saturation), frame.measurement(Saturation)
    if own is not None and other is not None:
        bent = slice(1, None, 2)
        np.testing.assert_allclose(other.by_stage[bent], own.by_stage[:-1], rtol=1e-10)
    updates, theirs = truth.measurement(Updates), frame.measurement(Updates)
    assert (updates is None) == (theirs is None)
    if updates is not None and theirs is not None:
        np.testing.assert_allclose(theirs.ratios, updates.ratios, rtol=1e-10)


def test_the_history_is_pytorchs(pair: tuple[Spec, RecordingSource]) -> None:
    spec, source = pair
    experiment = Experiment(spec)
    experiment.run(STEPS)
    source.seek(STEPS, len(source.timeline) - 1)
    truth, frame = frame_of(experiment), source.frame()
    outputs = np.minimum(2 * np.arange(truth.stages) + 1, frame.stages - 1)
    np.testing.assert_array_equal(frame.history.steps, truth.history.steps)
    np.testing.assert_allclose(frame.history.loss, truth.history.loss, rtol=1e-10)
    np.testing.assert_allclose(frame.history.dh_rms[:, outputs], truth.history.dh_rms, rtol=1e-10)
