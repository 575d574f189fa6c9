"""Exclusive or: four squares around the origin, opposite squares of the same class.

The function that no single layer can learn; Minsky & Papert (1969), "Perceptrons".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vgsim.nn.datasets._plane import USES, alternate, planar
from vgsim.nn.datasets.base import DATASETS, Dataset

if TYPE_CHECKING:
    from vgsim.nn.spec import DataSpec


@DATASETS.register("xor", "Four squares, labeled by exclusive or", label="XOR", uses=USES)
def load(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (samples, 2) uniform in [-1, 1]², plus noise; y (samples,) is 1 where the signs differ.

    The label is that of the point before the noise moved it.
    """
    quadrant = alternate(spec.samples, 4)
    right, top = quadrant % 2, quadrant // 2
    size = 1.0 - rng.random((spec.samples, 2))  # in (0, 1]: no point on an axis
    points = size * (2.0 * np.stack([right, top], axis=1) - 1.0)
    return planar(points, right ^ top, spec.noise, rng)
