"""Activations h = f(z), their slopes f′(z), and the largest value |f′| can take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vgsim.engine.arrays import Array
from vgsim.registry import Registry


@dataclass(frozen=True, slots=True)
class Activation:
    """One activation; every function writes into ``out``, of the shape of ``z``.

    ``forward(z, out)`` computes h; ``slope(z, h, out)`` computes f′(z) and may use h = f(z).
    ``bound`` is the supremum of |f′|. ``symbol`` is how f is written in a formula, empty for h = z.
    """

    forward: Callable[[Array, Array], object]
    slope: Callable[[Array, Array, Array], object]
    bound: float
    symbol: str


ACTIVATIONS: Registry[Activation] = Registry("activation")


def _sigmoid(z: Array, out: Array) -> None:
    # 1 / (1 + exp(-z)) keeps its relative accuracy for very negative z; the tanh form does not
    np.negative(z, out=out)
    np.exp(out, out=out)
    np.add(out, 1, out=out)
    np.reciprocal(out, out=out)


def _sigmoid_slope(z: Array, h: Array, out: Array) -> None:
    np.subtract(1, h, out=out)
    np.multiply(out, h, out=out)


def _tanh(z: Array, out: Array) -> None:
    np.tanh(z, out=out)


def _tanh_slope(z: Array, h: Array, out: Array) -> None:
    np.multiply(h, h, out=out)
    np.subtract(1, out, out=out)


def _relu(z: Array, out: Array) -> None:
    np.maximum(z, 0, out=out)


def _relu_slope(z: Array, h: Array, out: Array) -> None:
    np.greater(z, 0, out=out)


LEAK = 0.01
"""Slope of leaky ReLU left of zero (Maas, Hannun and Ng 2013)."""


def _leaky(z: Array, out: Array) -> None:
    np.multiply(z, LEAK, out=out)
    np.maximum(z, out, out=out)


def _leaky_slope(z: Array, h: Array, out: Array) -> None:
    np.greater(z, 0, out=out)
    np.multiply(out, 1 - LEAK, out=out)
    np.add(out, LEAK, out=out)


def _identity(z: Array, out: Array) -> None:
    np.copyto(out, z)


def _identity_slope(z: Array, h: Array, out: Array) -> None:
    out.fill(1)


ACTIVATIONS.add(
    "sigmoid",
    Activation(_sigmoid, _sigmoid_slope, 0.25, "σ"),
    "1 / (1 + e^−z); its slope never exceeds 0.25, so every hop loses",
    label="Sigmoid",
)
ACTIVATIONS.add(
    "tanh",
    Activation(_tanh, _tanh_slope, 1.0, "tanh"),
    "zero-centered; slope 1 at z = 0, less as |z| grows",
    label="Tanh",
)
ACTIVATIONS.add(
    "relu",
    Activation(_relu, _relu_slope, 1.0, "ReLU"),
    "max(0, z); slope exactly 1 or 0 (Nair and Hinton 2010)",
    label="ReLU",
)
ACTIVATIONS.add(
    "leaky_relu",
    Activation(_leaky, _leaky_slope, 1.0, "LReLU"),
    "max(0.01 z, z); never quite dead (Maas, Hannun and Ng 2013)",
    label="Leaky ReLU",
)
ACTIVATIONS.add(
    "identity",
    Activation(_identity, _identity_slope, 1.0, ""),
    "h = z; a deep linear network shows what the weights alone do",
    label="Identity (linear)",
)
