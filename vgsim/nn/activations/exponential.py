"""ELU, SELU and softplus: exponential on the left, linear on the right."""

from __future__ import annotations

import math

import numpy as np

from vgsim.nn.activations.base import ACTIVATIONS, Activation
from vgsim.nn.activations.sigmoidal import sigmoid
from vgsim.nn.arrays import Array
from vgsim.nn.roles import Role

SCALE = 1.0507009873554804934193349852946
"""λ of SELU (Klambauer et al. 2017)."""
ALPHA = 1.6732632423543772848170429916717
"""α of SELU (Klambauer et al. 2017): mean 0 and variance 1 then map to themselves."""


def _elu(z: Array, out: Array) -> None:
    np.minimum(z, 0, out=out)
    np.expm1(out, out=out)
    np.maximum(z, out, out=out)  # e^z − 1 never is below z


def _elu_derivative(z: Array, h: Array, out: Array) -> None:
    np.minimum(z, 0, out=out)
    np.exp(out, out=out)


def _elu_of(alpha: float) -> Activation:
    """z or, left of zero, α (e^z − 1)."""

    def forward(z: Array, out: Array) -> None:
        np.minimum(z, 0, out=out)
        np.expm1(out, out=out)
        np.multiply(out, alpha, out=out)
        np.add(out, np.maximum(z, 0), out=out)

    def derivative(z: Array, h: Array, out: Array) -> None:
        _elu_derivative(z, h, out)
        np.multiply(out, alpha, out=out)
        np.copyto(out, 1, where=z > 0)

    # of a standard normal z: E[z²; z > 0] = ½, and E[(e^z − 1)²; z < 0] = e² Φ(−2) − 2 √e Φ(−1) + ½
    left = math.exp(2) * _phi(-2) - 2 * math.exp(0.5) * _phi(-1) + 0.5
    gain = 1 / math.sqrt(0.5 + alpha**2 * left)
    return Activation(
        forward, derivative, max(1.0, alpha), "ELU", gain=gain, kinks=(0.0,), suits=Role.MAKES_UP
    )


def _phi(z: float) -> float:
    """The standard normal's distribution function."""
    return 0.5 * math.erfc(-z / math.sqrt(2))


def _selu(z: Array, out: Array) -> None:
    np.minimum(z, 0, out=out)
    np.expm1(out, out=out)
    np.multiply(out, SCALE * ALPHA, out=out)
    right = np.maximum(z, 0)
    right *= SCALE
    np.add(out, right, out=out)


def _selu_derivative(z: Array, h: Array, out: Array) -> None:
    _elu_derivative(z, h, out)
    np.multiply(out, SCALE * ALPHA, out=out)
    right = np.multiply(z > 0, SCALE * ALPHA - SCALE, dtype=out.dtype)
    np.subtract(out, right, out=out)


def _softplus(z: Array, out: Array) -> None:
    # max(z, 0) + log(1 + exp(−|z|)) overflows nowhere and keeps its digits on the left
    np.abs(z, out=out)
    np.negative(out, out=out)
    np.exp(out, out=out)
    np.log1p(out, out=out)
    np.add(out, np.maximum(z, 0), out=out)


def _softplus_derivative(z: Array, h: Array, out: Array) -> None:
    sigmoid(z, out)


ACTIVATIONS.add(
    "elu",
    Activation(
        _elu,
        _elu_derivative,
        1.0,
        "ELU",
        gain=1.2451983007007066,
        suits=Role.MAKES_UP,
        shape="network.alpha",
        shaped=_elu_of,
    ),
    "z or, left of zero, α (e^z − 1), α 1 as a rule (Clevert, Unterthiner and Hochreiter 2016)",
    label="ELU",
    uses=("network.alpha",),
    pytorch="nn.ELU({alpha})",
)
ACTIVATIONS.add(
    "selu",
    Activation(
        _selu, _selu_derivative, SCALE * ALPHA, "SELU", 0.75, kinks=(0.0,), suits=Role.NORMALIZES
    ),
    "ELU scaled so that mean 0 and variance 1 stay (Klambauer et al. 2017)",
    label="SELU",
    pytorch="nn.SELU()",
)
ACTIVATIONS.add(
    "softplus",
    Activation(_softplus, _softplus_derivative, 1.0, "softplus", gain=1.0418668355217030),
    "log(1 + e^z): a smooth ReLU whose derivative is the sigmoid (Dugas et al. 2001)",
    label="Softplus",
    pytorch="nn.Softplus()",
)  # fmt: skip
