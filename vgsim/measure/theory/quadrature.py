"""Means over a Gaussian pre-activation: ∫ Dz g(√q z) with Dz = exp(−z²/2) dz / √(2π).

Gauss-Hermite quadrature is exact for polynomials, but needs thousands of nodes for a kink, or for
a sigmoid that √q has made steep. Here the line is cut at every kink, and ever more finely towards
z = 0 where f(√q z) changes; each piece gets a 16-point Gauss-Legendre rule. Tests find 12 digits
for every activation and every q, and agreement with Gauss-Hermite where that converges.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from vgsim.nn.activations import Activation
from vgsim.nn.arrays import quiet

Floats = NDArray[np.float64]

REACH = 12.0
"""Beyond this many standard deviations a Gaussian holds less than 1e-32."""
PIECE = 0.5
"""Longest piece, in standard deviations."""
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)


@lru_cache(maxsize=256)
def gaussian_nodes(scale: float, kinks: tuple[float, ...] = ()) -> tuple[Floats, Floats]:
    """Nodes z and weights with Σ w g(z) ≈ ∫ Dz g(z), for g(z) = f(``scale`` z) with those kinks."""
    cuts = [np.arange(-REACH, REACH + PIECE / 2, PIECE)]
    if scale > 0:
        ladder = 2.0 ** np.arange(-2, np.log2(REACH * scale) if REACH * scale > 0.25 else -2)
        cuts += [ladder / scale, -ladder / scale, np.array(kinks) / scale]
    ends = np.unique(np.clip(np.concatenate(cuts), -REACH, REACH))
    middle, half = (ends[1:] + ends[:-1]) / 2, np.diff(ends) / 2
    z = (middle[:, None] + half[:, None] * _NODES).ravel()
    weights = (half[:, None] * _WEIGHTS).ravel() * np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
    for shared in (z, weights):
        shared.setflags(write=False)
    return z, weights


def values_and_slopes(activation: Activation, z: Floats) -> tuple[Floats, Floats]:
    """(f(z), f′(z))."""
    h, slope = np.empty_like(z), np.empty_like(z)
    with quiet():
        activation.forward(z, h)
        activation.slope(z, h, slope)
    return h, slope


def mean_square(activation: Activation, q: float) -> float:
    """∫ Dz f(√q z)²: mean square of h where z has variance ``q``; nan unless that is finite."""
    return _moment(activation, q, 0)


def mean_square_slope(activation: Activation, q: float) -> float:
    """∫ Dz f′(√q z)²: what the derivative makes of the mean square of a gradient."""
    return _moment(activation, q, 1)


def _moment(activation: Activation, q: float, which: int) -> float:
    if not np.isfinite(q):
        return float("nan")
    scale = float(np.sqrt(q))
    z, weights = gaussian_nodes(scale, activation.kinks)
    value = values_and_slopes(activation, scale * z)[which]
    with quiet():
        return float(weights @ (value * value))
