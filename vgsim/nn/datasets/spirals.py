"""Two interleaved spirals, the classic hard case for a small network.

After Lang & Witbrock (1988), "Learning to tell two spirals apart".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vgsim.nn.datasets._plane import USES, alternate, planar
from vgsim.nn.datasets.base import DATASETS, Dataset

if TYPE_CHECKING:
    from vgsim.nn.spec import DataSpec

RADIUS = 3.0
TURNS = 1.5


@DATASETS.register("spirals", "Two interleaved spirals", label="Spirals", uses=USES)
def load(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (samples, 2) on two arms of 1.5 turns that end at radius 3, plus noise; y (samples,).

    The second arm is the first turned by half a turn. The square root spreads the samples
    evenly along an arm rather than crowding the center.
    """
    labels = alternate(spec.samples)
    along = np.sqrt(rng.random(spec.samples))
    angle = 2 * np.pi * TURNS * along + np.pi * labels
    points = RADIUS * along[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return planar(points, labels, spec.noise, rng)
