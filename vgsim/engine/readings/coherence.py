"""Whether the samples of the batch want the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Coherence:
    """Mean pairwise cosine of ∂J/∂h between samples (Balduzzi et al. 2017), stage by stage.

    ``stages`` (S,) are the stages measured, from 1: all of them, or evenly chosen ones of a large
    network. ``cosines`` (S,) are nan where the pass has not come, or fewer than two samples have
    a gradient. ``noise`` (S,) is 1 / √(n · pairs), the standard deviation that vectors of n
    independent normal numbers would show. ``samples`` is how many were compared.
    """

    stages: NDArray[np.intp]
    cosines: Floats
    noise: Floats
    samples: int
