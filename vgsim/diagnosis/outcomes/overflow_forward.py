"""Weights that let activations grow until the number type ends."""

from __future__ import annotations

from collections.abc import Iterator

from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, true
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.remedies import matching, same_scale, unit_variance
from vgsim.diagnosis.wording import already_broken, stage


@criterion(evidence.forward)
def _bursts(f: Findings) -> float:
    return true(f.burst > 0)


def _sentences(f: Findings) -> tuple[str, ...]:
    kind = f.spec.training.precision
    return (
        f"Going forward every stage makes the signal larger, until at {stage(f, f.burst)} it is "
        f"near or over the largest number of {kind}.",
        "The weights make it grow. What comes after is inf or nan: units that look dead there "
        "are not.",
        *already_broken(f),
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    yield matching(f)
    yield same_scale(", which divides the scale of the weights out")
    yield unit_variance()


OUTCOMES.add(
    "overflow_forward",
    Outcome(
        title="The weights are too large: activations overflow {precision}",
        order=Precedence.BLOCKED + 2,  # of nan derivatives nothing else can be told
        needs=(_bursts,),
        signs=(),
        also=(evidence.gradient,),
        sentences=_sentences,
        too_large=("init.std", "init.range", "init.gain"),
        remedies=_remedies,
    ),
    "activations that overflow",
)
