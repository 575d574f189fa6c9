"""PReLU before it has learned anything; the slope itself is a parameter of each stage."""

from __future__ import annotations

import math

import numpy as np

from vgsim.nn.activations.base import ACTIVATIONS, Activation
from vgsim.nn.arrays import Array
from vgsim.nn.roles import Role

PRELU_START = 0.25
"""Slope left of zero before training (He, Zhang, Ren and Sun 2015)."""


def _prelu(z: Array, out: Array) -> None:
    np.multiply(z, PRELU_START, out=out)
    np.maximum(z, out, out=out)


def _prelu_derivative(z: Array, h: Array, out: Array) -> None:
    np.greater(z, 0, out=out)
    np.multiply(out, 1 - PRELU_START, out=out)
    np.add(out, PRELU_START, out=out)


ACTIVATIONS.add(
    "prelu",
    Activation(
        _prelu, _prelu_derivative, 1.0, "PReLU",
        gain=math.sqrt(2 / (1 + PRELU_START**2)), flat=0.0, kinks=(0.0,),
        learned=PRELU_START, suits=Role.MAKES_UP,
    ),
    "max(0, z) + a min(0, z); each stage learns its a (He et al. 2015)",
    label="PReLU",
    pytorch="nn.PReLU()",
)  # fmt: skip
