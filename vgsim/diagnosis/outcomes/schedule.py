"""A schedule that has brought the learning rate to next to nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vgsim.core.numbers import about
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, under
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.wording import count, fine
from vgsim.nn.spec import field_at

ENDED = 0.03
"""Present rate over the one that was set from which a schedule is as good as over. Ours."""
TINY = 3e-4
"""Update:data ratio that is too small: a third of the 1e-3 that is healthy. Ours."""


@criterion(evidence.rate, figures=("training.warmup",))
def _is_over(f: Findings) -> float:
    """Not while the rate still warms up: it is meant to be small then."""
    warms_up = f.spec.applies("training.warmup") and f.step < f.spec.training.warmup
    if warms_up or not f.spec.training.learning_rate > 0:
        return -math.inf
    return under(f.rate / f.spec.training.learning_rate, ENDED)


@criterion(evidence.updates)
def _hardly_moves(f: Findings) -> float:
    return under(f.ratio, TINY)


def _sentences(f: Findings) -> tuple[str, ...]:
    return (
        f"After {count(f.step, 'update')} the schedule has brought the learning rate from "
        f"{about(f.spec.training.learning_rate)} to {about(f.rate)}: an update changes the weights "
        f"by at most {about(f.ratio)} of their size.",
        f"What the learning rate is set to is not the cause. {fine(f)}",
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    yield Candidate(
        "A constant rate",
        {"training.schedule": str(field_at("training.schedule").default)},
        "It may then never settle, but jump around the minimum.",
    )
    if f.spec.applies("training.decay_steps"):
        later = min(max(10 * f.spec.training.decay_steps, 3 * f.step), 1_000_000)
        yield Candidate(
            f"A schedule that ends after {later} updates",
            {"training.decay_steps": later},
            "It has to be trained for so long: ended sooner, the rate has not come down.",
        )


OUTCOMES.add(
    "schedule",
    Outcome(
        title="The schedule has ended: the learning rate is next to 0",
        order=Precedence.SOUND + 2,  # before the rate that was set, which is not the one in use
        needs=(
            _is_over,
            _hardly_moves,
        ),
        signs=(),
        also=(evidence.loss,),
        sentences=_sentences,
        remedies=_remedies,
        by_setting=True,
    ),
    "a schedule that has ended",
)
