"""Inputs that are all 0."""

from __future__ import annotations

from collections.abc import Iterator

from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, true
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence


@criterion(evidence.scale, figures=("x",))
def _nothing(f: Findings) -> float:
    return true(f.x == 0)


def _sentences(f: Findings) -> tuple[str, ...]:
    return ("Every feature of every sample of the batch is 0: the output can only be a constant.",)


def _remedies(f: Findings) -> Iterator[Candidate]:
    yield from ()


OUTCOMES.add(
    "no_input",
    Outcome(
        title="Every input is 0",
        order=Precedence.MEANINGLESS + 2,  # there is nothing to learn from
        needs=(_nothing,),
        signs=(),
        also=(evidence.loss,),
        sentences=_sentences,
        remedies=_remedies,
    ),
    "inputs that are all 0",
)
