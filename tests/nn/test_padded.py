"""Sequences of unequal lengths: padding is in no loss, no accuracy and no gradient."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.helpers.specs import small
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.split import split

CELLS = ("rnn", "lstm", "gru")
RAGGED = Path(__file__).parents[1] / "data" / "ragged_groups.csv"


@pytest.fixture
def file(tmp_path):
    """Eight sequences of 1 to 8 timesteps, two features, three classes."""
    rng = np.random.default_rng(5)
    lines = ["who,a,b,label"]
    for who in range(12):
        for _ in range(who % 8 + 1):
            a, b = rng.normal(size=2)
            lines.append(f"s{who},{a:.6f},{b:.6f},{'xyz'[who % 3]}")
    (tmp_path / "ragged.csv").write_text("\n".join(lines), "utf-8")
    return tmp_path / "ragged.csv"


def experiment(path, **changes) -> Experiment:
    base = {
        "data__dataset": "csv", "data__path": str(path), "data__group": "who",
        "data__held_out": 0.0, "network__kind": "lstm", "training__batch": 0,
    }  # fmt: skip
    return Experiment(small(**base | changes))


def gradients(made: Experiment) -> np.ndarray:
    made.seek(0, len(made.timeline) - 2)
    made.network.parameter_gradients()
    return made.network.flat.gradients.copy()


def refilled(made: Experiment, value: float) -> None:
    """Something else where there is no timestep."""
    (padding, _), features = made.data.padding, made.network.features
    at = np.repeat(np.arange(made.steps) < padding[:, None], features, axis=1)
    assert at.any()
    made._train.x[at] = value


CHANGES = [
    {"training__loss_at": at, "network__kind": kind, "network__cells": cells}
    for at in ("last", "every")
    for kind in CELLS
    for cells in (1, 2)
]


@pytest.mark.parametrize("changes", CHANGES, ids=str)
def test_what_stands_in_the_padding_changes_nothing(file, changes):
    plain, other = experiment(file, **changes), experiment(file, **changes)
    refilled(other, 17.0)
    assert np.array_equal(gradients(plain), gradients(other))
    assert plain.value == other.value
    assert plain.accuracy() == other.accuracy()


@pytest.mark.parametrize("changes", CHANGES, ids=str)
def test_the_gradient_is_the_slope_of_the_loss(file, changes):
    made = experiment(file, **changes)
    gradient = gradients(made)
    values = made.network.flat.values
    way = np.random.default_rng(2).normal(size=values.shape)
    losses = []
    for sign in (1, -1):
        values += sign * 1e-6 * way
        losses.append(made.loss.value(made.network.predict()))
        values -= sign * 1e-6 * way
    slope = (losses[0] - losses[1]) / 2e-6
    assert slope == pytest.approx(float(gradient @ way), rel=1e-6)


def packed(made: Experiment):
    """Gradients by PyTorch, from packed sequences, side by side as ours are by name."""
    torch = pytest.importorskip("torch")
    rnn = torch.nn.utils.rnn
    net, training, kind = made.network, made.spec.training, made.spec.network.kind
    cells = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
    units = net.top.h.shape[2]
    theirs = cells[kind](net.features, units, len(net.cells), dtype=torch.float64)
    for at, cell in enumerate(net.cells):
        own = {name: torch.tensor(value.T) for name, value in cell.own.items()}
        hidden = torch.zeros_like(own["b"])
        if kind == "gru":
            hidden[-units:] = own["b_hn"]
        named = {"weight_ih": own["W_x"], "weight_hh": own["W_h"]}
        named |= {"bias_ih": own["b"], "bias_hh": hidden}
        for name, value in named.items():
            with torch.no_grad():
                getattr(theirs, f"{name}_l{at}").copy_(value)
    W, b = (torch.tensor(net.readout.parameters[n], requires_grad=True) for n in ("W", "b"))
    x = made._train.x.reshape(len(made._train.x), made.steps, -1)
    lengths = made.steps - made.data.padding[0]
    own = [torch.tensor(one[len(one) - n :]) for one, n in zip(x, lengths, strict=True)]
    batch = rnn.pack_sequence(own, enforce_sorted=False)
    out, _ = theirs(batch)
    y = torch.tensor(made.data.y_train)
    if training.loss_at == "every":
        labels = rnn.pack_sequence(
            [y[at].repeat(int(n)) for at, n in enumerate(lengths)], enforce_sorted=False
        )
        h, y = out.data, labels.data
    else:
        whole, ends = rnn.pad_packed_sequence(out, batch_first=True)
        h = whole[torch.arange(len(ends)), ends - 1]
    logits = h @ W + b
    loss = torch.nn.functional.cross_entropy(logits, y)
    loss.backward()
    right = (logits.argmax(1) == y).double().mean().item()
    found = [{"W": W.grad, "b": b.grad}]
    for at in reversed(range(len(net.cells))):
        of = {name: getattr(theirs, f"{name}_l{at}").grad for name in
              ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}  # fmt: skip
        mine = {"W_x": of["weight_ih"].T, "W_h": of["weight_hh"].T, "b": of["bias_ih"]}
        if kind == "gru":
            mine["b_hn"] = of["bias_hh"][-units:]
        found.insert(0, mine)
    return loss.item(), right, found


@pytest.mark.torch
@pytest.mark.parametrize("changes", CHANGES, ids=str)
def test_loss_accuracy_and_gradients_are_those_of_packed_sequences(file, changes):
    made = experiment(file, **changes)
    gradients(made)
    loss, right, theirs = packed(made)
    assert made.value == pytest.approx(loss, rel=1e-12)
    assert made.accuracy() == pytest.approx(right, abs=1e-12)
    ours = [*(cell.gradients for cell in made.network.cells), made.network.readout.gradients]
    for mine, other in zip(ours, theirs, strict=True):
        assert set(mine) == set(other)
        for name, values in other.items():
            off = np.abs(mine[name] - values.numpy()).max()
            assert off <= 1e-10 * np.abs(values.numpy()).max()


def test_stepping_is_running(file):
    ran, stepped = (experiment(file, training__batch=5) for _ in range(2))
    ran.run(4)
    while stepped.step < 4:
        stepped.advance()
    assert np.array_equal(ran.network.flat.values, stepped.network.flat.values)


def test_held_out_sequences_are_judged_without_their_padding(file):
    plain, other = (experiment(file, data__held_out=0.5) for _ in range(2))
    features = other.network.features
    padding = other.data.padding[1]
    at = np.repeat(np.arange(other.steps) < padding[:, None], features, axis=1)
    other._judge._network.x[at] = 17.0
    assert at.any() and plain._judge() == other._judge()


def test_chance_is_that_of_the_timesteps_there_are(file):
    made = experiment(file, training__loss_at="every")
    counts = np.bincount(made.data.y_train, weights=made.steps - made.data.padding[0])
    shares = counts / counts.sum()
    assert made.chance == pytest.approx(-(shares * np.log(shares)).sum())


def test_padding_is_no_part_of_mean_and_scale(file):
    made = experiment(file)
    data = made.data
    real = np.arange(made.steps) >= data.padding[0][:, None]
    rows = data.x_train.reshape(len(real), made.steps, -1)
    assert np.allclose(rows[real].mean(axis=0), 0) and np.allclose(rows[real].std(axis=0), 1)
    assert not rows[~real].any()


def test_a_ragged_file_is_padded_or_cut(file):
    spec = small(data__dataset="csv", data__path=str(RAGGED), data__group="seq")
    made = Experiment(spec.replace({"network.kind": "gru"}))
    assert made.steps == 6 and sorted(made.data.dataset.padding) == [0, 1, 1, 1, 2]
    cut = Experiment(spec.replace({"network.kind": "gru", "data.unequal": "cut"}))
    assert cut.steps == 4 and cut.data.padding is None
    assert np.array_equal(cut.data.dataset.x[:, -3:], made.data.dataset.x[:, -3:])


def test_padding_stays_zero_in_float16():
    spec = small(data__dataset="csv", data__path=str(RAGGED), data__group="seq")
    made = Experiment(spec.replace({"network.kind": "lstm", "training.precision": "float16"}))
    made.run(3)
    assert np.isfinite(made.value)
    for t, view in enumerate(made.network.views[:-1]):
        padded = made.network.padded[t, :, 0]
        assert not view.h[padded].any() and not view.dh[padded].any()
        assert np.array_equal(view.h, view.h.astype(np.float16).astype(np.float32))


@pytest.mark.parametrize("kind", CELLS)
def test_frames_show_nothing_before_a_sequence_begins(file, kind):
    made = experiment(file, network__kind=kind, training__loss_at="every")
    made.run(2)
    frame_of(made)
    first = made.network.padded[0, :, 0]
    assert first.any() and not made.network.views[0].dh[first].any()


def test_a_network_of_layers_takes_padding_for_the_mean(file):
    made = experiment(file, network__kind="layers")
    assert split(made.data.dataset, 0.0, True, np.random.default_rng(1)).padding
    made.run(2)
    assert np.isfinite(made.value)


PARTS = {
    "network__norm": "layer", "network__cells": 2, "network__skip": "residual",
    "network__dropout": 0.3, "network__dropout_at": "cells",
}  # fmt: skip


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("at", ["last", "every"])
def test_padding_adds_nothing_to_cells_with_parts(file, kind, at):
    changes = {"network__kind": kind, "training__loss_at": at, "init__bias": "pytorch", **PARTS}
    plain, filled = experiment(file, **changes), experiment(file, **changes)
    refilled(filled, 5.0)
    assert np.allclose(gradients(plain), gradients(filled), rtol=1e-10, atol=1e-14)
    assert plain.value == pytest.approx(filled.value, rel=1e-12)
