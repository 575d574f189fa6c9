"""The figures of a recording: whose each is, how it is stored, and what it means.

A figure belongs to an ``Owner``: it has one value for the step, or one for each optimizer group,
stage or parameter, or a list of values for each stage.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Owner(StrEnum):
    """What a figure has one value, or one list of values, for."""

    STEP = "step"
    GROUP = "group"
    STAGE = "stage"
    PARAMETER = "parameter"
    UNITS = "units"
    HISTOGRAM = "histogram"
    TIMESTEPS = "timesteps"


FLAT = (Owner.STEP, Owner.GROUP, Owner.STAGE, Owner.PARAMETER)
"""Owners whose figures have one number each."""


class Coding(StrEnum):
    """How the values of a figure lie in its BLOB; see :mod:`vgsim.record.coding`."""

    FLOAT64 = "float64"
    PACKED = "packed float64"
    RAGGED = "ragged float64"
    LOG16 = "ragged log16"
    COUNTS = "ragged counts"


@dataclass(frozen=True, slots=True)
class RecordedFigure:
    """One figure. ``about`` is a phrase with its unit where it has one."""

    name: str
    owner: Owner
    coding: Coding
    about: str


def _known() -> dict[str, RecordedFigure]:
    exact, packed = Coding.FLOAT64, Coding.PACKED
    rows = (
        ("loss", Owner.STEP, exact, "loss J"),
        ("loss_scale", Owner.STEP, exact, "what the loss was multiplied by; figures are unscaled"),
        ("gradient_norm", Owner.STEP, exact, "L2 norm of the whole gradient before clipping"),
        ("clipped_norm", Owner.STEP, exact, "the same after clipping"),
        ("backward_calls", Owner.STEP, exact, "backward passes in this step"),
        ("learning_rate", Owner.GROUP, exact, "learning rate of the optimizer group"),
        ("h_rms", Owner.STAGE, exact, "RMS of the output h"),
        ("h_norm", Owner.STAGE, exact, "L2 norm of the output h"),
        ("h_max", Owner.STAGE, exact, "largest |h|"),
        ("dh_rms", Owner.STAGE, exact, "RMS of ∂J/∂h"),
        ("dh_norm", Owner.STAGE, exact, "L2 norm of ∂J/∂h"),
        ("dh_max", Owner.STAGE, exact, "largest |∂J/∂h|"),
        ("h_size", Owner.STAGE, packed, "values in the output h"),
        ("h_zero", Owner.STAGE, packed, "values of h that are exactly 0"),
        ("h_subnormal", Owner.STAGE, packed, "values of h that are subnormal in its dtype"),
        ("h_inf", Owner.STAGE, packed, "values of h that are ±inf"),
        ("h_nan", Owner.STAGE, packed, "values of h that are nan"),
        ("dh_size", Owner.STAGE, packed, "values in ∂J/∂h"),
        ("dh_zero", Owner.STAGE, packed, "values of ∂J/∂h that are exactly 0"),
        ("dh_subnormal", Owner.STAGE, packed, "values of ∂J/∂h that are subnormal in its dtype"),
        ("dh_inf", Owner.STAGE, packed, "values of ∂J/∂h that are ±inf"),
        ("dh_nan", Owner.STAGE, packed, "values of ∂J/∂h that are nan"),
        ("backward_order", Owner.STAGE, packed, "when ∂J/∂h came in the backward pass, from 0"),
        (
            "functions",
            Owner.STAGE,
            packed,
            "functions of no module before the stage",
        ),
        ("saturated", Owner.STAGE, packed, "share of values where an activation is saturated"),
        ("dead", Owner.STAGE, packed, "share of units that are 0 for the whole batch"),
        ("W_norm", Owner.PARAMETER, exact, "L2 norm of the parameter before the update"),
        ("dW_norm", Owner.PARAMETER, exact, "L2 norm of its gradient, as the optimizer saw it"),
        ("dW_max", Owner.PARAMETER, exact, "largest |value| of its gradient"),
        ("update_norm", Owner.PARAMETER, exact, "L2 norm of its last change"),
        ("dW_zero", Owner.PARAMETER, packed, "values of its gradient that are exactly 0"),
        ("dW_nan", Owner.PARAMETER, packed, "values of its gradient that are inf or nan"),
        ("h_units", Owner.UNITS, Coding.LOG16, "RMS of h by unit or channel, of the first ones"),
        ("dh_units", Owner.UNITS, Coding.LOG16, "RMS of ∂J/∂h by unit or channel"),
        ("dh_histogram", Owner.HISTOGRAM, Coding.COUNTS, "values of |∂J/∂h| in bins of log10"),
        ("h_t", Owner.TIMESTEPS, Coding.RAGGED, "RMS of h_t by layer (row) and timestep"),
        ("dh_t", Owner.TIMESTEPS, Coding.RAGGED, "RMS of the whole ∂J/∂h_t by layer and timestep"),
        ("dc_t", Owner.TIMESTEPS, Coding.RAGGED, "RMS of the whole ∂J/∂c_t by layer and timestep"),
    )
    return {row[0]: RecordedFigure(*row) for row in rows}


FIGURES = _known()
"""Every figure that needs no declaration, by name."""


@dataclass(frozen=True, slots=True)
class RecordedBins:
    """Bins of log10 |∂J/∂h|: ``per_decade`` equal steps a decade from 10^``low`` to 10^``high``.

    A histogram has ``size`` counts: below 10^low, the bins, 10^high and above. Values that are
    exactly 0, inf or nan are in none; they are counted apart. From 10^−48 on every float32 has a
    bin of its own decade, subnormal ones too.
    """

    low: int = -48
    high: int = 40
    per_decade: int = 4

    @property
    def size(self) -> int:
        """Counts of one histogram."""
        return (self.high - self.low) * self.per_decade + 2


BINS = RecordedBins()
FUNCTION = "→"
"""In the name of a stage between what comes before and the function that is called: "fc1→relu"."""
MOST_UNITS = 64
"""Units or channels of one stage that are recorded, the first ones."""
