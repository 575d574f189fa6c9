"""Why a network does not learn, or that it does: a verdict with its evidence and remedies.

Three steps: :mod:`~vgsim.diagnosis.examination` measures plain figures (``Findings``), the first
outcome of :mod:`~vgsim.diagnosis.outcomes` that they fit is the verdict, and that outcome says it.
"""

from __future__ import annotations

from dataclasses import replace

from vgsim.diagnosis import outcomes as outcomes  # registers them
from vgsim.diagnosis.criteria import went_astray
from vgsim.diagnosis.examination import collect
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, first_that_holds
from vgsim.diagnosis.remedies import remedies
from vgsim.diagnosis.stopping import Stop, never
from vgsim.diagnosis.verdict import Verdict
from vgsim.nn.experiment import Experiment

__all__ = ["OUTCOMES", "Findings", "examine", "judge", "say"]


def judge(experiment: Experiment, stop: Stop = never) -> Verdict:
    """What is the matter with ``experiment`` after the updates done so far.

    Moves it: one pass, its update and a short trial of further updates, so give a copy. The same
    experiment at the same step gets the same verdict, whatever its moment. ``Stopped`` when
    ``stop``, asked at every moment, says so.
    """
    return say(examine(experiment, stop))


def examine(experiment: Experiment, stop: Stop = never) -> Findings:
    """The figures a verdict rests on: those of now, or of the start of what has run away since.

    Parameters that training has thrown far out only show that it did; why, the start shows.
    """
    found = collect(experiment, stop)
    if not went_astray(found):
        return found
    worst = float("inf") if found.broken else found.peak
    experiment.reset()
    return replace(collect(experiment, stop), step=found.step, peak=worst, diverged=True)


def say(findings: Findings) -> Verdict:
    """The verdict on plain figures."""
    name = first_that_holds(findings)
    outcome = OUTCOMES[name]
    return Verdict(
        outcome=name,
        title=outcome.named(findings),
        sentences=outcome.sentences(findings),
        evidence=outcome.evidence(findings),
        confidence=outcome.confidence(findings),
        tone=outcome.tone,
        remedies=remedies(name, findings),
        step=findings.step,
        exact=outcome.exact(findings),
    )
