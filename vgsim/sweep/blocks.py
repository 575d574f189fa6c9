"""What is drawn between measured cells: which one a cell follows, and what is interpolated.

Nothing here is measured, and views say so: a block of cells that follow one measured cell has a
dot on it, contours run through interpolated values.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vgsim.sweep.order import finest, lines

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Lines = NDArray[np.int64]

NOBODY = -1
"""Instead of a cell's number, where there is no measured cell to follow."""
FAR = np.int64(2**60)
"""A square of a distance that no map has."""


def followed(measured: Mask, free: Sequence[bool] = (True, True)) -> NDArray[np.int64]:
    """For each cell of a map (across, up) the flat number of the measured cell that it follows.

    That is the nearest one, in cells as they are drawn; of equally near ones the one with the
    lowest number. A measured cell follows itself. ``free`` says by axis whether there is
    something between its values (:func:`vgsim.sweep.order.between`): nobody follows across
    choices. NOBODY where there is none.
    """
    rows, columns = measured.shape
    own = np.arange(columns)
    nearest = _nearest_in_row(measured) if free[1] else np.where(measured, own, NOBODY)
    number = np.where(
        nearest == NOBODY, measured.size, np.arange(rows)[:, None] * columns + nearest
    )
    square = np.where(nearest == NOBODY, FAR, (nearest - own) ** 2)
    if not free[0]:
        return np.where(square == FAR, NOBODY, number)
    best = square.copy()
    found = number.copy()
    for away in range(1, rows):
        if away * away > best.max():
            break  # further rows have nothing that is nearer
        for here, there in (
            (slice(away, None), slice(None, -away)),
            (slice(None, -away), slice(away, None)),
        ):
            distance = square[there] + away * away
            closer = distance < best[here]
            closer |= (distance == best[here]) & (number[there] < found[here])
            best[here][closer] = distance[closer]
            found[here][closer] = number[there][closer]
    return np.where(best >= FAR, NOBODY, found)


def _nearest_in_row(measured: Mask) -> NDArray[np.int64]:
    """The nearest measured column of the same row, the left one of two; NOBODY for none."""
    columns = measured.shape[1]
    own = np.arange(columns)
    left = np.maximum.accumulate(np.where(measured, own, -2 * columns), axis=1)
    right = np.minimum.accumulate(np.where(measured, own, 3 * columns)[:, ::-1], axis=1)[:, ::-1]
    nearest = np.where(own - left <= right - own, left, right)
    return np.where((nearest >= 0) & (nearest < columns), nearest, NOBODY)


def dots(measured: Mask, following: NDArray[np.int64]) -> Mask:
    """Measured cells that others follow: where a view puts a dot."""
    counts = np.bincount(following[following != NOBODY].ravel(), minlength=measured.size)
    return measured & (counts.reshape(measured.shape) > 1)


def as_followed(values: Floats, following: NDArray[np.int64]) -> Floats:
    """``values`` of the measured cells, given to those that follow them; nan for nobody."""
    flat = np.append(np.ravel(values), np.nan)
    return flat[following]


def interpolated(values: Floats, measured: Mask, free: Sequence[bool] = (True, True)) -> Floats:
    """``values`` (across, up) of measured cells, and linear between them on a map's grids.

    From the coarsest grid to the finest: a cell that is not measured lies between two neighbors
    of the coarser grid, first across, then up. nan where one of them is not known yet.
    """
    filled = np.where(measured, values, np.nan)
    shape = filled.shape
    last = max(finest(length) for length in shape)
    across, up = (
        lines(length, 0) if each else np.arange(length)
        for length, each in zip(shape, free, strict=True)
    )
    for level in range(1, last + 1):
        if free[0]:
            finer = lines(shape[0], level)
            _fill(filled, measured, across, finer, up)
            across = finer
        if free[1]:
            finer = lines(shape[1], level)
            _fill(filled.T, measured.T, up, finer, across)
            up = finer
    return filled


def _fill(filled: Floats, measured: Mask, coarse: Lines, fine: Lines, along: Lines) -> None:
    """Fill lines of ``fine`` that ``coarse`` has not, at the places ``along`` them, in place."""
    new = np.setdiff1d(fine, coarse)
    if not new.size:
        return
    at = np.searchsorted(coarse, new)
    low = coarse[at - 1]
    high = coarse[at]
    share = ((new - low) / (high - low))[:, None]
    below = filled[np.ix_(low, along)]
    above = filled[np.ix_(high, along)]
    with np.errstate(invalid="ignore"):
        made = below + share * (above - below)
    here = np.ix_(new, along)
    filled[here] = np.where(measured[here], filled[here], made)
