"""Two circles, one inside the other; no straight line separates them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vgsim.nn.datasets._plane import USES, alternate, planar
from vgsim.nn.datasets.base import DATASETS, Dataset

if TYPE_CHECKING:
    from vgsim.nn.spec import DataSpec


@DATASETS.register("circles", "Two circles, one inside the other", label="Circles", uses=USES)
def load(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (samples, 2) on circles of radius 1 and 2 at uniform angles, plus noise; y (samples,)."""
    labels = alternate(spec.samples)
    angle = 2 * np.pi * rng.random(spec.samples)
    points = (1.0 + labels)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return planar(points, labels, spec.noise, rng, classes=("inner", "outer"))
