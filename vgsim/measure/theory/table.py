"""Mean field of thousands of networks at once: the moments of an activation from a table.

A map asks for the moments of one f at tens of thousands of variances. They are smooth in ln q, so
two thousand quadratures serve all of them, to six digits or more.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vgsim.measure.theory.mean_field import LARGEST, SMALLEST, square_moments
from vgsim.nn.activations import Activation
from vgsim.nn.arrays import quiet

Floats = NDArray[np.float64]

STEP = 0.05
"""Between two entries, in ln q."""
SAME = 1e-12
"""A map that changes ln q by less than this leaves q as it is."""
HALVINGS = 40
"""Of one step of the table, which then is 5e-14."""
LEAST = -2000.0
"""Stands for ln 0, where powers of q are 0 and constants are what they are."""


class MomentTable:
    """Mean squares of f(√q z) and f′(√q z) by ln q, z being a standard normal number."""

    def __init__(self, activation: Activation) -> None:
        below = math.floor(math.log(SMALLEST) / STEP)
        above = math.ceil(math.log(LARGEST) / STEP)
        self._start = -below
        self._ln_q = STEP * np.arange(below, above + 1)
        with quiet():
            self._square, self._derivative = np.log(square_moments(activation, np.exp(self._ln_q)))

    def square(self, q: ArrayLike) -> Floats:
        """∫ Dz f(√q z)²; nan unless q is finite."""
        with quiet():
            return np.exp(self._read(self._square, np.log(q)))

    def derivative(self, q: ArrayLike) -> Floats:
        """∫ Dz f′(√q z)²; nan unless q is finite."""
        with quiet():
            return np.exp(self._read(self._derivative, np.log(q)))

    def _read(self, entries: Floats, ln_q: Floats) -> Floats:
        """Cubic through four entries; beyond them both moments are powers of q."""
        ln_q = np.maximum(ln_q, LEAST)
        inside = np.clip(ln_q, self._ln_q[0], self._ln_q[-1])
        place = (inside - self._ln_q[0]) / STEP
        at = np.nan_to_num(place).astype(np.int64).clip(1, len(entries) - 3)
        t = place - at
        found: Floats = (
            entries[at - 1] * (-t * (t - 1) * (t - 2) / 6)
            + entries[at] * ((t + 1) * (t - 1) * (t - 2) / 2)
            + entries[at + 1] * (-(t + 1) * t * (t - 2) / 2)
            + entries[at + 2] * ((t + 1) * t * (t - 1) / 6)
        )
        last, first = entries[-1] - entries[-2], entries[1] - entries[0]
        beyond = (ln_q - inside) / STEP
        found += beyond * np.where(beyond > 0, last, first)
        return found

    def fixed_points(self, weight_variances: Floats, bias_variances: Floats) -> Floats:
        """(networks,) the q* that each variance map leads to from 1, as ``fixed_point`` has it."""
        low = np.zeros(len(weight_variances))
        high = np.zeros(len(weight_variances))
        for at, (weights, biases) in enumerate(zip(weight_variances, bias_variances, strict=True)):
            with quiet():
                excess = np.log(weights * np.exp(self._square) + biases) - self._ln_q
            low[at], high[at] = self._bracket(excess)
        rising = _excess(self, low, weight_variances, bias_variances) < 0
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            over = _excess(self, middle, weight_variances, bias_variances) > 0
            low, high = (
                np.where(over == rising, low, middle),
                np.where(over == rising, middle, high),
            )
        return np.exp((low + high) / 2)

    def _bracket(self, excess: Floats) -> tuple[float, float]:
        """Where in ln q the excess changes its sign, on the way that it drives q from 1."""
        start = self._start
        if not abs(excess[start]) > SAME:
            return 0.0, 0.0
        if excess[start] > 0:
            beyond = np.flatnonzero(excess[start:] <= 0)
            if not beyond.size:
                return math.inf, math.inf
            found = start + int(beyond[0])
            return float(self._ln_q[found - 1]), float(self._ln_q[found])
        beyond = np.flatnonzero(excess[:start] >= 0)
        if not beyond.size:
            return -math.inf, -math.inf
        found = int(beyond[-1])
        return float(self._ln_q[found]), float(self._ln_q[found + 1])

    def ln_chi(self, weight_variances: Floats, q: Floats) -> Floats:
        """(networks,) ln χ₁ at q*, in the limit where that is 0 or inf."""
        with quiet():
            ln_q = np.log(np.clip(q, SMALLEST, LARGEST))
            return np.log(weight_variances) + self._read(self._derivative, ln_q)


def _excess(table: MomentTable, ln_q: Floats, weights: Floats, biases: Floats) -> Floats:
    """By how much the variance map raises ln q."""
    with quiet():
        return np.log(weights * table.square(np.exp(ln_q)) + biases) - ln_q


@lru_cache(maxsize=32)
def moment_table(activation: Activation) -> MomentTable:
    """The table of an activation, made once: it takes a tenth of a second."""
    return MomentTable(activation)
