"""The verdict on one recorded step of a training elsewhere.

The outcomes are those of experiments; the figures are what was recorded, and what was not leaves an
outcome undecided. Later recorded steps are a real trial ahead.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vgsim.core.errors import refuse
from vgsim.diagnosis.criteria import LARGE_UPDATE, went_astray
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Precedence, first_that_holds
from vgsim.diagnosis.recorded.figures import RecordedFindings
from vgsim.record.reader import RecordedRun

USELESS = 0.8
"""Loss over guessing from which training has gained next to nothing, so that its start counts even
where the gradient has come back. Ours."""


def examine_recording(run: RecordedRun, step: int | None = None) -> Findings:
    """The figures of ``step``, the last without one; of the start where they explain what is now.

    SpecError when that step was not recorded, or none was.
    """
    row = _row(run, step)
    found = _findings(run, row)
    if row == 0:
        return found
    now = OUTCOMES[first_that_holds(found)]
    blocked = Precedence.BLOCKED <= now.order < Precedence.SOUND
    useless = now.order >= Precedence.SOUND and found.left > USELESS and not found.held_share
    if not went_astray(found) and not blocked and not useless:
        return found
    first = _findings(run, 0)
    worst = float("inf") if found.broken else found.peak
    start = replace(first, step=found.step, peak=worst, from_start=True)
    sound = OUTCOMES[first_that_holds(start)].order >= Precedence.SOUND
    if went_astray(found) or (sound and start.ratio >= LARGE_UPDATE):
        return replace(start, diverged=True)
    if sound:
        return found
    return replace(start, past_mended=useless)


def _findings(run: RecordedRun, row: int) -> Findings:
    """Those of one step; what was recorded may be anything, also no number."""
    with np.errstate(all="ignore"):
        return RecordedFindings(run, row).findings()


def _row(run: RecordedRun, step: int | None) -> int:
    steps = run.steps
    if not len(steps) or not run.stage_list:
        raise refuse("the recording", run.path.name, "one with a recorded step")
    if step is None:
        return len(steps) - 1
    rows = np.flatnonzero(steps == step)
    if not len(rows):
        raise refuse("--step", step, "a step that was recorded")
    return int(rows[-1])
