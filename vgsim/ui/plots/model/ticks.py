"""Where an axis has ticks, and what they are called, for any stretch of it. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence

from vgsim.core.numbers import decade, magnitude
from vgsim.text.scale import Scale
from vgsim.ui.plots.model.series import nice_ticks

Tick = tuple[float, str]
Ticks = Sequence[Tick]

ONE_TWO_FIVE = (1, 2, 5)
EVERY = tuple(range(1, 10))


def decade_ticks(scale: Scale, low: float, high: float, most: int) -> list[Tick]:
    """At most ``most`` places on a log₁₀ axis from ``low`` to ``high``, none beyond the scale.

    Whole decades while two of them are in sight, else 1, 2, 5 times a power of ten, and so on.
    """
    low = max(low, scale.low)
    high = min(high, scale.high)
    first = math.ceil(low - 1e-9)
    last = math.floor(high + 1e-9)
    if last > first:
        every = math.ceil((last - first + 1) / most)
        return [(float(k), decade(k)) for k in range(scale.high, scale.low - 1, -every)
                if first <= k <= last][::-1]  # fmt: skip
    for multiples in (ONE_TWO_FIVE, EVERY):
        found = _between_decades(low, high, multiples)
        if 2 <= len(found) <= most:
            return found
    return [(at, magnitude(10.0**at, 3)) for at in nice_ticks(low, high, most)]


def _between_decades(low: float, high: float, multiples: Sequence[int]) -> list[Tick]:
    """Places of so many times a power of ten."""
    found = []
    for exponent in range(math.floor(low), math.ceil(high) + 1):
        for multiple in multiples:
            at = exponent + math.log10(multiple)
            if low <= at <= high:
                label = decade(exponent) if multiple == 1 else magnitude(multiple * 10.0**exponent)
                found.append((at, label))
    return found


def hop_ticks(first: int, last: int, low: float, high: float, most: int) -> list[Tick]:
    """At most ``most`` stages between ``low`` and ``high``, labelled by the hops to the last one.

    ``first`` and ``last`` are those that there are.
    """
    fewest = max(0, math.ceil(last - high))
    largest = min(last - first, math.floor(last - low))
    ticks = nice_ticks(fewest, largest, most, whole=True) or [float(fewest)]
    return [(last - hops, f"{hops:.0f}") for hops in reversed(ticks)]
