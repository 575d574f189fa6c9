"""A normalization over so few values that nothing is left of them."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, loss_at_chance, under
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.remedies import same_scale
from vgsim.diagnosis.wording import count
from vgsim.nn.spec import field_at

FEW = 2.5
"""Values below which a normalization leaves no more than their sign. One less its own mean is 0; of
two only their order is left."""


@criterion(evidence.normalized, figures=("normalized",))
def _few(f: Findings) -> float:
    if f.normalized:
        return under(f.normalized, FEW)
    return -math.inf


def _sentences(f: Findings) -> tuple[str, ...]:
    if f.normalized == 1:
        does = "a value less its own mean is 0, whatever comes in, and so is every gradient"
    else:
        does = "of two values only their order is left, and hardly any gradient passes"
    return (
        f"Each mean is over {count(f.normalized, 'value')}: {does}.",
        "Neither weights nor activation are the cause.",
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    more = "Each update costs that many more samples, and an epoch has fewer updates."
    yield Candidate("Batches of 32", {"training.batch": 32}, more)
    yield same_scale()
    yield Candidate(
        "No normalization",
        {"network.norm": str(field_at("network.norm").default)},
        "Then nothing makes up for weights of a wrong size.",
    )


OUTCOMES.add(
    "norm_of_few",
    Outcome(
        title="Too few values: {norm} lets nothing through",
        order=Precedence.MEANINGLESS + 12,  # it passes no signal whose size could be judged
        needs=(_few,),
        signs=(loss_at_chance,),
        also=(
            evidence.gradient,
            evidence.loss,
        ),
        sentences=_sentences,
        too_small=("training.batch",),
        remedies=_remedies,
        by_setting=True,
    ),
    "a normalization over one or two values",
)
