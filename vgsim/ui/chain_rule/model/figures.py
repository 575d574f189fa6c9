"""How the numbers of one tile are written: all alike, so that none looks like nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from vgsim.core.numbers import magnitude, plain

Style = Callable[[float], str]
"""Writes one number."""
_PLAIN = (1e-3, 1e4)
"""Sizes from which on, and below which, a number is written without an exponent."""
_FIXED_LEAST = 1e-2
"""Least size of the largest number that fixed places do justice to."""


def styles(values: NDArray[np.float64], digits: int = 2, signal: bool = False) -> Iterator[Style]:
    """Ways to write every one of ``values``, best first, each shorter than those before.

    ``digits`` significant figures, then fewer; fixed places, which keep what is large, but not
    of a ``signal``, where what is small counts as much; at last powers of ten.
    """
    sizes = np.abs(values[np.isfinite(values) & (values != 0)])
    least, most = (float(sizes.min()), float(sizes.max())) if sizes.size else (1.0, 1.0)
    if _PLAIN[0] <= least and most < _PLAIN[1]:
        yield from (_significant(count) for count in range(digits, 2, -1))
        yield _style(lambda value: plain(value, 2))
    if not signal and most >= _FIXED_LEAST:
        yield from _fixed_styles(most)
    yield from (_power(1), _power(0))


def _fixed_styles(most: float) -> Iterator[Style]:
    """Three figures of the largest number, then two; "−.10" in place of "−0.10" at last."""
    power = math.floor(math.log10(most))
    fewest = 2 if power <= 0 else 1
    places = [count for count in (2 - power, 1 - power) if count >= fewest]
    yield from map(_fixed, places)
    if places and round(most, places[-1]) < 1:
        yield _bare(places[-1])


def _style(of_finite: Style) -> Style:
    """``of_finite``, with the signs that every style has for what is no ordinary number."""

    def written(value: float) -> str:
        if value == 0 or not math.isfinite(value):
            return "−∞" if value == -math.inf else magnitude(value)
        return of_finite(value)

    return written


def _significant(count: int) -> Style:
    return _style(lambda value: f"{value:.{count}g}".replace("-", "−"))


def _power(digits: int) -> Style:
    return _style(lambda value: magnitude(value, digits))


def _fixed(places: int) -> Style:
    return _style(lambda value: f"{value:z.{places}f}".replace("-", "−"))


def _bare(places: int) -> Style:
    fixed = _fixed(places)
    return _style(lambda value: fixed(value).replace("0.", ".", 1))
