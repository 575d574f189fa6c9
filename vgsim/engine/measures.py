"""Sizes of arrays that span hundreds of decades, exact where a plain sum of squares is not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vgsim.engine.arrays import Array, quiet

Floats = NDArray[np.float64]


def safe_floor(dtype: np.dtype[np.floating]) -> float:
    """Sum of squares below which squares of ``dtype`` lose digits to denormals."""
    return float(np.finfo(dtype).tiny) * 1e8


def exact_norm(values: Array, axis: int | tuple[int, ...] | None = None) -> Floats:
    """L2 norm in float64, scaled by the largest entry so that nothing under- or overflows.

    √Σ v² over ``axis`` (all axes for None); inf where an entry is inf or nan.
    """
    with quiet():
        wide = np.abs(values.astype(np.float64))
        peak = wide.max(axis=axis, keepdims=True, initial=0.0)
        scale = np.where((peak > 0) & np.isfinite(peak), peak, 1.0)
        norm = np.sqrt(np.square(wide / scale).sum(axis=axis, keepdims=True)) * scale
    norm = np.where(np.isfinite(peak), norm, np.inf)
    result: Floats = norm.reshape(()) if axis is None else np.squeeze(norm, axis=axis)
    return result


def node_rms(stack: Array) -> Floats:
    """(count, units): RMS over the batch of a (count, batch, units) stack; inf for inf or nan."""
    with quiet():
        squares = np.einsum("kbn,kbn->kn", stack, stack).astype(np.float64)
    root = np.sqrt(stack.shape[1])
    low, high = squares.min(initial=np.inf), squares.max(initial=0.0)
    if low > safe_floor(stack.dtype) and high < np.inf:
        return np.asarray(np.sqrt(squares) / root, dtype=np.float64)
    nodes: Floats = exact_norm(stack, axis=1) / root
    return nodes


def rms(nodes: Floats) -> float:
    """RMS over the units of a stage, from :func:`node_rms` of its units."""
    return float(exact_norm(nodes)) / float(np.sqrt(nodes.size))
