"""Two normal clouds, which a straight line separates almost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vgsim.nn.datasets._plane import USES, alternate, planar
from vgsim.nn.datasets.base import DATASETS, Dataset

if TYPE_CHECKING:
    from vgsim.nn.spec import DataSpec

SPREAD = 0.5


@DATASETS.register("gaussians", "Two normal clouds", label="Gaussians", uses=USES)
def load(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (samples, 2) of deviation 0.5 around (-1, -1) and (1, 1), plus noise; y (samples,)."""
    labels = alternate(spec.samples)
    points = (2.0 * labels - 1.0)[:, None] + SPREAD * rng.standard_normal((spec.samples, 2))
    return planar(points, labels, spec.noise, rng)
