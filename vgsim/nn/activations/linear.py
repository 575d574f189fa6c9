"""The identity, which shows what the weights alone do."""

from __future__ import annotations

import numpy as np

from vgsim.nn.activations.base import ACTIVATIONS, Activation
from vgsim.nn.arrays import Array
from vgsim.nn.roles import Role


def _identity(z: Array, out: Array) -> None:
    np.copyto(out, z)


def _identity_derivative(z: Array, h: Array, out: Array) -> None:
    out.fill(1)


ACTIVATIONS.add(
    "identity",
    Activation(
        _identity,
        _identity_derivative,
        1.0,
        "",
        flat=0.0,
        linear=True,
        suits=Role.ROTATES,
        from_output=True,
    ),
    "h = z; a deep linear network shows what the weights alone do",
    label="Identity (linear)",
    pytorch="nn.Identity()",
)
