"""How far the last update moved each weight matrix, compared with its size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Updates:
    """Update:data ratio ‖ΔW‖ / ‖W‖ of every weight matrix, L2 norms, W before the update.

    ``step`` is the number of that update, from 1. ``owners`` (G,) say whose each matrix is: the
    stage, or of a recurrent network the cell and then the readout, from 0. ``names`` are "W",
    "W_x", "W_h", "W_T"; ``ratios`` (G,). A ratio of 0 did not move, nan had no size, inf
    overflowed. Empty when no weight is trained.

    About 1e-3 is healthy: Karpathy, "Neural Networks: Zero to Hero, makemore part 3" (2022). He
    takes standard deviations; weights have a mean near 0, so the ratio is the same.
    """

    step: int
    owners: tuple[int, ...]
    names: tuple[str, ...]
    ratios: NDArray[np.float64]
