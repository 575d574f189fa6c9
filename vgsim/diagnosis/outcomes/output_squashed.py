"""An output that is squashed before a loss that squashes it again, or numbers it cannot reach."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, output_squashes, over, true
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.nn.layers.parts import OUTPUTS
from vgsim.nn.losses import LOSSES
from vgsim.nn.spec import field_at

UNLEARNED = 0.8
"""Loss over guessing above which the output is in the way. Ours: squashed twice, J cannot fall far
below it."""


@criterion(evidence.output)
def _twice(f: Findings) -> float:
    return true(output_squashes(f) and LOSSES[f.spec.training.loss].needs_classes)


@criterion(evidence.loss)
def _not_learned(f: Findings) -> float:
    if not f.chance > 0:
        return -math.inf
    return over(min(f.loss, f.trial.last) / f.chance, UNLEARNED)


def _sentences(f: Findings) -> tuple[str, ...]:
    end = OUTPUTS.entry(f.spec.network.output).label
    loss = LOSSES.entry(f.spec.training.loss).label
    return (
        f"The output goes through {end}, and {loss} squashes it once more: what reaches it lies "
        "between two close bounds, so no class can become sure, and the gradient is a fraction.",
        "Neither depth nor the learning rate are the cause.",
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    yield Candidate(
        "The output as it is, which the loss squashes by itself",
        {"network.output": str(field_at("network.output").default)},
        "What the network gives out is then no longer a probability by itself.",
    )


OUTCOMES.add(
    "output_squashed",
    Outcome(
        title="The output is squashed twice",
        order=Precedence.SOUND + 6,  # before the rate, which has to make up for it
        needs=(_twice, _not_learned),
        also=(evidence.gradient,),
        sentences=_sentences,
        remedies=_remedies,
        by_setting=True,
    ),
    "an output that is squashed twice",
)
