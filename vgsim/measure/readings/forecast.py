"""What theory says of the gradient by stage."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Theory(StrEnum):
    """Where a forecast comes from."""

    MEAN_FIELD = "mean field"
    """Untrained wide dense stages (Schoenholz et al. 2017)."""
    BOUND = "bound"
    """What a timestep hands back at most, γ ‖W_h‖₂ (Pascanu, Mikolov and Bengio 2013)."""


@dataclass(frozen=True, slots=True, eq=False)
class Forecasted:
    """RMS of ∂J/∂h by stage (N,), from the measured value of the stage where theory begins.

    Mean field begins at the last stage and tells of the initial weights, whatever training has
    made of them. The bound begins at the last timestep and holds for the weights of this pass;
    it is nan at the readout. nan also where the theory is silent.
    """

    theory: Theory
    dh_rms: NDArray[np.float64]
