"""The gradient of every named parameter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class ParameterGradients:
    """RMS of ∂J/∂θ over the entries of each parameter θ, of one gate for gated cells.

    ``names`` are those of the rows, "W", "b", "gamma", "W_x" or by gate "W_x i". ``owners`` are
    those of the columns: the number of a stage, "cell" (with its number when there are several)
    or "readout". ``values`` (rows, columns); nan where the pass has not come: the cells' are
    known at the end of it, as all timesteps share them. ``exists`` says which owner has which.
    """

    names: tuple[str, ...]
    owners: tuple[str, ...]
    values: NDArray[np.float64]
    exists: NDArray[np.bool_]
