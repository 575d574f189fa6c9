"""The cells of one factor of a product: which number each stands for, its shade and its figure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from vgsim.core.numbers import PLAIN_FROM, magnitude, nth, plain, short, significant
from vgsim.measure.chain_rule.result import Factor, FactorKind
from vgsim.text.scale import OVERFLOW, SHADES, UNREACHED, ZERO, Scale
from vgsim.ui.style.theme import Theme, rgb

Style = Callable[[float], str]
"""Writes one number."""
_PLAIN = (PLAIN_FROM, 1e4)
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
        if not signal:  # a gradient has two digits everywhere; a weight those that change
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
            if value == -math.inf:
                return "−∞"
            return magnitude(value)
        return of_finite(value)

    return written


def _significant(count: int) -> Style:
    return _style(lambda value: significant(value, count))


def _power(digits: int) -> Style:
    return _style(lambda value: magnitude(value, digits))


def _fixed(places: int) -> Style:
    return _style(lambda value: f"{value:z.{places}f}".replace("-", "−"))


def _bare(places: int) -> Style:
    fixed = _fixed(places)
    return _style(lambda value: fixed(value).replace("0.", ".", 1))


ABSENT = -1
"""In place of an index: a cell beside the diagonal, which holds no number."""
_NICE = (1.0, 2.0, 5.0, 10.0)
_DARK, _LIGHT = "#171b23", "#ffffff"
_EVEN = 0.203
"""Luminance on which both inks have the same contrast, 4.1 (WCAG 2.1)."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """A factor as a grid of at most as many cells as there is room for.

    ``values`` (r, c) are the numbers shown, nan beside a diagonal. ``at`` (r, c) are their flat
    indices in the factor's values, ABSENT where there is none. A cell that stands for a ``block``
    of more than 1 × 1 elements shows the largest of them by magnitude, so nothing large is hidden.
    """

    values: Floats
    at: NDArray[np.intp]
    block: tuple[int, int]


def true_shape(factor: Factor) -> tuple[int, int]:
    """(rows, columns) of the matrix that a factor is; (0, 0) of an operator."""
    if factor.kind is FactorKind.OPERATOR or factor.values.size == 0:
        return 0, 0
    if factor.kind is FactorKind.DIAGONAL:
        return factor.values.size, factor.values.size
    rows = factor.values.shape[0]
    return rows, factor.values.size // rows


def cells(factor: Factor, most: tuple[int, int], compact: bool = False) -> Cells:
    """The grid of ``factor`` with at most ``most`` (rows, columns).

    A diagonal matrix is one column of its entries when ``compact``.
    """
    rows, columns = true_shape(factor)
    if factor.kind is FactorKind.DIAGONAL:
        column = _blocks(factor.values.reshape(-1, 1), (min(most) if not compact else most[0], 1))
        if compact:
            return column
        return _on_diagonal(column)
    return _blocks(factor.values.reshape(rows, columns), most)


def _on_diagonal(column: Cells) -> Cells:
    count = len(column.values)
    values = np.full((count, count), np.nan)
    at = np.full((count, count), ABSENT)
    np.fill_diagonal(values, column.values)
    np.fill_diagonal(at, column.at)
    return Cells(values, at, (column.block[0], column.block[0]))


def _blocks(values: Floats, most: tuple[int, int]) -> Cells:
    (rows, columns), (high, wide) = values.shape, most
    block = -(-rows // max(high, 1)), -(-columns // max(wide, 1))
    if block == (1, 1):
        return Cells(values, np.arange(values.size).reshape(values.shape), block)
    at = _largest(values, block)
    return Cells(values.reshape(-1)[at], at, block)


def _largest(values: Floats, block: tuple[int, int]) -> NDArray[np.intp]:
    """Flat index of the element of largest magnitude in every block; nan only among nan."""
    (rows, columns), (high, wide) = values.shape, block
    r = -(-rows // high)
    c = -(-columns // wide)
    sizes = np.full((r * high, c * wide), -2.0)  # what pads the last block is never largest
    sizes[:rows, :columns] = np.nan_to_num(np.abs(values), nan=-1.0, posinf=np.inf)
    by_block = sizes.reshape(r, high, c, wide).transpose(0, 2, 1, 3).reshape(r, c, -1)
    down, across = np.divmod(by_block.argmax(-1), wide)
    row = np.arange(r)[:, None] * high + down
    column = np.arange(c) * wide + across
    found: NDArray[np.intp] = row * columns + column
    return found


def limit_of(factor: Factor) -> float | None:
    """Magnitude at which the shades of a factor end; None of a gradient, which has its own scale.

    At least 1 for derivatives, whose darkness is then the share of the gradient they let through.
    """
    if factor.signal:
        return None
    return bound(factor.values, 1.0 if factor.part == "activation" else 0.0)


def bound(values: Floats, least: float = 0.0) -> float:
    """1, 2 or 5 × 10^n that no finite one of ``values`` goes beyond, and is ``least`` at least."""
    sizes = np.abs(values[np.isfinite(values)])
    largest = max(float(sizes.max()) if sizes.size else 0.0, least)
    if largest < 1e-300:
        return 1.0
    power = 10.0 ** math.floor(math.log10(largest))
    return next(power * nice for nice in _NICE if largest <= power * nice * (1 + 1e-12))


def shades(values: Floats, limit: float | None, scale: Scale) -> NDArray[np.intp]:
    """Index of every value in the table of :func:`shade_table`.

    ``limit`` None is the scale of gradients, a number the ends of the two-sided map.
    """
    if limit is None:
        return scale.index(values)
    with np.errstate(invalid="ignore", over="ignore"):
        place = np.clip(values / limit, -1.0, 1.0) / 2 + 0.5
    found = (np.nan_to_num(place, nan=0.5) * (SHADES - 1) + 0.5).astype(np.intp)
    found[values == 0] = ZERO
    found[np.isinf(values)] = OVERFLOW
    found[np.isnan(values)] = UNREACHED
    return found


@lru_cache(maxsize=16)
def shade_table(theme: Theme, signal: bool) -> NDArray[np.uint8]:
    """(260, 3) colors: the heat of gradients, or orange for minus and blue for plus.

    Both have the same four looks at their end; blue and orange are told apart by everyone.
    """
    if signal:
        return theme.heat
    ends = np.array([rgb(color) for color in (theme.warning, theme.surface, theme.accent)], float)
    at = np.linspace(-1, 1, SHADES)
    ramp = np.stack([np.interp(at, (-1, 0, 1), ends[:, part]) for part in range(3)], -1)
    table = np.concatenate([np.round(ramp).astype(np.uint8), theme.heat[SHADES:]])
    table.setflags(write=False)
    return table


@lru_cache(maxsize=16)
def inks(theme: Theme, signal: bool) -> tuple[str, ...]:
    """The color of figures on every shade of :func:`shade_table`: the one with more contrast."""
    share = shade_table(theme, signal) / 255.0
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    luminance = linear @ np.array([0.2126, 0.7152, 0.0722])
    return tuple(_DARK if light > _EVEN else _LIGHT for light in luminance)


def exactly(value: float) -> str:
    """A number as it is held, to the last digit: "−0.3018435102309542"."""
    if math.isnan(value):
        return "not reached yet"
    return repr(float(value)).replace("-", "−").replace("inf", "∞")


def index_text(factor: Factor, at: int) -> str:
    """The index of an element as one writes it, row and column from 1: "[2, 5]", "[3]"."""
    columns = true_shape(factor)[1]
    if factor.kind is FactorKind.MATRIX and columns:
        return f"[{nth(at // columns)}, {nth(at % columns)}]"
    if factor.kind is FactorKind.DIAGONAL:
        return f"[{nth(at)}, {nth(at)}]"
    return f"[{nth(at)}]"


def shape_text(factor: Factor, compact: bool = False) -> str:
    """The size of a factor: "8 × 8", "8", "diagonal 8" when only its entries are shown."""
    rows, columns = true_shape(factor)
    if factor.kind is FactorKind.OPERATOR or not rows:
        return ""
    if factor.kind is FactorKind.DIAGONAL and compact:
        return f"diag {rows:,}"
    if rows == columns == 1:
        return "number"
    if factor.kind is FactorKind.VECTOR:
        return f"{rows:,}"
    return f"{rows:,} × {columns:,}"


def range_text(limit: float | None) -> str:
    """What the shade means, as short as can be: "log" of a gradient, "±0.5" otherwise."""
    if limit is None:
        return "log"
    return f"±{short(limit)}"


def range_texts(limit: float | None, block: tuple[int, int] = (1, 1)) -> list[str]:
    """What the shade means, best first: "scale ±0.5, max of 7 × 2" where cells stand for blocks."""
    short = range_text(limit)
    long = "log scale" if limit is None else f"scale {short}"
    many = f"max of {block[0]} × {block[1]}"
    if block == (1, 1):
        blocks = []
    else:
        blocks = [f"{long}, {many}", f"{short}, {many}"]
    return [*blocks, long, short]
