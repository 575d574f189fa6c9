"""Array types and the one place that silences floating-point warnings."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
"""float32 or float64, as the spec says."""

Floats = NDArray[np.float64]
Samples = NDArray[np.intp]
"""Rows of a batch, (S,)."""

Generator = np.random.Generator


def rows(buffer: Array, samples: Samples) -> Floats:
    """(S, 1, n) of ``buffer`` (B, n), in float64: the rows of ``samples``."""
    return buffer[samples].astype(np.float64)[:, None]


def quiet() -> np.errstate:
    """Context in which overflow is a value (inf, nan) to be shown, not a warning."""
    return np.errstate(all="ignore")
