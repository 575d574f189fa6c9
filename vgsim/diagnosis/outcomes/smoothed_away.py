"""Label smoothing that leaves nothing of the labels."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vgsim.core.numbers import percent
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, over
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence

MOST = 0.9
"""Share of the labels that is smoothed away from which they say next to nothing. Ours."""


@criterion(evidence.smoothing, figures=("training.label_smoothing",))
def _smooths_all(f: Findings) -> float:
    if not f.spec.applies("training.label_smoothing"):
        return -math.inf
    smoothed = f.spec.training.label_smoothing
    return over(smoothed / max(1 - smoothed, 1e-9), MOST / (1 - MOST))


def _sentences(f: Findings) -> tuple[str, ...]:
    kept = percent(1 - f.spec.training.label_smoothing)
    return (
        f"Of every label {kept} is left; the rest is the same for all classes, whatever the "
        "sample. J cannot fall below what guessing costs by more than that.",
        "Neither the network nor the learning rate are the cause.",
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    yield Candidate(
        "A smoothing of 0.1",
        {"training.label_smoothing": 0.1},
        "Outputs become surer than they may deserve to be.",
    )


OUTCOMES.add(
    "smoothed_away",
    Outcome(
        title="Label smoothing leaves nothing of the labels",
        order=Precedence.MEANINGLESS + 8,  # without labels there is nothing to learn
        needs=(_smooths_all,),
        also=(evidence.loss,),
        sentences=_sentences,
        remedies=_remedies,
        by_setting=True,
    ),
    "labels that are smoothed away",
)
