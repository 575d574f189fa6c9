"""Moments from a table, and fixed points of many networks, against quadrature one by one."""

from __future__ import annotations

import numpy as np
import pytest

from vgsim.measure.theory import (
    critical_weight_variance,
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


def trapezoid(weights: float, noise: float) -> tuple[float, float]:
    """(q*, χ₁) of tanh by another way: a sum over equal steps, and the map gone through often."""
    z = np.linspace(-12, 12, 6001)
    density = np.exp(-z * z / 2)
    density /= density.sum()
    q = 1.0
    for _ in range(3000):
        q = weights * density @ np.tanh(np.sqrt(q) * z) ** 2 + noise
    return q, weights * density @ np.cosh(np.sqrt(q) * z) ** -4


@pytest.mark.parametrize(
    ("weights", "noise"), [(1.3, 0.05), (1.76, 0.05), (2.5, 0.05), (2.25, 0.0)]
)
def test_tanh_settles_where_another_integration_has_it(weights, noise):
    table = moment_table(F["tanh"])
    q, slope = trapezoid(weights, noise)
    (found,) = table.fixed_points(np.array([weights]), np.array([noise]))
    assert found == pytest.approx(q, rel=1e-6)
    assert np.exp(table.ln_chi(np.array([weights]), np.array([found]))) == pytest.approx(
        slope, rel=1e-6
    )
    settled = mean_field(F["tanh"], weights, noise)
    assert (settled.q, settled.chi) == pytest.approx((q, slope), rel=1e-9)


def test_tanh_is_critical_where_networks_of_ten_thousand_layers_were_trained():
    # σ_w² = 1.05, σ_b² = 2.01e-5 in Xiao et al. 2018
    assert critical_weight_variance(F["tanh"], 2.01e-5) == pytest.approx(1.05, abs=5e-4)
