"""Activations: derivatives, bounds, tails, saturation, and the normal distribution in GELU."""

from __future__ import annotations

import math

import numpy as np
import pytest

from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.activations.gated import normal_cdf
from vgsim.nn.arrays import quiet

EVERY = pytest.mark.parametrize("name", ACTIVATIONS.names())


def _phi(z: float) -> float:
    return math.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def _cdf(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))


def _both(name: str, z) -> tuple[np.ndarray, np.ndarray]:
    """h and f′ of numbers."""
    activation = ACTIVATIONS[name]
    z = np.atleast_1d(np.array(z))
    h, derivative = np.empty_like(z), np.empty_like(z)
    with quiet():
        activation.forward(z, h)
        activation.derivative(z, h, derivative)
    return h, derivative


@EVERY
def test_the_derivative_is_the_limit_of_differences(name):
    z = np.linspace(-6, 6, 241) + 0.01234  # beside every kink
    step = 1e-5
    up, down = _both(name, z + step)[0], _both(name, z - step)[0]
    assert np.allclose((up - down) / (2 * step), _both(name, z)[1], atol=1e-9)


@EVERY
def test_the_bound_is_the_largest_derivative(name):
    bound = ACTIVATIONS[name].bound
    derivatives = np.abs(_both(name, np.linspace(-40, 40, 80_001))[1])
    assert derivatives.max() <= bound * (1 + 1e-15)
    assert derivatives.max() == pytest.approx(bound, rel=1e-3 if name == "selu" else 1e-7)


@EVERY
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_extreme_inputs_give_numbers_and_no_warning(name, dtype):
    most = float(np.finfo(dtype).max) / 4
    z = np.array([0.0, -0.0, 1e-40, -1e-40, 1e3, -1e3, 1e13, -1e13, most, -most], dtype=dtype)
    h, derivative = _both(name, z)
    assert h.dtype == derivative.dtype == dtype
    assert np.isfinite(h).all() and np.isfinite(derivative).all()


@EVERY
def test_a_whole_block_equals_one_by_one(name):
    z = np.random.default_rng(3).normal(scale=4, size=(3, 5, 7))
    h, derivative = _both(name, z)
    single = [_both(name, value) for value in z.ravel()]
    assert np.allclose(h.ravel(), [pair[0][0] for pair in single], rtol=1e-15, atol=0)
    assert np.allclose(derivative.ravel(), [pair[1][0] for pair in single], rtol=1e-14, atol=1e-300)


LEFT = {
    "sigmoid": (math.exp(-50), math.exp(-50)),
    "elu": (-1.0, math.exp(-50)),
    "softplus": (math.exp(-50), math.exp(-50)),
    "silu": (-50 * math.exp(-50), -49 * math.exp(-50)),
    "mish": (-50 * math.exp(-50), -49 * math.exp(-50)),
    "softsign": (-50 / 51, 51.0**-2),
}


@pytest.mark.parametrize("name", LEFT)
def test_the_left_tail_keeps_its_digits(name):
    h, derivative = _both(name, -50.0)
    assert (h[0], derivative[0]) == pytest.approx(LEFT[name], rel=1e-13)


@pytest.mark.parametrize("z", [-30.0, -10.0, -3.0])
def test_gelu_keeps_the_digits_of_its_left_tail(z):
    h, derivative = _both("gelu", z)
    assert h[0] == pytest.approx(z * _cdf(z), rel=1e-12)
    assert derivative[0] == pytest.approx(_cdf(z) + z * _phi(z), rel=1e-12)


def test_gelu_in_its_tanh_form_is_close_to_gelu():
    z = np.linspace(-8, 8, 1601)
    for form, exact in zip(_both("gelu_tanh", z), _both("gelu", z), strict=True):
        assert np.abs(form - exact).max() < 1.2e-3


def test_the_normal_distribution_has_all_its_digits():
    z = np.concatenate([np.linspace(-37, 8, 4501), [0.0, -0.0]])
    found = np.empty_like(z)
    normal_cdf(z, found)
    # erfc's argument is rounded in the reference, which costs it up to z² units in the last place
    assert np.all(np.abs(found / [_cdf(v) for v in z] - 1) <= 1e-15 + 2.3e-16 * z**2)


@pytest.mark.parametrize(
    ("z", "expected"),
    [(-1.0, 0.15865525393145705), (-5.0, 2.8665157187919391e-7), (-10.0, 7.6198530241605260e-24),
     (-20.0, 2.7536241186062337e-89), (-37.0, 5.7255712225245266e-300)],
)  # fmt: skip
def test_the_normal_distribution_far_out(z, expected):
    found = np.empty(1)
    normal_cdf(np.array([z]), found)
    assert found[0] == pytest.approx(expected, rel=1e-15)


def test_the_normal_distribution_of_what_is_not_contiguous():
    z = np.linspace(-3, 3, 12).reshape(3, 4)
    whole, turned = np.empty((3, 4)), np.empty((4, 3))
    normal_cdf(z, whole)
    normal_cdf(z.T, turned)
    assert np.array_equal(whole.T, turned)


def test_the_normal_distribution_takes_all_numbers():
    found = np.empty(3)
    normal_cdf(np.array([np.inf, -np.inf, np.nan]), found)
    assert found[0] == 1 and found[1] == 0 and np.isnan(found[2])


def test_a_saturated_unit_has_a_twentieth_of_the_bound_left():
    sigmoid = ACTIVATIONS["sigmoid"]
    assert list(sigmoid.saturated(np.array([0.25, 0.0126, 0.0125, 0.0]))) == [0, 0, 1, 1]


@EVERY
def test_what_an_activation_says_of_its_ends_is_so(name):
    activation = ACTIVATIONS[name]
    left, right = np.linspace(-60, -1e-3, 500), np.linspace(1e-3, 60, 500)
    derivatives = [np.abs(_both(name, side)[1]) for side in (left, right)]
    ends = max(derivatives[0][0], derivatives[1][-1])
    # softplus and the gated ones level off at one end only, and ReLU is shut rather than flat
    assert activation.squashes == (ends < 1e-3)
    assert activation.shuts == (not derivatives[0].any() or not derivatives[1].any())
    assert activation.linear == np.array_equal(_both(name, left)[0], left)


def test_the_learned_slope_starts_as_the_function_has_it():
    for entry in ACTIVATIONS:
        if entry.value.learned is not None:
            assert _both(entry.name, -1.0)[1] == entry.value.learned


def test_a_rectifier_is_saturated_where_it_is_shut():
    derivatives = np.array([1.0, 0.01, 0.0, np.nan])
    assert list(ACTIVATIONS["relu"].saturated(derivatives)) == [0, 0, 1, 0]
    assert not ACTIVATIONS["leaky_relu"].saturated(derivatives[:2]).any()


def test_selu_maps_mean_0_and_variance_1_to_themselves():
    z, weights = np.polynomial.hermite_e.hermegauss(200)
    h = _both("selu", z)[0]
    weights = weights / weights.sum()
    assert weights @ h == pytest.approx(0, abs=2e-3)
    assert weights @ h**2 == pytest.approx(1, abs=2e-3)


@pytest.mark.parametrize("name", ACTIVATIONS.names())
def test_derivatives_that_are_said_to_need_the_output_alone_read_nothing_else(name: str) -> None:
    activation = ACTIVATIONS[name]
    if not activation.from_output:
        pytest.skip("it reads z")
    z = np.linspace(-3, 3, 25)
    h = np.empty_like(z)
    activation.forward(z, h)
    wanted = np.empty_like(z)
    activation.derivative(z, h, wanted)
    found = np.empty_like(z)
    activation.derivative(np.full_like(z, np.nan), h, found)
    np.testing.assert_array_equal(found, wanted)
