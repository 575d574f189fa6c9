"""What lies between measured cells: whom a cell follows, and what is interpolated."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vgsim.sweep.blocks import NOBODY, as_followed, dots, followed, interpolated
from vgsim.sweep.order import lines

masks = st.tuples(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**30)).map(
    lambda drawn: np.random.default_rng(drawn[2]).random(drawn[:2]) < 0.15
)


def nearest(measured, free):
    """The rule, written out: over all measured cells, by distance and then by number."""
    found = np.full(measured.shape, NOBODY)
    for cell in np.ndindex(measured.shape):
        reached = []
        for other in np.argwhere(measured):
            away = other - cell
            if all(step == 0 or each for step, each in zip(away, free, strict=True)):
                reached.append((int(away @ away), int(np.ravel_multi_index(other, measured.shape))))
        if reached:
            found[cell] = min(reached)[1]
    return found


@given(masks, st.tuples(st.booleans(), st.booleans()))
def test_a_cell_follows_the_nearest_measured_one(measured, free):
    assert followed(measured, free).tolist() == nearest(measured, free).tolist()


@given(masks)
def test_measured_cells_keep_their_own_value(measured):
    values = np.arange(measured.size, dtype=float).reshape(measured.shape)
    shown = as_followed(values, followed(measured))
    assert np.array_equal(shown[measured], values[measured])
    assert np.isnan(shown).all() == (not measured.any())


def test_a_dot_is_where_others_follow():
    measured = np.zeros((5, 1), bool)
    measured[[0, 1, 4]] = True
    assert dots(measured, followed(measured)).ravel().tolist() == [False, True, False, False, True]


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_what_is_linear_is_interpolated_exactly(level):
    across, up = np.meshgrid(np.arange(13), np.arange(10), indexing="ij")
    plane = 2.0 * across - 0.5 * up + 3
    measured = np.zeros(plane.shape, bool)
    measured[np.ix_(lines(13, level), lines(10, level))] = True
    assert interpolated(plane, measured) == pytest.approx(plane)


@given(masks, st.tuples(st.booleans(), st.booleans()))
def test_interpolation_stays_within_what_was_measured(measured, free):
    values = np.random.default_rng(1).normal(size=measured.shape)
    found = interpolated(values, measured, free)
    assert np.array_equal(found[measured], values[measured])
    inside = found[np.isfinite(found)]
    if inside.size:
        assert values[measured].min() - 1e-12 <= inside.min()
        assert inside.max() <= values[measured].max() + 1e-12


def test_nothing_is_interpolated_across_choices():
    values = np.arange(15.0).reshape(5, 3)
    measured = np.zeros((5, 3), bool)
    measured[[0, 4]] = True
    measured[:, 1] = False
    found = interpolated(values, measured, (True, False))
    assert np.isnan(found[:, 1]).all() and found[2].tolist()[::2] == [6, 8]
