"""The datasets that come with vgsim: the published ones and the synthetic ones."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from vgsim.core.resources import resource
from vgsim.nn.datasets import DATASETS, Dataset

SYNTHETIC = ("spirals", "circles", "xor", "gaussians", "moons")
BUILT_IN = (*SYNTHETIC, "digits", "penguins")


def load(name: str, *, samples: int = 101, noise: float = 0.1, seed: int = 0) -> Dataset:
    spec: Any = SimpleNamespace(dataset=name, samples=samples, noise=noise)
    return DATASETS[name](spec, np.random.default_rng(seed))


@pytest.mark.parametrize("name", BUILT_IN)
def test_samples_are_finite_floats_with_a_class_each(name: str) -> None:
    data = load(name)
    assert data.x.dtype == np.float64
    assert np.isfinite(data.x).all()
    assert data.y.dtype == np.int64
    assert data.y.shape == (len(data.x),)
    assert set(data.y) == set(range(len(data.classes)))


@pytest.mark.parametrize("name", SYNTHETIC)
def test_synthetic_has_the_asked_number_of_samples(name: str) -> None:
    assert load(name, samples=37).x.shape == (37, 2)


@pytest.mark.parametrize("name", SYNTHETIC)
def test_synthetic_classes_are_balanced(name: str) -> None:
    counts = np.bincount(load(name, samples=101).y)
    assert np.ptp(counts) <= 1


@pytest.mark.parametrize("name", SYNTHETIC)
def test_synthetic_repeats_with_its_seed(name: str) -> None:
    assert np.array_equal(load(name, seed=3).x, load(name, seed=3).x)
    assert not np.array_equal(load(name, seed=3).x, load(name, seed=4).x)


@pytest.mark.parametrize("name", SYNTHETIC)
def test_noise_only_scales_its_own_draw(name: str) -> None:
    clean, one, two = (load(name, noise=noise).x for noise in (0.0, 1.0, 2.0))
    assert np.allclose(two - clean, 2 * (one - clean))
    assert abs((one - clean).std() - 1.0) < 0.2


@pytest.mark.parametrize("name", SYNTHETIC)
def test_synthetic_says_which_fields_it_reads(name: str) -> None:
    assert DATASETS.entry(name).uses == {"data.samples", "data.noise"}


def test_clean_xor_fills_the_square_with_classes_by_sign() -> None:
    data = load("xor", noise=0.0)
    assert np.abs(data.x).max() <= 1
    assert np.array_equal(data.y == 1, data.x.prod(axis=1) < 0)


def test_clean_circles_have_radius_one_and_two() -> None:
    data = load("circles", noise=0.0)
    assert np.allclose(np.hypot(*data.x.T), 1 + data.y)


def test_clean_moons_have_radius_one() -> None:
    data = load("moons", noise=0.0)
    center = np.where(data.y[:, None] == 0, [0.0, 0.0], [1.0, 0.5])
    offset = data.x - center
    assert np.allclose(np.hypot(*offset.T), 1)
    assert np.all(np.where(data.y == 0, offset[:, 1] >= 0, offset[:, 1] <= 0))


def test_second_spiral_is_the_first_turned_by_half_a_turn() -> None:
    data = load("spirals", noise=0.0)
    radius, angle = np.hypot(*data.x.T), np.arctan2(*data.x.T[::-1])
    turned = angle - np.pi * radius - np.pi * data.y  # 1.5 turns over radius 3
    assert np.allclose(np.cos(turned), 1)


def test_gaussian_clouds_are_around_opposite_corners() -> None:
    data = load("gaussians", samples=4000, noise=0.0)
    assert np.allclose(data.x[data.y == 0].mean(axis=0), -1, atol=0.05)
    assert np.allclose(data.x[data.y == 1].std(axis=0), 0.5, atol=0.05)


def test_digits_are_the_published_pictures() -> None:
    data = load("digits")
    assert data.x.shape == (1797, 64)
    assert data.image_shape == (8, 8)
    assert data.classes == tuple("0123456789")
    assert list(data.y[:5]) == [0, 1, 2, 3, 4]
    assert data.x.sum() == 561718
    assert np.array_equal(np.bincount(data.y)[:3], [178, 182, 177])


def test_penguins_leave_out_the_two_without_measurements() -> None:
    data = load("penguins")
    assert data.x.shape == (342, 4)
    assert data.classes == ("Adelie", "Chinstrap", "Gentoo")
    assert list(np.bincount(data.y)) == [151, 68, 123]
    assert list(data.x[0]) == [39.1, 18.7, 181, 3750]
    assert len(data.features) == 4


def test_penguins_file_keeps_all_published_rows() -> None:
    with np.load(resource("datasets", "penguins.npz")) as stored:
        assert stored["x"].shape == (344, 4)


def test_one_is_a_single_sample_with_a_numeric_target() -> None:
    data = load("one")
    assert data.x.tolist() == [[1.0]]
    assert data.y.tolist() == [[0.0]]
    assert data.classes == ()


@pytest.mark.parametrize("name", ["digits", "penguins"])
def test_published_data_comes_with_its_license(name: str) -> None:
    text = resource("datasets", f"{name}.LICENSE.txt").read_text(encoding="utf-8")
    assert "License: C" in text
