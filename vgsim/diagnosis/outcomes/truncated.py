"""Backpropagation that is cut off by choice, and sound up to there."""

from __future__ import annotations

from collections.abc import Iterator

from vgsim.core.numbers import about
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, true
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.verdict import Tone
from vgsim.diagnosis.wording import count, decades, hops


@criterion(evidence.gradient)
def _is_cut(f: Findings) -> float:
    return true(f.way.cut > 0)


def _sentences(f: Findings) -> tuple[str, ...]:
    return (
        f"Backpropagation stops every {f.spec.training.truncate} timesteps "
        f"({count(f.way.cut, 'cut')}): no error is sent back across them, by choice.",
        f"Up to there the gradient is fine: ×{about(f.way.mean_hop)} a timestep over "
        f"{hops(f)}, {decades(f.lost)} in all.",
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    yield Candidate(
        "Let the gradient go back all the way",
        {"training.truncate": 0},
        "Over so many timesteps it may vanish or explode, which truncation hid.",
    )


OUTCOMES.add(
    "truncated",
    Outcome(
        title="Cut off on purpose",
        order=Precedence.SOUND + 90,  # after all that is no choice
        needs=(_is_cut,),
        also=(evidence.budget,),
        sentences=_sentences,
        tells=("training.truncate",),
        remedies=_remedies,
        tone=Tone.NEUTRAL,
    ),
    "backpropagation that is cut off by choice",
)
