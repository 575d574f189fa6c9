"""Sunspots: predict the next number from a window of those before it.

Source: National Geophysical Data Center (NOAA), yearly 1700 to 2008 and monthly 1749 to 2008,
public domain. Neighboring windows overlap, so held-out windows share numbers with those trained on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from vgsim.core.resources import resource
from vgsim.nn.datasets.base import DATASETS, Dataset

if TYPE_CHECKING:
    from vgsim.nn.spec import DataSpec


@DATASETS.register(
    "sunspots", "the next of 3,120 monthly sunspot numbers", label="Sunspots, monthly",
    uses=("data.length",),
)  # fmt: skip
def monthly(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (3120 − T, T) windows, y (3120 − T, 1) the number after each."""
    return _windows("monthly", spec.length)


@DATASETS.register(
    "sunspots_yearly", "the next of 309 yearly sunspot numbers", label="Sunspots, yearly",
    uses=("data.length",),
)  # fmt: skip
def yearly(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (309 − T, T) windows, y (309 − T, 1) the number after each; T at most 300."""
    return _windows("yearly", min(spec.length, 300))


def _windows(name: str, length: int) -> Dataset:
    with np.load(resource("datasets", "sunspots.npz"), allow_pickle=False) as stored:
        series = stored[name]
    windows = sliding_window_view(series, length + 1)
    return Dataset(windows[:, :-1].copy(), windows[:, -1:].copy(), features=("sunspots",),
                   steps=length)  # fmt: skip
