"""Why a network does not learn, or that it does: a verdict with its evidence and remedies.

Three steps: :mod:`~vgsim.diagnosis.evidence` measures plain figures (``Findings``),
:mod:`~vgsim.diagnosis.rules` finds the first outcome in its table that they fit, and
``sentences``, ``figures`` and ``remedies`` say it.
"""

from __future__ import annotations

from dataclasses import replace

from vgsim.diagnosis.evidence import collect
from vgsim.diagnosis.figures import evidence
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.remedies import remedies
from vgsim.diagnosis.rules import confidence, first_rule, went_astray
from vgsim.diagnosis.sentences import sentences
from vgsim.diagnosis.stopping import Stop, never
from vgsim.diagnosis.verdict import Verdict
from vgsim.nn.experiment import Experiment

__all__ = ["Findings", "examine", "judge", "say"]


def judge(experiment: Experiment, stop: Stop = never) -> Verdict:
    """What is the matter with ``experiment`` after the updates done so far.

    Moves it: one pass, its update and a short trial of further updates, so give a twin. The same
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
    rule = first_rule(findings)
    return Verdict(
        outcome=rule.outcome,
        title=rule.title.format(precision=findings.spec.training.precision),
        sentences=sentences(rule.outcome, findings),
        evidence=evidence(rule.shows, findings),
        confidence=confidence(rule, findings),
        tone=rule.tone,
        remedies=remedies(rule.outcome, findings),
        step=findings.step,
    )
