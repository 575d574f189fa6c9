"""Inputs far from size 1: whatever the gradient does on its way is not the first thing to mend."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vgsim.core.numbers import about
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, over, under
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.remedies import same_scale

LARGE_INPUT = 20.0
"""RMS of the input that is no longer near 1 (LeCun et al. 1998, "Efficient BackProp", 4.3). Raw
8-bit-like pixels (0 to 16, RMS 8) still train; tens of units do not. Ours."""
SMALL_INPUT = 0.02
"""The same, downward. Ours."""


@criterion(evidence.scale, figures=("x",))
def _wrong_scale(f: Findings) -> float:
    too_small = under(f.x, SMALL_INPUT) if f.x > 0 else -math.inf
    return max(over(f.x, LARGE_INPUT), too_small)


def _sentences(f: Findings) -> tuple[str, ...]:
    if f.spec.data.standardize:
        standardized = "They are standardized, so a few outliers must be far off."
    else:
        standardized = (
            f"They are not standardized; the largest feature is {about(f.spread)} times the "
            "smallest."
        )
    if f.x > 1:
        does = "drives the first stage far out"
    else:
        does = "hardly moves the first stage"
    return (
        f"The inputs have an RMS of {about(f.x)} instead of about 1, which {does} "
        f"(RMS z₁ = {about(f.z1)}). {standardized}",
        "Whatever the gradient does on its way is not the first thing to mend.",
    )


def _title(f: Findings) -> str:
    """The targets are named as well where they are as far off."""
    if f.target > LARGE_INPUT or 0 < f.target < SMALL_INPUT:
        return "The data have the wrong scale, features and targets"
    return "The data have the wrong scale"


def _remedies(f: Findings) -> Iterator[Candidate]:
    yield Candidate(
        "Standardize the features",
        {"data.standardize": True},
        "A feature of next to no spread is blown up to the same size as the others.",
    )
    yield same_scale()


OUTCOMES.add(
    "data_scale",
    Outcome(
        title=_title,
        order=Precedence.MEANINGLESS + 4,  # first of all: every other figure follows from it
        needs=(_wrong_scale,),
        also=(evidence.saturation, evidence.loss),
        sentences=_sentences,
        tells=("data.standardize", "spread", "target", "z1"),
        remedies=_remedies,
        by_setting=True,
    ),
    "inputs far from size 1",
)
