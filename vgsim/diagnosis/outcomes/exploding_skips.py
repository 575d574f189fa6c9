"""Sums around stages that nothing normalizes: each adds its own gradient to what passes by."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, explodes, over, true
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.remedies import RESIDUAL, played_by, rounded, same_scale
from vgsim.diagnosis.wording import already_broken, journey_or_overflow, share
from vgsim.nn.architectures import hidden_widths
from vgsim.nn.layers.parts import NORMS, SKIPS
from vgsim.nn.roles import Role


@criterion(evidence.budget)
def _sums_grow(f: Findings) -> float:
    """What the sums add is at least half of the growth; where all overflowed, nothing holds it."""
    network = f.spec.network
    if f.recurrent or not SKIPS[network.skip].adds:
        return -math.inf
    if f.broken:
        return true(NORMS[network.norm].absent)
    if f.lost < 0:
        return over(f.way.part("skip"), -f.lost / 2)
    return -math.inf


def _sentences(f: Findings) -> tuple[str, ...]:
    return (
        journey_or_overflow(f),
        f"Every sum adds the stage's own gradient to the one that passes by: {share(f, 'skip')}, "
        "and no normalization takes that back.",
        *already_broken(f),
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    norm = played_by(NORMS, Role.SAME_SCALE).lower()
    yield Candidate(
        f"Pre-activation stages with {norm}",
        RESIDUAL,
        "Two more parameters a unit and a slower update.",
    )
    yield same_scale()
    yield Candidate(
        "Smaller weights",
        {"init.weights": Role.OF_A_SIZE, "init.std": _small_std(f)},
        "The stages add little at first, so that learning begins slowly; deeper needs smaller.",
    )


def _small_std(f: Findings) -> float:
    """Weights that add little to the sum: 1 / √(width · depth), in the spirit of Fixup
    (Zhang, Dauphin and Ma 2019)."""
    return rounded(1 / math.sqrt(sum(hidden_widths(f.spec))))


OUTCOMES.add(
    "exploding_skips",
    Outcome(
        title="Exploding: sums that nothing normalizes",
        order=Precedence.GROWTH + 30,  # before the weights, whose growth the sums alone may exceed
        needs=(explodes, _sums_grow),
        also=(evidence.loss,),
        sentences=_sentences,
        remedies=_remedies,
    ),
    "sums around stages that nothing normalizes",
)
