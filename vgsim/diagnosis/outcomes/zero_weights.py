"""Stages whose weights are all 0, though the units differ by their biases."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vgsim.core.numbers import percent
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, loss_at_chance, over, stopped
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.remedies import matching, unit_variance

MANY = 0.5
"""Share of the hidden stages without any weight. One is enough to stop everything. Ours."""


@criterion(evidence.zero_weights, figures=("alike", "zero_weights"))
def _all_zero(f: Findings) -> float:
    if f.chain or f.alike >= MANY:
        return -math.inf
    return over(f.zero_weights, MANY / 2)


def _sentences(f: Findings) -> tuple[str, ...]:
    return (
        f"In {percent(f.zero_weights)} of the hidden stages every weight is 0: neither the input "
        "comes through nor a gradient back.",
        "The biases differ, but they carry no signal; activation and depth are not the cause.",
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    yield matching(f)
    yield unit_variance()


OUTCOMES.add(
    "zero_weights",
    Outcome(
        title="No signal: the weights are 0",
        order=Precedence.BLOCKED + 5,  # nothing passes a stage of zeros, whatever its units do
        needs=(_all_zero, stopped),
        signs=(loss_at_chance,),
        also=(
            evidence.gradient,
            evidence.loss,
        ),
        sentences=_sentences,
        remedies=_remedies,
    ),
    "weights that are all 0",
)
