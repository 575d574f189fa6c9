"""Bounds with a proof: what a gradient cannot pass."""

from __future__ import annotations

import numpy as np

from vgsim.nn.arrays import Array, quiet


def activation_bound(bound: float, hops: int) -> float:
    """What activation derivatives alone leave of a gradient at most: boundʰᵒᵖˢ.

    0.25⁵ = 0.0009765625 for five sigmoids (Hochreiter 1991).
    """
    return float(bound**hops)


def recurrent_bound(weights: Array, bound: float, steps: int) -> float:
    """(γ ‖W‖₂)ˢᵗᵉᵖˢ, which ‖∂h_t/∂h_{t−steps}‖ cannot exceed (Pascanu, Mikolov and Bengio 2013).

    ``weights`` is the recurrent W (n, n), γ = ``bound`` that of |f′|: 1 for tanh, 1/4 for sigmoid.
    """
    largest = float(np.linalg.norm(weights.astype(np.float64), 2))
    with quiet():
        return float(np.float64(bound * largest) ** steps)


def spectral_radius(weights: Array) -> float:
    """Largest absolute eigenvalue of a recurrent W (n, n)."""
    return float(np.abs(np.linalg.eigvals(weights.astype(np.float64))).max())
