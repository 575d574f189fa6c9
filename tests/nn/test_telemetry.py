"""Norms, frames, JSON lines and traces against the same numbers written down in plain NumPy."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from tests.helpers.specs import small
from vgsim.cli.main import main
from vgsim.measure.snapshot import frame_of
from vgsim.nn import telemetry as module
from vgsim.nn.experiment import Experiment
from vgsim.nn.spec import dumps
from vgsim.nn.trace import record, save
from vgsim.ui.diagram.model.picture import _by_row

ONE_BATCH = {"training__batch": 0, "data__standardize": True}
SPEC = small(network__depth=1, network__width=3, training__loss="cross_entropy", **ONE_BATCH)


def _rms(values) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


def _hypot(values) -> float:
    """The L2 norm as Python takes it, in which no square under- or overflows."""
    return math.hypot(*values.astype(float).ravel())


class Plain:
    """One pass of a tanh stage and a linear output, on the state that an experiment is in."""

    def __init__(self, experiment: Experiment) -> None:
        (self.w1, self.b1), (self.w2, self.b2) = (
            (layer.parameters["W"].copy(), layer.parameters["b"].copy())
            for layer in experiment.network.stages
        )
        data = experiment.data
        self.x = data.x_train
        self.h1, self.h2 = self.outputs(self.x)
        one_hot = np.eye(len(data.dataset.classes))
        self.loss = self.cost(self.h2, data.y_train)
        p = np.exp(self.h2) / np.exp(self.h2).sum(axis=1, keepdims=True)
        self.dh2 = (p - one_hot[data.y_train]) / len(self.x)
        self.dh1 = self.dh2 @ self.w2.T
        self.dz1 = self.dh1 * (1 - self.h1**2)
        self.dw = [self.x.T @ self.dz1, self.h1.T @ self.dh2]
        self.db = [self.dz1.sum(axis=0), self.dh2.sum(axis=0)]
        self.accuracy = float(np.mean(self.h2.argmax(axis=1) == data.y_train))

    def outputs(self, x):
        h1 = np.tanh(x @ self.w1 + self.b1)
        return h1, h1 @ self.w2 + self.b2

    @staticmethod
    def cost(h, y) -> float:
        return float(np.mean(np.log(np.exp(h).sum(axis=1)) - h[np.arange(len(y)), y]))


def _after(steps: int) -> tuple[Experiment, Plain]:
    """An experiment after one more update than ``steps``, and the pass of that update."""
    experiment = Experiment(SPEC)
    experiment.run(steps)
    plain = Plain(experiment)
    experiment.run(1)
    return experiment, plain


def test_one_frame_is_what_numpy_says():
    experiment, plain = _after(4)
    frame = frame_of(experiment)
    near = lambda values: pytest.approx(values, rel=1e-10)  # noqa: E731  # read as a word
    assert frame.step == 5 and frame.loss == near(plain.loss)
    assert frame.accuracy == plain.accuracy
    assert list(frame.h_rms) == near([_rms(plain.h1), _rms(plain.h2)])
    assert list(frame.dh_rms) == near([_rms(plain.dh1), _rms(plain.dh2)])
    assert list(frame.dh_norm) == near([np.linalg.norm(d) for d in (plain.dh1, plain.dh2)])
    assert list(frame.dW_norm) == near([np.linalg.norm(d) for d in plain.dw])
    assert list(frame.db_norm) == near([np.linalg.norm(d) for d in plain.db])
    now = [np.concatenate([layer.parameters["W"].ravel(), layer.parameters["b"]])
           for layer in experiment.network.stages]  # fmt: skip
    before = [np.append(plain.w1, plain.b1), np.append(plain.w2, plain.b2)]
    assert list(frame.weight_norm) == near([np.linalg.norm(w) for w in now])
    moved = [np.linalg.norm(b - a) for a, b in zip(before, now, strict=True)]
    assert list(frame.update_norm) == pytest.approx(moved, rel=1e-6)
    edges = np.abs(plain.w1) * np.sqrt(np.mean(plain.dz1**2, axis=0))
    assert np.allclose(frame.edges[0], edges)


def test_the_sample_is_shown_in_its_own_units():
    experiment = Experiment(SPEC)
    dataset = experiment.data.dataset
    sample = frame_of(experiment).sample
    assert any(np.allclose(sample, x) for x in dataset.x)
    assert not np.allclose(sample, experiment.data.x_train[0])


def test_one_line_of_json_is_what_numpy_says(tmp_path, capsys):
    file, out = tmp_path / "spec.toml", tmp_path / "x.jsonl"
    file.write_text(dumps(SPEC), "utf-8")
    assert main(["run", str(file), "--steps", "5", "--json", str(out)]) == 0
    line = json.loads(out.read_text("utf-8").splitlines()[4])
    _, plain = _after(4)
    expected = {
        "step": 5,
        "loss": plain.loss,
        "accuracy": plain.accuracy,
        "dh_rms": [_rms(plain.dh1), _rms(plain.dh2)],
        "dh_norm": [np.linalg.norm(d) for d in (plain.dh1, plain.dh2)],
        "dW_norm": [np.linalg.norm(d) for d in plain.dw],
        "db_norm": [np.linalg.norm(d) for d in plain.db],
    }
    assert line.keys() == expected.keys()
    for name, value in expected.items():
        assert line[name] == pytest.approx(value, rel=1e-10), name


def test_the_trace_is_the_pass_after_the_steps_made():
    experiment = Experiment(SPEC)
    experiment.run(4)
    plain = Plain(experiment)
    found = record(experiment)
    assert experiment.step == 4
    assert float(found["loss"]) == pytest.approx(plain.loss, rel=1e-12)
    assert np.array_equal(found["W1"], plain.w1) and np.allclose(found["dW1"], plain.dw[0])


def test_a_trace_file_holds_what_was_recorded_and_nothing_else(tmp_path, monkeypatch):
    given: set[str] = set()
    write = np.savez_compressed  # NumPy 2.0 would store an option of it as one more array

    def heard(out, **arrays):
        given.update(arrays)
        write(out, **arrays)

    monkeypatch.setattr(np, "savez_compressed", heard)
    experiment = Experiment(SPEC)
    experiment.run(4)
    plain = Plain(experiment)
    save(experiment, tmp_path / "x.npz")
    expected = record(experiment)
    with np.load(tmp_path / "x.npz", allow_pickle=False) as file:
        found = dict(file)
    assert given == found.keys() == expected.keys()
    assert all(found[name].tobytes() == np.asarray(expected[name]).tobytes() for name in found)
    assert np.array_equal(found["W1"], plain.w1) and np.allclose(found["dW2"], plain.dw[1])


def test_the_held_out_samples_are_judged_while_training():
    experiment = Experiment(SPEC)
    experiment.run(8)
    view = experiment.history.view()
    assert view.held_steps[-1] == 8 and len(view.held_steps) > 2
    plain, data = Plain(experiment), experiment.data
    h = plain.outputs(data.x_held)[1]
    assert view.held_loss[-1] == pytest.approx(Plain.cost(h, data.y_held), rel=1e-10)
    assert view.held_accuracy[-1] == np.mean(h.argmax(axis=1) == data.y_held)


@pytest.mark.parametrize("changes", [
    {"init__weights": "zeros"},
    {"init__weights": "normal", "init__std": 1e-4, "network__depth": 40},
    {"init__weights": "normal", "init__std": 1e-40, "network__depth": 12},
], ids=["zeros", "small", "tiny"])  # fmt: skip
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_doubtful_norms_are_exact_and_taken_all_at_once(monkeypatch, changes, precision):
    calls = []
    exact = module.exact_norm
    monkeypatch.setattr(module, "exact_norm", lambda *a, **k: calls.append(1) or exact(*a, **k))
    experiment = Experiment(small(training__precision=precision, **changes))
    experiment.run(1)
    telemetry, network = experiment.telemetry, experiment.network
    assert not telemetry.regular and len(calls) <= len(network.stacks)
    expected = [_hypot(view.dh) for view in network.views]
    assert telemetry.dh_norm == pytest.approx(expected, rel=1e-6, abs=0)
    expected = [_hypot(layer.gradients["W"]) for layer in network.stages]
    assert telemetry.dW_norm == pytest.approx(expected, rel=1e-6, abs=0)
    expected = [_hypot(layer.gradients["b"]) for layer in network.stages]
    assert telemetry.db_norm == pytest.approx(expected, rel=1e-6, abs=0)


@pytest.mark.parametrize("kind", ["layers", "lstm"])
def test_edges_are_seen_where_nodes_are(kind):
    spec = small(network__kind=kind, network__depth=2, init__weights="normal", init__std=1.0,
                 training__loss="linear", training__start=1e-6)  # fmt: skip
    experiment = Experiment(spec)
    experiment.run(1)
    before = frame_of(experiment).edges
    for stack in experiment.network.stacks:
        stack.dz *= 1e-180
    for cell in getattr(experiment.network, "cells", []):
        if cell.dz is not experiment.network.top.dz:
            cell.dz *= 1e-180
    for small_edges, edges in zip(frame_of(experiment).edges, before, strict=True):
        assert np.allclose(small_edges / 1e-180, edges) and edges.any()


def test_rows_of_a_picture_are_seen_where_its_pixels_are():
    values = np.array([[3e-200, np.nan], [4e-200, np.nan], [1.0, np.inf], [0.0, 1.0]])
    rows = _by_row(values, 2)
    assert rows[:, 0].tolist() == pytest.approx([5e-200, 1.0])
    assert np.isnan(rows[0, 1]) and rows[1, 1] == np.inf
