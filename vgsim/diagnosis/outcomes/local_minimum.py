"""A minimum that other starts pass by: no step helps, another seed does."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vgsim.core.numbers import about
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, nothing_to_gain, over, stays
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence

WORSE = 1.3
"""Loss over that of the best other seed from which this minimum is not the best. Ours."""


@criterion(evidence.restart, figures=("restart",))
def _others_do_better(f: Findings) -> float:
    if f.step and f.restart >= 0:
        return over(min(f.loss, f.level), WORSE * f.restart)
    return -math.inf


def _sentences(f: Findings) -> tuple[str, ...]:
    return (
        f"J is {about(f.loss)} and no step lowers it, but with another seed it is "
        f"{about(f.restart)} after as many updates: this is a local minimum.",
        "Neither the gradient nor the learning rate is the cause: it is where the start lies.",
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    other = (f.spec.training.seed + 1) % 2**32
    luck = "It is luck: other data, batches and weights, of which the next may be caught again."
    yield Candidate("Another seed", {"training.seed": other}, luck)
    if f.spec.applies("network.width"):
        wider = min(4 * f.spec.network.width, 4096)
        yield Candidate(
            "Four times the width, which has fewer such places",
            {"network.width": wider},
            "Up to sixteen times the parameters and the time; it overfits sooner.",
        )


OUTCOMES.add(
    "local_minimum",
    Outcome(
        title="A local minimum: another start gets lower",
        order=Precedence.MEANINGLESS + 55,  # before the minimum that it is not
        needs=(_others_do_better, nothing_to_gain, stays),
        also=(evidence.loss, evidence.gradient),
        sentences=_sentences,
        remedies=_remedies,
    ),
    "a minimum that other starts pass by",
)
