"""Lines of equal value, against curves that are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vgsim.sweep.contours import contour


def field_of(function, across=21, up=17):
    return function(*np.meshgrid(np.arange(across), np.arange(up), indexing="ij")).astype(float)


@given(st.floats(-3, 3), st.floats(0.1, 2), st.floats(-5, 15))
def test_a_plane_has_a_straight_line(slope, rise, start):
    lines = contour(field_of(lambda x, y: rise * y - slope * x), start)
    for across, up in lines:
        assert rise * up - slope * across == pytest.approx(start, abs=1e-9)
    assert len(lines) <= 1


def test_a_circle_is_closed():
    ((across, up),) = contour(field_of(lambda x, y: np.hypot(x - 10, y - 8)), 6.0)
    assert np.hypot(across - 10, up - 8) == pytest.approx(6, abs=0.03)
    assert (across[0], up[0]) == (across[-1], up[-1])


def test_a_branch_each_side():
    lines = contour(field_of(lambda x, y: np.abs(y - 8)), 3.0)
    assert sorted(line[1].mean() for line in lines) == [5, 11]
    assert all(line[0].min() == 0 and line[0].max() == 20 for line in lines)


def test_no_line_runs_through_what_is_unknown():
    field = field_of(lambda x, y: y - 8.5)
    field[10] = np.nan
    lines = contour(field)
    assert sorted((line[0].min(), line[0].max()) for line in lines) == [(0, 9), (11, 20)]


@pytest.mark.parametrize("far", [np.inf, 1e300])
def test_an_infinite_value_is_beyond_the_line(far):
    ((across, up),) = contour(np.array([[-1.0, far], [-1.0, far]]))
    assert (up > 0).all() and (up < 1e-5).all() and set(across) == {0, 1}


def test_a_saddle_joins_by_its_middle():
    corners = np.array([[1.0, -1.0], [-1.0, 1.0]])
    for mean in (0.5, -0.5):
        lines = contour(corners + mean)
        assert len(lines) == 2
        around = {tuple(np.round([line[0].mean(), line[1].mean()])) for line in lines}
        cut_off = {(0, 1), (1, 0)} if mean > 0 else {(0, 0), (1, 1)}
        assert around == cut_off


@given(st.integers(0, 10**6))
def test_every_crossing_belongs_to_one_line(seed):
    field = np.random.default_rng(seed).normal(size=(9, 7))
    crossings = np.diff(field >= 0, axis=0).sum() + np.diff(field >= 0, axis=1).sum()
    points = [
        len(line[0]) - (line[0][0] == line[0][-1] and line[1][0] == line[1][-1])
        for line in contour(field)
    ]
    assert sum(points) == crossings


def test_a_field_without_the_level_has_no_line():
    assert contour(np.ones((4, 4))) == []
    assert contour(np.ones((1, 1))) == []
