"""How much of a stage lets no gradient through."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from vgsim.nn.activations import Activation
from vgsim.nn.arrays import Array


def saturated_fraction(activation: Activation, slope: Array) -> NDArray[Any]:
    """(...): share of samples and units whose |f′| is next to nothing; ``slope`` (..., B, n).

    Next to nothing is at most 5 % of the bound of |f′|, or exactly 0 for activations that are
    linear or shut (:meth:`Activation.saturated`); the idea is that of Glorot and Bengio (2010).
    """
    share: NDArray[Any] = activation.saturated(slope).mean(axis=(-2, -1))
    return share


def dead_fraction(slope: Array) -> NDArray[Any]:
    """(...): share of units with f′ = 0 for every sample of the batch; ``slope`` (..., B, n).

    Such a unit hands no gradient back and is not changed by this batch (Lu et al. 2019).
    """
    dead: NDArray[Any] = (slope == 0).all(axis=-2).mean(axis=-1)
    return dead
