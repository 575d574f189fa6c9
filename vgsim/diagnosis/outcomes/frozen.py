"""A good part of the network that is not trained, by choice or by mistake."""

from __future__ import annotations

from collections.abc import Iterator

from vgsim.core.numbers import percent
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, over
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.wording import fine, listed

LARGE_PART = 0.1
"""Share of the parameters that are not trained from which it is worth a word. Ours: a norm or a
bias that is kept is no more than a few per cent."""


@criterion(evidence.held, figures=("frozen", "unmoved", "held_share"))
def _much_is_held(f: Findings) -> float:
    return over(f.held_share, LARGE_PART)


def _title(f: Findings) -> str:
    return f"Frozen: {listed(f, f.frozen or f.unmoved)} learn nothing"


def _sentences(f: Findings) -> tuple[str, ...]:
    if f.frozen:
        why = "their parameters have requires_grad = False"
    else:
        why = "no update changes them: they were not given to the optimizer, or its rate is 0"
    names = listed(f, f.frozen or f.unmoved)
    return (
        f"{percent(f.held_share)} of the parameters, those of {names}, are not trained: {why}.",
        "By choice that is fine tuning; else it is why so little is learned.",
        fine(f),
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    names = ",".join(f.frozen or f.unmoved)
    if names:
        yield Candidate(
            "Train them as well",
            {"model.trainable": names},
            "What they were trained for before is lost bit by bit; a smaller rate keeps more.",
        )


OUTCOMES.add(
    "frozen",
    Outcome(
        title=_title,
        order=Precedence.SOUND,  # first of what can be wrong where the gradient is sound
        needs=(_much_is_held,),
        also=(evidence.gradient, evidence.loss),
        sentences=_sentences,
        remedies=_remedies,
    ),
    "a good part of the parameters that is not trained",
)
