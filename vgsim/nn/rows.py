"""Samples of a large table, standardized when they are asked for.

A table of many millions of numbers stays in memory once, as it was read: single bytes of pictures
are an eighth of float64. Which rows belong to a part of the data and what standardizes them is kept
beside it, and a batch is made of that with the same bits as if the whole table had been converted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vgsim.nn.arrays import Array

LARGE = 2**22
"""Numbers from which on a table stays as it was read; 32 MiB of float64."""
PIECE = 2**17
"""Numbers that are converted at once: what stays in a processor's cache."""


class StoredRows:
    """Rows of ``table`` (samples, F), as (row - ``mean``) / ``scale`` in float64.

    ``rows`` are the numbers of those that belong to it. To whoever trains on them they are an
    array: they have a shape, are taken by index, and a slice of them is one.
    """

    def __init__(
        self,
        table: NDArray[np.generic],
        rows: NDArray[np.intp],
        mean: NDArray[np.float64],
        scale: NDArray[np.float64],
    ) -> None:
        self._table = table
        self._rows = rows
        self._mean = mean
        self._scale = scale
        self._room = np.empty((rows_at_once(len(mean)), len(mean)))

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, F)."""
        return len(self._rows), len(self._mean)

    @property
    def nbytes(self) -> int:
        """Bytes of the whole table."""
        return self._table.nbytes

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, at: int | np.intp | slice) -> Array:
        """One standardized row (F,), or those of a slice (n, F); float64."""
        stored = self._table[self._rows[at]].astype(np.float64)
        found: Array = (stored - self._mean) / self._scale
        return found

    def take(
        self, chosen: NDArray[np.intp], axis: Literal[0], out: Array, mode: Literal["clip"]
    ) -> None:
        """The rows numbered ``chosen`` into ``out``, rounded to its type; as an array's own."""
        step = rows_at_once(len(self._mean))
        for at in range(0, len(chosen), step):
            some = self._rows[chosen[at : at + step]]
            room = self._room[: len(some)]
            np.subtract(self._table.take(some, axis=axis, mode=mode), self._mean, out=room)
            np.divide(room, self._scale, out=room)
            np.copyto(out[at : at + step], room, casting="same_kind")


Inputs = NDArray[np.float64] | StoredRows
"""(samples, F) standardized inputs of one part of the data."""


def in_precision(x: Inputs, precision: str) -> Array | StoredRows:
    """What batches are taken from: an array in the precision, or what makes it batch by batch."""
    if isinstance(x, StoredRows):
        return x
    return np.ascontiguousarray(x, dtype=precision)


def pieces(x: Inputs) -> Iterator[Array]:
    """All rows, one piece after the other: what is known already is one piece."""
    if isinstance(x, StoredRows):
        step = rows_at_once(x.shape[1])
        yield from (x[at : at + step] for at in range(0, len(x), step))
    else:
        yield x


def rows_at_once(features: int) -> int:
    """Rows of a piece."""
    return max(1, PIECE // features)


def stored_pieces(
    table: NDArray[np.generic], rows: NDArray[np.intp]
) -> Iterator[NDArray[np.generic]]:
    """The rows numbered ``rows``, in the table's own order, piece by piece."""
    ordered = np.sort(rows)
    step = rows_at_once(table.shape[1])
    for at in range(0, len(ordered), step):
        yield table.take(ordered[at : at + step], axis=0)


def moments(
    tables: Iterable[NDArray[np.generic]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation (F,) over the rows of all tables; 1 where a column is constant.

    Chan, Golub and LeVeque (1979), "Updating formulae and a pairwise algorithm for computing
    sample variances": means and squared distances from them are merged table by table.
    """
    count = 0
    for piece in tables:
        table = piece.astype(np.float64)
        own = table.mean(axis=0)
        low, high = piece.min(axis=0), piece.max(axis=0)
        table -= own
        spread = np.einsum("ij,ij->j", table, table)
        if not count:
            mean, squares, lowest, highest = own, spread, low, high
        else:
            off = own - mean
            share = len(piece) / (count + len(piece))
            mean = mean + share * off
            squares += spread + off * off * (count * share)
            lowest = np.minimum(lowest, low)
            highest = np.maximum(highest, high)
        count += len(piece)
    scale = np.sqrt(squares / count)
    constant = lowest == highest
    # the mean of equal numbers can be off by rounding, which a tiny scale would blow up
    mean = np.where(constant, lowest.astype(np.float64), mean)
    return mean, np.where(constant | (scale == 0.0), 1.0, scale)
