"""Moments from a table, and fixed points of many networks, against quadrature one by one."""

from __future__ import annotations

import numpy as np
import pytest

from vgsim.measure.theory import (
    fixed_point,
    mean_field,
    mean_square,
    mean_square_derivative,
    moment_table,
    square_moments,
)
from vgsim.nn.activations import ACTIVATIONS

F = ACTIVATIONS
NAMES = ACTIVATIONS.names()
SPREAD = np.exp(np.random.default_rng(5).uniform(-60, 25, 40))
WEIGHTS = np.array([0.3, 1.5, 1.76, 2.5, 4.0])
NOISES = np.array([0.0, 0.05, 0.05, 0.0, 1.0])


@pytest.mark.parametrize("name", NAMES)
def test_many_moments_at_once_are_those_of_each(name):
    q = np.array([[0.0, 1e-30, 0.3], [7.0, 1e10, np.nan]])
    squares, derivatives = square_moments(F[name], q)
    expected = [[mean_square(F[name], each) for each in row] for row in q]
    assert squares == pytest.approx(np.array(expected), rel=1e-13, nan_ok=True)
    expected = [[mean_square_derivative(F[name], each) for each in row] for row in q]
    assert derivatives == pytest.approx(np.array(expected), rel=1e-13, nan_ok=True)


@pytest.mark.parametrize("name", NAMES)
def test_a_table_has_the_moments_between_its_entries(name):
    squares, derivatives = square_moments(F[name], SPREAD)
    assert moment_table(F[name]).square(SPREAD) == pytest.approx(squares, rel=1e-5)
    assert moment_table(F[name]).derivative(SPREAD) == pytest.approx(derivatives, rel=1e-5)


@pytest.mark.parametrize("name", ["tanh", "relu", "sigmoid", "selu"])
@pytest.mark.parametrize("q", [1e-200, 1e200])
def test_moments_beyond_the_table_go_on_as_at_its_ends(name, q):
    squares, derivatives = square_moments(F[name], [q])
    assert moment_table(F[name]).square([q]) == pytest.approx(squares, rel=1e-3)
    assert moment_table(F[name]).derivative([q]) == pytest.approx(derivatives, rel=1e-3, abs=1e-15)


def test_of_no_variance_the_mean_square_is_that_of_f_at_zero():
    assert moment_table(F["sigmoid"]).square([0.0]) == pytest.approx(0.25)
    assert moment_table(F["tanh"]).square([0.0]) == 0


def test_no_moments_of_what_is_not_finite():
    assert np.isnan(moment_table(F["tanh"]).square([np.nan]))


@pytest.mark.parametrize("name", NAMES)
def test_many_fixed_points_are_those_of_each(name):
    table = moment_table(F[name])
    q = table.fixed_points(WEIGHTS, NOISES)
    pairs = list(zip(WEIGHTS, NOISES, strict=True))
    expected = np.array([fixed_point(F[name], *pair) for pair in pairs])
    steady = ~(
        expected > 1e6
    )  # where f is nearly linear there, hardly anything says how far q goes
    assert q[steady] == pytest.approx(expected[steady], rel=1e-5, abs=1e-25)
    slopes = [mean_field(F[name], *pair).chi for pair in pairs]
    assert np.exp(table.ln_chi(WEIGHTS, q)) == pytest.approx(slopes, rel=1e-4)


def test_where_every_variance_stays_it_stays():
    assert moment_table(F["relu"]).fixed_points(np.array([2.0]), np.array([0.0])) == [1.0]
