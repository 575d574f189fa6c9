"""Products too small for the number type: the gradient is exactly 0 though nothing is shut."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vgsim.core.numbers import about, percent
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, over, true
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.outcomes import vanishing_capped, vanishing_weights
from vgsim.diagnosis.remedies import fading_in_time
from vgsim.diagnosis.wording import ends
from vgsim.nn.precision import PRECISIONS
from vgsim.nn.scaling import LOSS_SCALINGS

LOST_ZEROS = 0.5
"""Share of exact zeros in ∂J/∂h₁ from which an underflow is what matters. Ours."""


@criterion(evidence.zeros)
def _too_small_to_hold(f: Findings) -> float:
    if f.underflow:
        return over(f.zeros, LOST_ZEROS)
    return -math.inf


@criterion(evidence.gradient)
def _nothing_arrives(f: Findings) -> float:
    return true(f.arrives == 0)


def _sentences(f: Findings) -> tuple[str, ...]:
    kind = f.spec.training.precision
    smallest = PRECISIONS[kind].smallest
    parts = {name: f.way.parts[name] for name in f.way.parts if name in ("activation", "weights")}
    worst = min(parts, key=lambda name: parts[name], default="weights")
    if worst == "activation":
        named = "the activation's derivative"
    else:
        named = "the weights"
    return (
        f"The gradient shrinks by {named} until {kind}, whose smallest number is "
        f"{about(smallest)}, has only 0 left: {percent(f.zeros)} of ∂J/∂{ends(f)[1]} is exactly "
        "0.",
        "A wider number type would only show how small it is: the cause has to go, too.",
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    yield from list(_against_the_cause(f))[:3]
    yield from _scaled(f)
    yield Candidate(
        "float64, to see how small it is",
        {"training.precision": "float64"},
        "Twice the memory and the time of float32; the gradient stays as small as it is.",
    )


def _scaled(f: Findings) -> Iterator[Candidate]:
    """Another scale or range, where the spec has one to choose."""
    training = f.spec.training
    if not f.spec.applies("training.loss_scaling"):
        return
    if not LOSS_SCALINGS[training.loss_scaling].adapts:
        yield Candidate(
            "A dynamic loss scale",
            {"training.loss_scaling": "dynamic"},
            "Every time the scale is found too large, an update is skipped.",
        )
    if PRECISIONS[training.precision].smallest > PRECISIONS["bfloat16"].smallest:
        yield Candidate(
            "bfloat16, with the range of float32",
            {"training.precision": "bfloat16"},
            "It holds 8 bits of a number where float16 holds 11: small updates round to nothing.",
        )


def _against_the_cause(f: Findings) -> Iterator[Candidate]:
    if f.recurrent:
        return fading_in_time(f)
    if f.way.part("activation") <= f.way.part("weights"):
        return vanishing_capped.remedies(f)
    return vanishing_weights.remedies(f)


OUTCOMES.add(
    "underflow",
    Outcome(
        title="Lost in {precision}",
        order=Precedence.BLOCKED + 30,  # before what shrinks it, of which nothing can be measured
        needs=(_too_small_to_hold,),
        signs=(_nothing_arrives,),
        also=(evidence.budget, evidence.gradient),
        sentences=_sentences,
        remedies=_remedies,
        tells_where=True,
    ),
    "a gradient too small for the number type",
)
