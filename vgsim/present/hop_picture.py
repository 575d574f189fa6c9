"""A hop as a row of matrices with its formula above them: where each of them stands. No Qt.

The product is a list of pieces from left to right, signs and factors. Every piece has a column:
its symbol on the line of the formula, its tile below, its size and range under that. Where
everything stands depends on shapes and symbols only, so nothing moves while values change.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from vgsim.engine.readings.hop import Factor, FactorKind, Hop
from vgsim.present.hop_cells import true_shape
from vgsim.present.plot_geometry import Box

Measure = Callable[[str], tuple[float, float, float]]
"""(width, ascent, descent) of a formula, in ems."""

CAPTION = 13.0
"""Height of one of the two lines under a tile, in pixels."""
FIGURE_WIDTH, FIGURE_HEIGHT = 42, 15
"""The smallest cell that has room for a figure."""
BRACKET = 5.0
"""Width of a bracket beside a tile, with the gap to it."""
_TALLEST, _WIDEST, _ALONE, _SQUAREST = 38, 66, 84, 24
_LEAST_TILE, _CAPTION_WIDTH = 8.0, 30.0
_OPERATOR = (64.0, 104.0)
_GAP, _WIDE_GAP = 4.0, 18.0
_ABOVE, _BELOW = 6.0, 4.0
_EMS = (22.0, 18.0, 16.0, 14.0, 12.0, 10.0, 8.0)
_SUBSCRIPT = re.compile(r"(?<=_\{)\d+|(?<=_)\d")
ALL, VECTORS, NONE = 2, 1, 0
_WAYS = tuple((full, shown) for shown in (ALL, VECTORS, NONE) for full in (True, False))


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A sign, or a factor; ``key`` is the part that it plays, the same from hop to hop."""

    tex: str
    factor: Factor | None = None
    key: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """Where one piece stands, in pixels.

    ``middle`` and ``width`` are those of its column, ``baseline`` that of its symbol; ``tile`` has
    no width for a sign, whose second place is on the height ``level`` of the tiles' middle.
    ``caption`` is the top of what stands under the tiles. ``compact`` says that of a diagonal
    matrix only the entries are shown, ``figures`` that numbers fit into the cells.
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


@dataclass(frozen=True, slots=True, eq=False)
class HopLayout:
    """Every slot, and the size of the formulas in pixels an em."""

    slots: tuple[Slot, ...]
    em: float


def pieces(hop: Hop) -> tuple[Piece, ...]:
    """The product from left to right."""
    found = [Piece(hop.left.tex, hop.left, _key("left", hop.left, ()))]
    if hop.terms:
        found.append(Piece("="))
    if hop.function:
        found.append(Piece(rf"{hop.function}\,("))
    for number, term in enumerate(hop.terms):
        if number:
            found.append(Piece("+"))
        for place, factor in enumerate(term.factors):
            if place:
                found.append(Piece(r"\cdot"))
            found.append(Piece(factor.tex, factor, _key(term.name, factor, found)))
    return (*found, *([Piece(")")] if hop.function else []))


def _key(term: str, factor: Factor, before: Sequence[Piece]) -> str:
    """The part of a factor: its term, what it does, and the how manieth that does so."""
    base = f"{term} {factor.part or factor.kind} {factor.signal:d}"
    return f"{base} {sum(piece.key.startswith(base) for piece in before)}"


def padded(tex: str, digits: int) -> str:
    """``tex`` with subscripts of at least ``digits`` figures: as wide as it will ever be."""
    return _SUBSCRIPT.sub(lambda number: "8" * max(digits, len(number.group())), tex)


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    """What a piece asks of the width: from ``least`` to ``ideal`` for its tile."""

    piece: Piece
    symbol: float
    least: float = 0.0
    ideal: float = 0.0
    rows: int = 0
    columns: int = 0
    height: float = 0.0
    figures: bool = False
    compact: bool = False

    def tile(self, share: float) -> float:
        """Width of the tile when ``share`` (0 to 1) of what it asks beyond the least is there."""
        wanted = self.least + share * (self.ideal - self.least)
        each = int(wanted / max(self.columns, 1))
        return each * self.columns if self.columns and each >= 3 else wanted

    def width(self, share: float) -> float:
        """Width of the whole column."""
        if not self.piece.factor:
            return self.symbol
        return max(self.tile(share) + 2 * BRACKET, self.symbol, _CAPTION_WIDTH)


def lay_out_hop(hop: Hop, room: Box, measure: Measure, digits: int = 1) -> HopLayout:
    """The place of every piece of ``hop`` in ``room``, on as many lines as it takes.

    ``digits`` is how many figures the largest stage number has.
    """
    parts = pieces(hop)
    sizes = [em for em in _EMS if 10 * em + 2 * CAPTION <= room.height] or [_EMS[-1]]
    for em in sizes:
        for lines in _splits(parts):
            high = room.height / len(lines)
            if len(lines) == 1 or high >= 6 * em + 2 * CAPTION:
                fitted = [_fit(line, room.width, high, em, measure, digits) for line in lines]
                found = [line for line in fitted if line is not None]
                if len(found) == len(lines):
                    return _stack(found, room, high, em)
    em = sizes[-1]
    columns = _columns(parts, (False, NONE), room.height, em, measure, digits)
    line = _Line(columns, 0.0, _line_heights(columns, em, measure, digits))
    return _stack([line], room, room.height, em)


def _splits(parts: tuple[Piece, ...]) -> list[list[tuple[Piece, ...]]]:
    """All pieces on one line, then each further term on a line of its own."""
    plus = [at for at, piece in enumerate(parts) if piece.tex == "+" and not piece.factor]
    if not plus:
        return [[parts]]
    middle = plus[len(plus) // 2]
    return [[parts], [parts[:middle], parts[middle:]]]


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    columns: tuple[_Column, ...]
    share: float
    heights: tuple[float, float]  # ascent and descent of its formula


def _fit(
    parts: tuple[Piece, ...], wide: float, high: float, em: float, measure: Measure, digits: int
) -> _Line | None:
    """The line with as much in it as fits, None when not even the least does."""
    for way in _WAYS:
        line = _columns(parts, way, high, em, measure, digits)
        if _width(line, 0.0) <= wide:
            return _Line(line, _most(line, wide), _line_heights(line, em, measure, digits))
    return None


def _width(line: Sequence[_Column], share: float) -> float:
    return sum(column.width(share) for column in line) + _GAP * 2 * (len(line) - 1)


def _most(line: Sequence[_Column], wide: float) -> float:
    """The largest share that fits, by bisection."""
    low, high = 0.0, 1.0
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
    parts: tuple[Piece, ...],
    way: tuple[bool, int],
    high: float,
    em: float,
    measure: Measure,
    digits: int,
) -> tuple[_Column, ...]:
    bare = tuple(_Column(part, measure(padded(part.tex, digits))[0] * em) for part in parts)
    ascent, descent = _line_heights(bare, em, measure, digits)
    tall = max(high - ascent - descent - _ABOVE - _BELOW - 2 * CAPTION, 8.0)
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
    compact = factor.kind is FactorKind.DIAGONAL and not full and rows > 1
    columns = 1 if compact else columns
    each = min(int(tall / rows), _TALLEST)
    height = each * rows if each >= 3 else min(tall, 3.0 * rows)
    each = max(each, 2)
    figures = each >= FIGURE_HEIGHT and (shown == ALL or (shown == VECTORS and columns == 1))
    if figures:
        widest = _ALONE if factor.values.size == 1 else _WIDEST
        least, ideal = float(FIGURE_WIDTH * columns), float(widest * columns)
    else:
        square = min(max(each, 16 if columns == 1 else 3), _SQUAREST)
        ideal = float(square * columns)
        least = min(max(_LEAST_TILE, 3.0 * columns), 72.0, ideal)
    return replace(
        column, least=least, ideal=ideal, rows=rows, columns=columns, height=height,
        figures=figures, compact=compact,
    )  # fmt: skip


def _stack(lines: list[_Line], room: Box, high: float, em: float) -> HopLayout:
    """The lines below each other; all of them narrower where even the least was too wide."""
    squeeze = min([1.0, *(room.width / max(_width(line.columns, line.share), 1) for line in lines)])
    slots: list[Slot] = []
    for number, line in enumerate(lines):
        place = Box(room.left, room.top + number * high, room.width, high)
        slots += _place(line, place, squeeze)
    return HopLayout(tuple(slots), em * squeeze)


def _place(line: _Line, room: Box, squeeze: float) -> list[Slot]:
    """The slots of one line: symbols on one baseline, tiles around one level, captions below."""
    ascent, descent = line.heights
    tallest = max(column.height for column in line.columns)
    used = ascent + descent + _ABOVE + tallest + _BELOW + 2 * CAPTION
    baseline = int(room.top + max(room.height - used, 0.0) / 2 + ascent)
    level = int(baseline + descent + _ABOVE + tallest / 2)
    slack = room.width - _width(line.columns, line.share)
    gap = 2 * _GAP + min(max(slack / max(len(line.columns) - 1, 1), 0.0), _WIDE_GAP)
    x, slots = room.left, []
    for column in line.columns:
        width = column.width(line.share) * squeeze
        places = x + width / 2, width, float(baseline), float(level), level + tallest / 2 + _BELOW
        slots.append(_slot(column, column.tile(line.share) * squeeze, *places))
        x += width + gap * squeeze
    return slots


def _slot(
    column: _Column, wide: float, middle: float, width: float, baseline: float, level: float,
    caption: float,
) -> Slot:  # fmt: skip
    top = round(level - column.height / 2)
    tile = Box(round(middle - wide / 2), top, wide, column.height)
    return Slot(
        column.piece, middle, width, baseline, level, tile, caption, column.compact, column.figures
    )
