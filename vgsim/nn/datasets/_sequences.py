"""What the synthetic sequences share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

USES = ("data.samples", "data.length")
"""The fields of a spec that every synthetic sequence reads."""


def one_hot(symbols: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """(samples, steps) symbol numbers -> (samples, steps · count), 1 at the symbol."""
    return np.eye(count)[symbols].reshape(len(symbols), -1)
