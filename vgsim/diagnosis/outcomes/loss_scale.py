"""A loss scale under which gradients overflow, or are rounded to 0, in a narrow number type."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vgsim.core.numbers import about
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, true
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.wording import loss_trend
from vgsim.nn.scaling import LOSS_SCALINGS

USUAL = 10
"""log2 of a scale that is rarely too large or too small: 1024."""


@criterion(evidence.loss_scale, figures=("training.loss_scale_log2",))
def _out_of_range(f: Findings) -> float:
    """The forward pass is fine, and what comes back is inf, or 0 though there is an error."""
    if not f.spec.applies("training.loss_scale_log2") or f.burst:
        return -math.inf
    too_large = f.broken and math.isfinite(f.loss) and f.scale > 1
    too_small = f.error == 0 and f.scale < 1
    return true(too_large or too_small)


def _title(f: Findings) -> str:
    kind = f.spec.training.precision
    if f.scale > 1:
        return f"The loss scaling is too large: gradients overflow {kind}"
    return f"The loss scaling is too small: {kind} rounds every gradient to 0"


def _sentences(f: Findings) -> tuple[str, ...]:
    said = [
        f"The loss is finite ({about(f.loss)}), but times a scale of {about(f.scale)} its gradient "
        f"is out of the range of {f.spec.training.precision}.",
        "Neither the weights nor the learning rate are the cause.",
    ]
    if LOSS_SCALINGS[f.spec.training.loss_scaling].adapts:
        said.append(
            "Each overflow halves the scale and skips an update, until the gradient fits: "
            f"{loss_trend(f)}."
        )
    return tuple(said)


def _remedies(f: Findings) -> Iterator[Candidate]:
    yield Candidate(
        f"A scale of 2^{USUAL}",
        {"training.loss_scale_log2": USUAL},
        "Gradients that grow or shrink later may leave the range again.",
    )
    yield Candidate(
        "A dynamic loss scale",
        {"training.loss_scaling": "dynamic"},
        "The first updates are skipped until the scale fits.",
    )
    yield Candidate(
        "bfloat16, with the range of float32",
        {"training.precision": "bfloat16"},
        "It keeps two to three digits, float16 three to four.",
    )


OUTCOMES.add(
    "loss_scale",
    Outcome(
        title=_title,
        order=Precedence.MEANINGLESS + 28,  # every gradient is inf or 0 by it
        needs=(_out_of_range,),
        also=(evidence.loss,),
        sentences=_sentences,
        tells=("training.loss_scaling",),
        remedies=_remedies,
    ),
    "a loss scale out of range",
)
