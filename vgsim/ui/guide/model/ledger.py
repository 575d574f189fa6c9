"""The product of the chain rule, written out with the factors that a network has now."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np

from vgsim.core.numbers import factor, magnitude, part, subscript
from vgsim.measure.frame import Frame
from vgsim.nn.moments import Phase

FADES_BELOW = 0.5
"""A factor below this is tinted as one that costs."""


class HopProgress(Enum):
    """Where backpropagation is."""

    TAKEN = "taken"
    PRESENT = "present"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class LedgerCell:
    """What is left after the way from stage ``start`` down to stage ``end``.

    ``value`` is RMS ∂J/∂h_end over RMS ∂J/∂h_start, nan while it is ahead. Mostly that is one hop;
    of a deep network several share a cell, of which ``reached`` is the stage they have come to.
    """

    start: int
    end: int
    reached: int
    value: float
    progress: HopProgress

    @property
    def words(self) -> str:
        """The factor: "×0.18"."""
        return factor(self.value) or "·"

    @property
    def way(self) -> str:
        """From where to where: "h₇ → h₆"."""
        end = self.end if self.progress is HopProgress.AHEAD else self.reached
        return f"{_h(self.start)} → {_h(end)}"

    @property
    def fades(self) -> bool:
        """Whether it costs."""
        return self.value < FADES_BELOW


@dataclass(frozen=True, slots=True)
class Ledger:
    """∂J/∂h_N and what every hop has made of it; ``start`` and ``product`` are nan before that.

    The factors are ratios of RMS over the batch, so that their product with ``start`` is exactly
    ``product``, RMS ∂J/∂h of the stage that was ``reached``. (The chain rule's own factors are
    matrices; a ratio is how long what comes out of one is beside what went in.)
    """

    stages: int
    start: float
    cells: tuple[LedgerCell, ...]
    reached: int
    product: float

    @property
    def result(self) -> str:
        """The product and where it is: "= 3.8e−5 at h₃"; empty before the first hop."""
        if self.reached >= self.stages:
            return ""
        return f"= {magnitude(self.product)} at {_h(self.reached)}"

    @property
    def share(self) -> str:
        """What is left of it: "1 part in 125 of what left h₇"; empty before the first hop."""
        if self.reached >= self.stages or not self.start > 0:
            return ""
        return f"{part(self.product / self.start)} of what left {_h(self.stages)}"


def ledger_of(frame: Frame, most: int) -> Ledger:
    """The ledger of the pass that ``frame`` is in, with ``most`` cells for hops at most."""
    stages = frame.stages
    gradients = frame.dh_rms
    known = np.flatnonzero(~np.isnan(gradients))
    reached = int(known[0]) + 1 if len(known) else stages + 1
    each = max(1, math.ceil((stages - 1) / max(most, 1)))
    cells = []
    for start in range(stages, 1, -each):
        end = max(start - each, 1)
        cells.append(_cell(frame, start, end, reached))
    if len(known):
        first = float(gradients[stages - 1])
        product = float(gradients[reached - 1])
    else:
        first = math.nan
        product = math.nan
    return Ledger(stages, first, tuple(cells), min(reached, stages), product)


def _cell(frame: Frame, start: int, end: int, reached: int) -> LedgerCell:
    came_to = max(end, reached)
    if came_to >= start:
        return LedgerCell(start, end, start, math.nan, HopProgress.AHEAD)
    before = float(frame.dh_rms[start - 1])
    after = float(frame.dh_rms[came_to - 1])
    value = after / before if before > 0 and math.isfinite(before) else math.nan
    here = frame.moment.phase is Phase.BACKWARD and end <= frame.moment.stage < start
    progress = HopProgress.PRESENT if here else HopProgress.TAKEN
    return LedgerCell(start, end, came_to, value, progress)


def _h(stage: int) -> str:
    return "h" + subscript(stage)
