"""Sizes of arrays that span hundreds of decades, exact where a plain sum of squares is not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vgsim.nn.arrays import Array, quiet

Floats = NDArray[np.float64]
Axis = int | tuple[int, ...] | None


def safe_floor(dtype: np.dtype[np.floating]) -> float:
    """Sum of squares below which squares of ``dtype`` lose digits to denormals."""
    return float(np.finfo(dtype).tiny) * 1e8


def trusted(squares: Array, dtype: np.dtype[np.floating]) -> bool:
    """Whether sums of squares taken in ``dtype`` neither under- nor overflowed, nor are nan."""
    low = squares.min(initial=np.inf)
    high = squares.max(initial=0.0)
    return bool(low > safe_floor(dtype) and high < np.inf)


def exact_norm(values: Array, axis: Axis = None) -> Floats:
    """L2 norm in float64, scaled by the largest entry so that nothing under- or overflows.

    √Σ v² over ``axis`` (all axes for None); inf where an entry is inf or nan.
    """
    values = np.asarray(values)
    if values.dtype == np.float32:  # float64 holds the square of every one of them
        wide = values.astype(np.float64)
        with quiet():
            root = np.sqrt(np.sum(np.multiply(wide, wide, out=wide), axis=axis))
        return np.asarray(np.nan_to_num(root, nan=np.inf, posinf=np.inf))
    with quiet():
        wide = np.abs(values.astype(np.float64))
        peak = wide.max(axis=axis, keepdims=True, initial=0.0)
        scale = np.where((peak > 0) & np.isfinite(peak), peak, 1.0)
        norm = np.sqrt(np.square(wide / scale).sum(axis=axis, keepdims=True)) * scale
    norm = np.where(np.isfinite(peak), norm, np.inf)
    if axis is None:
        result: Floats = norm.reshape(())
    else:
        result = np.squeeze(norm, axis=axis)
    return result


def norms(values: Array, axis: Axis) -> Floats:
    """Like :func:`exact_norm`, by plain squares wherever those can be trusted."""
    values = np.asarray(values)
    with quiet():
        squares = np.square(values).sum(axis=axis, dtype=np.float64)
    if trusted(squares, values.dtype):
        return np.asarray(np.sqrt(squares), dtype=np.float64)
    return exact_norm(values, axis)


def row_norms(values: Array) -> Floats:
    """(…,): like :func:`norms` of each row (…, n), whatever the other rows hold."""
    values = np.asarray(values)
    with quiet():
        squares = np.square(values).sum(axis=-1, dtype=np.float64)
        found = np.asarray(np.sqrt(squares), np.float64)
    if trusted(squares, values.dtype):
        return found
    low = safe_floor(values.dtype)
    doubtful = ~((squares > low) & (squares < np.inf))
    found[doubtful] = exact_norm(values[doubtful], axis=-1)
    return found


def rms(values: Array) -> float:
    """Root of the mean square of all ``values``; inf where one is inf or nan."""
    return float(norms(values, None) / np.sqrt(values.size))


def segment_norms(vector: Array, starts: NDArray[np.intp]) -> Floats:
    """(segments,): L2 norm of each part of a flat vector; part i begins at ``starts[i]``."""
    vector = np.asarray(vector)
    with quiet():
        squares = np.add.reduceat(np.square(vector), starts)
    if trusted(squares, vector.dtype):
        return np.sqrt(squares, dtype=np.float64)
    return exact_segment_norms(vector, starts)


def exact_segment_norms(vector: Array, starts: NDArray[np.intp]) -> Floats:
    """Like :func:`segment_norms`, with the scaling of :func:`exact_norm`."""
    vector = np.asarray(vector)
    with quiet():
        size = vector.astype(np.float64)
        if vector.dtype == np.float32:
            squares = np.add.reduceat(np.multiply(size, size, out=size), starts)
            return np.nan_to_num(np.sqrt(squares), nan=np.inf, posinf=np.inf)
        peak = np.maximum.reduceat(np.abs(size, out=size), starts)
        if not peak.any():
            return peak
        scale = np.where((peak > 0) & np.isfinite(peak), peak, 1.0)
        size /= np.repeat(scale, np.diff(starts, append=vector.size))
        root = np.sqrt(np.add.reduceat(np.multiply(size, size, out=size), starts)) * scale
    norm: Floats = np.where(np.isfinite(peak), root, np.inf)
    return norm


def node_rms(stack: Array) -> Floats:
    """(count, units): RMS over the batch of a (count, batch, units) stack; inf for inf or nan."""
    stack = np.asarray(stack)
    with quiet():
        squares = np.einsum("kbn,kbn->kn", stack, stack).astype(np.float64)
    root = np.sqrt(stack.shape[1])
    if trusted(squares, stack.dtype):
        return np.asarray(np.sqrt(squares) / root, dtype=np.float64)
    nodes: Floats = exact_norm(stack, axis=1) / root
    return nodes


def edge_signal(weights: Array, dz: Array) -> Floats:
    """(inputs, outputs): |w| · RMS over the batch of ∂J/∂z, what each edge hands back.

    inf where it overflowed.
    """
    with quiet():
        handed = np.abs(np.asarray(weights)) * node_rms(dz[None])[0]
    finite: Floats = np.nan_to_num(handed, nan=np.inf, posinf=np.inf)
    return finite
