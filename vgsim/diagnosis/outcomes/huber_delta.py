"""A Huber loss whose gradient is cut off at next to nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vgsim.core.numbers import about
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, under
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence

TINY = 0.01
"""δ against targets of size 1 from which nearly every error is beyond it. Ours."""
SMALL_STEPS = 3e-4
"""Update:data ratio that is too small: a third of the 1e-3 that is healthy. Ours."""


@criterion(evidence.updates)
def _hardly_moves(f: Findings) -> float:
    return under(f.ratio, SMALL_STEPS)


@criterion(evidence.delta, figures=("target", "training.delta"))
def _cuts_every_error(f: Findings) -> float:
    if not f.spec.applies("training.delta"):
        return -math.inf
    return under(f.spec.training.delta / max(f.target, 1e-30), TINY)


def _sentences(f: Findings) -> tuple[str, ...]:
    delta = about(f.spec.training.delta)
    return (
        f"Beyond Huber δ = {delta} an error counts by its sign alone, times δ: no output sends "
        f"back more than {delta}, however wrong it is.",
        "That is a choice of the loss; the learning rate is not the cause.",
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    yield Candidate(
        "A δ of 1",
        {"training.delta": 1.0},
        "A few outliers count for more.",
    )


OUTCOMES.add(
    "huber_delta",
    Outcome(
        title="Huber δ leaves next to nothing of the error",
        order=Precedence.SOUND + 4,  # before the rate, whose updates it makes small
        needs=(_cuts_every_error, _hardly_moves),
        also=(evidence.loss,),
        sentences=_sentences,
        remedies=_remedies,
        by_setting=True,
    ),
    "a Huber loss that cuts every error off",
)
