"""What came of one member of a map: a cell from one of its seeds."""

from __future__ import annotations

import math
from dataclasses import dataclass

from vgsim.sweep.plan import Index


@dataclass(frozen=True, slots=True)
class MemberResult:
    """What was measured after the last update of a member, in the pass that follows it.

    ``first`` and ``last`` are the RMS of ∂J/∂h of stage 1 and of the last hidden stage (inf where
    it overflowed), ``hops`` how many hops lie between them. ``loss`` and ``accuracy`` are those
    of the training batch (accuracy nan without classes). ``reached`` is the first step whose loss
    was at or below the plan's ``reach``; -1 where none was. ``verdict`` is the name of the outcome
    that was found, "" where none was asked for. ``failure`` is why it could not be computed, in a
    sentence; all figures are nan then. ``seconds`` is its share of the time that it took.
    ``experiment`` tells experiments apart: equal ones have equal bytes, in every map.
    """

    index: Index
    seed: int
    first: float = math.nan
    last: float = math.nan
    hops: int = 0
    loss: float = math.nan
    accuracy: float = math.nan
    reached: int = -1
    verdict: str = ""
    failure: str = ""
    seconds: float = 0.0
    experiment: bytes = b""
