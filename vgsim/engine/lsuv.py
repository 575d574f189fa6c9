"""Layer-sequential unit variance: weights rescaled until each z has variance 1 on a batch.

Mishkin and Matas (2016), "All you need is a good init".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from vgsim.engine.arrays import Generator, quiet
from vgsim.engine.initializers import INITIALIZERS, Weights

if TYPE_CHECKING:
    from vgsim.engine.layers import Layer
    from vgsim.engine.spec import InitSpec

NAME = "lsuv"
TRIES = 10
TOLERANCE = 0.01
"""How far from 1 a variance may stay; the paper is content with 0.1."""


def _orthonormal(rng: Generator, shape: tuple[int, int], init: InitSpec) -> Weights:
    """What the rescaling starts from."""
    return INITIALIZERS["orthogonal"](rng, shape, init)


if NAME not in INITIALIZERS:
    INITIALIZERS.add(
        NAME,
        _orthonormal,
        "orthogonal, then scaled so that each z has variance 1 (Mishkin and Matas 2016)",
        label="LSUV",
    )


def unit_variance(stages: Sequence[Layer]) -> None:
    """Rescale W of stage after stage on the batch below the first; a dead stage stays as it is."""
    with quiet():
        for layer in stages:
            for _ in range(TRIES):
                layer.forward()
                variance = float(np.var(layer.arrays.z, dtype=np.float64))
                if abs(variance - 1) < TOLERANCE or not 0 < variance < np.inf:
                    break
                layer.parameters["W"][...] /= np.sqrt(variance)
            layer.forward()
