"""The split into a training part and a held-out part."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from vgsim.nn.datasets import Dataset
from vgsim.nn.split import Split, split

fractions = st.floats(0.0, 0.9)


def of_classes(labels: list[int]) -> Dataset:
    """Samples that carry their own index and a class each."""
    names = tuple(map(str, range(max(labels) + 1)))
    return Dataset(np.arange(float(len(labels)))[:, None], np.array(labels, np.int64), names)


def of_numbers(samples: int) -> Dataset:
    index = np.arange(float(samples))[:, None]
    return Dataset(index, 10 * index)


def cut(dataset: Dataset, held_out: float, standardize: bool = False, seed: int = 0) -> Split:
    return split(dataset, held_out, standardize, np.random.default_rng(seed))


datasets = st.one_of(
    st.lists(st.integers(0, 4), min_size=1, max_size=60).map(of_classes),
    st.integers(1, 60).map(of_numbers),
)


@given(datasets, fractions)
def test_every_sample_is_in_exactly_one_part(dataset: Dataset, held_out: float) -> None:
    parts = cut(dataset, held_out)
    both = np.concatenate([parts.x_train, parts.x_held])
    assert np.array_equal(np.sort(both, axis=0), dataset.x)


@given(datasets, fractions)
def test_samples_keep_their_labels(dataset: Dataset, held_out: float) -> None:
    parts = cut(dataset, held_out)
    for x, y in ((parts.x_train, parts.y_train), (parts.x_held, parts.y_held)):
        assert np.array_equal(y, dataset.y[x[:, 0].astype(int)])
        assert y.dtype == dataset.y.dtype


@given(datasets, fractions)
def test_held_out_is_the_nearest_number_that_leaves_one(dataset: Dataset, held_out: float) -> None:
    samples = len(dataset.x)
    assert len(cut(dataset, held_out).x_held) == min(round(held_out * samples), samples - 1)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=60), fractions)
def test_each_class_is_held_out_in_proportion(labels: list[int], held_out: float) -> None:
    parts = cut(of_classes(labels), held_out)
    share = len(parts.y_held) / len(labels)
    for label in set(labels):
        held = int(np.sum(parts.y_held == label))
        assert abs(held - share * labels.count(label)) < 1


def test_a_rare_class_stays_in_training() -> None:
    parts = cut(of_classes([0] + [1] * 5 + [2] * 4), 0.5)
    assert 0 in parts.y_train


@given(datasets, fractions, st.integers(0, 9))
def test_the_same_seed_gives_the_same_parts(dataset: Dataset, held_out: float, seed: int) -> None:
    one, two = (cut(dataset, held_out, seed=seed) for _ in range(2))
    assert np.array_equal(one.x_train, two.x_train)
    assert np.array_equal(one.x_held, two.x_held)


def test_another_seed_gives_other_parts() -> None:
    one, two = (cut(of_numbers(50), 0.2, seed=seed) for seed in (0, 1))
    assert not np.array_equal(one.x_train, two.x_train)


@pytest.mark.parametrize("held_out", [0.0, 0.9])
def test_a_draw_of_one_permutation_is_all_it_takes(held_out: float) -> None:
    used, fresh = np.random.default_rng(0), np.random.default_rng(0)
    split(of_numbers(9), held_out, True, used)
    fresh.permutation(9)
    assert used.random() == fresh.random()


def test_nothing_held_out_gives_empty_arrays() -> None:
    parts = cut(of_numbers(5), 0.0)
    assert parts.x_held.shape == (0, 1)
    assert parts.y_held.shape == (0, 1)


def test_a_single_sample_is_trained_on() -> None:
    parts = cut(of_numbers(1), 0.9, standardize=True)
    assert parts.x_train.tolist() == [[0.0]]
    assert len(parts.x_held) == 0


def test_standardized_training_part_has_mean_zero_and_variance_one() -> None:
    parts = cut(of_numbers(50), 0.2, standardize=True)
    assert np.allclose(parts.x_train.mean(axis=0), 0)
    assert np.allclose(parts.x_train.std(axis=0), 1)


def test_held_out_part_is_scaled_by_the_training_part() -> None:
    raw, parts = (
        cut(of_numbers(50), 0.2, standardize=standardize) for standardize in (False, True)
    )
    assert np.array_equal(parts.mean, raw.x_train.mean(axis=0))
    assert np.array_equal(parts.scale, raw.x_train.std(axis=0))
    assert np.array_equal(parts.x_held, (raw.x_held - parts.mean) / parts.scale)


def test_not_standardized_leaves_the_samples_as_they_are() -> None:
    parts = cut(of_numbers(50), 0.2)
    assert parts.mean.tolist() == [0.0]
    assert parts.scale.tolist() == [1.0]


def test_a_constant_feature_becomes_zero() -> None:
    parts = cut(Dataset(np.full((7, 1), 0.1), np.zeros((7, 1))), 0.2, standardize=True)
    assert parts.scale.tolist() == [1.0]
    assert not parts.x_train.any()


def test_the_dataset_itself_is_left_alone() -> None:
    dataset = of_numbers(9)
    cut(dataset, 0.2, standardize=True)
    assert np.array_equal(dataset.x, of_numbers(9).x)


@given(
    nps.arrays(
        np.float64, st.tuples(st.integers(2, 9), st.just(3)), elements=st.floats(-1e100, 1e100)
    ),
    fractions,
)
def test_standardized_samples_are_finite(x: np.ndarray, held_out: float) -> None:
    parts = cut(Dataset(x, np.zeros((len(x), 1))), held_out, standardize=True)
    assert np.isfinite(parts.x_train).all()
    assert (np.abs(parts.x_train) <= 2 * len(x)).all()
    assert (parts.scale > 0).all()
