"""Weights that are too small, whether or not the activation takes something, too."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vgsim.core.numbers import about
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, loss_at_chance, over, true, under, vanishes
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.remedies import (
    matching,
    residual,
    residual_if_very_deep,
    same_scale,
    unit_variance,
)
from vgsim.diagnosis.wording import activation, journey, slopes, split
from vgsim.nn.activations import ACTIVATIONS

GIVEN = 0.1
"""Share of the lost decades that weights may give back and still be called too small. Ours: He's
weights on ReLU, which make up for what it cuts, give back more."""


@criterion(evidence.budget)
def _weights_do_not_give(f: Findings) -> float:
    """Weights that amplify cannot be too small, whatever else takes the gradient away."""
    if math.isinf(f.lost):
        return true(f.way.part("weights") <= 0)
    if f.lost > 0:
        return under(f.way.part("weights"), GIVEN * f.lost)
    return -math.inf


@criterion(evidence.budget)
def _weights_take(f: Findings) -> float:
    if f.lost > 0:
        return over(-f.way.part("weights"), f.lost / 2)
    return -math.inf


def _sentences(f: Findings) -> tuple[str, ...]:
    said = [journey(f), split(f)]
    if f.knows("network.norm_epsilon") and f.spec.applies("network.norm_epsilon"):
        said.append(
            f"A norm ε of {about(f.spec.network.norm_epsilon)} outweighs so small a variance: the "
            "normalization does not bring it up to size."
        )
    if ACTIVATIONS[f.activation].shuts:
        said.append(
            f"{activation(f)} cuts half of every signal, for which the weights have to make up."
        )
    elif f.knows("derivative", "slopes") and f.derivative > 0.5 * f.bound:
        said.append(f"The units are near their steepest, so they are not to blame: {slopes(f)}.")
    return tuple(said)


def remedies(f: Findings) -> Iterator[Candidate]:
    """Weights of the right size, or what makes their size matter less."""
    yield from residual_if_very_deep(f)
    yield matching(f)
    yield same_scale(", which divides the scale of the weights out")
    yield unit_variance()
    yield residual()


OUTCOMES.add(
    "vanishing_weights",
    Outcome(
        title="Vanishing: the weights are too small",
        order=Precedence.LOSS + 60,  # after the activations that no weights could make up for
        needs=(vanishes, _weights_do_not_give),
        signs=(_weights_take, loss_at_chance),
        also=(evidence.saturation,),
        sentences=_sentences,
        tells=("bound", "derivative", "network.norm_epsilon", "slopes"),
        too_small=("init.std", "init.range", "init.gain"),
        remedies=remedies,
    ),
    "weights that are too small",
)
