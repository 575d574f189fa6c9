"""A warm-up so long that the learning rate is still next to nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vgsim.core.numbers import about, short
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import TINY_UPDATE, criterion, over, under
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.wording import fine

LONG = 2000
"""Updates from which a warm-up is long: those in use take a few hundred, or a tenth of the
training. Ours."""


@criterion(evidence.rate, figures=("training.warmup",))
def _far_from_over(f: Findings) -> float:
    if not f.spec.applies("training.warmup"):
        return -math.inf
    return over(f.spec.training.warmup - f.step, LONG)


@criterion(evidence.updates)
def _hardly_moves(f: Findings) -> float:
    return under(f.ratio, TINY_UPDATE)


def _sentences(f: Findings) -> tuple[str, ...]:
    training = f.spec.training
    return (
        f"The warm-up takes {short(training.warmup)} updates, of which {f.step} are done: the "
        f"learning rate is {about(f.rate)} of the {about(training.learning_rate)} that is set, and "
        f"an update changes the weights by at most {about(f.ratio)} of their size.",
        f"What the learning rate is set to is not the cause. {fine(f)}",
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    yield Candidate(
        "A warm-up of 100 updates",
        {"training.warmup": 100},
        "A rate that needs a slow start may throw the first weights away.",
    )


OUTCOMES.add(
    "warming_up",
    Outcome(
        title="The warm-up has hardly begun: the learning rate is next to 0",
        order=Precedence.SOUND + 7,  # before the rate that was set, which is not the one in use
        needs=(_far_from_over, _hardly_moves),
        also=(evidence.loss,),
        sentences=_sentences,
        remedies=_remedies,
        by_setting=True,
    ),
    "a warm-up that is far from over",
)
