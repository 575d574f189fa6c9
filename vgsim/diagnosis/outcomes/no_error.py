"""A gradient of exactly 0 at the output: there is nothing that could be lost on the way back."""

from __future__ import annotations

from collections.abc import Iterator

from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, true
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.verdict import Tone
from vgsim.nn.losses import LOSSES


@criterion(evidence.loss)
def _silent(f: Findings) -> float:
    return true(f.error == 0 and not f.broken)


def _judges(f: Findings) -> bool:
    return LOSSES[f.spec.training.loss].judges


def _sentences(f: Findings) -> tuple[str, ...]:
    if _judges(f):
        why = "the derivative of the loss is exactly 0 there"
    else:
        why = "the loss hands the last stage the gradient 0, as its start is set to that"
    return (f"∂J/∂h of the last stage is exactly 0: {why}.", "Nothing is lost on the way back.")


def _remedies(f: Findings) -> Iterator[Candidate]:
    if not _judges(f):
        catch = "It is a made-up error: it shows the way of a gradient and trains nothing."
        yield Candidate("A start gradient of 1", {"training.start": 1.0}, catch)


OUTCOMES.add(
    "no_error",
    Outcome(
        title="There is no error to send back",
        order=Precedence.MEANINGLESS + 30,  # every gradient is 0 then, whatever the network does
        needs=(_silent,),
        also=(evidence.gradient,),
        sentences=_sentences,
        remedies=_remedies,
        tone=Tone.NEUTRAL,
    ),
    "a gradient of 0 at the output",
)
