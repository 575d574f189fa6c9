"""A momentum that adds up so many updates that they overshoot."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vgsim.core.numbers import about, typed
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, over
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.wording import fine, present_rate

MANY = 40.0
"""Updates that a momentum adds up, 1 / (1 − μ), from which it deserves a look: usual are ten."""
LARGE = 0.05
"""What these updates are together of the weights they change. Ours."""
LEARNS = 0.7
"""Share of the loss that a sound network has left after the trial, at most. Ours."""


@criterion(evidence.momentum, figures=("training.momentum",))
def _adds_up(f: Findings) -> float:
    if not f.spec.applies("training.momentum"):
        return -math.inf
    return over(1 / max(1 - f.spec.training.momentum, 1e-9), MANY)


@criterion(evidence.updates, figures=("training.momentum",))
def _multiplied(f: Findings) -> float:
    if f.step and not f.from_start:
        return over(f.ratio, LARGE / 10)
    return over(f.ratio / max(1 - f.spec.training.momentum, 1e-9), LARGE)


@criterion(evidence.loss)
def _gets_nowhere(f: Findings) -> float:
    if f.diverged:
        return math.inf
    worst = over(f.trial.peak, 1.5 * max(f.loss, f.chance))
    return max(over(f.left, LEARNS), worst)


def _sentences(f: Findings) -> tuple[str, ...]:
    momentum = f.spec.training.momentum
    return (
        f"A momentum of {about(momentum, 3)} adds up {about(1 / (1 - momentum))} updates of the "
        f"same direction: a learning rate of {about(present_rate(f))} then acts like "
        f"{about(present_rate(f) / (1 - momentum))} and overshoots.",
        fine(f),
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    less = "It averages over ten updates only: the noise of the batches shows more."
    yield Candidate("A momentum of 0.9, as usual", {"training.momentum": 0.9}, less)
    fitting = f.spec.training.learning_rate * (1 - f.spec.training.momentum) * 10
    yield Candidate(
        f"A learning rate of {typed(float(f'{fitting:.0e}'))}, for as much momentum",
        {"training.learning_rate": float(f"{fitting:.0e}")},
        "So much momentum takes hundreds of updates to come up to speed, and to turn around.",
    )


OUTCOMES.add(
    "momentum",
    Outcome(
        title="The momentum is too large",
        order=Precedence.SOUND + 15,  # before the rate, which it multiplies
        needs=(
            _adds_up,
            _multiplied,
            _gets_nowhere,
        ),
        signs=(),
        also=(evidence.gradient,),
        sentences=_sentences,
        too_large=("training.momentum", "training.learning_rate"),
        remedies=_remedies,
        by_setting=True,
    ),
    "a momentum that overshoots",
)
