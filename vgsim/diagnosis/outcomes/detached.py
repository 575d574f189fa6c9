"""Stages that no gradient comes back to, though their outputs were computed."""

from __future__ import annotations

from collections.abc import Iterator

from vgsim.core.numbers import percent
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, true
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.wording import listed


@criterion(evidence.cut_off, figures=("cut_off",))
def _is_cut_off(f: Findings) -> float:
    return true(bool(f.cut_off))


def _title(f: Findings) -> str:
    return f"Detached: no gradient comes to {listed(f, f.cut_off)}"


def _sentences(f: Findings) -> tuple[str, ...]:
    share = ""
    if len(f.stage_names) > len(f.cut_off):
        share = f" ({percent(len(f.cut_off) / len(f.stage_names))} of the stages)"
    return (
        f"{listed(f, f.cut_off)}{share} were computed, and their parameters are to be trained, but "
        "no gradient comes back: it does not vanish on the way, there is no way.",
        "Either something takes their outputs out of the graph, as detach(), torch.no_grad(), "
        "item(), numpy() or argmax do, or the loss does not depend on them.",
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    for name in f.cut_off[-1:]:  # the last of them is what is detached
        yield Candidate(
            "What they put out as it is, not detached",
            {"model.attached": name},
            "Where that was meant, as for targets of their own, they are trained by the loss now.",
        )


OUTCOMES.add(
    "detached",
    Outcome(
        title=_title,
        order=Precedence.BLOCKED + 1,  # no size of a gradient says anything where there is no way
        needs=(_is_cut_off,),
        also=(evidence.loss,),
        sentences=_sentences,
        remedies=_remedies,
    ),
    "stages that no gradient comes back to",
)
