"""Nothing is wrong: what is left."""

from __future__ import annotations

import math

from vgsim.core.numbers import about, percent
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import ONE_CLASS, TINY_UPDATE, arrives, criterion, over
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Outcome, Precedence
from vgsim.diagnosis.verdict import Tone
from vgsim.diagnosis.wording import fine, loss_trend

BETTER = 0.97
"""Loss over that of the best constant guess below which something has been learned. Ours."""


LONG = 100
SLOW = 0.95
"""Updates done after which a loss that keeps so much of itself is worth a word. Ours."""


@criterion(evidence.loss)
def _loss_falls(f: Findings) -> float:
    return over(f.trial.first, f.trial.last)


@criterion(evidence.updates)
def _moves_well(f: Findings) -> float:
    return over(f.ratio, TINY_UPDATE)


def _sentences(f: Findings) -> tuple[str, ...]:
    said = [fine(f)]
    if f.cell and f.memory != "h" and f.way.hops and f.knows("keep"):
        said.append(f"The {f.cell.keeper}s are open by {about(f.keep)} on average.")
    if not math.isnan(f.ratio) and f.trial.losses:
        said.append(f"Updates are up to {about(f.ratio)} of the weights, and {loss_trend(f)}.")
    if f.step >= LONG and f.trial.after > SLOW * f.trial.before:
        said.append(
            "Samples that are hard and labels that are wrong (noise) look the same here: either "
            "may be all that is left."
        )
    if f.majority >= ONE_CLASS:
        said.append(
            f"{percent(f.majority)} of the samples are of one class, so always saying that one is "
            "right as often: accuracy says little."
        )
    return tuple(said)


def _title(f: Findings) -> str:
    """Healthy is what learns: a loss that is better than guessing, now or in the trial ahead."""
    if f.chance > 0 and min(f.loss, f.trial.last) > BETTER * f.chance:
        return "Signal healthy, nothing learned yet"
    return "Healthy"


OUTCOMES.add(
    "healthy",
    Outcome(
        title=_title,
        order=Precedence.REST,
        needs=(arrives,),
        signs=(_loss_falls, _moves_well),
        also=(evidence.updates, evidence.loss),
        sentences=_sentences,
        tells=("keep", "majority"),
        tone=Tone.GOOD,
    ),
    "nothing is wrong",
)
