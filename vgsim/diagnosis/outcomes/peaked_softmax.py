"""Attention whose softmax is so sure that it passes no gradient back to queries and keys."""

from __future__ import annotations

from collections.abc import Iterator

from vgsim.core.numbers import percent
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, loss_at_chance, over
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.wording import listed

SURE = 0.5
"""Share of the rows of a softmax that are one class from which it is flat. Ours."""


@criterion(evidence.peaked, figures=("peaked",))
def _is_flat(f: Findings) -> float:
    shares = [share for _, share in f.peaked]
    if not shares:
        return over(0.0, SURE)
    return over(sum(shares) / len(shares), SURE)


def _sentences(f: Findings) -> tuple[str, ...]:
    names = tuple(name for name, share in f.peaked if share >= SURE)
    share = max(share for _, share in f.peaked)
    return (
        f"In {listed(f, names)} up to {percent(share)} of the rows of the softmax are one class: "
        "there its derivative is 0, and next to no gradient comes back to what it compares.",
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
        also=(evidence.gradient, evidence.loss),
        sentences=_sentences,
        remedies=_remedies,
    ),
    "a softmax that is sure and flat",
)
