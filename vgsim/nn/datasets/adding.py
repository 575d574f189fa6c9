"""Adding problem: the sum of two marked numbers, far from each other and from the end.

Hochreiter & Schmidhuber (1997), "Long short-term memory", in the simpler form of Le, Jaitly &
Hinton (2015): every sequence has the same length, numbers are in [0, 1], marks are 0 or 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vgsim.nn.datasets._sequences import USES
from vgsim.nn.datasets.base import DATASETS, Dataset

if TYPE_CHECKING:
    from vgsim.nn.spec import DataSpec


@DATASETS.register("adding", "the sum of two marked numbers", label="Adding problem", uses=USES)
def load(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (samples, T · 2) of number and mark, one mark in each half; y (samples, 1) their sum."""
    samples, steps = spec.samples, spec.length
    x = np.zeros((samples, steps, 2))
    x[:, :, 0] = rng.random((samples, steps))
    every, half = np.arange(samples), steps // 2
    places = rng.integers(0, half, samples), rng.integers(half, steps, samples)
    for place in places:
        x[every, place, 1] = 1.0
    y = sum(x[every, place, 0] for place in places)
    return Dataset(
        x.reshape(samples, -1), np.reshape(y, (-1, 1)), features=("number", "mark"), steps=steps
    )
