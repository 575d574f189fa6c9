"""Blocks one part of which has a skip path around it, while another has none and takes it all."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vgsim.core.numbers import about
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, loss_at_chance, over, vanishes
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.remedies import BY_WAY_AROUND
from vgsim.diagnosis.wording import journey


@criterion(figures=("bare",))
def _one_part_takes_it(f: Findings) -> float:
    """The part without a path around it takes at least half of what is lost."""
    _, bare, factor = f.bare
    if not bare or not 0 < factor < 1 or not f.lost > 0:
        return -math.inf
    return over(-math.log10(factor) * len(f.way.hops), f.lost / 2)


def _title(f: Findings) -> str:
    return f"Vanishing: no way around {f.bare[1]}"


def _sentences(f: Findings) -> tuple[str, ...]:
    around, bare, factor = f.bare
    return (
        journey(f),
        f"A skip path around {bare}, as {around} has one, would keep it whole: without, "
        f"×{about(factor)} is taken once in every block.",
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    title = f"A skip path around {f.bare[1]} too, in all blocks"
    yield Candidate(title, BY_WAY_AROUND.changes, BY_WAY_AROUND.catch)


OUTCOMES.add(
    "missing_skip",
    Outcome(
        title=_title,
        order=Precedence.LOSS + 5,  # whatever its weights and activations are, it has no way around
        needs=(vanishes, _one_part_takes_it),
        signs=(loss_at_chance,),
        also=(evidence.blocks, evidence.loss),
        sentences=_sentences,
        remedies=_remedies,
    ),
    "blocks one part of which has no way around it",
)
