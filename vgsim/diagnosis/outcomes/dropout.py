"""Dropout that leaves too few units to learn anything."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vgsim.core.numbers import about, percent
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, over
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence

NOISE = 2.5
"""Variance that dropout adds at a stage over the signal's own, p / (1 − p): more than twice. Ours:
up to p = 0.7 small networks still learn."""
UNLEARNED = 0.5
"""Loss over guessing above which the noise is in the way. Ours."""


@criterion(evidence.dropout, figures=("network.dropout",))
def _noisy(f: Findings) -> float:
    if not f.spec.applies("network.dropout"):
        return -math.inf
    dropped = f.spec.network.dropout
    return over(dropped / max(1 - dropped, 1e-9), NOISE)


@criterion(evidence.loss)
def _not_learned(f: Findings) -> float:
    return over(f.left, UNLEARNED)


def _sentences(f: Findings) -> tuple[str, ...]:
    dropped = f.spec.network.dropout
    return (
        f"Dropout sets {percent(dropped)} of the units of every stage to 0 and multiplies the "
        f"others by {about(1 / (1 - dropped))}: at every stage that adds noise of "
        f"{about(dropped / (1 - dropped))} times the signal's variance.",
        "Units that seem dead and gradients that grow or fade follow from it.",
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    by_heart = "It may then learn the noise by heart: watch the loss on held-out samples."
    yield Candidate("No dropout", {"network.dropout": 0.0}, by_heart)
    if f.spec.network.dropout > 0.1:
        noise = "Still a little noise in every update; it holds less against overfitting."
        yield Candidate("Dropout of a tenth", {"network.dropout": 0.1}, noise)


OUTCOMES.add(
    "dropout",
    Outcome(
        title="Dropout leaves next to nothing of the signal",
        order=Precedence.MEANINGLESS + 52,  # before what its noise looks like,
        needs=(
            _noisy,
            _not_learned,
        ),
        signs=(),
        also=(evidence.gradient,),
        sentences=_sentences,
        too_large=("network.dropout",),
        remedies=_remedies,
        by_setting=True,
    ),
    "dropout that leaves too few units",
)
