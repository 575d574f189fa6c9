"""Why a network does not learn, or that it does: a verdict with its evidence and remedies.

Three steps: :mod:`~vgsim.diagnosis.examination` measures plain figures (``Findings``), the first
outcome of :mod:`~vgsim.diagnosis.outcomes` that they fit is the verdict, and that outcome says it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from vgsim.core.errors import SpecError
from vgsim.diagnosis import outcomes as outcomes  # registers them
from vgsim.diagnosis.criteria import LARGE_UPDATE, nothing_to_gain, went_astray
from vgsim.diagnosis.examination import collect
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.lacking import needed
from vgsim.diagnosis.minimum import best_restart
from vgsim.diagnosis.nearest import nearest_spec
from vgsim.diagnosis.outcome import (
    OUTCOMES,
    Precedence,
    all_that_hold,
    first_that_holds,
    undecided,
)
from vgsim.diagnosis.pytorch import coded
from vgsim.diagnosis.recorded import examine_recording
from vgsim.diagnosis.remedies import remedies
from vgsim.diagnosis.stopping import Stop, never
from vgsim.diagnosis.verdict import Undecided, Verdict
from vgsim.diagnosis.wording import of_the_start
from vgsim.nn.experiment import Experiment
from vgsim.record.reader import RecordedRun

__all__ = ["OUTCOMES", "Findings", "examine", "judge", "judge_recording", "say"]


def judge(experiment: Experiment, stop: Stop = never) -> Verdict:
    """What is the matter with ``experiment`` after the updates done so far.

    Moves it: one pass, its update and a short trial of further updates, so give a copy. The same
    experiment at the same step gets the same verdict, whatever its moment. ``Stopped`` when
    ``stop``, asked at every moment, says so.
    """
    return say(examine(experiment, stop))


def judge_recording(run: RecordedRun, step: int | None = None) -> Verdict:
    """What is the matter with a recorded training at ``step``, the last without one.

    Remedies are changes of the nearest simulated experiment, with their code for the recorded
    modules. SpecError when that step was not recorded.
    """
    findings = examine_recording(run, step)
    verdict = replace(say(findings), recorded=True)
    try:
        nearest = nearest_spec(run, findings.step).spec
    except SpecError:  # nothing in it that a model could be made of
        return replace(verdict, remedies=())
    offered = remedies(verdict.outcome, replace(findings, spec=nearest))
    return replace(verdict, remedies=coded(run, nearest, offered))


def examine(experiment: Experiment, stop: Stop = never) -> Findings:
    """The figures a verdict rests on: those of now, or of the start where they explain what is now.

    Parameters that training has thrown far out only show that it did; why, the start shows. So it
    is with a gradient that was lost, grew or was blocked at the start already: its cause was there
    before training moved anything.
    """
    found = collect(experiment, stop)
    if found.step == 0:
        return found
    if nothing_to_gain(found) >= 0 and found.chance > 0:
        found = replace(found, restart=best_restart(experiment, found.step, stop))
    worst = float("inf") if found.broken else found.peak
    now = OUTCOMES[first_that_holds(found)]
    if not went_astray(found) and not Precedence.BLOCKED <= now.order < Precedence.SOUND:
        return found
    experiment.reset()
    start = replace(collect(experiment, stop), step=found.step, peak=worst, from_start=True)
    if went_astray(found) or (_sound(start) and start.ratio >= LARGE_UPDATE):
        return replace(start, diverged=True)
    if _sound(start):
        return found
    return start


def _sound(start: Findings) -> bool:
    """Whether nothing that is built in stands in the gradient's way."""
    return OUTCOMES[first_that_holds(start)].order >= Precedence.SOUND


def say(findings: Findings) -> Verdict:
    """The verdict on plain figures."""
    name, *others = all_that_hold(findings)
    outcome = OUTCOMES[name]
    first, *rest = outcome.sentences(findings)
    if outcome.tells_where or Precedence.GROWTH <= outcome.order < Precedence.SOUND:
        rest = [*findings.where, *rest]
    return Verdict(
        outcome=name,
        title=outcome.named(findings),
        sentences=(
            first,
            *rest,
            *of_the_start(findings),
            *_also(findings, name, others),
        ),
        evidence=outcome.evidence(findings),
        confidence=outcome.confidence(findings),
        tone=outcome.tone,
        remedies=remedies(name, findings),
        step=findings.step,
        exact=outcome.exact(findings),
        undecided=tuple(_undecided(findings)),
    )


def _undecided(findings: Findings) -> Iterator[Undecided]:
    """What the figures do not tell, with what it would need."""
    for name, lacking in undecided(findings):
        yield Undecided(OUTCOMES[name].named(findings), needed(lacking))


def _also(findings: Findings, first: str, others: list[str]) -> tuple[str, ...]:
    """Further causes that are settings by themselves, in their order."""
    fades = Precedence.LOSS <= OUTCOMES[first].order < Precedence.SOUND
    titles = []
    for outcome in map(OUTCOMES.__getitem__, others):
        if outcome.by_setting:
            titles.append(outcome.named(findings))
        elif outcome.further and fades and not findings.diverged:
            titles.append(outcome.further)
    return tuple(f"A further cause: {title[0].lower()}{title[1:]}." for title in titles)
