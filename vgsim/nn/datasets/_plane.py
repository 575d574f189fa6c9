"""What the synthetic datasets in the plane share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vgsim.nn.datasets.base import Dataset

USES = ("data.samples", "data.noise")
"""The fields of a spec that every synthetic dataset reads."""


def alternate(samples: int, count: int = 2) -> NDArray[np.int64]:
    """(samples,) numbers 0, 1, ..., count - 1, 0, 1, ...: as equally frequent as can be."""
    return np.arange(samples, dtype=np.int64) % count


def planar(
    points: NDArray[np.float64],
    labels: NDArray[np.int64],
    noise: float,
    rng: np.random.Generator,
    classes: tuple[str, str] = ("0", "1"),
) -> Dataset:
    """Two classes of ``points`` (samples, 2) with normal noise of that standard deviation.

    The noise is drawn even when it is 0, so that changing its size moves no other draw.
    """
    x = points + noise * rng.standard_normal(points.shape)
    return Dataset(x, labels, classes=classes, features=("x1", "x2"))
