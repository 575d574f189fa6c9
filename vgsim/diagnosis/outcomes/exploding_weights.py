"""Weights that are too large: the most general cause of growth."""

from __future__ import annotations

from collections.abc import Iterator

from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import explodes, weights_give
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.remedies import matching, same_scale, unit_variance
from vgsim.diagnosis.wording import already_broken, journey_or_overflow, share


def _sentences(f: Findings) -> tuple[str, ...]:
    return (
        journey_or_overflow(f),
        f"Of the growth, {share(f, 'weights')}, while {share(f, 'activation')}; an update of that "
        "size throws the weights away.",
        *already_broken(f),
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    yield matching(f)
    yield same_scale(", which divides the scale of the weights out")
    yield unit_variance()


OUTCOMES.add(
    "exploding_weights",
    Outcome(
        title="Exploding: the weights are too large",
        order=Precedence.GROWTH + 90,  # last: what is left of all growth
        needs=(explodes,),
        signs=(weights_give,),
        also=(evidence.budget, evidence.loss),
        sentences=_sentences,
        too_large=("init.std", "init.range", "init.gain"),
        remedies=_remedies,
    ),
    "weights that are too large",
)
