"""One factor to the power of some hops: how much is left, exactly where that can be written."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from vgsim.core.numbers import about, fixed, magnitude, plain, power_of_ten, short, superscript
from vgsim.measure.frame import Frame

DIGITS = 18
"""Most digits of a number that is told exactly."""
WHOLE_PARTS = 1e7
"""Up to this "1 part in" is told to the last one."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A factor to compare with, and what it is known for."""

    factor: float
    about: str


REFERENCES = (
    Reference(0.25, "the most that sigmoid lets by"),
    Reference(1.0, "keeps it: residual, orthogonal"),
    Reference(1.5, "explodes"),
)


@dataclass(frozen=True, slots=True)
class FloatEnds:
    """Where a floating point format ends: its smallest number above 0, and its largest."""

    name: str
    smallest: float
    largest: float

    def hops(self, factor: float) -> int | None:
        """After how many hops factor^hops is beyond either end; None if it never is."""
        if factor in (0, 1):  # the one is 0 in every format, the other never changes
            return None
        rate = math.log10(factor)
        end = self.smallest if rate < 0 else self.largest
        return math.floor(math.log10(end) / rate) + 1

    def words(self, factor: float) -> str:
        """In which hop there is nothing left, or no room: "float32 ends at hop 150: 1.4e−45"."""
        hops = self.hops(factor)
        if hops is None:
            return ""
        end = self.smallest if factor < 1 else self.largest
        return f"{self.name} ends at hop {hops:,}: {magnitude(end)}"


def _ends(kind: type[np.floating]) -> FloatEnds:
    limits = np.finfo(kind)
    return FloatEnds(kind.__name__, float(limits.smallest_subnormal), float(limits.max))


FLOAT_ENDS = _ends(np.float32), _ends(np.float64)


@dataclass(frozen=True, slots=True)
class Power:
    """``factor`` (0 or more) multiplied by itself for every one of ``hops`` hops."""

    factor: float
    hops: int

    @property
    def level(self) -> float:
        """log10 of the product, −inf where it is 0: no float need hold the product itself.

        nan if the factor is.
        """
        if self.hops == 0 or self.factor == 1:
            return 0.0
        if self.factor == 0:
            return -math.inf
        return self.hops * math.log10(self.factor)

    def name(self) -> str:
        """How it is written: "0.5¹⁰"."""
        return short(self.factor) + superscript(self.hops)

    def result(self) -> str:
        """The product: "9.8e−4"."""
        if self.level == -math.inf:
            return "0"
        if -2 < self.level < 3:
            return about(10.0**self.level)
        return power_of_ten(self.level)

    def exactly(self) -> str:
        """Every digit of it, "0.0009765625"; empty where those are too many to be read."""
        from decimal import Decimal, localcontext  # 4 ms, which opening the window does not need

        if self.hops == 0:
            return "1"  # whatever the factor is, 0 too
        with localcontext() as context:
            context.prec = 2000
            product = (Decimal(repr(self.factor)) ** self.hops).normalize()
        digits = f"{product:f}"
        if len(digits.replace(".", "").strip("0")) > DIGITS or len(digits) > DIGITS + 6:
            return ""
        return digits

    def share(self) -> str:
        """What is left of the whole: "1 part in 1,024", "57.7 times as much"."""
        if self.level == -math.inf:
            return "nothing is left"
        if self.level == 0:
            return "all of it is left"
        if self.level > 0:
            return f"{_count(self.level)} times as much"
        return f"1 part in {_count(-self.level)}"

    def decades(self) -> str:
        """How far it is on a log scale: "3.0 decades"."""
        if not math.isfinite(self.level) or self.level == 0:
            return ""
        sign = "+" if self.level > 0 else ""
        return f"{sign}{fixed(abs(self.level), 1)} decades"

    def words(self) -> str:
        """Share and decades in one line."""
        return " · ".join(filter(None, (self.share(), self.decades())))


def _count(level: float) -> str:
    """10^level, whole and in full where that is readable."""
    if level > math.log10(WHOLE_PARTS):
        return power_of_ten(level)
    value = 10.0**level
    if abs(value - round(value)) < 1e-6 * value:
        return f"{round(value):,}"
    return plain(value, 3) if value < 100 else f"{round(value):,}"


def factor_words(factor: float) -> str:
    """A factor with up to three figures, and a point always: "2.15", "1.0"; empty for nan."""
    if math.isnan(factor):
        return ""
    words = short(factor, 3)
    if "." in words or "e" in words:
        return words
    return f"{words}.0"


def own_factor(frame: Frame | None) -> float:
    """The factor that a network has a hop, as if all its hops were alike (geometric mean).

    nan while backpropagation has not taken a hop, and where the gradient is 0 or not finite.
    """
    if frame is None:
        return math.nan
    reached = np.flatnonzero(np.isfinite(frame.dh_rms) & (frame.dh_rms > 0))
    if len(reached) < 2:
        return math.nan
    first = int(reached[0])
    last = int(reached[-1])
    ratio = float(frame.dh_rms[first]) / float(frame.dh_rms[last])
    return float(ratio ** (1 / (last - first)))
