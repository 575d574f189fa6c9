"""Gates that keep too little of the state from timestep to timestep."""

from __future__ import annotations

from collections.abc import Iterator

from vgsim.core.numbers import about
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, true, vanishes
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.remedies import MORE_PER_STEP, NO_BIAS, keeping, open_gates, remembering
from vgsim.diagnosis.wording import hops, journey


@criterion(evidence.gates)
def _by_gates(f: Findings) -> float:
    return true(f.gated)


def _sentences(f: Findings) -> tuple[str, ...]:
    gate = f.cell.keeper if f.cell else ""
    if f.knows("keep"):
        keeps = (
            f"The {gate} keeps {about(f.keep)} of the state at every timestep, on average: alone "
            f"it would leave {about(f.keep ** len(f.way.hops))} after {hops(f)}, the rest came "
            "back through the weights."
        )
    else:
        keeps = (
            f"The {gate} and what comes back through the weights keep {about(f.way.mean_hop)} of "
            "it at every timestep: what happened long ago cannot be learned."
        )
    return (
        journey(f),
        keeps,
        "Gates are learned: as long as the loss falls, they may open by themselves.",
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    if f.cell and f.cell.opened_by:
        gates = f"{f.cell.keeper}s".capitalize()
        changes = open_gates(f.cell, f)
        if not f.spec.applies(f.cell.opened_by):  # biases that decide for the gates, too
            changes = {**changes, **NO_BIAS}
        catch = "What should be forgotten is kept as well, until the gates have learned to tell."
        yield Candidate(f"{gates} that start open: b = ln T", changes, catch)
    cell = keeping(f)
    title = f"{cell.label} with {cell.value.keeper}s that start open"
    yield Candidate(title, remembering(f), MORE_PER_STEP)


OUTCOMES.add(
    "forgetting",
    Outcome(
        title="Vanishing: the gates forget",
        order=Precedence.LOSS + 20,  # gates decide before weights and activations do
        needs=(vanishes, _by_gates),
        also=(evidence.loss,),
        sentences=_sentences,
        tells=("keep",),
        remedies=_remedies,
    ),
    "gates that keep too little of the state",
)
