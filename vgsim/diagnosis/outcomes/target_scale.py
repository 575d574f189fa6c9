"""Targets far from size 1: no network that starts at size 1 reaches them."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vgsim.core.errors import first_told
from vgsim.core.numbers import about
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, over, under
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.nn.losses import LOSSES

LARGE, SMALL = 20.0, 0.02
"""RMS of the targets that is no longer near 1 (LeCun et al. 1998, "Efficient BackProp"). Ours."""
UNLEARNED = 0.05
"""Loss over guessing above which there is still something to mend. Ours."""
OTHER_UNIT = "J is then in other units: an error of 1 is one standard deviation of the targets."
"""The catch of standardized targets."""


@criterion(evidence.target, figures=("target",))
def _wrong_scale(f: Findings) -> float:
    too_small = under(f.target, SMALL) if f.target > 0 else -math.inf
    return max(over(f.target, LARGE), too_small)


@criterion(evidence.loss)
def _not_learned(f: Findings) -> float:
    return over(f.left, UNLEARNED)


def _sentences(f: Findings) -> tuple[str, ...]:
    if f.target > 1:
        does = "the output has to grow to that size first, on gradients as large"
    else:
        does = "every output that a network begins with is far too large for them"
    which = f" ({', '.join(first_told(f.target_names, 3))})" if f.target_names else ""
    off = ""
    if len(f.target_names) == 1 and LOSSES[f.spec.training.loss].root_is_error and f.loss >= 0:
        off = f"Outputs are off by {about(math.sqrt(f.loss))}{which} on this batch. "
    return (
        f"The targets{which} have an RMS of {about(f.target)} instead of about 1: {does}.",
        f"{off}J over several batches is {about(f.level)}, {about(f.left)} times what the best "
        "constant guess costs; J and every gradient are of the targets' size, so no learning rate "
        "that is usual fits.",
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    if f.spec.applies("data.standardize_targets"):
        yield Candidate("Standardize the targets", {"data.standardize_targets": "yes"}, OTHER_UNIT)
    if not f.spec.data.standardize:
        yield Candidate("Standardize features and targets", {"data.standardize": True}, OTHER_UNIT)


OUTCOMES.add(
    "target_scale",
    Outcome(
        title="The targets have the wrong scale",
        order=Precedence.MEANINGLESS + 5,  # the loss and all gradients are of their size
        needs=(
            _wrong_scale,
            _not_learned,
        ),
        signs=(),
        also=(evidence.scale,),
        sentences=_sentences,
        tells=("target_names",),
        remedies=_remedies,
        by_setting=True,
    ),
    "targets far from size 1",
)
