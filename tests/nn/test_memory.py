"""What an experiment takes is known before, and what does not fit is refused."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from tests.helpers.specs import small
from vgsim.cli.main import main
from vgsim.core import machine
from vgsim.core.errors import SpecError
from vgsim.measure.snapshot import frame_of
from vgsim.nn import memory
from vgsim.nn.datasets import Dataset
from vgsim.nn.experiment import Experiment
from vgsim.nn.losses import LOSSES

LARGE = [
    {"network__width": 1000, "network__depth": 3, "training__optimizer": "adam"},
    {"network__width": 1000, "network__depth": 3, "training__precision": "float32"},
    {"network__width": 50, "data__samples": 5000, "training__batch": 0},
    {"network__width": 8, "data__samples": 100_000, "network__depth": 1},
    {"network__width": 200, "network__norm": "batch", "network__skip": "highway",
     "training__batch": 100, "data__samples": 2000},
    {"network__kind": "lstm", "network__width": 60, "data__dataset": "adding",
     "data__length": 60, "data__samples": 200, "training__loss": "mse", "training__batch": 100,
     "network__norm": "layer", "network__cells": 2, "network__dropout": 0.2},
    {"network__kind": "lstm", "network__width": 80, "data__dataset": "adding",
     "training__loss": "mse", "data__samples": 200, "training__batch": 50},
    {"network__kind": "gru", "network__width": 80, "data__dataset": "adding",
     "training__loss": "mse", "network__cells": 2, "training__precision": "float32"},
]  # fmt: skip


@pytest.mark.parametrize("changes", LARGE, ids=range(len(LARGE)))
def test_the_estimate_covers_what_is_taken(monkeypatch, changes):
    estimates = []
    estimate = memory.estimate
    monkeypatch.setattr(memory, "estimate", lambda *a: estimates.append(estimate(*a)) or 0)
    spec = small(**changes)
    Experiment(small())  # what is imported or kept indefinitely is not counted
    estimates.clear()
    tracemalloc.start()
    try:
        experiment = Experiment(spec)
        experiment.run(2)
        frame_of(experiment)
        for step in range(3, 20):  # as a long run does
            experiment.step = step
            experiment.checkpoint()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    kept_for_ever = 2**20  # the history and other things that do not grow
    assert peak - kept_for_ever < estimates[0] < 2 * peak


def test_data_too_large_are_refused_before_they_are_encoded(monkeypatch, tmp_path):
    file = tmp_path / "many.npz"
    np.savez(file, x=np.zeros((20_000, 1), np.float32), y=np.arange(20_000) % 1000)
    monkeypatch.setattr(machine, "physical_memory", lambda: 200 * 2**20)
    monkeypatch.setattr(LOSSES["cross_entropy"], "encode", _only_few(LOSSES["cross_entropy"]))
    spec = small(data__dataset="npz", data__path=str(file), data__held_out=0.0)
    with pytest.raises(SpecError, match=r"data\.dataset = npz: .* need 0\.1 GiB"):
        Experiment(spec)


def _only_few(loss):
    encode = loss.encode

    def checked(dataset, y, precision="float64"):
        assert len(y) < 100
        return encode(dataset, y, precision)

    return staticmethod(checked)


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_targets_are_encoded_in_the_precision_and_no_wider(precision):
    y = np.zeros(10**5, np.int64)
    data = Dataset(np.zeros((10**5, 1)), y, classes=tuple("abcdefghij"))
    tracemalloc.start()
    targets = LOSSES["cross_entropy"].encode(data, y, precision)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert targets.dtype == precision and peak < targets.nbytes + 3 * y.nbytes


def _no_memory(*_, **__):
    raise MemoryError


def test_too_little_memory_while_building_is_a_refusal(monkeypatch):
    monkeypatch.setattr("vgsim.nn.experiment.build", _no_memory)
    with pytest.raises(SpecError, match="fit in memory"):
        Experiment(small())


def test_too_little_memory_while_running_is_one_line(monkeypatch, capsys):
    monkeypatch.setattr(Experiment, "run", _no_memory)
    assert main(["run", "shallow", "--steps", "1"]) == 2
    assert capsys.readouterr().err == "vgsim: this needs more memory than there is\n"
