"""An activation whose derivative is small even at its steepest, many times in a row."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vgsim.core.numbers import about, fixed
from vgsim.diagnosis.criteria import (
    activation_takes_most,
    criterion,
    loss_at_chance,
    not_flat,
    true,
    vanishes,
)
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.remedies import (
    ROTATION,
    added_only,
    fewer_layers,
    played_by,
    rectifier,
    residual,
    residual_if_very_deep,
    zero_centered,
)
from vgsim.diagnosis.wording import activation, hops, journey, share
from vgsim.measure.theory import activation_bound
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.roles import Role


@criterion(figures=("bound",))
def _layers_or_low_cap(f: Findings) -> float:
    """In a loop a derivative of up to 1 is no cap: W_h could make up for it, as γ = 1 says."""
    return true(not f.recurrent or f.bound < 1)


def _sentences(f: Findings) -> tuple[str, ...]:
    taken = -f.way.part("activation")
    return (
        journey(f),
        f"{activation(f)}'s derivative is at most {about(f.bound)} and {about(f.derivative)} on "
        f"average; it accounts for {fixed(taken, 1)} of them, while {share(f, 'weights')}.",
        *_bound(f),
    )


def _bound(f: Findings) -> tuple[str, ...]:
    """What no weights of size 1 could avoid."""
    if f.bound >= 1 or not f.way.hops:
        return ()
    if f.recurrent:
        best = activation_bound(f.bound, len(f.way.hops))
    else:  # the first stage's derivative is behind the way, not on it
        best = math.prod(f.bounds[1:])
    return (
        f"Even at its steepest it would leave {about(best)} after {hops(f)}: the units are not "
        "saturated, there are too many of them in a row.",
    )


def remedies(f: Findings) -> Iterator[Candidate]:
    """Another activation, or a way around it."""
    if f.recurrent:
        yield added_only(f)
        yield Candidate(
            f"A {played_by(ACTIVATIONS, Role.ZERO_CENTERED).lower()} cell around a rotation",
            {"network.activation": Role.ZERO_CENTERED, **ROTATION},
            "It still fades where its state saturates: over long sequences gates do better.",
        )
        return
    yield from residual_if_very_deep(f)
    yield rectifier()
    yield zero_centered()
    yield residual()
    yield fewer_layers(2)


OUTCOMES.add(
    "vanishing_capped",
    Outcome(
        title="Vanishing: the activation's derivative is capped",
        order=Precedence.LOSS + 40,  # before the weights, which would have to make up for it
        needs=(vanishes, activation_takes_most, not_flat, _layers_or_low_cap),
        signs=(loss_at_chance,),
        sentences=_sentences,
        tells=("bounds",),
        remedies=remedies,
    ),
    "an activation whose derivative is small at best",
)
