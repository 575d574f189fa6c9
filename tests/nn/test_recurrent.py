"""Recurrent networks: gradients, stepping, truncation, frames, traces."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.helpers.sequences import autograd_gradients, network
from tests.helpers.specs import small
from vgsim.core.errors import SpecError
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.trace import record

CASES = [
    {"network__kind": kind, "network__activation": activation, "network__cells": cells,
     "training__loss_at": loss_at, "training__truncate": truncate}
    for kind, activation in (("rnn", "tanh"), ("rnn", "relu"), ("lstm", "tanh"), ("gru", "tanh"))
    for cells in (1, 2)
    for loss_at in ("last", "every")
    for truncate in (0, 1, 3)
]  # fmt: skip


def name(case: dict[str, object]) -> str:
    return "-".join(map(str, case.values()))


def sequence(**changes: object) -> Experiment:
    """A recurrent experiment on rows of digits."""
    base: dict[str, object] = {
        "data__dataset": "digit_rows", "network__kind": "lstm", "network__width": 5,
        "init__bias": "normal", "init__bias_value": 0.3,
    }  # fmt: skip
    return Experiment(small(**base | changes))


def passed(**changes: object) -> Experiment:
    """The same with two updates and a whole pass done."""
    experiment = sequence(**changes)
    experiment.seek(2, len(experiment.timeline) - 2)
    experiment.network.parameter_gradients()
    return experiment


def worst(experiment: Experiment, expected: dict[str, Any]) -> float:
    """Largest relative error of any gradient."""
    net = network(experiment)
    pairs = list(zip(net.top.dh, expected["zero"], strict=True))
    for cell, theirs in zip(net.cells, expected["cells"], strict=True):
        pairs += [(value, theirs[name]) for name, value in cell.gradients.items()]
    pairs += [(value, expected["readout"][name]) for name, value in net.readout.gradients.items()]
    return max(
        float(np.linalg.norm(a - np.asarray(b)) / max(np.linalg.norm(np.asarray(b)), 1e-30))
        for a, b in pairs
    )


@pytest.mark.parametrize("case", [c for c in CASES if c["training__truncate"] != 1], ids=name)
def test_gradients_equal_autograd(case: dict[str, object]) -> None:
    experiment = passed(**case, network__width=3)
    assert worst(experiment, autograd_gradients(experiment)) <= 1e-10


@pytest.mark.torch
@pytest.mark.parametrize("case", CASES, ids=name)
def test_gradients_equal_pytorch(case: dict[str, object]) -> None:
    from tests.helpers.torch_oracle import torch_sequence_gradients

    experiment = passed(**case)
    assert worst(experiment, torch_sequence_gradients(experiment)) <= 1e-10


@pytest.mark.torch
def test_a_long_lstm_equals_the_whole_layer_of_pytorch() -> None:
    import torch

    experiment = passed(data__dataset="digit_pixels", network__width=7)
    net = network(experiment)
    layer = torch.nn.LSTM(1, 7, dtype=torch.float64)
    with torch.no_grad():
        layer.weight_ih_l0.copy_(torch.tensor(net.top.own["W_x"].T))
        layer.weight_hh_l0.copy_(torch.tensor(net.top.own["W_h"].T))
        layer.bias_ih_l0.copy_(torch.tensor(net.top.own["b"]))
        layer.bias_hh_l0.zero_()
    h, _ = layer(torch.tensor(net.x_by_step))
    assert np.allclose(net.top.h, h.detach().numpy(), rtol=1e-12, atol=1e-14)


def _state(experiment: Experiment) -> bytes:
    return experiment.network.flat.values.tobytes() + experiment.optimizer.state.tobytes()


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_stepping_seeking_and_looking_equal_running(kind: str) -> None:
    changes = {"network__kind": kind, "network__cells": 2, "training__loss_at": "every",
               "training__optimizer": "momentum"}  # fmt: skip
    ran, moved = sequence(**changes), sequence(**changes)
    ran.run(6)
    while moved.step < 2:
        moved.advance()
        frame_of(moved)
    for step, position in ((4, 3), (1, 14), (1, 12), (5, 0), (6, 0)):
        moved.seek(step, position)
        frame_of(moved)
    assert _state(ran) == _state(moved)


def test_stages_are_timesteps_and_a_readout() -> None:
    frame = frame_of(passed())
    assert frame.stages == 9 and frame.widths == (5,) * 8 + (10,)
    assert frame.input_width == 8 and frame.image_shape == (8, 8)
    assert [edges.shape for edges in frame.edges] == [(8, 5), *[(5, 5)] * 7, (5, 10)]
    assert np.isfinite(frame.dh_rms).all() and len(frame.cuts) == 9


def test_an_input_unit_shows_its_feature_over_time() -> None:
    experiment = sequence()
    rows = frame_of(experiment).sample.reshape(8, 8)
    first = experiment.batches.indices(0)[0]
    data = experiment.data
    assert np.allclose(rows.T.reshape(-1), data.x_train[first] * data.scale + data.mean)


def test_contributions_of_the_timesteps_add_up_to_the_gradient() -> None:
    experiment = passed(network__kind="gru")
    net = network(experiment)
    parts = [net.top.contribution(t)[0] for t in range(net.steps)]
    total = np.concatenate([net.top.gradients[name] for name in ("W_x", "W_h")])
    assert np.allclose(sum(parts), total, rtol=1e-12, atol=1e-15)
    assert np.allclose(frame_of(experiment).dW_norm[:-1], [np.linalg.norm(part) for part in parts])


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("loss_at", ["last", "every"])
def test_the_cuts_lead_from_each_gradient_to_the_next(kind: str, loss_at: str) -> None:
    frame = frame_of(passed(network__kind=kind, training__loss_at=loss_at, training__truncate=3))
    assert [cuts[0][1] for cuts in frame.cuts] == pytest.approx(frame.dh_rms, rel=1e-12)
    for above, below in zip(frame.cuts[1:], frame.dh_rms, strict=False):
        if above[0][1] or loss_at == "every":
            assert above[-1][1] == pytest.approx(below, rel=1e-12)


def test_truncation_lets_nothing_past_its_boundaries() -> None:
    size = frame_of(passed(training__truncate=3)).dh_rms[:-1]
    assert np.flatnonzero(size).tolist() == [5, 6, 7]


def test_truncation_is_no_underflow() -> None:
    experiment = sequence(training__truncate=3, training__precision="float32")
    experiment.run(2)
    assert experiment.anomalies == ()


def test_a_simple_cell_that_vanishes_to_zero_is_an_underflow() -> None:
    experiment = sequence(data__dataset="digit_pixels", network__kind="rnn", init__std=0.01,
                          init__recurrent="normal", training__precision="float32")  # fmt: skip
    experiment.run(1)
    assert {found.kind for found in experiment.anomalies} == {"denormal", "underflow"}


def test_plain_data_are_sequences_of_single_features() -> None:
    assert sequence(data__dataset="penguins").stages == 5


def test_the_forget_gate_starts_at_its_bias() -> None:
    b = network(sequence(init__forget_bias=2.5)).top.own["b"]
    assert np.array_equal(b[5:10], np.full(5, 2.5)) and not np.any(b[:5] == 2.5)


def test_a_trace_has_every_timestep_and_the_shared_parameters() -> None:
    found = record(passed(network__cells=2))
    assert {"W_x", "dW_h", "b", "W_x_1", "h8", "dh1", "i1", "f8", "g3", "o2", "c1", "dc8", "h3_1",
            "W9", "db9", "z9"} <= set(found)  # fmt: skip
    assert np.allclose(found["h4"], found["o4"] * np.tanh(found["c4"]))


def test_prelu_in_a_cell_is_refused() -> None:
    with pytest.raises(SpecError, match=r"network\.activation = prelu"):
        sequence(network__kind="rnn", network__activation="prelu")


def test_loss_at_every_step_reads_the_targets_of_every_step() -> None:
    experiment = sequence(data__dataset="copy_memory", data__length=9, training__loss_at="every")
    experiment.advance()
    net = network(experiment)
    symbols = net.x_by_step.argmax(axis=2)  # one-hot, standardized feature by feature
    targets = experiment.loss.targets.reshape(9, 8, 9).argmax(axis=2)
    data = experiment.data.dataset
    assert experiment.loss.targets.shape == (72, 9) and data.y_by_step
    assert np.all(targets[:5] == 8) and symbols.shape == (9, 8)
