"""A loss that no step makes lower: the network fits as well as it can."""

from __future__ import annotations

import math

from vgsim.core.numbers import about, percent
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import (
    arrives,
    calm,
    criterion,
    nothing_to_gain,
    starts_too_large,
    stays,
    under,
)
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Outcome, Precedence
from vgsim.diagnosis.verdict import Tone

BETTER = 0.9
"""Loss over guessing below which something has been learned; at guessing's own loss a flat place
is no minimum. Ours."""


@criterion(evidence.loss)
def _better_than_guessing(f: Findings) -> float:
    if starts_too_large(f) >= 0:  # of which it may not be free
        return -math.inf
    if f.step and f.chance > 0:
        return under(f.left, BETTER)
    return -math.inf


def _sentences(f: Findings) -> tuple[str, ...]:
    return (
        f"J over several batches is {about(f.level)}, {percent(f.left)} of what guessing costs, "
        f"and a hundred more steps could lower it by {percent(min(f.gain, 1.0), 1)} at most: it "
        "is at its minimum, where the gradient is 0 but for the noise of the batches.",
        "Nothing is wrong with the gradient or the learning rate: what is left is noise in the "
        "data, or more than a network of this size can fit.",
    )


OUTCOMES.add(
    "minimum",
    Outcome(
        title="At its minimum: no step gains anything",
        order=Precedence.MEANINGLESS + 60,  # a gradient of 0 is what training is after
        needs=(_better_than_guessing, nothing_to_gain, stays, calm, arrives),
        also=(evidence.updates, evidence.gradient),
        sentences=_sentences,
        tone=Tone.GOOD,
    ),
    "a loss that no step makes lower",
)
