"""Units with a derivative of exactly 0 for every sample: no gradient passes, none changes them."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vgsim.core.numbers import about, percent
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, loss_at_chance, over, stopped, true
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.remedies import (
    NO_OFFSET,
    has_biases,
    played_by,
    same_scale,
    tenth_of_the_rate,
)
from vgsim.diagnosis.wording import activation, count
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.architectures import hidden_widths
from vgsim.nn.initializers import BIASES
from vgsim.nn.roles import Role

DEAD = 0.9
"""Share of a stage's ReLUs shut for the whole batch. Lu et al. (2019) call a network dead when a
layer is; ours leaves room for the few that still flicker. Sound ReLU stages reach 0.5."""


NARROW = 2
"""Units of a stage that are so few that all of them may be shut at the start already."""


@criterion()
def _can_shut(f: Findings) -> float:
    return true(ACTIVATIONS[f.activation].shuts)


@criterion(evidence.dead, figures=("dead",))
def _units_dead(f: Findings) -> float:
    """A stage is shut, or between them the stages shut every sample out."""
    if f.shut_out:
        return math.inf
    return over(f.deadness, DEAD)


def _sentences(f: Findings) -> tuple[str, ...]:
    units = f"{activation(f)}s"
    if f.deadness < DEAD:
        found = (
            f"For no sample of the batch is there a way of open {units} through all stages: where "
            "every one of a stage is shut the derivative is 0, so no gradient passes."
        )
    else:
        where = "one stage"
        if f.unit_names:
            where = f.unit_names[f.dead.index(f.deadness)]
        found = (
            f"In {where} {percent(f.deadness)} of the {units} are shut for every sample of the "
            "batch: their derivative is 0, so no gradient passes them and none changes them."
        )
    return found, _why(f)


def _why(f: Findings) -> str:
    if not f.knows("network.widths", "init.bias"):
        return (
            "Biases far below 0, or a step that was too large, shut a "
            f"{activation(f)} for good; depth is not the cause."
        )
    narrowest = min(hidden_widths(f.spec), default=NARROW + 1)
    if narrowest <= NARROW and not f.recurrent:
        unit = count(narrowest, "unit")
        return f"With a width of {unit} there is hardly a sample for which all stages are open."
    offset = BIASES[f.spec.init.bias].mean(f.spec.init)
    if offset < 0 and f.step == 0:
        return f"The biases of {about(offset)} hold them shut; depth is not the cause."
    return f"A step that was too large, or biases far below 0, can shut a {activation(f)} for good."


def _remedies(f: Findings) -> Iterator[Candidate]:
    if has_biases(f):
        yield NO_OFFSET
    else:
        yield Candidate(
            f"{played_by(ACTIVATIONS, Role.NEVER_SHUT)}, which is never shut",
            {
                "network.activation": Role.NEVER_SHUT,
                "network.activations": "",
            },
            "What shut the units is still there: the outputs can grow as far as before.",
        )
    if not f.recurrent:
        yield same_scale(f", which keeps half of the {activation(f)}s open")
    if f.step:
        yield tenth_of_the_rate(f)


OUTCOMES.add(
    "dead_relus",
    Outcome(
        title="Dead {activation}s",
        order=Precedence.BLOCKED + 20,  # they make the very zeros that look like an underflow
        needs=(_can_shut, _units_dead, stopped),
        signs=(loss_at_chance,),
        also=(evidence.gradient, evidence.loss),
        sentences=_sentences,
        tells=("init.bias", "init.bias_value", "network.depth", "network.width", "network.widths"),
        remedies=_remedies,
    ),
    "units that are shut for every sample",
)
