"""An axis of a map in cells: where numbers lie along it, and what stands beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vgsim.core.numbers import short
from vgsim.sweep.axes import Axis
from vgsim.text.maps import axis_title, axis_value
from vgsim.ui.plots.model.series import nice_ticks

Array = NDArray[np.float64]
Ticks = list[tuple[float, str]]

_FACTORS = (tuple(range(1, 10)), (1, 2, 5), (1, 3), (1,))
"""Which multiples of a power of ten stand on an axis of factors, the most telling first."""


@dataclass(frozen=True, slots=True)
class DrawnAxis:
    """An axis, drawn in cells: the first one is at 0, and every cell is as wide as another.

    So a list of any numbers, a range of factors and names all have cells that one can point at.
    ``numbers``, which rise, is empty of an axis of names. Between two cells a number lies where
    interpolation puts it, of factors with ``log``.
    """

    title: str
    labels: tuple[str, ...]
    numbers: tuple[float, ...] = ()
    log: bool = False

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def span(self) -> tuple[float, float]:
        """From the left edge of the first cell to the right edge of the last."""
        return -0.5, len(self) - 0.5

    def position(self, values: ArrayLike) -> Array:
        """Where numbers lie, in cells; nan beyond the edges of the map, and along names."""
        straight = self._straight(np.asarray(values, dtype=np.float64))
        known = self._straight(np.array(self.numbers))
        if not len(known):
            return np.full(straight.shape, np.nan)
        cells = np.arange(len(known), dtype=np.float64)
        if len(known) > 1:  # half a cell more at either end, as wide as its neighbor
            first = 1.5 * known[0] - 0.5 * known[1]
            last = 1.5 * known[-1] - 0.5 * known[-2]
            known = np.concatenate([[first], known, [last]])
            cells = np.concatenate([[-0.5], cells, [len(self) - 0.5]])
        placed: Array = np.interp(straight, known, cells, left=np.nan, right=np.nan)
        return placed

    def _straight(self, values: Array) -> Array:
        """Numbers so that equal steps of them are equally wide."""
        if not self.log:
            return values
        with np.errstate(divide="ignore", invalid="ignore"):
            logs: Array = np.log(values)
        return logs

    def ticks(self, low: float, high: float, most: int) -> Ticks:
        """At most ``most`` labels between two places; every cell where there is room for all."""
        first = max(math.ceil(low), 0)
        last = min(math.floor(high), len(self) - 1)
        if last < first:
            return []
        if last - first < most or not self.numbers:
            every = max(math.ceil((last - first + 1) / max(most, 1)), 1)
            return [(float(at), self.labels[at]) for at in range(first, last + 1, every)]
        numbers = round_numbers(self.numbers[first], self.numbers[last], most, self.log)
        if not numbers:
            return [(float(at), self.labels[at]) for at in (first, last)[:most]]
        return list(zip(self.position(numbers).tolist(), map(short, numbers), strict=True))


def round_numbers(low: float, high: float, most: int, log: bool) -> list[float]:
    """At most ``most`` round numbers from ``low`` to ``high``; with ``log`` by factors."""
    if not log:
        return [float(f"{at:.12g}") for at in nice_ticks(low, high, most)]
    found: list[float] = []
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for factors in _FACTORS:
        numbers = [float(f"{factor}e{power}") for power in exponents for factor in factors]
        found = [at for at in numbers if low * (1 - 1e-9) <= at <= high * (1 + 1e-9)]
        if len(found) <= most:
            return found
    return found[:: math.ceil(len(found) / max(most, 1))]


def drawn_axis(axis: Axis) -> DrawnAxis:
    """``axis`` as it is drawn."""
    labels = tuple(axis_value(axis, value) for value in axis.values)
    if axis.of_choices:
        return DrawnAxis(axis_title(axis), labels)
    return DrawnAxis(axis_title(axis), labels, numbers_of(axis.values), axis.log)


def numbers_of(values: Sequence[object]) -> tuple[float, ...]:
    """Values that are numbers, as floats."""
    return tuple(float(value) for value in values if isinstance(value, int | float))


def no_axis() -> DrawnAxis:
    """The only row of a map that has one axis."""
    return DrawnAxis("", ("",))
