"""Attention whose softmax is so sure that it passes no gradient back to queries and keys."""

from __future__ import annotations

from collections.abc import Iterator

from vgsim.core.numbers import about, percent
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, loss_at_chance, over
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.wording import listed

SURE = 0.5
"""Share of the rows of a softmax that are one class from which it is flat. Ours."""
LARGE = 12.0
"""RMS of what a softmax is given from which one class takes all: the largest of 64 normal numbers
is ahead of the next by a third of it. Ours."""


@criterion(evidence.peaked, figures=("peaked", "logits"))
def _is_flat(f: Findings) -> float:
    """Nearly all rows are one class, or what the softmax is given leaves nothing else."""
    shares = [share for _, share in f.peaked]
    if shares:
        return over(sum(shares) / len(shares), SURE)
    return _is_given_much(f)


@criterion(evidence.logits, figures=("logits",))
def _is_given_much(f: Findings) -> float:
    return over(max((size for _, size in f.logits), default=0.0), LARGE)


def _sentences(f: Findings) -> tuple[str, ...]:
    names = tuple(name for name, share in f.peaked if share >= SURE)
    if names:
        share = max(share for _, share in f.peaked)
        found = (
            f"In {listed(f, names)} up to {percent(share)} of the rows of the softmax are one class"
        )
    else:
        name, size = max(f.logits, key=lambda pair: pair[1])
        found = (
            f"Queries times keys of {name} have an RMS of about {about(size)}: one class takes all"
        )
    return (
        f"{found}, so that its derivative is 0 and next to no gradient comes back to what it "
        "compares.",
        "Its inputs are too large: products of queries and keys want to be divided by the root of "
        "their width, and their weights to be of the usual size.",
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    names = ",".join(name for name, share in f.peaked if share >= SURE)
    if names:
        yield Candidate(
            "Products divided by the root of their width",
            {"model.scaled": names},
            "Where queries and keys are large by themselves, they need a normalization besides.",
        )


OUTCOMES.add(
    "peaked_softmax",
    Outcome(
        title="Saturated softmax: it passes no gradient",
        order=Precedence.BLOCKED + 15,  # before what seems lost or small where it blocks
        needs=(_is_flat,),
        signs=(loss_at_chance,),
        also=(evidence.logits, evidence.gradient, evidence.loss),
        sentences=_sentences,
        remedies=_remedies,
    ),
    "a softmax that is sure and flat",
)
