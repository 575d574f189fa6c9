"""A deep plain network that nothing normalizes: no one factor is far from 1, their product is."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vgsim.core.numbers import about
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import (
    activation_takes_most,
    criterion,
    explodes,
    loss_at_chance,
    over,
    true,
    vanishes,
)
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.remedies import residual, same_scale
from vgsim.diagnosis.wording import hops, journey_or_overflow
from vgsim.nn.layers.parts import NORMS, SKIPS

DEEP = 20
"""Hidden layers from which small factors multiply to nothing. Ours."""
USUAL = 0.4, 2.2
"""Size of weights times √inputs that usual initializers give: PyTorch's own 0.58, Xavier's 1, He's
1.4. Ours."""


@criterion(evidence.gradient)
def _lost_or_grown(f: Findings) -> float:
    """Not where the activation takes most of it, which weights of any size would not make up."""
    if activation_takes_most(f) >= 0:
        return -math.inf
    return max(vanishes(f), explodes(f))


@criterion()
def _deep_and_plain(f: Findings) -> float:
    network = f.spec.network
    plain = NORMS[network.norm].absent and SKIPS[network.skip].absent
    if f.recurrent or f.chain or not plain:
        return -math.inf
    return over(len(f.way.hops), DEEP)


@criterion(figures=("usual_size",))
def _of_usual_size(f: Findings) -> float:
    """Where an initializer is known, its name says what is wrong with it."""
    return true(USUAL[0] <= f.usual_size <= USUAL[1])


def _title(f: Findings) -> str:
    what = "Exploding" if f.broken or f.lost < 0 else "Vanishing"
    return f"{what}: nothing normalizes {len(f.way.hops) + 1} layers"


def _sentences(f: Findings) -> tuple[str, ...]:
    return (
        journey_or_overflow(f),
        f"The weights are of a usual size, and ×{about(f.way.mean_hop)} a layer would do no harm "
        f"in a few: over {hops(f)} without normalization or skip path nothing brings it back.",
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    yield same_scale(", which brings every layer back to one scale")
    yield residual()


OUTCOMES.add(
    "unnormalized",
    Outcome(
        title=_title,
        order=Precedence.GROWTH + 85,  # before weights, which are as they are usually
        needs=(_lost_or_grown, _deep_and_plain, _of_usual_size),
        signs=(loss_at_chance,),
        also=(evidence.budget, evidence.loss),
        sentences=_sentences,
        remedies=_remedies,
    ),
    "a deep network that nothing normalizes",
)
