"""Updates too small to change anything although the gradient is fine."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vgsim.core.numbers import about, typed
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import TINY_UPDATE, criterion, under
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.remedies import played_by, rounded
from vgsim.diagnosis.wording import fine, loss_trend, present_rate
from vgsim.nn.optimizers import OPTIMIZERS
from vgsim.nn.roles import Role
from vgsim.nn.spec import field_at

GOOD_RATIO = 1e-3
"""Update:data ratio to aim at (Karpathy 2022)."""

AHEAD = "It fits the gradient of now: where the loss is steeper, so large a rate may overshoot."
"""The catch of a larger rate."""


@criterion(evidence.updates, figures=("training.warmup",))
def _hardly_moves(f: Findings) -> float:
    """Not while the rate still warms up: it is meant to be small then."""
    warms_up = f.spec.applies("training.warmup") and f.step < f.spec.training.warmup
    if warms_up:
        return -math.inf
    return under(f.ratio, TINY_UPDATE)


@criterion(evidence.loss)
def _loss_stays(f: Findings) -> float:
    return under(abs(f.trial.first - f.trial.last), 0.1 * f.trial.first)


def _sentences(f: Findings) -> tuple[str, ...]:
    return (
        fine(f),
        f"But at a learning rate of {about(present_rate(f))} no update changes the "
        f"weights by more than {about(f.ratio)} of their size, where the rule of thumb is 1e−3; "
        f"{loss_trend(f)}.",
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    rate = f.spec.training.learning_rate
    usual = OPTIMIZERS[f.spec.training.optimizer].usual_rate
    top = field_at("training.learning_rate").high or math.inf
    if rate > 0 and f.ratio > 0:
        fitting = min(rounded(rate * GOOD_RATIO / f.ratio), top)
        title = f"A learning rate of {typed(fitting)}, for updates of 1e−3"
        yield Candidate(title, {"training.learning_rate": fitting}, AHEAD)
    if usual > rate:
        title = f"A usual learning rate, {typed(usual)}"
        yield Candidate(title, {"training.learning_rate": usual}, AHEAD)
    adapting = OPTIMIZERS[OPTIMIZERS.cast(Role.ADAPTS)].usual_rate
    yield Candidate(
        f"{played_by(OPTIMIZERS, Role.ADAPTS)}, which scales its steps by itself",
        {"training.optimizer": Role.ADAPTS, "training.learning_rate": adapting},
        "It keeps two more numbers for every parameter, and hides how small the gradient is.",
    )


OUTCOMES.add(
    "rate_too_small",
    Outcome(
        title="The gradient is fine: the learning rate is too small",
        order=Precedence.SOUND + 30,
        needs=(_hardly_moves,),
        signs=(_loss_stays,),
        also=(evidence.loss, evidence.gradient),
        sentences=_sentences,
        too_small=("training.learning_rate",),
        remedies=_remedies,
    ),
    "updates too small to change anything",
)
