"""Array types and the one place that silences floating-point warnings."""

from __future__ import annotations

from collections.abc import Callable
from types import EllipsisType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
"""float32 or float64, as the spec says."""

Floats = NDArray[np.float64]
SHORT = 64
"""Units up to which a row is short."""
Samples = NDArray[np.intp]
"""Rows of a batch, (S,)."""

Generator = np.random.Generator
Shape = tuple[int, ...]
Place = int | EllipsisType
"""Index of one member in stacked arrays; ``...`` where there is one network alone."""
Multiplied = Callable[[Array, Array, Array | None], object]
"""(left, right, out): the product of matrices, or of a row and a matrix, into ``out``."""


def product(like: Array) -> Multiplied:
    """How buffers such as ``like`` are multiplied: (batch, units) alone, (…, batch, units) stacked.

    Both give the same bits; ``dot`` has half the overhead, and does not know stacks.
    """
    if like.ndim == 2:
        return np.dot
    return np.matmul


def inner_product(like: Array) -> Callable[[Array, Array], Any]:
    """How two rows (…, n) are multiplied where buffers are such as ``like``: each pair by itself.

    Both ways give the same bits.
    """
    if like.ndim == 2:
        return np.dot
    return np.vecdot


def by_sample(parameter: Array) -> Array:
    """A view of (…, units) that meets each row of a (…, batch, units) buffer."""
    if parameter.ndim == 1:
        return parameter
    return parameter[..., None, :]


def transposed(matrix: Array) -> Array:
    """A view of (…, rows, columns) with the last two axes exchanged."""
    return matrix.swapaxes(-1, -2)


def has_gaps(matrix: Array) -> bool:
    """Whether something else lies between the rows of (…, rows, columns)."""
    return bool(matrix.strides[-2] != matrix.shape[-1] * matrix.itemsize)


def turned(matrix: Array) -> Array:
    """(…, columns, rows): what is multiplied as the transpose of (…, rows, columns).

    Where there are gaps between rows, ``dot`` copies what is transposed, and ``matmul`` does not:
    that is another kernel, which adds up in another order. So it is copied for both. A single
    column neither copies: it is a vector to both.
    """
    if has_gaps(matrix) and matrix.shape[-1] > 1:
        return np.ascontiguousarray(transposed(matrix))
    return transposed(matrix)


def flat_rows(buffer: Array) -> Array:
    """(…, batch · units) of a buffer (…, batch, units) without gaps."""
    return buffer.reshape(*buffer.shape[:-2], -1)


def row_peaks(buffer: Array) -> Array:
    """(…, batch, 1) the largest of each row of (…, batch, units), nan where one is nan.

    Short rows one beside the other are several times faster than one after the other.
    """
    units = buffer.shape[-1]
    if units > SHORT:
        return np.asarray(buffer.max(axis=-1, keepdims=True))
    columns = np.ascontiguousarray(buffer.reshape(-1, units).T)
    peaks: Array = np.maximum.reduce(columns).reshape(*buffer.shape[:-1], 1)
    return peaks


def rows(buffer: Array, samples: Samples) -> Floats:
    """(S, 1, n) of ``buffer`` (B, n), in float64: the rows of ``samples``."""
    return buffer[samples].astype(np.float64)[:, None]


def quiet() -> np.errstate:
    """Context in which overflow is a value (inf, nan) to be shown, not a warning."""
    return np.errstate(all="ignore")
