"""Where everything in the diagram lies, for any size, depth and width. Pixels; no Qt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NAMES = 34.0
NUMBERS = 24.0
FACTORS = 26.0
"""Heights of the row of column names above, and of the rows of numbers below the nodes."""
BAR = 62.0
LOSS = 64.0
LEFT = 76.0
"""Widths kept for the color bar and the loss box at the right, and the row names at the left."""
TIGHT, TIGHT_LEFT = 420.0, 46.0
"""One of two diagrams that is narrower than the one keeps only the other for shorter row names."""
NUMBER_ROOM, CHIP_ROOM = 58.0, 50.0
"""Narrowest column that has room for its own number, and hop that has room for its factor."""
FIRST = NUMBER_ROOM / 2 + 5
"""Where the first stage stands without inputs at least: its number keeps clear of the names."""
ENDS, TIGHT_ENDS = 44.0, 30.0
"""Least distance of the first stage from the input, and of the last from J."""
CROWDED = 12.0
"""Columns closer than this join to one heat map."""
SMALLEST_PITCH, CLOSE_PITCH = 9.0, 6.5
"""Nodes closer than the one are drawn as a strip of cells; beside stages with nodes only those
closer than the other, for a strip among circles looks like a mistake."""
SMALLEST_RADIUS = 4.0
LARGEST_RADIUS = 13.0
"""Nodes that would be smaller are a strip too: a dot has no shade that one could read."""
NODE_SHARE = 0.20
"""Radius of a node as a share of the distance between columns."""
STRIP_MOST = 26.0
TAPERED = 10.0
"""Least distance of nodes in a stage that is drawn lower than a wider one."""
LOW = 120.0
"""Where the nodes have less height than this, the color bar takes that of the words too."""
INPUT_HALF = 16.0
"""Half the width of an input's cell."""
_LABEL_ROOM = 48.0
"""The current stage's label takes the place of those nearer than this."""


@dataclass(frozen=True, slots=True)
class NodeColumn:
    """One column: ``stage`` 0 is the input. ``radius`` 0 says that it is a strip of cells.

    A strip reaches from ``top`` to ``bottom``.
    """

    stage: int
    x: float
    ys: NDArray[np.float64]
    radius: float
    half: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Geometry:
    """The whole diagram. ``numbered`` are the stages whose number has room below them.

    Without ``bar`` the decades stand elsewhere: two diagrams share one color bar.
    """

    width: float
    height: float
    top: float
    bottom: float
    spacing: float
    columns: tuple[NodeColumn, ...]
    loss: Rectangle
    bar: Rectangle | None
    numbered: frozenset[int]
    chips: bool
    below: float = 0.0
    """Height of the row of names below the nodes; 0 where there is none."""

    @property
    def foot(self) -> float:
        """Where nodes and names end, and the rows of numbers begin."""
        return self.bottom + self.below

    @property
    def tight(self) -> bool:
        """Whether there is room for short names of the rows only."""
        return self.columns[0].x < LEFT

    @property
    def crowded(self) -> bool:
        """Whether the columns are one heat map."""
        return self.spacing < CROWDED

    def frame_of(self, stage: int) -> Rectangle:
        """The frame around the current stage."""
        column = self.columns[stage]
        half = min(max(column.half + 8, 24.0), max(self.spacing / 2 - 1, column.half + 1.5))
        reach = column.radius + 14
        if column.radius:
            top = max(self.top - 10, float(column.ys[0]) - reach)
        else:
            top = column.top - 10
        return Rectangle(column.x - half, top, 2 * half, self.top + self.bottom - 2 * top)

    def labeled(self, current: int) -> frozenset[int]:
        """Stages whose label has room: the regular ones; the current instead of its neighbors."""
        if not current or current in self.numbered:
            return self.numbered
        near = int(_LABEL_ROOM / self.spacing) + 1
        far = (stage for stage in self.numbered if abs(stage - current) >= near)
        return frozenset([*far, current])

    def edge_span(self, stage: int) -> tuple[float, float]:
        """x at which the edges below ``stage`` begin and end."""
        below = self.columns[stage - 1]
        here = self.columns[stage]
        reach = (INPUT_HALF if stage == 1 else below.half) + 1.5
        return below.x + reach, here.x - here.half - 1.5

    def row_half(self, stage: int) -> float:
        """Half the height of what is drawn of one unit."""
        column = self.columns[stage]
        if not column.radius:
            return (column.bottom - column.top) / len(column.ys) / 2
        if stage:
            return column.radius
        if len(column.ys) > 1:
            pitch = float(column.ys[1] - column.ys[0])
        else:
            pitch = 2 * INPUT_HALF
        return min(pitch * 0.42, 11.0)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a diagram has besides nodes, their names and their numbers.

    ``above`` is the height kept above the names, for arcs and names of groups, ``below`` that kept
    for names below the nodes. ``folded`` are the columns, from 1, that stand for several stages.
    ``number_room`` is the narrowest column with a number of its own.
    """

    above: float = 0.0
    below: float = 0.0
    folded: frozenset[int] = frozenset()
    number_room: float = NUMBER_ROOM


NOTHING_AROUND = Surroundings()


def lay_out(
    width: float,
    height: float,
    inputs: int,
    widths: Sequence[int],
    with_bar: bool = True,
    aside: Surroundings = NOTHING_AROUND,
) -> Geometry:
    """Geometry of a diagram of ``inputs`` shown input units and columns of ``widths`` units.

    Without inputs the stages have their room, too.
    """
    top, bottom = _rows_span(height, aside)
    left, right, tight = _ends(width, with_bar)
    if inputs:
        lead, spacing = _spread(right - left, len(widths), TIGHT_ENDS if tight else ENDS)
    else:
        room = right - left - TIGHT_ENDS
        lead = max(room / len(widths) / 2, FIRST)
        spacing = (room - lead) / (len(widths) - 0.5)
    highs = _heights(bottom - top, widths, spacing)
    least = _least_pitch(high / max(count, 1) for high, count in zip(highs, widths, strict=True))
    columns = [_column(0, left, inputs, top, bottom, max(spacing, lead), SMALLEST_PITCH)]
    for stage, (count, high) in enumerate(zip(widths, highs, strict=True), start=1):
        x = left + lead + spacing * (stage - 1)
        lower = (bottom - top - high) / 2
        pitch = np.inf if stage in aside.folded else least
        columns.append(_column(stage, x, count, top + lower, bottom - lower, spacing, pitch))
    box = Rectangle(right - 8, (top + bottom) / 2 - 17, LOSS - 8, 34)
    bar = bar_box(width, height) if with_bar else None
    every = max(1, int(np.ceil(aside.number_room / spacing)))
    count = len(widths)
    numbered = frozenset(range(count, 0, -every))
    chips = spacing >= min(CHIP_ROOM, aside.number_room)
    return Geometry(
        width, height, top, bottom, spacing, tuple(columns), box, bar, numbered, chips, aside.below
    )


def room_for(width: float, with_bar: bool, column: float) -> int:
    """How many columns of that width there is room for, without inputs; at least one."""
    left, right, _ = _ends(width, with_bar)
    lead = max(column / 2, FIRST)
    return max(int((right - left - TIGHT_ENDS - lead) / column + 0.5), 1)


def _ends(width: float, with_bar: bool) -> tuple[float, float, bool]:
    """Where columns begin and end, and whether the names at the left are the shorter ones."""
    tight = not with_bar and width < TIGHT
    left = TIGHT_LEFT if tight else LEFT
    return left, max(width - (BAR if with_bar else 0.0) - LOSS, left + 120), tight


def _rows_span(height: float, aside: Surroundings = NOTHING_AROUND) -> tuple[float, float]:
    """Where the nodes begin and end."""
    top = NAMES + 12 + aside.above
    return top, max(height - NUMBERS - FACTORS - 12 - aside.below, top + 28)


def bar_box(width: float, height: float) -> Rectangle:
    """The color bar at the right end of so much room."""
    top, bottom = _rows_span(height)
    if bottom - top < LOW:  # the decades need more room than the nodes
        return Rectangle(width - BAR + 15, 26, 10, max(height - 54, 1))
    return Rectangle(width - BAR + 15, top + 18, 10, bottom - top - 36)


def _spread(room: float, stages: int, ends: float) -> tuple[float, float]:
    """(input to first stage, stage to stage); the input and J keep their distance when deep."""
    spacing = room / (stages + 0.75)
    if spacing >= ends:
        return spacing, spacing
    return ends, (room - 2 * ends) / max(stages - 1, 1)


def _heights(room: float, widths: Sequence[int], spacing: float) -> list[float]:
    """Height of every column: all of the room, or less where stages are narrower than others.

    By the root of the share, so that a tenth of the units can still be seen; the output of a
    network of one width is drawn as high as the rest. One heat map has one height.
    """
    if len(set(widths[:-1])) <= 1 or spacing < CROWDED:
        return [room] * len(widths)
    most = max(widths)
    highs: list[float] = []
    for count in widths:
        high = room * (count / most) ** 0.5
        if count * TAPERED <= room:
            high = max(high, count * TAPERED)
        highs.append(high)
    return highs


def _least_pitch(pitches: Iterable[float]) -> float:
    """Pixels a unit from which the stages have circles: where most have, close ones have, too."""
    found = sorted(pitches)
    most = found[len(found) // 2] >= SMALLEST_PITCH
    if most and CLOSE_PITCH <= found[0] < SMALLEST_PITCH:
        return found[0]
    return SMALLEST_PITCH


def _column(
    stage: int, x: float, count: int, top: float, bottom: float, spacing: float, least: float
) -> NodeColumn:
    room = bottom - top
    pitch = room / max(count, 1)
    if pitch < least or spacing * NODE_SHARE < SMALLEST_RADIUS:
        half = min(spacing * 0.5 if spacing < CROWDED else spacing * 0.38, STRIP_MOST / 2)
        rows = _rows(top + pitch / 2, pitch, count)
        return NodeColumn(stage, x, rows, 0.0, half, top, bottom)
    pitch = min(pitch, 46.0)
    first = (top + bottom - (count - 1) * pitch) / 2
    radius = min(LARGEST_RADIUS, pitch * 0.40, spacing * NODE_SHARE)
    return NodeColumn(stage, x, _rows(first, pitch, count), radius, radius, top, bottom)


def _rows(first: float, pitch: float, count: int) -> NDArray[np.float64]:
    return np.asarray(first + np.arange(count) * pitch, dtype=np.float64)
