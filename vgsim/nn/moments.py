"""Moments: the smallest things that happen to an experiment."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """What kind of thing happens in a moment."""

    START = "start"
    FORWARD = "forward"
    LOSS = "loss"
    BACKWARD = "backward"
    UPDATE = "update"


@dataclass(frozen=True, slots=True)
class Moment:
    """The smallest thing that happens: forward or backward through ``stage``, loss, update.

    ``position`` counts the moments of one pass: 0 is before it, ``2 * stages + 2`` the update.
    ``stage`` counts from 1; it is 0 for the start, the loss and the update.
    """

    phase: Phase
    stage: int
    position: int

    def reached(self, stages: int) -> tuple[int, int]:
        """(last stage reached forward, first stage reached backward; N + 1 for none)."""
        backward = min(max(self.position - stages - 1, 0), stages)
        return min(self.position, stages), stages + 1 - backward

    def __str__(self) -> str:
        if self.stage:
            return f"{self.phase}:{self.stage}"
        return str(self.phase)


def moments_of_pass(stages: int) -> tuple[Moment, ...]:
    """Every moment of a pass, by its position."""
    names = [(Phase.START, 0)]
    names += [(Phase.FORWARD, stage) for stage in range(1, stages + 1)]
    names += [(Phase.LOSS, 0)]
    names += [(Phase.BACKWARD, stage) for stage in range(stages, 0, -1)]
    names += [(Phase.UPDATE, 0)]
    return tuple(Moment(phase, stage, at) for at, (phase, stage) in enumerate(names))
