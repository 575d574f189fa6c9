"""Clipping that leaves next to nothing of the gradient."""

from __future__ import annotations

from collections.abc import Iterator

from vgsim.core.numbers import about
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, loss_at_chance, under
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.wording import fine
from vgsim.nn.spec import field_at

LITTLE = 0.1
"""Share of the gradient that clipping leaves from which it decides the size of updates. Ours."""
TINY = 3e-4
"""Update:data ratio that is too small: a third of the 1e-3 that is healthy. Ours."""


@criterion(evidence.clipped, figures=("clipped",))
def _cuts(f: Findings) -> float:
    return under(f.clipped, LITTLE)


@criterion(evidence.updates)
def _hardly_moves(f: Findings) -> float:
    return under(f.ratio, TINY)


def _sentences(f: Findings) -> tuple[str, ...]:
    if f.knows("training.clip_at"):
        where = f" at {about(f.spec.training.clip_at)}"
    else:
        where = ""
    return (
        f"Clipping{where} leaves {about(f.clipped)} of the gradient's "
        f"norm, so no update changes the weights by more than {about(f.ratio)} of their size.",
        f"The learning rate is not the cause. {fine(f)}",
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    yield Candidate(
        "No clipping",
        {"training.clip": str(field_at("training.clip").default)},
        "A rare huge gradient is then taken whole, and may throw the weights away.",
    )
    yield Candidate(
        "Clipping at 1, which only cuts the largest",
        {"training.clip_at": 1.0},
        "Where most gradients are larger than 1 it still decides the size of every update.",
    )


OUTCOMES.add(
    "clipping",
    Outcome(
        title="Clipping stops the updates",
        order=Precedence.SOUND + 1,  # before the rate, whose updates it cuts
        needs=(
            _cuts,
            _hardly_moves,
        ),
        signs=(loss_at_chance,),
        also=(evidence.loss,),
        sentences=_sentences,
        tells=("training.clip_at",),
        too_small=("training.clip_at",),
        remedies=_remedies,
        by_setting=True,
    ),
    "clipping that leaves next to nothing",
)
