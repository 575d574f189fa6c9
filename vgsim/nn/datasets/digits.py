"""Handwritten digits: 1,797 pictures of 8 x 8 pixels in 10 classes.

Source: Optical Recognition of Handwritten Digits, Alpaydin & Kaynak (1998), UCI Machine Learning
Repository, CC BY 4.0; the test part, as scikit-learn ships it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vgsim.core.resources import resource
from vgsim.nn.datasets.base import DATASETS, Dataset

if TYPE_CHECKING:
    from vgsim.nn.spec import DataSpec


@DATASETS.register("digits", "1,797 handwritten digits, 8 × 8 pixels", label="Handwritten digits")
def load(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """All pictures, in the published order: x (1797, 64) counts from 0 to 16, y (1797,)."""
    with np.load(resource("datasets", "digits.npz"), allow_pickle=False) as stored:
        x, y = stored["x"], stored["y"]
    return Dataset(
        x.reshape(len(x), -1).astype(np.float64),
        y.astype(np.int64),
        classes=tuple("0123456789"),
        image_shape=(8, 8),
    )


@DATASETS.register(
    "digit_rows", "handwritten digits, one row of 8 pixels a timestep", label="Digits row by row"
)
def rows(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (1797, 8 · 8): 8 timesteps of 8 pixels, from the top row down; y (1797,)."""
    return replace(load(spec, rng), steps=8)


@DATASETS.register(
    "digit_pixels", "handwritten digits, one pixel a timestep", label="Digits pixel by pixel"
)
def pixels(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (1797, 64): 64 timesteps of one pixel, row after row; y (1797,)."""
    return replace(load(spec, rng), steps=64)
