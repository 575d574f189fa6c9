"""The worked example with a factor below 1."""

from __future__ import annotations

from collections.abc import Iterator

from vgsim.diagnosis.criteria import chain, criterion, under, vanishes
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.wording import power_of_the_factor


@criterion()
def _factor_under_one(f: Findings) -> float:
    return under(abs(f.spec.network.factor), 1.0)


def _remedies(f: Findings) -> Iterator[Candidate]:
    catch = "Only exactly 1 keeps the gradient: any other factor wins over enough hops."
    yield Candidate("A factor of 1", {"network.factor": 1.0}, catch)


OUTCOMES.add(
    "vanishing_factor",
    Outcome(
        title="Vanishing: every hop multiplies by less than 1",
        order=Precedence.LOSS + 10,  # a chain has no other part that could be the cause
        needs=(chain, vanishes),
        signs=(_factor_under_one,),
        sentences=power_of_the_factor,
        remedies=_remedies,
    ),
    "the worked example with a factor below 1",
)
