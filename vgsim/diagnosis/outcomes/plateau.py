"""A gradient of a sound size that arrives, on a loss that has not moved from guessing."""

from __future__ import annotations

import math

from vgsim.core.numbers import about
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import arrives, criterion, over
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Outcome, Precedence
from vgsim.diagnosis.verdict import Tone
from vgsim.diagnosis.wording import count, fine, loss_trend

LONG = 20
"""Updates after which a loss like guessing is worth a word. Ours."""
GUESSES = 0.97
"""Loss over that of the best constant guess above which nothing has been learned. Ours."""


@criterion()
def _trained(f: Findings) -> float:
    return over(f.step, LONG)


@criterion(evidence.loss)
def _nothing_learned(f: Findings) -> float:
    """Now, and in the trial ahead."""
    if not f.chance > 0:
        return -math.inf
    ahead = f.trial.last if math.isnan(f.trial.after) else f.trial.after
    return over(min(f.loss, ahead) / f.chance, GUESSES)


def _sentences(f: Findings) -> tuple[str, ...]:
    return (
        fine(f),
        f"After {count(f.step, 'update')} J is {about(f.loss)}, where guessing costs "
        f"{about(f.chance)}, and {loss_trend(f)}: it is on a plateau.",
        "A flat stretch before learning begins looks like this, and so do labels that have nothing "
        "to do with the samples: label noise cannot be told from hard data here.",
    )


OUTCOMES.add(
    "plateau",
    Outcome(
        title="Signal healthy, nothing learned yet: a plateau",
        order=Precedence.REST - 5,  # after every cause that has a name
        needs=(arrives, _trained, _nothing_learned),
        also=(evidence.updates,),
        sentences=_sentences,
        tone=Tone.NEUTRAL,
    ),
    "nothing is wrong with the gradient, and nothing is learned",
)
