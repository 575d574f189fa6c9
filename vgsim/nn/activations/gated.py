"""GELU, SiLU and Mish: z times a smooth gate; each dips below zero and overshoots slope 1.

All are computed so that both tails keep their relative accuracy. Left of the dip f′ is negative,
and near its bottom 0: there, too, nothing gets through.
"""

from __future__ import annotations

import numpy as np

from vgsim.nn.activations.base import ACTIVATIONS, Activation
from vgsim.nn.activations.sigmoidal import sigmoid
from vgsim.nn.arrays import Array, quiet
from vgsim.nn.roles import Role
from vgsim.nn.special import normal_cdf

CUBIC = 0.044715
"""Weight of z³ in the tanh form of GELU (Hendrycks and Gimpel 2016)."""
STEEP = float(2 * np.sqrt(2 / np.pi))
"""(1 + tanh u) / 2 = σ(2 u), and u begins with √(2/π) z."""
OPEN = 40.0
"""Beyond ±this a gate is 1 or 0 to the last digit, and z cubed or squared might overflow."""


def _gelu(z: Array, out: Array) -> None:
    normal_cdf(z, out)
    np.multiply(out, z, out=out)


def _gelu_slope(z: Array, h: Array, out: Array) -> None:
    # Φ(z) + z φ(z), where Φ(z) = h / z saves computing it again
    density = z * z
    density *= -0.5
    np.exp(density, out=density)
    density *= 1 / np.sqrt(2 * np.pi)
    density *= z
    with quiet():
        np.divide(h, z, out=out)
    np.copyto(out, 0.5, where=np.abs(z) < np.finfo(z.dtype).tiny)
    np.add(out, density, out=out)


def _tanh_gate(z: Array, out: Array) -> None:
    """(1 + tanh(√(2/π) (z + 0.044715 z³))) / 2 as a sigmoid, which keeps the left tail."""
    np.multiply(z, z, out=out)
    np.multiply(out, STEEP * CUBIC, out=out)
    np.add(out, STEEP, out=out)
    np.multiply(out, z, out=out)
    sigmoid(out, out)


def _gelu_tanh(z: Array, out: Array) -> None:
    _tanh_gate(z, out)
    np.multiply(out, z, out=out)


def _gelu_tanh_slope(z: Array, h: Array, out: Array) -> None:
    # g + z g (1 − g) u, where g = σ(u(z)) is the gate
    near = np.clip(z, -OPEN, OPEN)
    _tanh_gate(near, out)
    rate = near * near
    rate *= 3 * STEEP * CUBIC
    rate += STEEP
    rate *= near
    rate *= 1 - out
    rate += 1
    np.multiply(out, rate, out=out)


def _silu(z: Array, out: Array) -> None:
    sigmoid(z, out)
    np.multiply(out, z, out=out)


def _silu_slope(z: Array, h: Array, out: Array) -> None:
    # σ + z σ (1 − σ)
    sigmoid(z, out)
    rest = 1 - out
    rest *= h
    np.add(out, rest, out=out)


def _mish(z: Array, out: Array) -> None:
    # tanh(log(1 + w)) = n / (n + 2) with w = e^z and n = w (w + 2)
    np.minimum(z, OPEN, out=out)
    np.exp(out, out=out)
    np.multiply(out, out + 2, out=out)
    np.divide(out, out + 2, out=out)
    np.multiply(out, z, out=out)


def _mish_slope(z: Array, h: Array, out: Array) -> None:
    # n / (n + 2) + 4 z w (1 + w) / (n + 2)²
    near = np.minimum(z, OPEN)
    w = np.exp(near)
    under = w * (w + 2)
    under += 2
    near *= w
    near *= w + 1
    near *= 4
    near /= under
    np.multiply(w, w + 2, out=out)
    np.add(out, near, out=out)
    np.divide(out, under, out=out)


ACTIVATIONS.add(
    "gelu",
    Activation(
        _gelu, _gelu_slope, 1.1289041451851548, "GELU", 1.5335304412305394, suits=Role.MAKES_UP
    ),
    "z Φ(z), exact by the error function (Hendrycks and Gimpel 2016)",
    label="GELU",
)
ACTIVATIONS.add(
    "gelu_tanh",
    Activation(
        _gelu_tanh, _gelu_tanh_slope, 1.1289930686587718, "GELU",
        gain=1.5335805216661469, suits=Role.MAKES_UP,
    ),
    "GELU with Φ replaced by a tanh (Hendrycks and Gimpel 2016)",
    label="GELU (tanh form)",
)  # fmt: skip
ACTIVATIONS.add(
    "silu",
    Activation(
        _silu, _silu_slope, 1.0998393201288669, "SiLU", 1.6765324703310911, suits=Role.MAKES_UP
    ),
    "z σ(z), also called Swish (Elfwing et al. 2018; Ramachandran et al. 2017)",
    label="SiLU (Swish)",
)
ACTIVATIONS.add(
    "mish",
    Activation(
        _mish, _mish_slope, 1.0884981612517279, "Mish", 1.4868475812732081, suits=Role.MAKES_UP
    ),
    "z tanh(log(1 + e^z)) (Misra 2020)",
    label="Mish",
)
