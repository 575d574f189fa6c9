"""A curve that somebody expects: one magnitude for each stage, as far as they have drawn it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vgsim.text.scale import Scale

Array = NDArray[np.float64]

NUDGE = 0.25
"""Decades that an arrow key raises or lowers a point by."""
FIRST_LEVEL = -2.0
"""Where the first point that is set by keyboard starts, as log10."""


@dataclass(frozen=True, slots=True, eq=False)
class ExpectedCurve:
    """log10 of what is expected at every stage: (N,) ``levels``, nan where nothing is drawn yet.

    ``stage`` is the one that the keyboard moves; stages count from 1.
    """

    levels: Array
    stage: int

    @classmethod
    def empty(cls, stages: int) -> ExpectedCurve:
        """Nothing drawn yet; the keyboard begins where the gradient does, at the last stage."""
        return cls(np.full(stages, np.nan), stages)

    @classmethod
    def of(cls, values: ArrayLike, scale: Scale) -> ExpectedCurve:
        """(N,) magnitudes; what lies outside of the scale is put at its end."""
        levels = _levels(values, scale)
        return cls(levels, len(levels))

    @property
    def values(self) -> Array:
        """(N,) the magnitudes themselves."""
        values: Array = 10.0**self.levels
        return values

    @property
    def complete(self) -> bool:
        """Whether every stage has its point."""
        return bool(np.isfinite(self.levels).all())

    def drawn(
        self, start: tuple[float, float], end: tuple[float, float], scale: Scale
    ) -> ExpectedCurve:
        """With the points that a stroke from ``start`` to ``end`` sets, both (stage, log10).

        Every stage that the stroke passes gets the height at which it passes, however fast the
        mouse was; a stroke that passes none sets the nearest.
        """
        stages = len(self.levels)
        left, right = sorted((start, end))
        passed = np.arange(max(np.ceil(left[0]), 1), min(np.floor(right[0]), stages) + 1)
        levels = self.levels.copy()
        if len(passed):
            heights = np.interp(passed, [left[0], right[0]], [left[1], right[1]])
            levels[passed.astype(np.intp) - 1] = heights.clip(scale.low, scale.high)
        nearest = int(np.clip(round(end[0]), 1, stages))
        levels[nearest - 1] = np.clip(end[1], scale.low, scale.high)
        return replace(self, levels=levels, stage=nearest)

    def moved(self, by: int) -> ExpectedCurve:
        """With the keyboard at another stage, ``by`` further on."""
        return replace(self, stage=int(np.clip(self.stage + by, 1, len(self.levels))))

    def raised(self, by: float, scale: Scale) -> ExpectedCurve:
        """With the point of the keyboard's stage ``by`` decades higher.

        A stage without one takes that of the nearest stage that has one, so that a curve is
        drawn from its end with few keys.
        """
        at = self.stage - 1
        levels = self.levels.copy()
        there = np.flatnonzero(np.isfinite(levels))
        if np.isfinite(levels[at]):
            level = levels[at] + by
        elif len(there):
            level = levels[there[np.abs(there - at).argmin()]]
        else:
            level = FIRST_LEVEL
        levels[at] = np.clip(level, scale.low, scale.high)
        return replace(self, levels=levels)


def _levels(values: ArrayLike, scale: Scale) -> Array:
    place = scale.fraction(np.atleast_1d(np.asarray(values, dtype=np.float64)))
    return scale.low + place.clip(0.0, 1.0) * (scale.high - scale.low)
