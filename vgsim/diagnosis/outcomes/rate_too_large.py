"""A loss that runs away although the gradient is fine."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vgsim.core.numbers import about, typed
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import (
    FAR_START,
    LARGE_UPDATE,
    RECOVERED,
    RUNAWAY,
    criterion,
    over,
    starts_too_large,
    stays,
)
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.remedies import SLOWER, rate, tenth_of_the_rate
from vgsim.diagnosis.wording import count, fine, present_rate
from vgsim.nn.losses import LOSSES
from vgsim.nn.optimizers import OPTIMIZERS

FAR = 20 * RUNAWAY
"""Times the loss that a jump passes which did harm, even where the loss came back from it: the
weights are then where the jump has thrown them. Ours."""


@criterion(evidence.loss)
def _runs_away(f: Findings) -> float:
    """The loss ahead, or that of the history, leaves where it began and does not come back."""
    if f.diverged:
        return math.inf
    if starts_too_large(f) >= math.log2(FAR_START):
        return -math.inf
    if f.trial.past:  # from which it has come back, else training went astray
        return -math.inf
    reference = _reference(f)
    if f.step and f.left >= 0.95 and f.trial.last > RECOVERED * f.loss and stays(f) >= 0:
        stuck = over(f.ratio, LARGE_UPDATE)  # it jumps about where guessing would be as good
        if stuck >= 0:
            return stuck
    recovered = f.trial.finite and f.trial.last < RECOVERED * min(reference)
    if recovered:
        return over(f.trial.peak, FAR * max(reference))
    return over(f.trial.peak, RUNAWAY * max(reference))


def _reference(f: Findings) -> tuple[float, ...]:
    """Losses to compare with; a set gradient has no loss that means anything."""
    if not LOSSES[f.spec.training.loss].judges:
        return (math.nan,)
    if f.chance > 0:
        return (f.loss, f.chance)
    return (f.loss,)


@criterion(evidence.updates)
def _large_updates(f: Findings) -> float:
    return over(f.ratio, LARGE_UPDATE)


def _sentences(f: Findings) -> tuple[str, ...]:
    peak = f.peak if f.diverged else f.trial.peak
    end = "overflow" if math.isinf(peak) else about(peak)
    ahead = f.trial.updates + f.trial.every * (not f.trial.finite)
    if f.diverged:
        where = "so far"
    else:
        where = f"within {count(ahead, 'update')}"
    return (
        fine(f),
        f"But the loss runs from {about(f.loss)} to {end} {where}.",
        f"At a learning rate of {about(present_rate(f))} one update changes the "
        f"weights by up to {about(f.ratio)} of their size; the rule of thumb is 1e−3.",
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    usual = OPTIMIZERS[f.spec.training.optimizer].usual_rate
    if usual < f.spec.training.learning_rate:
        title = f"A usual learning rate, {typed(usual)}"
        yield Candidate(title, {"training.learning_rate": usual}, SLOWER)
    yield tenth_of_the_rate(f)
    yield Candidate("A hundredth of the learning rate", rate(f, 0.01), SLOWER)


OUTCOMES.add(
    "rate_too_large",
    Outcome(
        title="The gradient is fine: the learning rate is too large",
        order=Precedence.SOUND + 20,
        needs=(_runs_away,),
        signs=(_large_updates,),
        also=(evidence.updates, evidence.gradient),
        sentences=_sentences,
        further="the learning rate is too large",
        too_large=("training.learning_rate",),
        remedies=_remedies,
    ),
    "a loss that runs away on a sound gradient",
)
