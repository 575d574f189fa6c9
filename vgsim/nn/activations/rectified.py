"""ReLU and leaky ReLU: linear on the right, shut or nearly so on the left."""

from __future__ import annotations

import math

import numpy as np

from vgsim.nn.activations.base import ACTIVATIONS, Activation
from vgsim.nn.arrays import Array
from vgsim.nn.roles import Role

LEAK = 0.01
"""Slope of leaky ReLU left of zero (Maas, Hannun and Ng 2013)."""


def _relu(z: Array, out: Array) -> None:
    np.maximum(z, 0, out=out)


def _relu_derivative(z: Array, h: Array, out: Array) -> None:
    np.greater(z, 0, out=out)


def _leaky(slope: float) -> Activation:
    """max(slope · z, z), for a slope from 0 to 1."""

    def forward(z: Array, out: Array) -> None:
        np.multiply(z, slope, out=out)
        np.maximum(z, out, out=out)

    def derivative(z: Array, h: Array, out: Array) -> None:
        np.greater(z, 0, out=out)
        np.multiply(out, 1 - slope, out=out)
        np.add(out, slope, out=out)

    return Activation(
        forward, derivative, 1.0, "LReLU", gain=math.sqrt(2 / (1 + slope**2)), flat=0.0,
        kinks=(0.0,), shuts=slope == 0, suits=Role.MAKES_UP, shape="network.slope", shaped=_leaky,
    )  # fmt: skip


ACTIVATIONS.add(
    "relu",
    Activation(
        _relu, _relu_derivative, 1.0, "ReLU", math.sqrt(2), flat=0.0, kinks=(0.0,), shuts=True,
        suits=Role.MAKES_UP,
    ),
    "max(0, z); derivative exactly 1 or 0 (Nair and Hinton 2010)",
    label="ReLU",
    role=Role.RECTIFIES,
    pytorch="nn.ReLU()",
)  # fmt: skip
ACTIVATIONS.add(
    "leaky_relu",
    _leaky(LEAK),
    "max(slope z, z), slope 0.01 as a rule; never quite dead (Maas, Hannun and Ng 2013)",
    label="Leaky ReLU",
    role=Role.NEVER_SHUT,
    uses=("network.slope",),
    pytorch="nn.LeakyReLU({slope})",
)  # fmt: skip
