"""A gradient that is lost, though no part alone takes most of it."""

from __future__ import annotations

from collections.abc import Iterator

from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import loss_at_chance, vanishes
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.remedies import fewer_layers, residual, tenth_of_the_rate
from vgsim.diagnosis.wording import decades, journey, share


def _sentences(f: Findings) -> tuple[str, ...]:
    said = [journey(f)]
    parts = ", ".join(share(f, name) for name, value in f.way.parts.items() if value)
    if parts:
        said.append(parts[0].upper() + parts[1:] + ".")
    started = f.lost_at_first
    if f.step and 0 < started < f.lost / 2:
        said.append(
            f"In the first update only {decades(started)} were lost: training has brought it about."
        )
    return tuple(said)


def _remedies(f: Findings) -> Iterator[Candidate]:
    yield residual()
    if f.step:
        yield tenth_of_the_rate(f)
    yield fewer_layers(3)


OUTCOMES.add(
    "vanishing_mixed",
    Outcome(
        title="Vanishing: no part alone is to blame",
        order=Precedence.LOSS + 90,  # last: what is left of all loss
        needs=(vanishes,),
        signs=(loss_at_chance,),
        also=(evidence.budget, evidence.loss),
        sentences=_sentences,
        remedies=_remedies,
    ),
    "a gradient that no part alone takes away",
)
