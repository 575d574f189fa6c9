"""Two half-moons that reach into each other; no straight line separates them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vgsim.nn.datasets._plane import USES, alternate, planar
from vgsim.nn.datasets.base import DATASETS, Dataset

if TYPE_CHECKING:
    from vgsim.nn.spec import DataSpec


@DATASETS.register("moons", "Two interleaving half-moons", label="Moons", uses=USES)
def load(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (samples, 2) on two half circles of radius 1 at uniform angles, plus noise; y (samples,).

    The upper one is around (0, 0), the lower one around (1, 0.5).
    """
    labels = alternate(spec.samples)
    angle = np.pi * rng.random(spec.samples)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    points = np.where(labels[:, None] == 0, upper, lower)
    return planar(points, labels, spec.noise, rng, classes=("upper", "lower"))
