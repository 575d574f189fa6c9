"""The same recurrent weights at every timestep, which make the gradient fade."""

from __future__ import annotations

from vgsim.core.numbers import about
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, in_time, under, vanishes
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Outcome, Precedence
from vgsim.diagnosis.remedies import fading_in_time
from vgsim.diagnosis.wording import journey, split


@criterion(evidence.radius, figures=("derivative", "radius"))
def _radius_under_one(f: Findings) -> float:
    return under(f.radius * f.derivative, 1.0)


def _sentences(f: Findings) -> tuple[str, ...]:
    if not f.knows("radius", "derivative"):
        return (
            journey(f),
            "Every timestep multiplies by the same Wₕ and by the derivatives of the cell: what "
            "happened long ago cannot be learned.",
        )
    return (
        journey(f),
        f"Every timestep multiplies by the same Wₕ, whose spectral radius is {about(f.radius)}, "
        f"and by derivatives of {about(f.derivative)} on average: what happened long ago cannot be "
        "learned.",
        split(f),
    )


OUTCOMES.add(
    "vanishing_recurrent",
    Outcome(
        title="Vanishing over the timesteps",
        order=Precedence.LOSS + 50,  # the weights of time, before those of layers
        needs=(vanishes, in_time),
        signs=(_radius_under_one,),
        also=(evidence.radius, evidence.budget),
        sentences=_sentences,
        tells=("derivative", "radius"),
        remedies=fading_in_time,
    ),
    "recurrent weights that make the gradient fade",
)
