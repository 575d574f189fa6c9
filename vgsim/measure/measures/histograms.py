"""Histograms over decades, with places of their own for what has no logarithm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vgsim.nn.arrays import Array, quiet


@dataclass(frozen=True, slots=True)
class LogBins:
    """Fixed bins of |v| from 10^``low`` to 10^``high``, ``per_decade`` equal steps of log10 each.

    A histogram has ``size`` counts: exactly 0; below 10^low; the bins; 10^high and above; and,
    last, inf and nan.
    """

    low: int = -16
    high: int = 4
    per_decade: int = 4

    @property
    def bins(self) -> int:
        """Bins between ``low`` and ``high``."""
        return (self.high - self.low) * self.per_decade

    @property
    def size(self) -> int:
        """Counts of a histogram, with the four that are no bins."""
        return self.bins + 4

    def edges(self) -> NDArray[np.float64]:
        """(bins + 1,) edges of the bins."""
        return np.asarray(10.0 ** np.linspace(self.low, self.high, self.bins + 1))


def log_histogram(values: Array, bins: LogBins, axis: int | None = None) -> NDArray[np.intp]:
    """Counts of |values|: (size,), or (k, size) with one row each along ``axis``.

    For activations h and gradients ∂J/∂h alike: a signal that fades wanders to the left, decade
    by decade, at last into the bin of exact zeros.
    """
    rows = values.reshape(1, -1)
    if axis is not None:
        rows = np.moveaxis(values, axis, 0).reshape(values.shape[axis], -1)
    places = _places(rows, bins) + np.arange(len(rows))[:, None] * bins.size
    counts = np.bincount(places.ravel(), minlength=len(rows) * bins.size)
    counts = counts.reshape(len(rows), bins.size)
    return counts[0] if axis is None else counts


def even_histogram(values: Array, half: float, bins: int) -> NDArray[np.intp]:
    """(k, bins) counts of each row of (k, m) ``values`` in even bins from −``half`` to ``half``.

    What lies outside is in the bin at that end; exact zeros, inf and nan are not counted.
    """
    counted = np.isfinite(values) & (values != 0)
    with quiet():
        place = np.nan_to_num(values * (0.5 / half) + 0.5, posinf=1.0) * bins
    row = bins * np.arange(len(values))[:, None]
    index = row + np.clip(place, 0, bins - 1).astype(np.intp)
    counts = np.bincount(index[counted], minlength=len(values) * bins)
    return counts.reshape(len(values), bins)


def _places(values: Array, bins: LogBins) -> NDArray[np.intp]:
    """Index of the count that each value belongs to."""
    size = np.abs(values.astype(np.float64))
    with quiet():
        decade = np.log10(size) - bins.low
        place = np.clip(np.floor(decade * bins.per_decade), -1, bins.bins)
    place = np.where(np.isfinite(size), place, bins.bins + 1)
    return np.where(size > 0, place + 2, np.where(size == 0, 0, bins.bins + 3)).astype(np.intp)
