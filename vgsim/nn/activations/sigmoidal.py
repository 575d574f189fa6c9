"""Sigmoid and tanh: the two that made deep networks hard to train.

Their derivatives are computed from h, as every framework does: one multiplication instead of an
exponential. Far out on the right of a sigmoid, and on both sides of a tanh, h then rounds to ±1
and the derivative to exactly 0, which is just what a real network meets.
"""

from __future__ import annotations

import numpy as np

from vgsim.nn.activations.base import ACTIVATIONS, Activation
from vgsim.nn.arrays import Array
from vgsim.nn.roles import Role


def sigmoid(z: Array, out: Array) -> None:
    """σ(z) = 1 / (1 + exp(−z)) into ``out``; accurate in relative terms on the left too."""
    # the tanh form would lose the left tail
    np.negative(z, out=out)
    np.exp(out, out=out)
    np.add(out, 1, out=out)
    np.reciprocal(out, out=out)


def _logit(h: Array) -> Array:
    inverse: Array = np.log(h) - np.log1p(-h)
    return inverse


def _sigmoid_derivative(z: Array, h: Array, out: Array) -> None:
    np.subtract(1, h, out=out)
    np.multiply(out, h, out=out)


def _tanh(z: Array, out: Array) -> None:
    np.tanh(z, out=out)


def _tanh_derivative(z: Array, h: Array, out: Array) -> None:
    np.multiply(h, h, out=out)
    np.subtract(1, out, out=out)


ACTIVATIONS.add(
    "sigmoid",
    Activation(
        sigmoid, _sigmoid_derivative, 0.25, "σ", squashes=True, from_output=True, inverse=_logit
    ),
    "1 / (1 + e^−z); its derivative never exceeds 0.25, so every hop loses",
    label="Sigmoid",
    pytorch="nn.Sigmoid()",
)
ACTIVATIONS.add(
    "tanh",
    Activation(
        _tanh,
        _tanh_derivative,
        1.0,
        "tanh",
        gain=5 / 3,
        squashes=True,
        from_output=True,
        inverse=np.arctanh,
    ),
    "zero-centered; derivative 1 at z = 0, less as |z| grows",
    label="Tanh",
    role=Role.ZERO_CENTERED,
    pytorch="nn.Tanh()",
)
