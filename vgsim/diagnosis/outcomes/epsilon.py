"""An ε that outweighs the size of the gradient by which an optimizer divides."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vgsim.core.numbers import about
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, over, under
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.wording import fine
from vgsim.nn.spec import field_at

LARGE = 3.0
"""ε over the RMS of the gradient from which it decides the size of updates. Ours."""
SMALL_STEPS = 1e-3
"""Update:data ratio that is healthy (Karpathy 2022)."""


@criterion(evidence.epsilon, figures=("gradient", "training.epsilon"))
def _outweighs(f: Findings) -> float:
    if not f.spec.applies("training.epsilon"):
        return -math.inf
    return over(f.spec.training.epsilon, LARGE * f.gradient)


@criterion(evidence.updates)
def _hardly_moves(f: Findings) -> float:
    return under(f.ratio, SMALL_STEPS)


@criterion(evidence.loss)
def _learns_little(f: Findings) -> float:
    return over(f.trial.last, 0.9 * f.trial.first)


def _sentences(f: Findings) -> tuple[str, ...]:
    return (
        f"The optimizer divides by the size of the gradient plus ε = "
        f"{about(f.spec.training.epsilon)}, but a gradient is about {about(f.gradient)}: ε "
        "decides, and updates are as small as the gradient makes them.",
        f"The learning rate is not the cause. {fine(f)}",
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    yield Candidate(
        "The usual ε",
        {"training.epsilon": float(str(field_at("training.epsilon").default))},
        "Where gradients are next to 0 their noise then moves the weights as much as a signal.",
    )


OUTCOMES.add(
    "epsilon",
    Outcome(
        title="ε outweighs the gradient: updates are next to 0",
        order=Precedence.SOUND + 5,  # before the rate, whose updates it makes small
        needs=(_outweighs, _hardly_moves, _learns_little),
        also=(evidence.loss,),
        sentences=_sentences,
        remedies=_remedies,
        by_setting=True,
    ),
    "an ε larger than the gradient",
)
