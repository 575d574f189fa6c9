"""Made sequences whose answer depends on what came long before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.nn.datasets.base import DATASETS, Dataset

if TYPE_CHECKING:
    from vgsim.nn.spec import DataSpec

USES = ("data.samples", "data.length")
"""The fields of a spec that every synthetic sequence reads."""


def one_hot(symbols: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """(samples, steps) symbol numbers -> (samples, steps · count), 1 at the symbol."""
    return np.eye(count)[symbols].reshape(len(symbols), -1)


@DATASETS.register("adding", "the sum of two marked numbers", label="Adding problem", uses=USES)
def adding(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (samples, T · 2) of number and mark, one mark in each half; y (samples, 1) their sum."""
    samples = spec.samples
    steps = spec.length
    x = np.zeros((samples, steps, 2))
    x[:, :, 0] = rng.random((samples, steps))
    every = np.arange(samples)
    half = steps // 2
    places = rng.integers(0, half, samples), rng.integers(half, steps, samples)
    for place in places:
        x[every, place, 1] = 1.0
    y = sum(x[every, place, 0] for place in places)
    return Dataset(
        x.reshape(samples, -1), np.reshape(y, (-1, 1)), features=("number", "mark"), steps=steps
    )


BLANK, SIGNAL = 8, 9


@DATASETS.register(
    "copy_memory", "repeat the first symbols after a long silence", label="Copy memory", uses=USES
)
def copy_memory(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (samples, T · 10) one-hot; y (samples, T) the blank, then the symbols at the end."""
    samples = spec.samples
    steps = spec.length
    count = max(1, min(10, (steps - 1) // 2))
    said = rng.integers(0, 8, (samples, count))
    heard = np.full((samples, steps), BLANK)
    heard[:, :count] = said
    heard[:, steps - count - 1] = SIGNAL
    y = np.full((samples, steps), BLANK, np.int64)
    y[:, steps - count :] = said
    names = (*"12345678", "blank")
    return Dataset(
        one_hot(heard, 10), y, classes=names, features=(*names, "signal"), steps=steps,
        y_by_step=True,
    )  # fmt: skip


SYMBOLS = ("a", "b", "c", "d", "X", "Y", "E", "B")


@DATASETS.register(
    "temporal_order", "which of X and Y came first and second", label="Temporal order", uses=USES
)
def temporal_order(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (samples, T · 8) one-hot symbols; y (samples,) numbers XX, XY, YX, YY.

    The first place is within 10 to 20 % of the sequence, the second within 50 to 60 %.
    """
    samples = spec.samples
    steps = spec.length
    symbols = rng.integers(0, 4, (samples, steps))
    symbols[:, 0], symbols[:, -1] = 6, 7
    y = np.arange(samples, dtype=np.int64) % 4
    every = np.arange(samples)
    tenth = max(1, steps // 10)
    for start, second in ((max(1, tenth), y // 2), (max(2, steps // 2), y % 2)):
        symbols[every, start + rng.integers(0, tenth, samples)] = 4 + second
    return Dataset(
        one_hot(symbols, 8), y, classes=("XX", "XY", "YX", "YY"), features=SYMBOLS, steps=steps
    )
