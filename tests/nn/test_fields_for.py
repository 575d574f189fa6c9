"""Which fields of a spec make a file its data."""

from __future__ import annotations

import numpy as np
import pytest

from vgsim.nn.data_files import fields_for
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset


@pytest.mark.parametrize(("name", "dataset"), [
    ("mine.csv", "csv"), ("MINE.CSV", "csv"), ("mine.npz", "npz"), ("a.npy", "npy"),
    ("mine.idx", "idx"), ("mine.csv.gz", "csv"),
    ("iris.data", "csv"), ("train-images-idx3-ubyte", "idx"), ("train-images-idx3-ubyte.gz", "idx"),
])  # fmt: skip
def test_the_suffix_says_what_reads_it(name, dataset):
    assert fields_for(name) == {"data.dataset": dataset, "data.path": name}


def test_labels_are_found_beside_pictures(tmp_path):
    pictures = tmp_path / "t10k-images-idx3-ubyte"
    labels = tmp_path / "t10k-labels-idx1-ubyte"
    labels.touch()
    assert fields_for(str(pictures))["data.labels"] == str(labels)


@pytest.mark.parametrize(("samples", "labels"), [
    ("X_train.npy", "y_train.npy"), ("x.npy", "y.npy"), ("features.npy", "labels.npy"),
])  # fmt: skip
def test_labels_are_found_beside_an_array(tmp_path, samples, labels):
    (tmp_path / labels).touch()
    assert fields_for(str(tmp_path / samples))["data.labels"] == str(tmp_path / labels)


def test_an_experiment_runs_on_it(tmp_path):
    file = tmp_path / "mine.npz"
    np.savez(file, x=np.random.default_rng(1).normal(size=(40, 3)), y=np.arange(40) % 2)
    experiment = Experiment(load_preset("relu-he").replace(fields_for(str(file))))
    experiment.run(1)
    assert experiment.network.input_width == 3
