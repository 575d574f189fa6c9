"""Units that are all the same unit: initial weights are missing that differ."""

from __future__ import annotations

from collections.abc import Iterator

from vgsim.core.numbers import percent
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, loss_at_chance, over
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.remedies import matching
from vgsim.nn.roles import Role

ALIKE = 0.5
"""Share of hidden stages whose units are all the same unit. Ours: one is enough to waste its
units, half of them cannot be chance."""


@criterion(evidence.alike, figures=("alike",))
def _units_alike(f: Findings) -> float:
    return over(f.alike, ALIKE)


def _sentences(f: Findings) -> tuple[str, ...]:
    if f.alike == 1:
        layers = "every hidden layer"
    else:
        layers = f"{percent(f.alike)} of the hidden layers"
    if f.arrives == 0:
        through = "no gradient passes the layers at all"
    else:
        through = "all of them get the same gradient and stay alike"
    zero = " They are all 0." if f.zero_weights >= f.alike else ""
    return (
        f"In {layers} all units have the same weights, so {through}.{zero}",
        "Neither depth nor activation is the cause: different initial weights are missing.",
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    fitting = matching(f)
    changes = fitting.changes
    if f.recurrent:
        changes = changes | {"init.recurrent": Role.ROTATES}
    yield Candidate(f"{fitting.title}, each of them different", changes, fitting.catch)
    yield Candidate(
        "Rotations, every row another direction",
        {"init.weights": Role.ROTATES},
        "They keep the size of a signal, but do not make up for what an activation cuts.",
    )


OUTCOMES.add(
    "symmetric",
    Outcome(
        title="Every unit of a layer is the same unit",
        order=Precedence.BLOCKED + 10,  # weights of 0 also shut every unit
        needs=(_units_alike,),
        signs=(loss_at_chance,),
        also=(evidence.gradient, evidence.loss),
        sentences=_sentences,
        tells=("zero_weights",),
        remedies=_remedies,
    ),
    "units that all have the same weights",
)
