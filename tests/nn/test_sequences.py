"""Datasets that are sequences: shapes, labels by their own rule, seeds."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from vgsim.core.resources import resource
from vgsim.nn.datasets import DATASETS, Dataset
from vgsim.nn.split import split

SYNTHETIC = ("adding", "temporal_order", "copy_memory", "sine")


def load(name: str, *, samples: int = 50, length: int = 30, seed: int = 0) -> Dataset:
    spec: Any = SimpleNamespace(dataset=name, samples=samples, length=length, noise=0.1)
    return DATASETS[name](spec, np.random.default_rng(seed))


def by_step(data: Dataset) -> np.ndarray:
    return data.x.reshape(len(data.x), data.steps, -1)


@pytest.mark.parametrize("name", SYNTHETIC)
@pytest.mark.parametrize("length", [5, 6, 30, 101])
def test_sequences_have_the_asked_length(name: str, length: int) -> None:
    data = load(name, length=length)
    assert data.steps == length and by_step(data).shape[1:] == (length, len(data.features))
    assert np.isfinite(data.x).all() and len(data.y) == 50
    assert data.y.shape[1:2] == ((length,) if data.y_by_step else data.y.shape[1:2])


@pytest.mark.parametrize("name", SYNTHETIC)
def test_sequences_repeat_with_their_seed(name: str) -> None:
    assert np.array_equal(load(name, seed=3).x, load(name, seed=3).x)
    assert not np.array_equal(load(name, seed=3).x, load(name, seed=4).x)


def test_adding_marks_one_number_in_each_half_and_asks_for_their_sum() -> None:
    data = load("adding")
    number, mark = np.moveaxis(by_step(data), 2, 0)
    assert np.all(mark[:, :15].sum(axis=1) == 1) and np.all(mark[:, 15:].sum(axis=1) == 1)
    assert np.allclose((number * mark).sum(axis=1), data.y[:, 0])


def test_temporal_order_labels_what_came_first_and_second() -> None:
    data = load("temporal_order")
    symbols = by_step(data).argmax(axis=2)
    places = np.nonzero((symbols == 4) | (symbols == 5))
    told = symbols[places].reshape(-1, 2) - 4
    assert np.array_equal(2 * told[:, 0] + told[:, 1], data.y)
    assert np.all(symbols[:, 0] == 6) and np.all(symbols[:, -1] == 7)


def test_copy_memory_ends_with_what_it_began_with() -> None:
    data = load("copy_memory")
    heard = by_step(data).argmax(axis=2)
    assert np.array_equal(data.y[:, -10:], heard[:, :10]) and np.all(data.y[:, :-10] == 8)
    assert np.all(heard[:, 19] == 9) and np.all(heard[:, 20:] == 8)


def test_sine_asks_for_the_next_value() -> None:
    spec: Any = SimpleNamespace(samples=5, length=12, noise=0.0)
    data = DATASETS["sine"](spec, np.random.default_rng(0))
    assert np.allclose(data.x[:, 1:], data.y[:, :-1, 0])


@pytest.mark.parametrize(("name", "steps"), [("digit_rows", 8), ("digit_pixels", 64)])
def test_digits_as_sequences_are_the_same_digits(name: str, steps: int) -> None:
    data = load(name)
    assert data.steps == steps and np.array_equal(data.x, load("digits").x)


@pytest.mark.parametrize(
    ("name", "count", "first"), [("sunspots", 3120, 58.0), ("sunspots_yearly", 309, 5.0)]
)
def test_sunspots_are_windows_of_the_published_series(name: str, count: int, first: float) -> None:
    data = load(name, length=12)
    assert data.x.shape == (count - 12, 12) and data.y.shape == (count - 12, 1)
    assert data.x[0, 0] == first and np.array_equal(data.x[1:, -1], data.y[:-1, 0])


def test_sunspots_come_with_their_license() -> None:
    assert "public domain" in resource("datasets", "sunspots.LICENSE.txt").read_text("utf-8")


def test_a_feature_is_standardized_over_all_timesteps() -> None:
    data = split(load("adding"), 0.0, True, np.random.default_rng(0))
    x = data.x_train.reshape(50, 30, 2)
    assert np.allclose(x.mean(axis=(0, 1)), 0) and np.allclose(x.std(axis=(0, 1)), 1)
