"""Initial weights: the size they promise, and the shape of what they draw."""

from __future__ import annotations

import math

import numpy as np
import pytest

from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.initializers import (
    BIASES,
    INITIALIZERS,
    initial_weights,
    lsuv_scale,
    weight_variance,
)
from vgsim.nn.spec import InitSpec

SHAPE = (400, 250)


def _draw(init: InitSpec, shape=SHAPE, activation: str = "identity"):
    return initial_weights(np.random.default_rng(1), shape, init, activation)


@pytest.mark.parametrize("name", INITIALIZERS.names())
def test_weights_have_the_promised_size(name):
    init = InitSpec(weights=name, std=0.3, range=0.2, gain=1.5)
    expected = weight_variance(SHAPE, init)
    assert np.mean(_draw(init) ** 2) == pytest.approx(expected, rel=0.02, abs=1e-30)


@pytest.mark.parametrize(
    ("name", "variance"),
    [("xavier_normal", 2 / 650), ("xavier_uniform", 2 / 650), ("he_normal", 2 / 400),
     ("he_uniform", 2 / 400), ("lecun_normal", 1 / 400), ("lecun_uniform", 1 / 400),
     ("standard", 1 / 1200), ("normal", 0.01), ("uniform", 0.01 / 3), ("truncated_normal", 0.01)],
)  # fmt: skip
def test_the_variance_rules(name, variance):
    assert weight_variance(SHAPE, InitSpec(weights=name)) == pytest.approx(variance, rel=1e-14)


def test_the_old_standard_stays_within_its_range():
    weights = _draw(InitSpec(weights="standard"))
    assert 0.999 / 20 < np.abs(weights).max() <= 1 / 20


def test_the_truncated_normal_ends_at_two_sigma():
    weights = _draw(InitSpec(weights="truncated_normal", std=1.0))
    assert 2.2 < np.abs(weights).max() <= 2 / 0.8796256610342398


@pytest.mark.parametrize("shape", [(6, 6), (9, 4), (4, 9)])
def test_orthogonal_weights_have_one_singular_value(shape):
    weights = _draw(InitSpec(weights="orthogonal", gain=1.3), shape)
    assert np.allclose(np.linalg.svd(weights, compute_uv=False), 1.3)


def test_identity_weights_pass_the_signal_on():
    assert np.array_equal(_draw(InitSpec(weights="identity"), (3, 3)), np.eye(3))


def test_the_gain_may_follow_the_activation():
    init = InitSpec(weights="lecun_normal", gain_by="activation", gain=7.0)
    plain = _draw(InitSpec(weights="lecun_normal"))
    assert np.allclose(_draw(init, activation="relu"), math.sqrt(2) * plain)
    assert np.allclose(_draw(init, activation="tanh"), 5 / 3 * plain)
    assert np.array_equal(_draw(init), plain)


@pytest.mark.parametrize(
    "name", sorted(set(ACTIVATIONS.names()) - {"sigmoid", "tanh", "selu", "identity"})
)
def test_gains_outside_pytorch_keep_the_size_of_a_normal_signal(name):
    activation = ACTIVATIONS[name]
    z = np.random.default_rng(2).standard_normal(2_000_000)
    h = np.empty_like(z)
    activation.forward(z, h)
    assert activation.gain * np.sqrt(np.mean(h * h)) == pytest.approx(1, rel=2e-3)


def test_lsuv_brings_the_output_to_unit_variance():
    rng = np.random.default_rng(3)
    x = 5 * rng.standard_normal((200, 30))
    start = _draw(InitSpec(weights="orthogonal"), (30, 20))
    scaled = lsuv_scale([start], lambda weights: [np.tanh(x) @ weights[0]])[0]
    assert np.var(np.tanh(x) @ scaled) == pytest.approx(1, abs=0.01)
    assert np.allclose(scaled / start, scaled[0, 0] / start[0, 0])


@pytest.mark.parametrize("value", [0.0, np.nan])
def test_lsuv_leaves_an_output_without_variance_alone(value):
    start = np.eye(3)
    assert lsuv_scale([start], lambda weights: [np.full(4, value)])[0] is start


def test_weights_have_no_direction_of_their_own():
    for name in ("xavier_normal", "xavier_uniform", "he_normal", "uniform", "orthogonal"):
        weights = _draw(InitSpec(weights=name))
        assert abs(weights.mean()) < 5 * weights.std() / math.sqrt(weights.size), name


def test_uniform_weights_reach_root_three_of_their_size():
    for name, variance in (("xavier_uniform", 2 / 650), ("he_uniform", 2 / 400)):
        reach = math.sqrt(3 * variance)
        assert 0.999 * reach < np.abs(_draw(InitSpec(weights=name))).max() <= reach


def test_rows_or_columns_of_orthogonal_weights_are_orthonormal():
    weights = _draw(InitSpec(weights="orthogonal"), (30, 20))
    assert np.allclose(weights.T @ weights, np.eye(20))
    assert not np.allclose(weights, np.eye(30, 20))


def test_biases_are_what_is_asked_for():
    init = InitSpec(bias_value=-0.7)
    shape = (300, 10_000)
    draw = {name: BIASES[name](np.random.default_rng(1), shape, init) for name in BIASES.names()}
    assert not draw["zero"].any() and np.all(draw["constant"] == -0.7)
    assert draw["normal"].std() == pytest.approx(0.7, rel=0.03)
    assert abs(draw["normal"].mean()) < 0.03
    for name, values in draw.items():
        assert BIASES[name].mean(init) == pytest.approx(values.mean(), abs=0.03)
        assert BIASES[name].variance(init, 300) == pytest.approx(values.var(), rel=0.06)
