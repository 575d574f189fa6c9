"""Figures that are computed from arrays: against plain NumPy, and where that fails."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vgsim.record import BINS, measured
from vgsim.record.summary import log_counts, root_mean_square


def of(array: np.ndarray, **options: int) -> dict[str, object]:
    """Figures of one gradient."""
    return {name: values["a"] for name, values in measured({}, {"a": array}, **options).items()}


@given(hnp.arrays(np.float64, (3, 4), elements=st.floats(-1e100, 1e100)))
def test_they_are_those_of_numpy(array: np.ndarray) -> None:
    found = of(array)
    assert found["dh_rms"] == pytest.approx(np.sqrt(np.mean((array / 1e100) ** 2)) * 1e100)
    assert found["dh_max"] == np.abs(array).max() and found["dh_size"] == 12
    assert found["dh_zero"] == (array == 0).sum()


@pytest.mark.parametrize("size", [1e-45, 1e-23, 1e30, 3e38])
def test_a_float32_gradient_of_any_size_has_a_norm(size: float) -> None:
    array = np.full((5, 2), size, np.float32)
    assert of(array)["dh_rms"] == pytest.approx(float(array[0, 0]))


@pytest.mark.parametrize("size", [1e-300, 1e300])
def test_a_float64_gradient_of_any_size_has_a_norm(size: float) -> None:
    assert of(np.full(7, size))["dh_rms"] == pytest.approx(size)


def test_what_is_no_ordinary_number_is_counted_apart() -> None:
    array = np.array([0.0, -0.0, 1e-41, np.inf, -np.inf, np.nan, 2.0], np.float32)
    found = of(array)
    assert [found[f"dh_{name}"] for name in ("zero", "subnormal", "inf", "nan")] == [2, 1, 2, 1]
    assert np.isnan(found["dh_rms"])
    assert np.isposinf(of(array[[3, 6]])["dh_rms"])


def test_subnormal_is_meant_in_the_type_of_the_array() -> None:
    assert of(np.array([1e-6], np.float16))["dh_subnormal"] == 1
    assert of(np.array([1e-6], np.float32))["dh_subnormal"] == 0


def test_units_are_taken_along_their_axis() -> None:
    array = np.zeros((2, 3, 5))
    array[:, 1] = 2.0
    units = of(array, units_axis=1)["dh_units"]
    assert np.asarray(units).tolist() == [0, 2, 0]
    assert len(np.asarray(of(np.ones((2, 100)))["dh_units"])) == 64


def test_every_number_is_in_one_bin_or_counted_apart() -> None:
    values = np.array([0, np.nan, np.inf, 1e-60, 1e-48, 2.0, -2.0, 1e39, 1e200])
    counts = log_counts(values)
    assert counts.sum() == 6
    assert counts[0] == 1 and counts[-1] == 1
    assert counts[1 + int((np.log10(2) - BINS.low) * BINS.per_decade)] == 2


def test_nothing_has_no_size() -> None:
    assert root_mean_square(np.empty((2, 0))).tolist() == [0, 0]
    assert of(np.empty((0, 3)))["dh_size"] == 0
