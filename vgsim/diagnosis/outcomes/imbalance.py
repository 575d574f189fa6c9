"""Classes so unequal that always guessing the commonest is nearly always right."""

from __future__ import annotations

from collections.abc import Iterator

from vgsim.core.numbers import about, percent
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import ONE_CLASS, arrives, criterion, over, true
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence

UNLEARNED = 0.3
"""Loss over the best constant guess above which hardly more is known. Ours."""


@criterion(evidence.majority, figures=("majority",))
def _one_class(f: Findings) -> float:
    return over(f.majority / (1 - min(f.majority, 0.999)), ONE_CLASS / (1 - ONE_CLASS))


@criterion()
def _guesses(f: Findings) -> float:
    """Before the first update nobody knows better."""
    return true(f.step > 0)


@criterion(evidence.loss)
def _not_learned(f: Findings) -> float:
    return over(f.left, UNLEARNED)


def _sentences(f: Findings) -> tuple[str, ...]:
    return (
        f"{percent(f.majority)} of the samples are of one class: always saying that one is right "
        f"as often, and {percent(f.accuracy)} of the batch is right.",
        f"J over several batches is {about(f.left)} times what the best constant guess costs; a "
        f"batch of {f.spec.training.batch or 'all samples'} holds few of the rare class.",
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    yield Candidate(
        "All samples in every batch",
        {"training.batch": 0},
        "Every update costs a pass over all samples; the rare class is still outvoted.",
    )


OUTCOMES.add(
    "imbalance",
    Outcome(
        title="Imbalance: it guesses the commonest class",
        order=Precedence.MEANINGLESS + 14,  # before what so low a loss looks like
        needs=(_one_class, _guesses, _not_learned, arrives),
        signs=(),
        also=(evidence.gradient,),
        sentences=_sentences,
        tells=("training.batch",),
        remedies=_remedies,
    ),
    "one class that is nearly all",
)
