"""Jacobians of one hop and of many, and what they stretch: their singular values.

The Jacobian of stage k is ∂h_k/∂h_{k−1}; a gradient crosses it as ∂J/∂h_{k−1} = Jᵀ ∂J/∂h_k. The
product over many stages has singular values that span hundreds of decades, so products carry
their power of ten beside them. Saxe, McClelland and Ganguli (2014) and Pennington, Schoenholz and
Ganguli (2017) explain by these values which networks can be trained.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vgsim.nn.arrays import Array, quiet

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ScaledMatrix:
    """``matrix`` · 10^``decades``; the largest entry of (..., out, in) ``matrix`` is about 1.

    ``decades`` is (...): one for each matrix, −inf for a matrix of zeros.
    """

    matrix: Floats
    decades: Floats


def rescaled(matrix: Floats, decades: Floats) -> ScaledMatrix:
    """(..., out, in) ``matrix`` · 10^``decades``, the largest entry of each brought to 1."""
    with quiet():
        peak = np.abs(matrix).max(axis=(-2, -1), initial=0.0)
        scale = np.where((peak > 0) & np.isfinite(peak), peak, 1.0)
        gained = np.where(peak > 0, np.log10(scale), -np.inf)
    return ScaledMatrix(matrix / scale[..., None, None], decades + gained)


def scaled_sum(one: ScaledMatrix, other: ScaledMatrix) -> ScaledMatrix:
    """The sum of two, exact to rounding whatever their decades are."""
    decades = np.maximum(one.decades, other.decades)
    with quiet():
        shares = [
            part.matrix * 10.0 ** np.nan_to_num(part.decades - decades, nan=0.0)[..., None, None]
            for part in (one, other)
        ]
    return rescaled(shares[0] + shares[1], decades)


def singular_values(jacobian: Array | ScaledMatrix) -> Floats:
    """log10 of the singular values, largest first: (..., min(out, in)).

    −inf for those that are 0. What lies below the rounding of a matrix, its largest singular
    value · 2⁻⁵² · its larger side, is nan: a product of many Jacobians does not resolve it.
    All nan for a matrix with inf or nan in it.
    """
    if not isinstance(jacobian, ScaledMatrix):
        wide = jacobian.astype(np.float64)
        return singular_values(rescaled(wide, np.zeros(wide.shape[:-2])))
    fine = np.asarray(np.isfinite(jacobian.matrix).all(axis=(-2, -1)))[..., None]
    values = np.linalg.svd(np.where(fine[..., None], jacobian.matrix, 0.0), compute_uv=False)
    most = values[..., :1]
    floor = most * np.finfo(np.float64).eps * max(jacobian.matrix.shape[-2:])
    with quiet():
        decades = np.log10(values) + jacobian.decades[..., None]
    decades = np.where((values >= floor) | (values == 0), decades, np.nan)
    found: Floats = np.where(fine, decades, np.nan)
    return found
