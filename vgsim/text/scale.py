"""The honest scale: gradient magnitude on log10 with fixed, labelled decades."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vgsim.measure.frame import Frame

SHADES = 256
BELOW = 256
ZERO = 257
OVERFLOW = 258
UNREACHED = 259
"""Indices after the shades: under the floor, exactly zero, inf, not reached yet (nan)."""


@dataclass(slots=True)
class Scale:
    """Decades ``low`` to ``high``: the same across time, stages and compared runs.

    All views of a window share one, which becomes another where another network needs that.
    """

    low: int = -8
    high: int = 1

    @classmethod
    def of(cls, frame: Frame) -> Scale:
        """The scale that a frame is drawn in: that of its subject, with that of the other run."""
        both = (frame,) if frame.other is None else (frame, frame.other)
        usual = (cls().low, cls().high)
        ends = [shown.subject.decades or usual for shown in both]
        return cls(min(low for low, _ in ends), max(high for _, high in ends))

    def become(self, other: Scale) -> bool:
        """Have the ends of ``other``; whether they are other ones."""
        if self == other:
            return False
        self.low = other.low
        self.high = other.high
        return True

    def fraction(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Place of each magnitude on the scale: 0 at 10^low, 1 at 10^high; nan stays nan.

        Unclipped, and -inf for zero, so that a caller can tell what lies outside.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            decades = np.log10(np.abs(values, dtype=np.float64))
        place: NDArray[np.float64] = (decades - self.low) / (self.high - self.low)
        return place

    def index(self, values: NDArray[np.floating]) -> NDArray[np.intp]:
        """Shade of each magnitude, 0 to 255, or one of the four special indices."""
        place = self.fraction(values)
        unreached = np.isnan(place)
        place[unreached] = 0.0
        shade = (np.clip(place, 0.0, 1.0) * (SHADES - 1) + 0.5).astype(np.intp)
        shade[place < 0] = BELOW
        shade[np.isneginf(place)] = ZERO
        shade[np.isposinf(place)] = OVERFLOW
        shade[unreached] = UNREACHED
        return shade

    def ticks(self, most: int = 10) -> tuple[int, ...]:
        """Decades to label, at most ``most`` of them, ``high`` always among them."""
        every = -(-(self.high - self.low + 1) // most)
        return tuple(range(self.high, self.low - 1, -every))[::-1]
