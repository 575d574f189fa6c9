"""Biases that hold units of an open-ended activation where it is flat."""

from __future__ import annotations

from collections.abc import Iterator

from vgsim.core.numbers import about
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, loss_at_chance, over, true, under
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.remedies import NO_OFFSET, has_biases, same_scale
from vgsim.diagnosis.wording import activation, already_broken
from vgsim.nn.activations import ACTIVATIONS

FAR = 2.0
"""Biases over the rest of z from which they decide where units sit. Ours."""
FLAT = 0.3
"""Mean derivative over its bound up to which a unit counts as flat. Ours."""


@criterion()
def _open_ended(f: Findings) -> float:
    kind = ACTIVATIONS[f.activation]
    return true(not (kind.shuts or kind.squashes or kind.linear or f.recurrent))


@criterion(evidence.offset, figures=("offset",))
def _far_off(f: Findings) -> float:
    return over(f.offset, FAR)


@criterion(evidence.saturation, figures=("bound", "derivative"))
def _flat(f: Findings) -> float:
    return under(f.derivative, FLAT * f.bound)


def _sentences(f: Findings) -> tuple[str, ...]:
    return (
        f"The biases are {about(f.offset)} times the rest of z: they hold the units where "
        f"{activation(f)}'s derivative is only {about(f.derivative)} on average.",
        "Neither the weights nor depth are the cause.",
        *already_broken(f),
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    if has_biases(f):
        yield NO_OFFSET
    yield same_scale(", which takes the offset out")


OUTCOMES.add(
    "flat_biases",
    Outcome(
        title="Biases hold the units where {activation} is flat",
        order=Precedence.BLOCKED + 8,  # before the weights, which only look too small there
        needs=(
            _open_ended,
            _far_off,
            _flat,
        ),
        signs=(loss_at_chance,),
        also=(
            evidence.gradient,
            evidence.loss,
        ),
        sentences=_sentences,
        remedies=_remedies,
    ),
    "biases far on the flat side",
)
