"""The figures of outputs and their gradients, from NumPy arrays: for whoever has no own way.

Sums of squares are taken in float64 of values scaled by the largest: those of float32 values near
1e-23 would be 0 in float32.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vgsim.record.coding import Counts, Floats
from vgsim.record.figures import BINS, MOST_UNITS, RecordedBins

_LEAST_NORMAL = {"bfloat16": 2.0**-126, "float16": 2.0**-14, "float32": 2.0**-126}
"""Below these a value is subnormal; of other types as of float64."""


def measured(
    outputs: Mapping[str, ArrayLike],
    gradients: Mapping[str, ArrayLike],
    units_axis: int = -1,
    bins: RecordedBins = BINS,
) -> dict[str, dict[str, float | Floats | Counts]]:
    """What :meth:`vgsim.record.Recording.step` takes of outputs h and ∂J/∂h, each by stage.

    Arrays may have any shape and floating type; ``units_axis`` is that of units or channels.
    """
    found: dict[str, dict[str, float | Floats | Counts]] = {}
    for letter, arrays in (("h", outputs), ("dh", gradients)):
        for name, given in arrays.items():
            for figure, value in _summary(np.asarray(given), units_axis).items():
                found.setdefault(f"{letter}_{figure}", {})[name] = value
    for name, given in gradients.items():
        counts = log_counts(np.asarray(given, np.float64), bins)
        found.setdefault("dh_histogram", {})[name] = counts
    return found


def _summary(array: NDArray[np.generic], units_axis: int) -> dict[str, float | Floats | Counts]:
    size = np.abs(array.astype(np.float64))
    tiny = _LEAST_NORMAL.get(array.dtype.name, 2.0**-1022)
    found: dict[str, float | Floats | Counts] = {
        "rms": float(root_mean_square(size.reshape(1, -1))[0]),
        "max": float(size.max(initial=0.0)),
        "size": float(size.size),
        "zero": float(np.count_nonzero(size == 0)),
        "subnormal": float(np.count_nonzero((size > 0) & (size < tiny))),
        "inf": float(np.count_nonzero(np.isinf(size))),
        "nan": float(np.count_nonzero(np.isnan(size))),
    }
    if size.ndim:
        units = np.moveaxis(size, units_axis, 0)
        found["units"] = root_mean_square(units.reshape(len(units), -1)[:MOST_UNITS])
    return found


def root_mean_square(rows: Floats) -> Floats:
    """RMS of each row; nan where one value is nan, inf where one is inf, 0 of none."""
    largest = np.abs(rows).max(axis=1, initial=0.0)
    scale = np.where(np.isfinite(largest) & (largest > 0), largest, 1.0)
    with np.errstate(over="ignore"):  # beside an inf, whose row is inf in any case
        squares = np.square(rows / scale[:, None])
    rms: Floats = scale * np.sqrt(squares.sum(axis=1) / max(rows.shape[1], 1))
    return rms


def log_counts(values: Floats, bins: RecordedBins = BINS) -> Counts:
    """How many values lie in each bin of log10 |value|; exactly 0, inf and nan in none."""
    size = np.abs(values).ravel()
    size = size[np.isfinite(size) & (size > 0)]
    places = np.floor((np.log10(size) - bins.low) * bins.per_decade) + 1
    inside = np.clip(places, 0, bins.size - 1).astype(np.intp)
    return np.bincount(inside, minlength=bins.size).astype(np.int64)
