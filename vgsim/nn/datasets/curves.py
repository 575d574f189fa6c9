"""One number as a function of another: a sine, and the sunspots over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from vgsim.core.resources import resource
from vgsim.nn.datasets.base import DATASETS, Dataset
from vgsim.nn.datasets.sequences import USES

if TYPE_CHECKING:
    from vgsim.nn.spec import DataSpec


@DATASETS.register(
    "sine", "the next value of a sine wave", label="Sine wave", uses=(*USES, "data.noise")
)
def load(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (samples, T) noisy values at times 0 to T − 1; y (samples, T, 1) the wave one step later.

    Periods are uniform between 8 and 24 timesteps; the noise is drawn even when it is 0.
    """
    period = rng.uniform(8, 24, (spec.samples, 1))
    phase = rng.random((spec.samples, 1))
    wave = np.sin(2 * np.pi * (np.arange(spec.length + 1) / period + phase))
    x = wave[:, :-1] + spec.noise * rng.standard_normal((spec.samples, spec.length))
    return Dataset(x, wave[:, 1:, None], features=("value",), steps=spec.length, y_by_step=True)


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
