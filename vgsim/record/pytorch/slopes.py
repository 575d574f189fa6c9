"""The derivative of activations, from what they put out or, where that does not tell, are given."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

SATURATED = 0.05
"""A unit counts as saturated up to this share of the largest |f′|, as in a simulated network."""


@dataclass(frozen=True, slots=True)
class Slope:
    """f′ as a function of h = f(z). Up to ``limit`` a unit counts as saturated.

    ``key`` is equal for modules with the same f. Where f′ does not follow from h alone, ``basis``
    says what it follows from: of the module, z and h it makes a tensor of the shape of h, which
    ``of`` is given instead. ``overwrites`` says that z is gone once h is there.
    """

    key: tuple[object, ...]
    of: Callable[[Tensor], Tensor]
    limit: float
    basis: Callable[[Any, Tensor, Tensor], Tensor] | None = None
    overwrites: bool = False


def slope_of(module: nn.Module) -> Slope | None:
    """How flat the activation is; None for what is none."""
    make = _SLOPES.get(type(module))
    return None if make is None else make(module)


def _rectified(h: Tensor) -> Tensor:
    return (h > 0).to(h.dtype)


def _between(low: float, high: float, steep: float = 1.0) -> Slope:
    def slope(h: Tensor) -> Tensor:
        return steep * ((h > low) & (h < high)).to(h.dtype)

    return Slope(("between", low, high, steep), slope, 0.0)


def _leaky(module: Any) -> Slope:
    below = float(module.negative_slope)

    def slope(h: Tensor) -> Tensor:
        return torch.where(h > 0, 1.0, below)

    return Slope(("leaky", below), slope, 0.0)


def _exponential(alpha: float, scale: float) -> Slope:
    def slope(h: Tensor) -> Tensor:
        return torch.where(h > 0, scale, h + alpha * scale)

    return Slope(("exponential", alpha, scale), slope, SATURATED * max(scale, alpha * scale))


def _celu(module: Any) -> Slope:
    alpha = float(module.alpha)

    def slope(h: Tensor) -> Tensor:
        return torch.where(h > 0, 1.0, 1 + h / alpha)

    return Slope(("celu", alpha), slope, SATURATED)


def _softplus(module: Any) -> Slope:
    beta = float(module.beta)

    def slope(h: Tensor) -> Tensor:
        return -torch.expm1(-beta * h)

    return Slope(("softplus", beta), slope, SATURATED)


def _shrunk(h: Tensor) -> Tensor:
    return (h != 0).to(h.dtype)


def _given(module: Any, z: Tensor, h: Tensor) -> Tensor:
    return z


def _by_input(key: str, of: Callable[[Tensor], Tensor], bound: float) -> Callable[[Any], Slope]:
    """A smooth f that is not monotone: two z have the same h."""

    def make(module: Any) -> Slope:
        overwrites = bool(getattr(module, "inplace", False))
        return Slope((key, overwrites), of, SATURATED * bound, _given, overwrites)

    return make


def _gelu_slope(z: Tensor) -> Tensor:
    density = torch.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
    return 0.5 * torch.special.erfc(-z / math.sqrt(2)) + z * density


def _gelu_tanh_slope(z: Tensor) -> Tensor:
    scale = math.sqrt(2 / math.pi)
    bent = torch.tanh(scale * (z + 0.044715 * z**3))
    inner = scale * (1 + 3 * 0.044715 * z * z)
    return 0.5 * (1 + bent) + 0.5 * z * (1 - bent * bent) * inner


_GELU = {
    "none": _by_input("gelu", _gelu_slope, 1.1289041451851548),
    "tanh": _by_input("gelu by tanh", _gelu_tanh_slope, 1.1289930686587718),
}
"""By how it is approximated."""


def _silu_slope(z: Tensor) -> Tensor:
    gate = torch.sigmoid(z)
    return gate * (1 + z * (1 - gate))


def _mish_slope(z: Tensor) -> Tensor:
    bent = torch.tanh(nn.functional.softplus(z))
    return bent + z * torch.sigmoid(z) * (1 - bent * bent)


def _hardswish_slope(z: Tensor) -> Tensor:
    return torch.where(z > 3, 1.0, torch.where(z < -3, 0.0, z / 3 + 0.5))


def _tanhshrink_slope(z: Tensor) -> Tensor:
    return torch.tanh(z) ** 2


def _threshold(module: Any) -> Slope:
    least = float(module.threshold)

    def slope(z: Tensor) -> Tensor:
        return (z > least).to(z.dtype)

    return Slope(("threshold", least), slope, 0.0, _given, bool(module.inplace))


def _learned_leak(module: Any, z: Tensor, h: Tensor) -> Tensor:
    shape = [1] * z.ndim
    if z.ndim > 1:
        shape[1] = -1
    return torch.where(z > 0, 1.0, module.weight.detach().to(z.dtype).view(shape))


def _row_slope(module: Any, z: Tensor, h: Tensor) -> Tensor:
    """1 − Σ p²: the trace of a softmax's Jacobian, 0 where one value has all."""
    dim = module.dim
    if dim is None:
        dim = 0 if h.ndim in (0, 1, 3) else 1
    return (1 - (h * h).sum(dim, keepdim=True)).clamp(min=0).expand_as(h)


def _itself(values: Tensor) -> Tensor:
    return values


_SLOPES: dict[type[nn.Module], Callable[[Any], Slope]] = {
    nn.ReLU: lambda module: Slope(("relu",), _rectified, 0.0),
    nn.ReLU6: lambda module: _between(0.0, 6.0),
    nn.Hardtanh: lambda module: _between(float(module.min_val), float(module.max_val)),
    nn.Hardsigmoid: lambda module: _between(0.0, 1.0, 1 / 6),
    nn.LeakyReLU: _leaky,
    nn.PReLU: lambda module: Slope(("prelu",), _itself, 0.0, _learned_leak),
    nn.Threshold: _threshold,
    nn.Hardshrink: lambda module: Slope(("shrunk",), _shrunk, 0.0),
    nn.Softshrink: lambda module: Slope(("shrunk",), _shrunk, 0.0),
    nn.Tanh: lambda module: Slope(("tanh",), lambda h: 1 - h * h, SATURATED),
    nn.Sigmoid: lambda module: Slope(("sigmoid",), lambda h: h * (1 - h), SATURATED / 4),
    nn.ELU: lambda module: _exponential(float(module.alpha), 1.0),
    nn.SELU: lambda module: _exponential(1.6732632423543772, 1.0507009873554805),
    nn.CELU: _celu,
    nn.Softplus: _softplus,
    nn.Softsign: lambda module: Slope(("softsign",), lambda h: (1 - h.abs()) ** 2, SATURATED),
    nn.LogSigmoid: lambda module: Slope(("logsigmoid",), lambda h: -torch.expm1(h), SATURATED),
    nn.Tanhshrink: _by_input("tanhshrink", _tanhshrink_slope, 1.0),
    nn.GELU: lambda module: _GELU[module.approximate](module),
    nn.SiLU: _by_input("silu", _silu_slope, 1.0998393201288669),
    nn.Mish: _by_input("mish", _mish_slope, 1.0884981612517279),
    nn.Hardswish: _by_input("hardswish", _hardswish_slope, 1.5),
    nn.Softmax: lambda module: Slope(("softmax", module.dim), _itself, SATURATED, _row_slope),
}
