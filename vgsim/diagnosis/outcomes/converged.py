"""A loss that is low already, and stays so: the error is small, not the part that arrives."""

from __future__ import annotations

import math

from vgsim.core.numbers import about, percent
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, starts_too_large, under
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Outcome, Precedence
from vgsim.diagnosis.verdict import Tone
from vgsim.diagnosis.wording import ends

LEARNED = 0.05
"""Loss over the best constant guess from which little is left to learn. Ours."""


@criterion(evidence.loss)
def _learned(f: Findings) -> float:
    if f.chance > 0:
        if starts_too_large(f) >= 0:  # of which it is not yet free
            return under(f.left, LEARNED / 5)
        return under(f.left, LEARNED)
    return -math.inf


@criterion(evidence.loss)
def _stays_low(f: Findings) -> float:
    return under(f.trial.peak, f.chance)


def _sentences(f: Findings) -> tuple[str, ...]:
    if math.isnan(f.accuracy):
        right = ""
    else:
        right = f", {percent(f.accuracy)} of the batch is right"
    return (
        f"The loss over several batches is {about(f.level)}, {percent(f.left)} of what guessing "
        f"costs{right}: little error is left to send back.",
        f"That is why ∂J/∂{ends(f)[1]} is only {about(f.arrives)}: the error is small, not "
        "the part of it that arrives.",
    )


OUTCOMES.add(
    "converged",
    Outcome(
        title="Small because it has learned",
        order=Precedence.MEANINGLESS + 20,  # a small error makes every gradient small
        needs=(_learned, _stays_low),
        also=(evidence.gradient, evidence.updates),
        sentences=_sentences,
        tone=Tone.GOOD,
    ),
    "a loss with little left to learn",
)
