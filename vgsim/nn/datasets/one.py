"""One sample, for the worked example of a chain of local derivatives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vgsim.nn.datasets.base import DATASETS, Dataset

if TYPE_CHECKING:
    from vgsim.nn.spec import DataSpec


@DATASETS.register("one", "One sample, x = 1 with the target 0", label="Constant 1")
def load(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (1, 1) holds 1 and the numeric target y (1, 1) holds 0."""
    return Dataset(np.ones((1, 1)), np.zeros((1, 1)), features=("x",))
