"""The same recurrent weights at every timestep, which make the gradient grow."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vgsim.core.numbers import about
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, explodes, in_time, over, weights_give
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.remedies import BY_ROTATION, added_only
from vgsim.diagnosis.wording import already_broken, journey_or_overflow
from vgsim.nn.clipping import CLIPPINGS
from vgsim.nn.roles import Role


@criterion(evidence.radius, figures=("radius",))
def _radius_over_one(f: Findings) -> float:
    return over(f.radius, 1.0)


def _sentences(f: Findings) -> tuple[str, ...]:
    return (
        journey_or_overflow(f),
        _driver(f),
        *_tamed(f),
        *already_broken(f),
    )


def _driver(f: Findings) -> str:
    """W_h, or the normalization behind it where that gave more."""
    given = f.way.part("normalization")
    if given > max(f.way.part("weights"), 1.0):
        return (
            f"The normalization of h Wₕ gave {about(given)} decades of it: where h Wₕ is next to "
            "0, bringing it up to size brings every gradient up, too."
        )
    if math.isnan(f.radius):
        return "Every timestep multiplies by the same Wₕ."
    return f"Every timestep multiplies by the same Wₕ, whose spectral radius is {about(f.radius)}."


def _tamed(f: Findings) -> tuple[str, ...]:
    """What clipping does, where there is any."""
    if not f.spec.applies("training.clip_at"):
        return ()
    if not f.knows("training.clip_at"):
        return ("Clipping keeps the updates small nevertheless.",)
    training = f.spec.training
    how = CLIPPINGS.entry(training.clip).label.lower()
    at = about(training.clip_at)
    return (f"Clipping {how} at {at} keeps the updates small nevertheless.",)


def _remedies(f: Findings) -> Iterator[Candidate]:
    yield BY_ROTATION
    yield added_only(f)
    yield Candidate(
        "Clipping the gradient to norm 1 (Pascanu et al. 2013)",
        {"training.clip": Role.LIMITS_NORM, "training.clip_at": 1.0},
        "It bounds the update, not the growth: what comes from far back still drowns the rest.",
    )


OUTCOMES.add(
    "exploding_recurrent",
    Outcome(
        title="Exploding over the timesteps",
        order=Precedence.GROWTH + 40,  # the weights of time, before those of layers
        needs=(explodes, in_time),
        signs=(_radius_over_one, weights_give),
        also=(evidence.radius, evidence.budget),
        sentences=_sentences,
        tells=("radius", "training.clip", "training.clip_at"),
        remedies=_remedies,
    ),
    "recurrent weights that make the gradient grow",
)
