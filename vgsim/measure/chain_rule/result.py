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
    is not a matrix for one sample (batch normalization mixes the samples) or too large to be shown,
    and says so in ``note``; ``out`` (n,) is then what it made of all that stands at its right.
    ``part`` is its share of the gain budget ("activation", "weights", …), empty for a vector.
    ``signal`` says that the values are a gradient, to be shaded on the scale of gradients.
    """

    tex: str
    kind: FactorKind
    values: Floats
    part: str = ""
    note: str = ""
    signal: bool = False
    out: Floats | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """One way that leads here: factors from left to right, whose product is ``result`` (n,).

    ``name`` says which way it is where there are several. Backward: "weights", "skip", "carry" and
    "gate" of a highway stage, "state" (by W_h), "carry" of a GRU, "loss". Forward: "weights",
    "skip", "bias", "input", "state", "candidate", "carry", "loss".
    """

    name: str
    factors: tuple[Factor, ...]
    result: Floats


@dataclass(frozen=True, slots=True)
class Formula:
    """A product as it is written: LaTeX of ``left``, and of the factors of every term.

    ``terms`` are from left to right; each factor says how it acts. ``note`` is that of the hop.
    """

    left: str
    terms: tuple[tuple[tuple[FactorKind, str], ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Hop:
    """The product of the current moment: forward, the loss, or one hop of backpropagation.

    ``left`` is what is computed; it equals the sum of the ``terms``' results, to rounding. There
    are no terms where no product leads to it; in the moment of a loss that is none, it is the
    output. Of one that is, it is the loss (1,) of the sample, or J.
    ``function`` wraps that sum in a forward moment ("\\sigma"), empty otherwise; ``left`` is
    then f of the sum. ``sample`` is the row of the batch, None for the mean over it.
    ``so_far`` (N,) is RMS ∂J/∂h of each stage over that of the last one, of the sample or of the
    whole batch, nan where not reached.
    ``carry`` are the factors on this hop by the cell state's path and by the hidden path of an
    LSTM or GRU (nan, nan elsewhere): RMS of what each hands on over RMS of what came in.
    ``gates`` are vectors of the sample (or batch means) that belong to it, by name: the gates of
    the timestep, what comes after ``left`` in a composed stage, targets and probabilities.
    ``note`` is one sentence on what the view should say, empty mostly. ``state`` is, of a cell
    with a memory besides h, what ∂J by it gets from the timestep above; ``memory`` is its name.
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
    state: Term | None = None
    memory: str = ""

    @property
    def formula(self) -> Formula:
        """What is multiplied, without the values."""
        terms = tuple(
            tuple((factor.kind, factor.tex) for factor in term.factors) for term in self.terms
        )
        return Formula(self.left.tex, terms, self.note)


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
