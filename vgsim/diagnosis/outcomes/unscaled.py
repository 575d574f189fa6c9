"""float16 without a scale of the loss: small gradients are rounded to 0."""

from __future__ import annotations

from collections.abc import Iterator

from vgsim.core.numbers import about, percent
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, over, true
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.nn.precision import PRECISIONS

MANY = 0.1
"""Share of a gradient that is 0 or has lost digits by rounding from which it matters. Ours."""

LEAST = 1e-20
"""Smallest number of a type from which its range is so narrow that a loss wants to be scaled."""


@criterion(evidence.rounded, figures=("rounded",))
def _is_rounded_away(f: Findings) -> float:
    return over(max((share for _, share in f.rounded), default=0.0), MANY)


@criterion(evidence.loss_scale)
def _without_scale(f: Findings) -> float:
    return true(f.scale <= 1 and PRECISIONS[f.spec.training.precision].smallest > LEAST)


def _sentences(f: Findings) -> tuple[str, ...]:
    kind = f.spec.training.precision
    smallest = about(PRECISIONS[kind].smallest)
    many = [name for name, share in f.rounded if share >= MANY]
    share = max(share for _, share in f.rounded)
    where = f"∂J/∂{many[0]}" if len(many) == 1 else f"∂J/∂h from {many[0]} down to {many[-1]}"
    return (
        f"{kind} holds nothing below {smallest}, and nothing multiplies the loss: up to "
        f"{percent(share)} of {where} is rounded to 0 or has lost its digits.",
        "The gradient itself need not be too small: a GradScaler, or bfloat16 with the range of "
        "float32, keeps it.",
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    yield Candidate(
        "A dynamic loss scale",
        {"training.loss_scaling": "dynamic"},
        "Every time the scale is found too large, an update is skipped.",
    )
    yield Candidate(
        "bfloat16, with the range of float32",
        {"training.precision": "bfloat16"},
        "It holds 8 bits of a number where float16 holds 11: small updates round to nothing.",
    )


OUTCOMES.add(
    "unscaled",
    Outcome(
        title="{precision} without a loss scale: gradients are rounded to 0",
        order=Precedence.MEANINGLESS + 29,  # it may leave no error at all to send back
        needs=(_is_rounded_away, _without_scale),
        also=(evidence.gradient, evidence.loss),
        sentences=_sentences,
        remedies=_remedies,
    ),
    "float16 without a scale of the loss",
)
