"""How the values of a stage are spread: counts in bins, for activations and for gradients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Signed values of S stages in even bins from −``half`` to ``half``.

    ``counts`` is (S, bins). ``half`` is a fixed base times a power of two, so that bins of one
    moment are whole numbers of bins of another.
    """

    half: float
    counts: Counts


@dataclass(frozen=True, slots=True, eq=False)
class ActivationHistograms:
    """Histograms of h_k over batch and units, for ``stages`` (S,), evenly chosen among all.

    ``linear`` counts h itself, ``decades`` sign(h) · max(log10 |h| + ``below``, 0) for values
    that span many. Exact zeros and what is not finite are in neither: their shares of all values
    are ``zero`` and ``overflow`` (S,), nan where the pass has not come. Of the batch every
    ``every``-th sample is counted.
    """

    stages: NDArray[np.intp]
    linear: Spread
    decades: Spread
    below: float
    zero: Floats
    overflow: Floats
    every: int


@dataclass(frozen=True, slots=True, eq=False)
class GradientHistograms:
    """Histograms of |∂J/∂h_k| over batch and units, for ``stages`` (S,), evenly chosen among all.

    ``counts`` is (S, bins + 4): exactly 0; below 10^``low``; ``per_decade`` bins a decade up to
    10^``high``; above; inf and nan. Rows that the pass has not reached count nothing. Of the
    batch every ``every``-th sample is counted.
    """

    stages: NDArray[np.intp]
    counts: Counts
    low: int
    high: int
    per_decade: int
    every: int
