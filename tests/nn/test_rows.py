"""A large table stays as it was read, and trains as if it had been converted."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.specs import small
from vgsim.core.errors import SpecError
from vgsim.measure.snapshot import frame_of
from vgsim.nn import split as splitting
from vgsim.nn.datasets import Dataset, _labels
from vgsim.nn.experiment import Experiment
from vgsim.nn.rows import StoredRows, moments, pieces

RNG = np.random.default_rng(3)
TABLE = RNG.integers(0, 256, (120, 5), np.uint8)


@pytest.fixture
def all_are_large(monkeypatch):
    for module in (splitting, _labels, "vgsim.nn.experiment"):
        name = module if isinstance(module, str) else module.__name__
        monkeypatch.setattr(f"{name}.LARGE", 1)


def parts(kind: str, **more: object) -> splitting.Split:
    data = Dataset(TABLE.astype(kind), np.arange(120) % 2, ("a", "b"), **more)
    return splitting.split(data, 0.25, True, np.random.default_rng(1))


@pytest.mark.parametrize("kind", ["u1", "f2", ">f4", "f8"])
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_batches_are_those_of_a_converted_table(kind, precision, monkeypatch):
    eager = parts("f8")
    monkeypatch.setattr(splitting, "LARGE", 1)
    large = parts(kind)
    assert isinstance(large.x_train, StoredRows)
    assert np.allclose(large.mean, eager.mean, rtol=1e-14)
    assert np.allclose(large.scale, eager.scale, rtol=1e-14)
    chosen = np.array([5, 2, 80])
    found = np.zeros((3, 5), precision)
    large.x_train.take(chosen, axis=0, out=found, mode="clip")
    raw = TABLE[np.random.default_rng(1).permutation(120)]
    held = len(large.x_held)
    assert held == 30 and len(large.x_train) + held == len(raw)
    assert np.allclose(found, eager.x_train[chosen], rtol=1e-6)
    assert np.array_equal(found, large.x_train[:][chosen].astype(precision))


def test_features_of_a_sequence_are_standardized_alike_at_all_timesteps(monkeypatch):
    eager = parts("f8", steps=5)
    monkeypatch.setattr(splitting, "LARGE", 1)
    large = parts("u1", steps=5)
    assert len(set(large.mean)) == 1
    assert np.allclose(large.scale, eager.scale, rtol=1e-14)


@given(st.integers(1, 60), st.floats(-1e6, 1e6), st.integers(0, 2**20))
def test_merged_moments_are_those_of_the_whole(step, offset, seed):
    table = np.random.default_rng(seed).normal(offset, 1, (60, 3))
    table[:, 1] = offset
    mean, scale = moments(table[at : at + step] for at in range(0, 60, step))
    assert np.allclose(mean, table.mean(axis=0), rtol=1e-12)
    assert mean[1] == offset and scale[1] == 1
    assert np.allclose(scale[[0, 2]], table.std(axis=0)[[0, 2]], rtol=1e-9)


def test_pieces_are_all_rows(monkeypatch):
    monkeypatch.setattr("vgsim.nn.rows.PIECE", 20)
    rows = StoredRows(TABLE, np.arange(50, 110), np.zeros(5), np.ones(5))
    assert np.array_equal(np.concatenate(list(pieces(rows))), TABLE[50:110])
    into = np.zeros((9, 5))
    rows.take(np.arange(9), axis=0, out=into, mode="clip")
    assert np.array_equal(into, TABLE[50:59])


def trained(path) -> Experiment:
    spec = small(data__dataset="npz", data__path=str(path))
    experiment = Experiment(spec)
    experiment.run(3)
    return experiment


@pytest.fixture
def file(tmp_path):
    np.savez(tmp_path / "some.npz", x=TABLE, y=np.arange(120) % 3)
    return tmp_path / "some.npz"


def test_it_trains_as_a_small_one(file, request):
    eager = trained(file)
    request.getfixturevalue("all_are_large")
    large = trained(file)
    assert large.data.dataset.x.dtype == np.uint8
    assert large.value == pytest.approx(eager.value, rel=1e-12)
    assert np.allclose(large.network.flat.values, eager.network.flat.values, rtol=1e-10)
    assert frame_of(large).image_shape == frame_of(eager).image_shape


@pytest.mark.usefixtures("all_are_large")
def test_what_is_no_number_is_named_by_its_row(tmp_path, monkeypatch):
    monkeypatch.setattr("vgsim.nn.rows.PIECE", 20)
    x = TABLE.astype("f4")
    x[77, 2] = np.inf
    np.savez(tmp_path / "some.npz", x=x, y=np.arange(120) % 3)
    with pytest.raises(SpecError, match="row 78, column 3 of the samples has inf"):
        trained(tmp_path / "some.npz")


def test_a_large_table_is_in_memory_once(tmp_path):
    x = RNG.random((9000, 512), np.float32)
    np.savez(tmp_path / "some.npz", x=x, y=np.arange(9000) % 3)
    Experiment(small())
    tracemalloc.start()
    experiment = trained(tmp_path / "some.npz")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert experiment.network.input_width == 512
    judged = 2000 * 512 * 8  # held-out samples: in the network, standardized, and as they come
    assert peak < 1.2 * x.nbytes + 3 * judged
