"""A gradient of a sound size that is noise: the samples no longer agree."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vgsim.core.numbers import percent
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, no_agreement, over
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.remedies import BY_WAY_AROUND, fewer_layers
from vgsim.diagnosis.wording import ends, journey, loss_trend

LEARNS = 0.8
"""Share of the loss left by the trial below which a network learns from noise all the same, as
tanh layers of variance 1 do. Ours."""
DEEP = 10
"""Hidden hops from which shattering is looked for. Ours: with fewer it does no harm."""


@criterion()
def _deep(f: Findings) -> float:
    if f.recurrent or f.chain:
        return -math.inf
    return over(len(f.way.hops), DEEP)


@criterion(evidence.loss)
def _learns_slowly(f: Findings) -> float:
    """A loss that runs away is another matter; so is a trial that ends before one can tell."""
    if not f.trial.finite or f.trial.peak > 3 * max(f.trial.first, f.chance):
        return -math.inf
    return over(f.trial.last, LEARNS * f.trial.first)


def _sentences(f: Findings) -> tuple[str, ...]:
    begin, end = ends(f)
    return (
        f"The size of the gradient is not the problem: {journey(f)}",
        f"But of the agreement between the samples at {begin} only {percent(max(f.agreement, 0))} "
        f"is left at {end}: there it is noise, each step undoes the others, and {loss_trend(f)}.",
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    yield BY_WAY_AROUND
    yield fewer_layers(6)


OUTCOMES.add(
    "shattered",
    Outcome(
        title="Shattered: the samples no longer agree",
        order=Precedence.SOUND + 10,  # no learning rate helps where the direction is noise
        needs=(_deep, no_agreement, _learns_slowly),
        also=(evidence.gradient,),
        sentences=_sentences,
        remedies=_remedies,
    ),
    "a gradient that is noise",
)
