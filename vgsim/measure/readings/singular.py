"""What the hops stretch and shrink: singular values of their Jacobians."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Singular:
    """log10 of singular values, all nan where a Jacobian overflowed.

    −inf is 0, of a single hop also what is 0 to rounding. In a product that cannot be told from
    what is merely too small beside the largest one, so there it is nan.

    ``hops`` (H, 3) are the largest, middle and smallest one of ∂h_(k+1)/∂h_k for the stages k
    (from 1) in ``hop_stages`` (H,). ``product`` (P, 2) are the largest and smallest one of
    ∂h_N/∂h_k, all ways from here to the last stage together, for k in ``product_stages`` (P,);
    only stages that the backward pass has reached are among them.

    ``samples`` are the rows of the batch whose singular values these are, the mean of them when
    there are several. ``chosen`` says that hops were left out to save time. ``state`` names what
    is differentiated, "h" or "(h, c)". ``note`` is what a reader must know besides, mostly empty.
    """

    hop_stages: NDArray[np.intp]
    hops: Floats
    product_stages: NDArray[np.intp]
    product: Floats
    samples: tuple[int, ...]
    chosen: bool
    state: str = "h"
    note: str = ""
