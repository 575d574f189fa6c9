"""GELU, SiLU and Mish: z times a smooth gate; each dips below zero and its derivative overshoots 1.

All are computed so that both tails keep their relative accuracy. Left of the dip f′ is negative,
and near its bottom 0: there, too, nothing gets through.
"""

from __future__ import annotations

import numpy as np

from vgsim.nn.activations.base import ACTIVATIONS, Activation
from vgsim.nn.activations.sigmoidal import sigmoid
from vgsim.nn.arrays import Array, quiet
from vgsim.nn.roles import Role

BLOCK = 8192
"""Numbers worked on at a time, so that all intermediate results stay in the nearest cache."""
MOST = 40.0
"""Φ(−z) is 0 in float64 from about 39 on; beyond, z is taken as this."""

_DOUBLE = (
    -3.9886338590692045e-10, -2.8233272215141205e-10, 4.500725392479864e-09,
    3.6280682399194867e-09, -3.120147211147667e-08, -2.6287875968778985e-08,
    1.9663442631364518e-07, 1.278804945396261e-07, -1.3077682743993349e-06,
    -7.034836922558877e-08, 9.060011716331426e-06, -9.896096712884405e-06,
    -5.3607652870422455e-05, 0.00018233414474988366, 7.79161509574746e-06,
    -0.0016760723444742157, 0.006522000665119207, -0.015170415402525146,
    0.02453696324390185, -0.02640104296630763, 0.010002352385220747,
    0.03103036842596369, -0.09155228183400893, 0.46151582985003775,
)  # fmt: skip
_SINGLE = (
    -3.2410149156112804e-05, 0.00015308487146795203, -1.4092601505109991e-05,
    -0.0016434502577936188, 0.00653289803998183, -0.015187246761318388,
    0.024534462558727835, -0.026397109366547163, 0.010002564553731401,
    0.03103003174495365, -0.09155228477496397, 0.4615158345248537,
)  # fmt: skip


def normal_cdf(z: Array, out: Array) -> None:
    """Φ(z) = ½ erfc(−z / √2) into ``out``, of the shape of ``z``; nan for nan.

    The relative error, also where Φ is tiny, is below 1e-15 in float64 and 5e-7 in float32.
    """
    if not (z.flags.c_contiguous and out.flags.c_contiguous):
        out[...] = _cdf(z)
        return
    source = z.reshape(-1)
    target = out.reshape(-1)
    for start in range(0, source.size, BLOCK):
        part = slice(start, start + BLOCK)
        target[part] = _cdf(source[part])


def _cdf(z: Array) -> Array:
    size: Array = np.minimum(np.abs(z), MOST)
    t = (size - 5) / (size + 5)
    coefficients = _SINGLE if z.dtype == np.float32 else _DOUBLE
    tail: Array = np.full_like(t, coefficients[0])
    for coefficient in coefficients[1:]:
        tail *= t
        tail += coefficient
    tail /= size + 1
    with quiet():  # far out it is denormal, then 0
        tail *= _exp_of_half_square(size)
    # 1 − tail to the right of 0, and without branches
    np.subtract(z > 0, tail, out=tail)
    return np.abs(tail, out=tail)


def _exp_of_half_square(z: Array) -> Array:
    """exp(−z²/2) in two parts: z rounded to sixteenths has an exact square, the rest is small.

    The square of z itself would be rounded, and its error grows with it (Cody 1969).
    """
    coarse = np.trunc(z * 16) / 16
    rest = (z - coarse) * (z + coarse)
    coarse *= coarse
    coarse *= -0.5
    rest *= -0.5
    product: Array = np.exp(coarse) * np.exp(rest)
    return product


CUBIC = 0.044715
"""Weight of z³ in the tanh form of GELU (Hendrycks and Gimpel 2016)."""
STEEP = float(2 * np.sqrt(2 / np.pi))
"""(1 + tanh u) / 2 = σ(2 u), and u begins with √(2/π) z."""
OPEN = 40.0
"""Beyond ±this a gate is 1 or 0 to the last digit, and z cubed or squared might overflow."""


def _gelu(z: Array, out: Array) -> None:
    normal_cdf(z, out)
    np.multiply(out, z, out=out)


def _gelu_derivative(z: Array, h: Array, out: Array) -> None:
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


def _gelu_tanh_derivative(z: Array, h: Array, out: Array) -> None:
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


def _silu_derivative(z: Array, h: Array, out: Array) -> None:
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


def _mish_derivative(z: Array, h: Array, out: Array) -> None:
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
        _gelu, _gelu_derivative, 1.1289041451851548, "GELU", 1.5335304412305394, suits=Role.MAKES_UP
    ),
    "z Φ(z), exact by the error function (Hendrycks and Gimpel 2016)",
    label="GELU",
    pytorch="nn.GELU()",
)
ACTIVATIONS.add(
    "gelu_tanh",
    Activation(
        _gelu_tanh, _gelu_tanh_derivative, 1.1289930686587718, "GELU",
        gain=1.5335805216661469, suits=Role.MAKES_UP,
    ),
    "GELU with Φ replaced by a tanh (Hendrycks and Gimpel 2016)",
    label="GELU (tanh form)",
    pytorch="nn.GELU(approximate='tanh')",
)  # fmt: skip
ACTIVATIONS.add(
    "silu",
    Activation(
        _silu, _silu_derivative, 1.0998393201288669, "SiLU", 1.6765324703310911, suits=Role.MAKES_UP
    ),
    "z σ(z), also called Swish (Elfwing et al. 2018; Ramachandran et al. 2017)",
    label="SiLU (Swish)",
    pytorch="nn.SiLU()",
)
ACTIVATIONS.add(
    "mish",
    Activation(
        _mish, _mish_derivative, 1.0884981612517279, "Mish", 1.4868475812732081, suits=Role.MAKES_UP
    ),
    "z tanh(log(1 + e^z)) (Misra 2020)",
    label="Mish",
    pytorch="nn.Mish()",
)
