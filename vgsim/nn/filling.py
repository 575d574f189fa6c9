"""Missing values, filled by what the training part of the data has."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vgsim.nn.datasets.base import Dataset


def filled(dataset: Dataset, train: NDArray[np.intp]) -> Dataset:
    """``dataset`` without NaN: the median of the rows ``train``, of categories the most frequent.

    A feature of a sequence has one value for all timesteps; 0 where the training part has none.
    """
    if dataset.x.dtype != np.float64 or not np.isnan(dataset.x).any():
        return dataset
    x = dataset.x.reshape(len(dataset.x) * dataset.steps, -1).copy()
    rows = np.asarray(train)[:, None] * dataset.steps + np.arange(dataset.steps)
    if dataset.padding is not None:
        rows = rows[np.arange(dataset.steps) >= dataset.padding[train][:, None]]
    fill = _fill(x[rows.reshape(-1)], dataset.categories)
    gaps = np.isnan(x)
    x[gaps] = np.broadcast_to(fill, x.shape)[gaps]
    return replace(dataset, x=x.reshape(dataset.x.shape))


def _fill(
    known: NDArray[np.float64], categories: tuple[tuple[int, int], ...]
) -> NDArray[np.float64]:
    """(F,) what stands for a missing value of each feature."""
    fill = np.zeros(known.shape[1])
    for at, column in enumerate(known.T):
        values = column[~np.isnan(column)]
        if len(values):
            fill[at] = np.median(values)
    for first, end in categories:
        counts = np.nansum(known[:, first:end], axis=0)
        if end - first == 1:
            present = np.count_nonzero(~np.isnan(known[:, first]))
            fill[first] = float(2 * counts[0] > present)
        else:
            fill[first:end] = np.arange(end - first) == np.argmax(counts)
    return fill
