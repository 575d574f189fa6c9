"""Whether the samples of the batch want the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Coherence:
    """Agreement of ∂J/∂h between samples (Balduzzi et al. 2017), stage by stage.

    ``stages`` (S,) are the stages measured, from 1: all of them, or evenly chosen ones of a large
    network. ``kept`` (S,) is how far the cosines between pairs of samples still follow those at
    ``top``, the last hidden stage (:func:`vgsim.measure.measures.kept_agreement`): 1 there, 0 where
    the gradient has shattered, nan above it. ``cosines`` (S,) are their means. Both are nan where
    the pass has not come, or fewer than two samples have a gradient. ``noise`` (S,) is
    1 / √(n · pairs), the standard deviation of such a mean of vectors of n independent normal
    numbers. ``samples`` is how many were compared.
    """

    stages: NDArray[np.intp]
    kept: Floats
    cosines: Floats
    noise: Floats
    samples: int
    top: int
