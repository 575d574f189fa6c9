"""One figure against one threshold, as a margin in doublings.

A margin is log2 of how many times a figure is beyond its threshold: 0 is just there, 1 is twice as
far, below 0 (or nan) does not hold.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from vgsim.diagnosis.evidence import Facts
from vgsim.diagnosis.findings import Findings

Margin = Callable[[Findings], float]


@dataclass(frozen=True, slots=True)
class Criterion:
    """A margin and the facts that show its figure, None where there is nothing to measure.

    An outcome shows whatever its criteria measure, so that no title stands without its evidence.
    """

    margin: Margin
    shown: Facts | None

    def __call__(self, findings: Findings) -> float:
        """The margin of these findings."""
        return self.margin(findings)


def criterion(shown: Facts | None = None) -> Callable[[Margin], Criterion]:
    """Decorator that makes a criterion of a function."""
    return lambda margin: Criterion(margin, shown)


def over(value: float, threshold: float) -> float:
    """Margin of a figure that should be above ``threshold``; what is not above 0 is far below."""
    if not value > 0 or math.isnan(threshold):
        return -math.inf
    if math.isinf(value) or threshold <= 0:
        return math.inf
    return math.log2(value) - math.log2(threshold)


def under(value: float, threshold: float) -> float:
    """Margin of a figure that should be below ``threshold``; what is not above 0 is far below."""
    if math.isnan(value):
        return -math.inf
    return -over(value, threshold) if value > 0 else math.inf


def true(condition: bool) -> float:
    """A plain yes or no."""
    return math.inf if condition else -math.inf
