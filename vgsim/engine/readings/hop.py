"""One moment as the product that it is: the matrices that multiply, with their values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class FactorKind(StrEnum):
    """How a factor acts on the vector at its right."""

    VECTOR = "vector"
    DIAGONAL = "diagonal"
    MATRIX = "matrix"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, eq=False)
class Factor:
    """One symbol of a product, and its values in this moment (read-only).

    ``tex`` is LaTeX without dollar signs, "W_{4}^{\\top}". ``values`` is (rows, columns) of a
    matrix, (n,) of a vector or of the entries of a diagonal matrix; empty of an operator, which
    is no matrix for one sample (batch normalization mixes the samples) and says so in ``note``.
    ``part`` is its share of the gain budget ("activation", "weights", …), empty for a vector.
    ``signal`` says that the values are a gradient, to be shaded on the scale of gradients.
    """

    tex: str
    kind: FactorKind
    values: Floats
    part: str = ""
    note: str = ""
    signal: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """One way that leads here: factors from left to right, whose product is ``result`` (n,).

    ``name`` says which way it is where there are several: "weights", "skip", "state", "loss".
    """

    name: str
    factors: tuple[Factor, ...]
    result: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Hop:
    """The product of the current moment: forward, the loss, or one hop of backpropagation.

    ``left`` is what is computed; it equals the sum of the ``terms``' results, to rounding.
    ``function`` wraps that sum in a forward moment ("\\sigma"), empty otherwise; ``left`` is
    then f of the sum. ``sample`` is the row of the batch, None for the mean over it.
    ``so_far`` (N,) is RMS ∂J/∂h of each stage over that of the last one, nan where not reached.
    ``carry`` are the factors on this hop by the cell state's path and by the hidden path of an
    LSTM or GRU (nan, nan elsewhere): RMS of what each hands on over RMS of what came in.
    ``gates`` are the gates of this timestep for one sample or their batch mean, by name.
    ``note`` is one sentence on what the view should say, empty mostly.
    """

    stage: int
    sample: int | None
    left: Factor
    terms: tuple[Term, ...]
    so_far: Floats
    function: str = ""
    carry: tuple[float, float] = (float("nan"), float("nan"))
    gates: tuple[tuple[str, Floats], ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class WeightStep:
    """The update of one picked weight, w ← w + change.

    ``name`` is LaTeX, "W_{4}[2, 5]". ``before`` and ``after`` are w, ``gradient`` is ∂J/∂w as
    the pass found it, ``used`` the one that the optimizer got (clipped), ``rate`` is η. Before
    the update ``after`` and ``change`` are nan; ``gradient`` is nan until the stage is reached.
    """

    name: str
    before: float
    gradient: float
    used: float
    rate: float
    change: float
    after: float
