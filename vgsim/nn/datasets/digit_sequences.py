"""The handwritten digits as sequences: row by row, or pixel by pixel (as in Le et al. 2015)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vgsim.nn.datasets import digits
from vgsim.nn.datasets.base import DATASETS, Dataset

if TYPE_CHECKING:
    from vgsim.nn.spec import DataSpec


@DATASETS.register(
    "digit_rows", "handwritten digits, one row of 8 pixels a timestep", label="Digits row by row"
)
def rows(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (1797, 8 · 8): 8 timesteps of 8 pixels, from the top row down; y (1797,)."""
    return replace(digits.load(spec, rng), steps=8)


@DATASETS.register(
    "digit_pixels", "handwritten digits, one pixel a timestep", label="Digits pixel by pixel"
)
def pixels(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (1797, 64): 64 timesteps of one pixel, row after row; y (1797,)."""
    return replace(digits.load(spec, rng), steps=64)
