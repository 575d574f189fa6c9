"""The derivative of activations, from what they put out."""

from __future__ import annotations

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

    ``key`` is equal for modules with the same f.
    """

    key: tuple[object, ...]
    of: Callable[[Tensor], Tensor]
    limit: float


def slope_of(module: nn.Module) -> Slope | None:
    """How flat the activation is; None for what is none, or whose f′ does not follow from h."""
    for kind, make in _SLOPES.items():
        if type(module) is kind:
            slope: Slope = make(module)
            return slope
    return None


def _rectified(h: Tensor) -> Tensor:
    return (h > 0).to(h.dtype)


def _between(low: float, high: float) -> Slope:
    def slope(h: Tensor) -> Tensor:
        return ((h > low) & (h < high)).to(h.dtype)

    return Slope(("between", low, high), slope, 0.0)


def _leaky(module: Any) -> Slope:
    below = float(module.negative_slope)

    def slope(h: Tensor) -> Tensor:
        return torch.where(h > 0, 1.0, below)

    return Slope(("leaky", below), slope, 0.0)


def _exponential(alpha: float, scale: float) -> Slope:
    def slope(h: Tensor) -> Tensor:
        return torch.where(h > 0, scale, h + alpha * scale)

    return Slope(("exponential", alpha, scale), slope, SATURATED * max(scale, alpha * scale))


def _softplus(module: Any) -> Slope:
    beta = float(module.beta)

    def slope(h: Tensor) -> Tensor:
        return -torch.expm1(-beta * h)

    return Slope(("softplus", beta), slope, SATURATED)


_SLOPES: dict[type[nn.Module], Callable[[Any], Slope]] = {
    nn.ReLU: lambda module: Slope(("relu",), _rectified, 0.0),
    nn.ReLU6: lambda module: _between(0.0, 6.0),
    nn.Hardtanh: lambda module: _between(float(module.min_val), float(module.max_val)),
    nn.Hardsigmoid: lambda module: _between(0.0, 1.0),
    nn.LeakyReLU: _leaky,
    nn.Tanh: lambda module: Slope(("tanh",), lambda h: 1 - h * h, SATURATED),
    nn.Sigmoid: lambda module: Slope(("sigmoid",), lambda h: h * (1 - h), SATURATED / 4),
    nn.ELU: lambda module: _exponential(float(module.alpha), 1.0),
    nn.SELU: lambda module: _exponential(1.6732632423543772, 1.0507009873554805),
    nn.Softplus: _softplus,
    nn.Softsign: lambda module: Slope(("softsign",), lambda h: (1 - h.abs()) ** 2, SATURATED),
    nn.LogSigmoid: lambda module: Slope(("logsigmoid",), lambda h: -torch.expm1(h), SATURATED),
}
