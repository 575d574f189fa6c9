"""Where a number sits on a slider: linear or, over many decades, signed logarithmic."""

from __future__ import annotations

import math
from dataclasses import dataclass

POSITIONS = 1000
"""A slider goes from 0 to this."""
_DECADES = 7
_WIDE = 50.0
_LINEAR_STEPS = 100


@dataclass(frozen=True, slots=True)
class SliderTrack:
    """Numbers from ``low`` to ``high`` laid out on slider positions.

    ``floor`` is the size below which a curved track is about linear, so that 0 and negative
    numbers have their place on it; a ``floor`` of 0 means the whole track is linear.
    """

    low: float
    high: float
    whole: bool = False
    floor: float = 0.0

    def position(self, value: float) -> int:
        """The slider position nearest to ``value``."""
        low, high = self._bend(self.low), self._bend(self.high)
        inside = min(max(value, self.low), self.high)
        return round(POSITIONS * (self._bend(inside) - low) / (high - low))

    def value(self, position: int) -> float:
        """The handy number at a slider position: an int on a whole track, few digits otherwise."""
        low, high = self._bend(self.low), self._bend(self.high)
        exact = self._unbend(low + (high - low) * position / POSITIONS)
        handy = min(max(self._handy(exact), self.low), self.high)
        return int(handy) if self.whole else float(handy)

    def beside(self, position: int, direction: int) -> int:
        """The nearest position in ``direction`` (+1, -1) with another number, or the end."""
        here = self.value(position)
        while 0 < position + direction < POSITIONS and self.value(position) == here:
            position += direction
        at_end = self.value(position) == here
        return min(max(position + direction, 0), POSITIONS) if at_end else position

    def _bend(self, value: float) -> float:
        if not self.floor:
            return value
        return math.copysign(math.log1p(abs(value) / self.floor), value)

    def _unbend(self, bent: float) -> float:
        if not self.floor:
            return bent
        return math.copysign(self.floor * math.expm1(abs(bent)), bent)

    def _handy(self, value: float) -> float:
        if self.whole and abs(value) < 100:
            return round(value)
        if self.floor:
            return float(f"{value:.1e}")
        step = _nice((self.high - self.low) / _LINEAR_STEPS)
        return float(f"{round(value / step) * step:.10g}")


def track_for(low: float, high: float, *, whole: bool = False, log: bool = False) -> SliderTrack:
    """The track for a range; wide ranges are curved even without ``log``."""
    curved = log or high - low > _WIDE
    floor = (low if low > 0 else 1.0 if whole else high * 10**-_DECADES) if curved else 0.0
    return SliderTrack(low, high, whole, floor)


def _nice(step: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * size for size in (1, 2, 5, 10) if power * size >= step * 0.999)
