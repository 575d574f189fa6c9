"""Squashing units that sit where they are flat."""

from __future__ import annotations

from collections.abc import Iterator

from vgsim.core.numbers import about, percent
from vgsim.diagnosis.criteria import activation_takes_most, flat, loss_at_chance, vanishes
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.remedies import (
    BY_ROTATION,
    NO_BIAS,
    NO_OFFSET,
    ROTATION,
    added_only,
    has_biases,
    matching,
    rectifier,
    same_scale,
)
from vgsim.diagnosis.wording import activation, journey, share
from vgsim.nn.initializers import BIASES

FAR_OFF = 2.0
"""Size of a bias that alone takes a squashing unit out of where it is steep. Ours."""


def _sentences(f: Findings) -> tuple[str, ...]:
    if f.knows("saturated"):
        as_units = f", as {percent(f.saturation)} of the units sit where it is flat"
    else:
        as_units = ""
    return (
        journey(f),
        f"{activation(f)}'s derivative could be {about(f.bound)} but is {about(f.derivative)} on "
        f"average{as_units}: {share(f, 'activation')}, {share(f, 'weights')}.",
        *_why_flat(f),
    )


def _why_flat(f: Findings) -> Iterator[str]:
    offset = BIASES[f.spec.init.bias].mean(f.spec.init)
    if abs(offset) >= FAR_OFF and f.step == 0:
        yield f"The biases of {about(offset)} push them there, not the depth."
    elif f.knows("z1"):
        yield f"The first pre-activations have an RMS of {about(f.z1)}; near 1 they would be steep."


def _remedies(f: Findings) -> Iterator[Candidate]:
    if has_biases(f):
        yield NO_OFFSET
    if f.recurrent:
        yield Candidate("A rotation for Wₕ", ROTATION | NO_BIAS, BY_ROTATION.catch)
        yield added_only(f)
        return
    yield same_scale(", which brings z back to where f is steep")
    yield matching(f)
    yield rectifier()


OUTCOMES.add(
    "vanishing_saturated",
    Outcome(
        title="Vanishing: the units are saturated",
        order=Precedence.LOSS + 30,  # a cap explains nothing where the derivative is far below it
        needs=(vanishes, flat, activation_takes_most),
        signs=(loss_at_chance,),
        sentences=_sentences,
        tells=("init.bias", "init.bias_value", "saturated", "z1"),
        remedies=_remedies,
    ),
    "squashing units that sit where they are flat",
)
