"""What is wanted with the coming frames."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Focus:
    """What the user looks into: a stage, one of its units, or one edge below a unit.

    ``stage`` is 1 to N, ``unit`` and ``source`` count from 0; ``source`` is the unit below.
    """

    stage: int
    unit: int | None = None
    source: int | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """Measurements to be made with a frame.

    ``kinds`` are classes of measurements. ``focus`` is what the inspector shows. ``sample`` is the
    row of the batch that matrices and figures are those of; None for the mean over the batch.
    """

    kinds: frozenset[type] = frozenset()
    focus: Focus | None = None
    sample: int | None = 0


NOTHING = Request()
"""The request for a frame without measurements."""
