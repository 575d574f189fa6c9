"""What a remedy does, measured: the experiment as it is and as it would be, side by side.

Both start from their own initial parameters, with the same seed, data and batches. So what differs
between them is what the remedy changes, and nothing depends on how far training has come.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vgsim.core.errors import SpecError
from vgsim.diagnosis.hops import last_hidden
from vgsim.diagnosis.stopping import Stop, moments
from vgsim.diagnosis.verdict import Effect, Remedy, Verdict
from vgsim.nn.architectures import KINDS
from vgsim.nn.arrays import quiet
from vgsim.nn.experiment import Experiment
from vgsim.nn.moments import Phase
from vgsim.nn.spec import Spec

NEAR, FAR = 50, 250
"""Updates of a course where they do not take too long: many start well and run away only later."""
LEAST_STEPS = 5
NEAR_SECONDS, FAR_SECONDS = 3.0, 1.5
"""About how long the first ones of a course and the others may take: large networks make fewer."""
GAIN = 0.02
"""Share by which J must be lower with a remedy than without for it to count as help. Ours."""
ROSE, OF_START = 1.4, 0.75
"""A loss spikes where it is this much above its lowest so far, and this much of the first. Ours."""
_FLOPS, _PER_STAGE = 2e10, 4e-5
"""What one core does in a second, and the seconds of a stage however small it is; roughly."""


@dataclass(frozen=True, slots=True)
class Course:
    """How one spec fares: factors of RMS ∂J/∂h in the first pass, J after the updates.

    Both are those between the hidden stages, as a verdict has them: ``hop`` is the geometric mean
    over the hops, ``end`` the whole way; nan where there is none. ``spike`` is the largest J to
    which the loss rose again, at step ``spike_step``; nan where it did not. ``late`` is the median
    J of the last tenth of the updates.
    """

    hop: float
    end: float
    loss: float
    spike: float = math.nan
    spike_step: int = 0
    late: float = math.nan

    @property
    def end_loss(self) -> float:
        """What is compared: the median, where it was taken, for one batch has its own noise."""
        if math.isnan(self.late):
            return self.loss
        return self.late


def effect(spec: Spec, remedy: Remedy, steps: int, stop: Stop) -> Effect:
    """What ``remedy`` does to the experiment of ``spec``; ``Stopped`` when ``stop`` says so.

    SpecError when ``spec`` itself cannot be; a remedy that makes it so is a refused effect.
    """
    return Bench(spec, steps).effect(remedy, stop)


def measured(verdict: Verdict, spec: Spec, stop: Stop) -> Verdict:
    """``verdict`` on the experiment of ``spec`` with the effect of every remedy."""
    bench = Bench(spec)
    return replace(verdict, effects=tuple(bench.effect(it, stop) for it in verdict.remedies))


class Bench:
    """Measures remedies for one spec; how it fares without them is measured once.

    ``steps`` are the updates of every course, as many as are affordable where None is given.
    """

    def __init__(self, spec: Spec, steps: int | None = None) -> None:
        self.spec = spec
        self.steps = steps
        self._before: Course | None = None

    def effect(self, remedy: Remedy, stop: Stop) -> Effect:
        """What ``remedy`` does; raises as :func:`effect`. ``stop`` is asked all along."""
        before, steps = self._baseline(stop)
        after = Course(math.nan, math.nan, math.nan)
        refused = ""
        try:
            after = course(Experiment(self.spec.replace(dict(remedy.changes))), steps, stop)
        except SpecError as error:
            refused = str(error)
        return Effect(
            remedy,
            hop_before=before.hop,
            hop=after.hop,
            end_before=before.end,
            end=after.end,
            loss_before=before.loss,
            loss=after.loss,
            steps=steps,
            refused=refused,
            spike=after.spike,
            spike_step=after.spike_step,
            helps=not refused and helps(before, after, self.spec),
        )

    def _baseline(self, stop: Stop) -> tuple[Course, int]:
        if self._before is None or self.steps is None:
            experiment = Experiment(self.spec)
            if self.steps is None:
                self.steps = affordable_steps(experiment)
            self._before = course(experiment, self.steps, stop)
        return self._before, self.steps


def course(experiment: Experiment, steps: int, stop: Stop) -> Course:
    """Run a new experiment ``steps`` updates (at least 1); ``Stopped`` when told to.

    It ends early where the loss is no number any more, from which no training comes back.
    """
    hop, end = math.nan, math.nan
    losses: list[float] = []
    hidden = last_hidden(experiment.spec, experiment.stages)
    for moment in moments(experiment, stop):
        if moment.phase is Phase.UPDATE and experiment.step == 1:
            hop, end = factors(experiment.telemetry.dh_rms[:hidden])
        if moment.phase is Phase.LOSS:
            losses.append(float(experiment.value))
            broken = not math.isfinite(losses[-1])
            if experiment.step >= steps or (broken and experiment.step > 0):
                break
    loss = losses[-1] if math.isfinite(losses[-1]) else math.inf
    late = math.inf
    if math.isfinite(loss):
        late = float(np.median(losses[-max(len(losses) // 10, 1) :]))
    return Course(hop, end, loss, *spike(losses), late)


def spike(losses: Sequence[float]) -> tuple[float, int]:
    """The largest loss that rose from a lower one before it, and its step; (nan, 0) for none."""
    worst, at = math.nan, 0
    lowest = math.inf
    for step, loss in enumerate(losses):
        rose = math.isfinite(loss) and loss > max(ROSE * lowest, OF_START * losses[0])
        if rose and not loss <= worst:  # also true while there is none yet
            worst, at = loss, step
        lowest = min(lowest, loss)
    return worst, at


def helps(before: Course, after: Course, spec: Spec) -> bool:
    """Whether the change gains anything: a lower loss, or more gradient where nothing trains."""
    if KINDS[spec.network.kind].fixed:
        return _distance(after.end) < _distance(before.end)
    return after.end_loss < (1 - GAIN) * before.end_loss


def _distance(factor: float) -> float:
    """How far a factor is from 1, in decades; inf where there is none."""
    if 0 < factor < math.inf:
        return abs(math.log10(factor))
    return math.inf


def factors(dh_rms: NDArray[np.floating]) -> tuple[float, float]:
    """(factor a hop, whole factor) of RMS ∂J/∂h, (N,) by stage: first stage over last.

    The factor a hop is the geometric mean over the N − 1 hops. 0 where the gradient is exactly
    zero at the first stage, inf where it overflowed there; nan without a hop, or where the
    gradient is zero or inf at the last stage already.
    """
    if len(dh_rms) < 2:
        return math.nan, math.nan
    first = float(dh_rms[0])
    last = float(dh_rms[-1])
    hops = len(dh_rms) - 1
    if not 0 < last < math.inf or math.isnan(first):
        return math.nan, math.nan
    with quiet():
        decades = (np.log10(first) - np.log10(last)) / hops
        return float(10.0**decades), float(np.float64(first) / last)


def affordable_steps(experiment: Experiment) -> int:
    """Updates that can be afforded, between LEAST_STEPS and NEAR + FAR.

    By size rather than by the clock, so that the same experiment gets the same number every time.
    """
    products = 6.0 * experiment.network.flat.size * experiment.batches.batch * experiment.steps
    seconds = products / _FLOPS + _PER_STAGE * experiment.stages
    near = max(LEAST_STEPS, min(NEAR, int(NEAR_SECONDS / seconds)))
    return near + min(FAR, int(FAR_SECONDS / seconds))
