"""Sequences out of a table: groups of rows brought to one length, and windows over one series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from vgsim.core.errors import SpecError, refuse
from vgsim.nn.datasets.base import Dataset

PAD, CUT = "pad", "cut"


def brought_to_one_length(
    x: NDArray[np.float64], groups: Sequence[Sequence[int]], unequal: str
) -> tuple[NDArray[np.float64], int, NDArray[np.int64] | None]:
    """Sequences (samples, steps · F) of the rows of ``x`` (rows, F), the steps, and their padding.

    Shorter groups are padded in front up to the longest, or all are cut in front to the shortest:
    what belongs to their label is at their end. The padding is None where there is none.
    """
    lengths = np.array([len(rows) for rows in groups], np.int64)
    if unequal == CUT:
        lengths[:] = lengths.min()
    steps = int(lengths.max())
    found = np.zeros((len(groups), steps, x.shape[1]))
    for at, rows in enumerate(groups):
        length = lengths[at]
        found[at, steps - length :] = x[list(rows[-length:])]
    padding = steps - lengths
    return found.reshape(len(groups), -1), steps, padding if padding.any() else None


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows over a series, those that are held out last.

    ``x`` is (samples, length · F), ``y`` (samples, length, targets): what follows ``horizon``
    rows after each timestep.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    held_out: int


def windows(
    table: NDArray[np.float64],
    targets: Sequence[int],
    length: int,
    horizon: int,
    held_out: float,
) -> Windows:
    """All windows of ``length`` rows of ``table`` (rows, F), with the columns to predict.

    The last fraction ``held_out`` of the rows is held out: no row is in a window, or a target, of
    both parts. SpecError when a part has no window.
    """
    rows = len(table)
    cut = rows - round(held_out * rows)
    need = length + horizon
    if cut < need + 1:
        raise _too_long(length, horizon, cut - 1, f"the first {cut} of {rows} rows are trained on")
    parts = [table[:cut]]
    if cut < rows:
        if rows - cut < need:
            raise _too_long(
                length, horizon, rows - cut, f"the last {rows - cut} of {rows} rows are held out"
            )
        parts.append(table[cut:])
    x = [_views(part[:-horizon], length) for part in parts]
    y = [_views(part[horizon:, list(targets)], length) for part in parts]
    held = len(x[1]) if len(x) > 1 else 0
    whole = np.concatenate(x)
    return Windows(whole.reshape(len(whole), -1), np.concatenate(y), held)


SHORTEST, LONGEST = 5, 40
"""Rows of a window over a series of which nobody said how long it is."""


def window_by_guess(rows: int, held_out: float) -> tuple[int, float]:
    """Length of a window over so many rows, and the fraction held out that has room for one.

    A window is as long as the held-out end allows, of which a short series gets a larger share,
    or none where that leaves too little to train on.
    """
    held = round(held_out * rows)
    length = max(SHORTEST, min(LONGEST, (held or rows // 5) - 2))
    if 0 < held <= SHORTEST:
        held = SHORTEST + 1 if rows > 2 * (SHORTEST + 1) else 0
        held_out = held / rows
    return length, held_out


def series_by_guess(column: NDArray[np.float64], name: str, held_out: float) -> Dataset:
    """Windows over a lone column (rows,): what there is to learn from it is what comes next.

    A missing value is the last one before it.
    """
    length, held_out = window_by_guess(len(column), held_out)
    found = windows(carried_forward(column[:, None]), [0], length, 1, held_out)
    return Dataset(
        found.x, found.y, features=(name,), steps=length, y_by_step=True, held_out=found.held_out,
        targets=(name,),
    )  # fmt: skip


def carried_forward(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values (rows, F), where there is none the last one before, or the first there is."""
    found = table.copy()
    for column in found.T:
        known = np.flatnonzero(~np.isnan(column))
        last = np.searchsorted(known, np.arange(len(column)), side="right") - 1
        column[:] = column[known[np.maximum(last, 0)]]
    return found


def _too_long(length: int, horizon: int, room: int, why: str) -> SpecError:
    """The error about windows that do not fit."""
    most = max(room - horizon, 0)
    return refuse(
        "data.length",
        length,
        f"at most {most} with a horizon of {horizon}: {why} (data.held_out)",
    )


def _views(part: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """(windows, length, columns) without copies."""
    return sliding_window_view(part, length, axis=0).transpose(0, 2, 1)
