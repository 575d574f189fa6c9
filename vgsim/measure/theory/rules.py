"""Rules of thumb with a proof: variances that keep a signal, and bounds that it cannot pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vgsim.nn.arrays import Array, quiet


def glorot_variance(fan_in: int, fan_out: int) -> float:
    """2 / (fan_in + fan_out): between keeping signal and gradient (Glorot and Bengio 2010)."""
    return 2.0 / (fan_in + fan_out)


def he_variance(fan: int) -> float:
    """2 / fan, since ReLU halves the mean square (He et al. 2015).

    With fan_in the signal keeps its size, with fan_out the gradient does.
    """
    return 2.0 / fan


def lecun_variance(fan_in: int) -> float:
    """1 / fan_in: the signal keeps its size at slope 1 (LeCun et al. 1998)."""
    return 1.0 / fan_in


def standard_variance(fan_in: int) -> float:
    """1 / (3 fan_in), that of U(±1/√fan_in): a third is left a layer (Glorot and Bengio 2010)."""
    return 1.0 / (3.0 * fan_in)


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


def vanishing_radius(bound: float) -> float:
    """1 / γ: gradients vanish when the largest singular value of W is below it.

    They can explode only when the spectral radius is above it: necessary, not sufficient
    (Pascanu, Mikolov and Bengio 2013).
    """
    return 1.0 / bound


def forget_decades(gates: Array) -> NDArray[np.float64]:
    """log10 of what the forget gates leave of ∂J/∂c on its way back, (T, ...) for ``gates``.

    Along the cell state alone ∂c_T/∂c_t = f_{t+1} ⊙ ⋯ ⊙ f_T (Gers, Schmidhuber and Cummins 2000);
    row t holds that product, in decades: 0 in the last row, −inf behind a gate that is shut.
    """
    with quiet():
        decades = np.log10(gates.astype(np.float64))
    back = np.zeros_like(decades)
    back[:-1] = np.cumsum(decades[:0:-1], axis=0)[::-1]
    return back
