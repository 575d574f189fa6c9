"""A network that learns its samples by heart: others get worse."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vgsim.core.numbers import about
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import calm, criterion, over
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence

RISE = 1.25
"""Held-out loss over its least from which it rises. Ours."""
APART = 2.0
"""Held-out loss over that of the batch. Ours."""


@criterion(evidence.held_out, figures=("held_out",))
def _rises(f: Findings) -> float:
    least, now = f.held_out
    if f.step == 0 or math.isnan(now) or not f.loss < f.start:
        return -math.inf
    if f.chance > 0 and now < 0.3 * f.chance:
        return -math.inf
    return over(now, RISE * least)


@criterion(evidence.loss, figures=("held_out",))
def _apart(f: Findings) -> float:
    return over(f.held_out[1], APART * f.loss)


def _sentences(f: Findings) -> tuple[str, ...]:
    least, now = f.held_out
    return (
        f"On held-out samples J was {about(least)} and is {about(now)} again, while on the batch "
        f"it is {about(f.loss)}: the network learns its samples by heart.",
        "Training works; labels that are wrong and samples that are hard look the same here.",
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    yield Candidate(
        "Weight decay",
        {"training.weight_decay": 0.01},
        "It holds all weights back, also those that are needed: the fit gets a little worse.",
    )
    if not f.recurrent:
        noise = "Noise in every update: training takes longer and ends at a higher J."
        yield Candidate("Dropout of a quarter", {"network.dropout": 0.25}, noise)
    if f.spec.applies("network.width") and f.spec.network.width > 8:
        narrow = max(f.spec.network.width // 4, 4)
        less = "It can represent less, and may be too narrow for what there is to learn."
        yield Candidate("A quarter of the width", {"network.width": narrow}, less)


OUTCOMES.add(
    "overfitting",
    Outcome(
        title="Overfitting: only the samples it trains on get better",
        order=Precedence.MEANINGLESS + 15,  # before the low loss, which is of the samples it knows
        needs=(
            _rises,
            _apart,
            calm,
        ),
        signs=(),
        also=(),
        sentences=_sentences,
        held_out=True,
        remedies=_remedies,
    ),
    "held-out samples that get worse",
)
