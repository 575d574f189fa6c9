"""Updates smaller than the distance between two numbers of the type: rounding takes them back."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vgsim.core.numbers import percent
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, over, true
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.wording import fine
from vgsim.nn.precision import PRECISIONS
from vgsim.nn.spec import field_at

MANY = 0.5
"""Share of the changes that rounding takes back from which most of an update is lost. Ours."""


@criterion()
def _narrow(f: Findings) -> float:
    return true(PRECISIONS[f.spec.training.precision].to_nearest is not None)


@criterion(evidence.undone, figures=("training.master_weights", "undone"))
def _taken_back(f: Findings) -> float:
    """In float32 and float64 only a rate that is far too small makes updates so small."""
    if not f.spec.applies("training.master_weights") or not f.spec.training.learning_rate > 0:
        return -math.inf
    return over(f.undone, MANY)


def _sentences(f: Findings) -> tuple[str, ...]:
    kind = f.spec.training.precision
    return (
        f"{percent(f.undone)} of the changes are smaller than half the distance from one {kind} to "
        "the next: the weight is rounded back to what it was.",
        f"The gradient is not the cause, nor need the learning rate be. {fine(f)}",
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    yield Candidate(
        "Master weights in float32",
        {"training.master_weights": True},
        "Weights and the optimizer's state take twice the memory.",
    )
    yield Candidate(
        "float64",
        {"training.precision": str(field_at("training.precision").default)},
        "Every array takes more memory and time.",
    )


OUTCOMES.add(
    "rounded_updates",
    Outcome(
        title="Updates are lost to rounding: the precision is {precision}",
        order=Precedence.SOUND + 3,  # before the rate, whose updates would count elsewhere
        needs=(_narrow, _taken_back),
        also=(evidence.updates, evidence.loss),
        sentences=_sentences,
        remedies=_remedies,
        by_setting=True,
    ),
    "updates that rounding takes back",
)
