"""What came of a run so far: its losses, and how much gradient arrives at its first stage."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from vgsim.measure.frame import Floats, Frame, PinnedRun
from vgsim.nn.history import HistoryView
from vgsim.nn.moments import Phase

NAN = float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class RunSoFar:
    """A run up to the moment of a frame; nan is what there is not.

    ``loss`` is that of the newest recorded update (a mean where rows were thinned), ``held_loss``
    and ``held_accuracy`` those of the newest evaluation. ``gradient`` (N,) is the RMS of ∂J/∂h by
    stage in the pass of update ``gradient_step``, the newest recorded one; before the first update
    that of the first pass, once it is whole.
    """

    step: int
    loss: float
    held_loss: float
    held_accuracy: float
    gradient: Floats
    gradient_step: int

    @property
    def ratio(self) -> float:
        """RMS of ∂J/∂h at the first stage against the last one, of those that have one."""
        known = self.gradient[~np.isnan(self.gradient)]
        if not len(known):
            return NAN
        first = float(known[0])
        last = float(known[-1])
        if last == 0.0:
            return NAN
        return first / last

    @property
    def decades_lost(self) -> float:
        """Powers of ten between the last stage and the first; inf where nothing arrives."""
        ratio = self.ratio
        if ratio == 0.0:
            return math.inf
        return -math.log10(ratio) if ratio > 0.0 else NAN

    @property
    def hops(self) -> int:
        """Hops from the last stage to the first."""
        return len(self.gradient) - 1


def run_so_far(frame: Frame) -> RunSoFar:
    """What came of the run of ``frame``, without the run beside it."""
    history = frame.history
    recorded = len(history.steps) > 0
    if recorded and frame.moment.phase is not Phase.UPDATE:  # the pass that goes on is another one
        gradient = history.dh_rms[-1]
        at = int(history.steps[-1])
    else:
        whole = frame.backward_from == 1
        gradient = frame.dh_rms if whole else np.full(frame.stages, NAN)
        at = max(frame.step, 1)
    return RunSoFar(
        step=frame.step,
        loss=_newest(history.loss),
        held_loss=_newest(history.held_loss),
        held_accuracy=_newest(history.held_accuracy),
        gradient=gradient,
        gradient_step=at,
    )


def _newest(values: Floats) -> float:
    return float(values[-1]) if len(values) else NAN


def first_update_to(history: HistoryView, loss: float) -> int | None:
    """The first recorded update whose training loss is ``loss`` or less; None for none."""
    reached = np.flatnonzero(history.loss <= loss)
    if not len(reached):
        return None
    return int(history.steps[reached[0]])


def pinned(frame: Frame, name: str) -> PinnedRun:
    """The run of ``frame`` as it is now, to be kept under ``name``."""
    found = run_so_far(frame)
    return PinnedRun(name, frame.spec, frame.step, found.gradient, frame.history)
