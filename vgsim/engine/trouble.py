"""Where an overflow began."""

from __future__ import annotations

import numpy as np

from vgsim.engine.frame import Trouble
from vgsim.engine.network import Network


def first_overflow(network: Network, step: int) -> Trouble:
    """The first stage, in the order of the pass, whose h or ∂J/∂h is inf or nan.

    The last stage when neither is: then the loss itself overflowed.
    """
    for number, layer in enumerate(network.stages, start=1):
        if not np.isfinite(layer.arrays.h).all():
            return Trouble("overflow", number, step)
    for number, layer in reversed(list(enumerate(network.stages, start=1))):
        if not np.isfinite(layer.arrays.dh).all():
            return Trouble("overflow", number, step)
    return Trouble("overflow", len(network.stages), step)
