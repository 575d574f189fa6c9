"""Batch normalized layers without a way around them, whose gradient grows layer by layer."""

from __future__ import annotations

from collections.abc import Iterator

from vgsim.core.numbers import about, short
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, explodes, no_agreement, true
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.remedies import BY_WAY_AROUND, fewer_layers, residual
from vgsim.diagnosis.wording import journey_or_overflow
from vgsim.nn.layers.parts import NORMS, SKIPS


@criterion()
def _batch_norm_alone(f: Findings) -> float:
    network = f.spec.network
    grows = NORMS[network.norm].growth > 1
    return true(not f.recurrent and grows and SKIPS[network.skip].absent)


def _sentences(f: Findings) -> tuple[str, ...]:
    norm = NORMS.entry(f.spec.network.norm)
    return (
        journey_or_overflow(f),
        f"{norm.label} keeps every signal at one size going forward, but going back each layer "
        f"multiplies the gradient by {about(f.way.mean_hop, 3)} (theory for ReLU: "
        f"{short(norm.value.growth)}), and there is no path around it.",
        f"The scale of the weights is not the cause: {norm.label.lower()} divides it out.",
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    yield BY_WAY_AROUND
    yield residual()
    yield fewer_layers(6)


OUTCOMES.add(
    "exploding_batch_norm",
    Outcome(
        title="Exploding: {norm} without skip paths",
        order=Precedence.GROWTH + 20,  # it divides the weights out, so they cannot be the cause
        needs=(explodes, _batch_norm_alone),
        signs=(no_agreement,),
        also=(evidence.budget, evidence.agreement),
        sentences=_sentences,
        remedies=_remedies,
    ),
    "batch normalized layers without a way around them",
)
