"""Weight decay that pulls the weights to 0, faster than the gradient can hold them."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vgsim.core.numbers import about, percent
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, over, under
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence

SHRUNK = 0.5
"""Norm of the parameters over that at the start from which decay has visibly won. Ours."""
STRONG = 1.0
"""Decay over gradient from which it decides where the weights go."""
UNLEARNED = 0.6
"""Loss over guessing above which decay has not paid. Ours."""


@criterion(evidence.decay, figures=("decay", "shrunk", "training.weight_decay"))
def _pulls(f: Findings) -> float:
    """Stronger than a gradient that is not itself lost, or it has won already."""
    if f.decay == 0 or not f.spec.applies("training.weight_decay"):
        return -math.inf
    won = min(under(f.shrunk, SHRUNK), over(f.decay, STRONG / 10) + 1)
    if abs(f.lost) > 2 and f.shrunk > SHRUNK:
        return won
    return max(over(f.decay, STRONG), won)


@criterion(evidence.loss)
def _not_learned(f: Findings) -> float:
    return over(f.left, UNLEARNED)


def _sentences(f: Findings) -> tuple[str, ...]:
    training = f.spec.training
    pulls = (
        f"A weight decay of {about(training.weight_decay)} pulls {about(f.decay)} times as hard as "
        "the gradient: the weights go to 0 whatever the data say."
    )
    follows = "small weights, faint signals and dead units"
    if f.step == 0:
        return pulls, f"What follows from it, {follows}, is not the cause."
    kept = percent(min(f.shrunk, 99.0))
    return (
        pulls,
        f"The parameters have {kept} of the norm they began with; {follows} are what follows, "
        "not the cause.",
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    yield Candidate(
        "No weight decay",
        {"training.weight_decay": 0.0},
        "The fit may then follow the noise: watch the loss on held-out samples.",
    )
    yield Candidate(
        "A hundredth of the weight decay",
        {"training.weight_decay": float(f"{f.spec.training.weight_decay / 100:.0e}")},
        "It still pulls the weights towards 0, only later: over many more updates.",
    )


OUTCOMES.add(
    "weight_decay",
    Outcome(
        title="Weight decay drives the weights to 0",
        order=Precedence.MEANINGLESS + 50,  # small weights and all they do follow from it
        needs=(
            _pulls,
            _not_learned,
        ),
        signs=(),
        also=(evidence.updates,),
        sentences=_sentences,
        too_large=("training.weight_decay",),
        remedies=_remedies,
        by_setting=True,
    ),
    "weight decay stronger than the gradient",
)
