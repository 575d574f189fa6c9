"""A hop as a row of matrices with its formula above them: where each of them stands. No Qt.

The product is a list of pieces from left to right, signs and factors. Every piece has a column:
its symbol on the line of the formula, its tile below, its size and range under that. Where
everything stands depends on shapes and symbols only, so nothing moves while values change.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from vgsim.measure.chain_rule.result import Factor, FactorKind, Hop
from vgsim.ui.chain_rule.model.cells import true_shape
from vgsim.ui.chain_rule.model.pieces import Line, Piece, arrangements, is_gated
from vgsim.ui.plots.model.geometry import Box

Measure = Callable[[str], tuple[float, float, float]]
"""(width, ascent, descent) of a formula, in ems."""

CAPTION = 13.0
"""Height of one line of text under a tile, in pixels."""
FIGURE_WIDTH, FIGURE_HEIGHT = 42, 15
"""The smallest cell that has room for a figure."""
BRACKET = 5.0
"""Width of a bracket beside a tile, with the gap to it."""
_TALLEST = 44
_WIDEST = 72
_ALONE = 84
_SQUAREST = 24
_ALONE_LEAST, _LEAN_LEAST = 50, 47
_SINGLE_LEAST = 36.0
_LEAST_TILE = 8.0
_CAPTION_WIDTH = 26.0
_MOST_LEAST = 72.0
_OPERATOR = (64.0, 116.0)
_FAIR, _FLAT = 5.0, 1.7
_READABLE = 13.0
_BROKEN = 17.0
_SMALL = 11.0
_LOW, _LOW_LINE = 80.0, 130.0
_LEAST_EMS = (10, 6)
"""Height in ems that one line, and one of several, needs for its formula and its tiles."""
LABEL = 16.0
"""Height of what is said above a line that has a name."""
SLANTED = 14
"""Least width of a cell of a diagonal: it is alone in its row, so it may be wider than a column."""
_GAP, _WIDE_GAP = 2.5, 18.0
_ABOVE, _BELOW = 6.0, 4.0
_EMS = (26.0, 24.0, 22.0, 20.0, 18.0, 16.0, 15.0, 14.0, 13.0, 12.0, 11.0, 10.0, 9.0, 8.0)
_SUBSCRIPT = re.compile(r"(?<=_\{)\d+|(?<=_)\d")
ALL = 2
VECTORS = 1
NONE = 0
"""Figures in every cell, in those of vectors and diagonals, in none."""


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """Where one piece stands, in pixels.

    ``middle`` and ``width`` are those of its column, ``baseline`` that of its symbol; ``tile`` has
    no width for a sign, whose second place is on the height ``level`` of the tiles' middle.
    ``caption`` is the top of what stands under the tiles. ``compact`` says that of a diagonal
    matrix only the entries are shown, ``figures`` that numbers fit into the cells.
    ``caption_rows`` is how many lines of text stand under the tile.
    """

    piece: Piece
    middle: float
    width: float
    baseline: float
    level: float
    tile: Box
    caption: float
    compact: bool = False
    figures: bool = False
    caption_rows: int = 2

    @property
    def slanted(self) -> bool:
        """Whether this is a diagonal with all that stands beside it."""
        factor = self.piece.factor
        known = factor is not None and factor.kind is FactorKind.DIAGONAL
        return known and not self.compact


@dataclass(frozen=True, slots=True, eq=False)
class HopLayout:
    """Every slot, and the size of the formulas in pixels an em.

    ``labels`` are the places of what is said above each line, none of lines that need no name.
    """

    slots: tuple[Slot, ...]
    em: float
    labels: tuple[Box, ...] = ()


def slanted_width(high: float, figures: bool) -> float:
    """Width of a cell of a diagonal that is ``high`` pixels high."""
    if figures:
        return min(max(_FLAT * high, FIGURE_WIDTH), _WIDEST)
    return float(SLANTED)


def caption_rows(high: float) -> int:
    """How many lines of text there are under the tiles of a line ``high`` pixels high."""
    return 2 if high >= _LOW_LINE else 1


def padded(tex: str, digits: int) -> str:
    """``tex`` with subscripts of at least ``digits`` figures: as wide as it will ever be."""
    return _SUBSCRIPT.sub(lambda number: "8" * max(digits, len(number.group())), tex)


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    """What a piece asks of the width: from ``least`` to ``ideal`` for its tile.

    One that is ``patient`` grows only when all others have what they ask.
    """

    piece: Piece
    symbol: float
    least: float = 0.0
    ideal: float = 0.0
    rows: int = 0
    columns: int = 0
    height: float = 0.0
    figures: bool = False
    compact: bool = False
    patient: bool = False

    def tile(self, share: float) -> float:
        """Width of the tile at a ``share`` of 0 to 2: the patient ones grow from 1 on."""
        part = min(max(share - self.patient, 0.0), 1.0)
        wanted = self.least + part * (self.ideal - self.least)
        each = int(wanted / max(self.columns, 1))
        if self.columns and each >= 3:
            return each * self.columns
        return wanted

    def width(self, share: float) -> float:
        """Width of the whole column."""
        if not self.piece.factor:
            return self.symbol
        return max(self.tile(share) + 2 * BRACKET, self.symbol, _CAPTION_WIDTH)


def lay_out_hop(hop: Hop, room: Box, measure: Measure, digits: int = 1) -> HopLayout:
    """The place of every piece of ``hop`` in ``room``, on as many lines as it takes.

    ``digits`` is how many figures the largest stage number has.
    """
    label = LABEL if is_gated(hop) else 0.0
    ways = arrangements(hop)
    symbols = {line: _symbols(line, measure, digits) for way in ways for line in way}
    for lines, em, shown in _tries(ways):
        if any(symbols[line] * em > room.width for line in lines):
            continue  # most tries end here, at little cost
        high = room.height / len(lines) - label
        if high < _LEAST_EMS[len(lines) > 1] * em + caption_rows(high) * CAPTION:
            continue
        fitted = [_fit(line, shown, room.width, high, em, measure, digits) for line in lines]
        found = [line for line in fitted if line is not None]
        if len(found) == len(lines):
            return _stack(found, room, em, label)
    return _squeezed(
        ways[min(1, len(ways) - 1) if room.height > 2 * _LOW else 0], room, measure, digits, label
    )


def _symbols(line: Line, measure: Measure, digits: int) -> float:
    """Width of the formula alone, in ems."""
    return sum(measure(padded(piece.tex, digits))[0] for piece in line)


def _tries(ways: list[list[Line]]) -> Iterator[tuple[list[Line], float, tuple[int, ...]]]:
    """Lines, size, and figures, in the order of how well they read.

    Best is all on one line with figures, then larger symbols, then several lines, at last small.
    """
    alone, broken = ([way for way in ways if (len(way) > 1) is many] for many in (False, True))
    large, middling, small = (
        [em for em in _EMS if low <= em < high]
        for low, high in ((_READABLE, math.inf), (_SMALL, _BROKEN), (0.0, _SMALL))
    )
    for shown in (ALL, VECTORS, NONE):
        yield from ((way, em, (shown,)) for em in large for way in alone)
    yield from ((way, em, (ALL, VECTORS, NONE)) for em in middling for way in broken)
    yield from ((way, em, (NONE,)) for em in middling + small for way in ways)


def _squeezed(
    lines: list[Line], room: Box, measure: Measure, digits: int, label: float
) -> HopLayout:
    """All of it at the smallest size, narrower than it should be."""
    label = label if room.height >= 2 * _LOW else 0.0
    em = _EMS[-1]
    high = room.height / len(lines) - label
    found = []
    for line in lines:
        columns = _columns(line, (False, NONE), high, em, measure, digits)
        found.append(_Line(columns, 0.0, _line_heights(columns, em, measure, digits)))
    return _stack(found, room, em, label)


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    columns: tuple[_Column, ...]
    share: float
    heights: tuple[float, float]  # ascent and descent of its formula


def _fit(
    parts: Line, shown: tuple[int, ...], wide: float, high: float, em: float, measure: Measure,
    digits: int,
) -> _Line | None:  # fmt: skip
    """The line with as much in it as fits, None when not even the least does."""
    for way in product(shown, (True, False)):
        line = _columns(parts, way[::-1], high, em, measure, digits)
        if _width(line, 0.0) <= wide:
            return _Line(line, _most(line, wide), _line_heights(line, em, measure, digits))
    return None


def _width(line: Sequence[_Column], share: float) -> float:
    return sum(column.width(share) for column in line) + _GAP * 2 * (len(line) - 1)


def _most(line: Sequence[_Column], wide: float) -> float:
    """The largest share that fits, by bisection."""
    low, high = 0.0, 2.0
    if _width(line, high) <= wide:
        return high
    for _ in range(14):
        middle = (low + high) / 2
        low, high = (middle, high) if _width(line, middle) <= wide else (low, middle)
    return low


def _line_heights(
    line: Sequence[_Column], em: float, measure: Measure, digits: int
) -> tuple[float, float]:
    sizes = [measure(padded(column.piece.tex, digits)) for column in line]
    return max(size[1] for size in sizes) * em, max(size[2] for size in sizes) * em


def _columns(
    parts: Line,
    way: tuple[bool, int],
    high: float,
    em: float,
    measure: Measure,
    digits: int,
) -> tuple[_Column, ...]:
    bare = tuple(_Column(part, measure(padded(part.tex, digits))[0] * em) for part in parts)
    ascent, descent = _line_heights(bare, em, measure, digits)
    tall = max(high - ascent - descent - _ABOVE - _BELOW - caption_rows(high) * CAPTION, 8.0)
    return tuple(_asking(column, way, tall) for column in bare)


def _asking(column: _Column, way: tuple[bool, int], tall: float) -> _Column:
    """What the tile of a column needs when it is ``tall`` at most."""
    factor, (full, shown) = column.piece.factor, way
    if factor is None:
        return column
    rows, columns = true_shape(factor)
    if not rows:
        least, ideal = _OPERATOR
        return replace(column, least=least, ideal=ideal, height=min(tall, 64.0))
    diagonal = factor.kind is FactorKind.DIAGONAL and rows > 1
    compact = diagonal and not full
    columns = 1 if compact else columns
    each = min(int(tall / rows), _TALLEST)
    height = each * rows if each >= 3 else min(tall, 3.0 * rows)
    each = max(each, 2)
    lean = columns == 1 or diagonal
    wanted = shown == ALL or (shown == VECTORS and lean) or factor.values.size == 1
    figures = each >= FIGURE_HEIGHT and wanted
    least, ideal = _widths(factor, columns, each, figures, diagonal and full)
    if shown == VECTORS and columns > 1:
        least = max(least, min(_FAIR * columns, _MOST_LEAST, ideal))
    if shown == NONE and figures:
        least = _SINGLE_LEAST
    return replace(
        column, least=least, ideal=ideal, rows=rows, columns=0 if diagonal and full else columns,
        height=height, figures=figures, compact=compact, patient=figures and lean,
    )  # fmt: skip


def _widths(
    factor: Factor, columns: int, each: int, figures: bool, slanted: bool
) -> tuple[float, float]:
    """Least and ideal width of a tile whose cells are ``each`` pixels high."""
    if slanted:
        cell = slanted_width(each, figures)
        steps = columns - 1
        ideal = cell + min(max(each, 6.0), _SQUAREST) * steps
        return min(cell + (5.0 if figures else 2.5) * steps, max(_MOST_LEAST, 1.5 * cell)), ideal
    if figures and factor.values.size == 1:
        return float(_ALONE_LEAST), float(_ALONE)
    if figures:
        return float(_LEAN_LEAST if columns == 1 else FIGURE_WIDTH * columns), float(
            _WIDEST * columns
        )
    square = min(max(each, 16 if columns == 1 else 3), _SQUAREST)
    ideal = float(square * columns)
    return min(max(_LEAST_TILE, 3.0 * columns), _MOST_LEAST, ideal), ideal


def _stack(lines: list[_Line], room: Box, em: float, label: float) -> HopLayout:
    """The lines below each other; all of them narrower where even the least was too wide."""
    squeeze = min([1.0, *(room.width / max(_width(line.columns, line.share), 1) for line in lines)])
    each = room.height / len(lines)
    slots = []
    labels = []
    for number, line in enumerate(lines):
        place = Box(room.left, room.top + number * each + label, room.width, each - label)
        slots += _place(line, place, squeeze, len(lines) == 1)
        if label:
            first = slots[-1].baseline - line.heights[0]
            labels.append(Box(room.left, first - label, room.width, label))
    return HopLayout(tuple(slots), em * squeeze, tuple(labels))


def _place(line: _Line, room: Box, squeeze: float, centered: bool) -> list[Slot]:
    """The slots of one line: symbols on one baseline, tiles around one level, captions below."""
    ascent, descent = line.heights
    tallest = max(column.height for column in line.columns)
    rows = caption_rows(room.height)
    used = ascent + descent + _ABOVE + tallest + _BELOW + rows * CAPTION
    baseline = int(room.top + max(room.height - used, 0.0) / 2 + ascent)
    level = int(baseline + descent + _ABOVE + tallest / 2)
    slack = room.width - _width(line.columns, line.share)
    gap = 2 * _GAP + min(max(slack / max(len(line.columns) - 1, 1), 0.0), _WIDE_GAP)
    rest = (
        room.width - _width(line.columns, line.share) - (gap - 2 * _GAP) * (len(line.columns) - 1)
    )
    x = room.left + (max(rest, 0.0) / 2 if centered else 0.0)
    slots = []
    for column in line.columns:
        width = column.width(line.share) * squeeze
        places = x + width / 2, width, float(baseline), float(level)
        slot = _slot(column, column.tile(line.share) * squeeze, *places)
        slots.append(replace(slot, caption_rows=rows))
        x += width + gap * squeeze
    return slots


def _slot(
    column: _Column, wide: float, middle: float, width: float, baseline: float, level: float
) -> Slot:
    top = round(level - column.height / 2)
    tile = Box(round(middle - wide / 2), top, wide, column.height)
    caption = tile.bottom + _BELOW
    return Slot(
        column.piece, middle, width, baseline, level, tile, caption, column.compact, column.figures
    )
