"""Softsign and hard tanh: bounded like tanh, but cheap."""

from __future__ import annotations

import numpy as np

from vgsim.nn.activations.base import ACTIVATIONS, Activation
from vgsim.nn.arrays import Array


def _softsign(z: Array, out: Array) -> None:
    np.abs(z, out=out)
    np.add(out, 1, out=out)
    np.divide(z, out, out=out)


def _softsign_derivative(z: Array, h: Array, out: Array) -> None:
    # 1 / (1 + |z|)²: squared last, so that it overflows nowhere
    np.abs(z, out=out)
    np.add(out, 1, out=out)
    np.reciprocal(out, out=out)
    np.multiply(out, out, out=out)


def _hard_tanh(z: Array, out: Array) -> None:
    np.clip(z, -1, 1, out=out)


def _hard_tanh_derivative(z: Array, h: Array, out: Array) -> None:
    np.abs(z, out=out)
    np.less(out, 1, out=out)


ACTIVATIONS.add(
    "softsign",
    Activation(
        _softsign, _softsign_derivative, 1.0, "softsign", gain=2.3375333631085397, squashes=True
    ),
    "z / (1 + |z|); its derivative falls like 1/z², not exponentially (Bergstra et al. 2009)",
    label="Softsign",
    pytorch="nn.Softsign()",
)
ACTIVATIONS.add(
    "hard_tanh",
    Activation(
        _hard_tanh, _hard_tanh_derivative, 1.0, "htanh",
        gain=1.3920361404483098, flat=0.0, kinks=(-1.0, 1.0), squashes=True,
    ),
    "z cut off at ±1: derivative exactly 1 or 0 (Collobert 2004)",
    label="Hard tanh",
    pytorch="nn.Hardtanh()",
)  # fmt: skip
