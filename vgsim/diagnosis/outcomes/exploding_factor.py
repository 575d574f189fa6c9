"""The worked example with a factor above 1."""

from __future__ import annotations

from collections.abc import Iterator

from vgsim.diagnosis.criteria import chain, criterion, explodes, over
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.wording import power_of_the_factor


@criterion()
def _factor_over_one(f: Findings) -> float:
    return over(abs(f.spec.network.factor), 1.0)


def _remedies(f: Findings) -> Iterator[Candidate]:
    catch = "Only exactly 1 keeps the gradient: any other factor wins over enough hops."
    yield Candidate("A factor of 1", {"network.factor": 1.0}, catch)


OUTCOMES.add(
    "exploding_factor",
    Outcome(
        title="Exploding: every hop multiplies by more than 1",
        order=Precedence.GROWTH + 10,  # a chain has no other part that could be the cause
        needs=(chain, explodes),
        signs=(_factor_over_one,),
        sentences=power_of_the_factor,
        remedies=_remedies,
    ),
    "the worked example with a factor above 1",
)
