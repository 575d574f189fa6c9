"""Weights that let activations shrink until the number type ends."""

from __future__ import annotations

from collections.abc import Iterator

from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, loss_at_chance, true
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.remedies import matching, same_scale, unit_variance
from vgsim.diagnosis.wording import already_broken, stage


@criterion(evidence.forward)
def _fades(f: Findings) -> float:
    return true(f.faded > 0)


def _sentences(f: Findings) -> tuple[str, ...]:
    kind = f.spec.training.precision
    return (
        f"Going forward every stage makes the signal smaller, until at {stage(f, f.faded)} it is "
        f"near or below the smallest number of {kind}: the output no longer depends on the input.",
        "The weights are too small for it; units that look dead only receive nothing.",
        *already_broken(f),
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    yield matching(f)
    yield same_scale(", which divides the scale of the weights out")
    yield unit_variance()


OUTCOMES.add(
    "underflow_forward",
    Outcome(
        title="The weights are too small: activations underflow in {precision}",
        order=Precedence.BLOCKED + 3,  # units that receive nothing look dead
        needs=(_fades,),
        signs=(loss_at_chance,),
        also=(evidence.gradient,),
        sentences=_sentences,
        too_small=("init.std", "init.range", "init.gain"),
        remedies=_remedies,
    ),
    "activations that underflow",
)
