"""How the figures of a map become colors, and what stands beside its color bar."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vgsim.core.numbers import decade, percent, short
from vgsim.sweep.figures import MapScale, Shown
from vgsim.text.scale import BELOW, OVERFLOW, SHADES, UNREACHED, ZERO
from vgsim.ui.map.model.axis import Array, Ticks, round_numbers
from vgsim.ui.plots.model.series import loss_bounds, nice_range, nice_ticks

NEVER = "never"
"""What the cell at the end of the bar stands for where updates are counted."""


@dataclass(frozen=True, slots=True)
class Shading:
    """Figures from ``low`` (as nothing) to ``high`` (as much as there is) along the ramp.

    With ``log`` they are the powers of ten between which the figures lie; ``high`` may be the
    smaller one. ``over`` and ``zero`` say what the cells at the ends of the bar stand for; there
    is none where they are empty.
    """

    low: float
    high: float
    log: bool = False
    over: str = "∞"
    zero: str = ""
    share: bool = False

    def place(self, values: Array) -> Array:
        """Where figures lie along the ramp: 0 to 1, and beyond; nan stays nan."""
        if self.log:
            with np.errstate(divide="ignore", invalid="ignore"):
                values = np.log10(values)
        with np.errstate(over="ignore"):
            placed: Array = (values - self.low) / (self.high - self.low)
        return placed

    def index(self, values: Array) -> NDArray[np.intp]:
        """The shade of each figure: 0 to 255, or one of those that ``Scale.index`` has beside."""
        place = self.place(values)
        unknown = np.isnan(place)
        place[unknown] = 0.0
        shade = (np.clip(place, 0.0, 1.0) * (SHADES - 1) + 0.5).astype(np.intp)
        shade[place < 0] = BELOW
        if self.zero:
            shade[np.isneginf(place)] = ZERO
        if self.over:
            shade[np.isposinf(place)] = OVERFLOW
        shade[unknown] = UNREACHED
        return shade

    def ticks(self, most: int) -> Ticks:
        """(share of the bar, label), at most ``most``."""
        span = self.high - self.low
        if self.log and span >= 3:
            decades = _decades(math.ceil(self.low), math.floor(self.high), max(most, 2))
            return [((k - self.low) / span, decade(k)) for k in decades]
        if self.log:
            numbers = round_numbers(10**self.low, 10**self.high, max(most, 2), log=True)
            return [((math.log10(at) - self.low) / span, short(at)) for at in numbers]
        low = min(self.low, self.high)
        high = max(self.low, self.high)
        numbers = [float(f"{at:.12g}") for at in nice_ticks(low, high, max(most, 2))]
        write = percent if self.share else short
        return [((at - self.low) / span, write(at)) for at in numbers]


def _decades(low: int, high: int, most: int) -> list[int]:
    """Powers of ten with 10⁰ among them where it is between ``low`` and ``high``, evenly apart."""
    every = 1
    while True:
        found = [k for k in range(low, high + 1) if k % every == 0]
        if len(found) <= most:
            return found
        every += 1


def shading_of(shown: Shown, values: Array, steps: int) -> Shading:
    """How a figure is shaded on a map with these ``values`` after so many ``steps``."""
    if shown.scale is MapScale.DECADES:
        low, high = shown.ends
        return Shading(low, high, log=True, zero="0")
    if shown.scale is MapScale.SHARE:
        return Shading(0.0, 1.0, over="", share=True)
    if shown.scale is MapScale.STEPS:
        return Shading(0.0, max(math.log10(max(steps, 2)), 0.3), log=True, over=NEVER)
    if shown.scale is MapScale.REGIONS:
        return Shading(0.0, 1.0, over="")
    low, high = shown.ends
    if low != high:
        return Shading(low, high, zero="exactly 0")
    finite = values[np.isfinite(values)]
    if len(finite) and finite.min() < 0:
        bounds = nice_range(float(finite.min()), float(finite.max()))
    else:
        bounds = nice_range(*loss_bounds(finite, math.nan))
    return Shading(*bounds)
