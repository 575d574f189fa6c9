"""What lies under the mouse in a diagram, and what lies next to it for the keyboard. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from vgsim.measure.request import Focus
from vgsim.ui.diagram.model.geometry import NUMBERS, Geometry
from vgsim.ui.diagram.model.picture import Gap, Picture

NEAR = 3.0
"""Pixels beyond its outline at which a node still takes the mouse."""
EDGE_NEAR = 4.0
"""Pixels from an edge at which it takes the mouse."""
STRONG_LEAD = 2.0
"""Pixels by which the strongest edge of a gap may be farther away than the weakest, and win."""
LABEL_HALF = 26.0
"""Half the width of a column's name and number."""


class Move(StrEnum):
    """What a key does to the pick."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"
    DEEPER = "deeper"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Shape:
    """What there is to pick: ``inputs`` units of the input, then stages of ``widths`` units."""

    inputs: int
    widths: tuple[int, ...]

    def below(self, stage: int) -> int:
        """How many units feed ``stage``."""
        if stage > 1:
            return self.widths[stage - 2]
        return self.inputs

    def holds(self, focus: Focus) -> bool:
        """Whether there is such a stage, unit or edge."""
        if not 1 <= focus.stage <= len(self.widths):
            return False
        if focus.unit is None:
            return focus.source is None
        known = 0 <= focus.unit < self.widths[focus.stage - 1]
        return known and (focus.source is None or 0 <= focus.source < self.below(focus.stage))

    def nearest(self, focus: Focus) -> Focus:
        """``focus`` with every number moved as little as makes it one that there is."""
        stage = _clip(focus.stage, 1, len(self.widths))
        if focus.unit is None:
            return Focus(stage)
        unit = _clip(focus.unit, 0, self.widths[stage - 1] - 1)
        if focus.source is None:
            return Focus(stage, unit)
        return Focus(stage, unit, _clip(focus.source, 0, self.below(stage) - 1))


def _clip(value: int, low: int, high: int) -> int:
    return max(low, min(value, high))


def pick(geometry: Geometry, picture: Picture, x: float, y: float) -> Focus | None:
    """What is drawn at a place: a node or cell, else an edge, else a stage; None in empty space.

    The ``source`` of an edge below stage 1 is a row of the input column as it is drawn, which
    stands for several input units of a picture (see :func:`strongest_input`).
    """
    if not 0 <= x <= geometry.width or not 0 <= y <= geometry.height:
        return None
    stage = _nearest_stage(geometry, x)
    if geometry.crowded:
        return _in_map(geometry, picture, stage, x, y)
    return (
        _unit(geometry, stage, x, y)
        or _edge(geometry, picture.gaps, x, y)
        or _stage(geometry, picture.current, stage, x, y)
    )


def strongest_input(weights: NDArray[np.floating], rows: int, row: int, unit: int) -> int:
    """The input unit behind a drawn row with the largest weight to ``unit`` of stage 1.

    ``weights`` are those of stage 1, (input units, units), or empty where they are not known.
    """
    if not weights.size:
        return row
    each = len(weights) // rows
    return row * each + int(np.argmax(np.abs(weights[row * each : (row + 1) * each, unit])))


def drawn_row(focus: Focus, shape: Shape, rows: int) -> int:
    """The row of the column below in which the source of an edge is drawn, of ``rows`` inputs."""
    assert focus.source is not None
    below = shape.below(focus.stage)
    return focus.source * (rows if focus.stage == 1 else below) // below


def neighbor(focus: Focus, move: Move, shape: Shape) -> Focus:
    """What a key leads to; ``focus`` itself where there is nothing farther.

    Left and right change the stage. Up and down change the unit, of an edge its source, and
    lead from a stage into its units. Deeper goes from stage to unit to edge, back the other way.
    """
    if move is Move.BACK:
        return Focus(focus.stage, None if focus.source is None else focus.unit)
    if move is Move.DEEPER:
        return _deeper(focus, shape)
    if move in (Move.LEFT, Move.RIGHT):
        by = 1 if move is Move.RIGHT else -1
        return shape.nearest(Focus(focus.stage + by, focus.unit, focus.source))
    return _along(focus, 1 if move is Move.DOWN else -1, shape)


def ways(focus: Focus, shape: Shape) -> dict[str, Focus]:
    """Where "up", "previous", "next" and "down" lead from ``focus``, those that lead anywhere.

    None do from what is not there: the network may just have become smaller.
    """
    if not shape.holds(focus):
        return {}
    if focus.unit is None:
        aside = (Move.LEFT, Move.RIGHT)
    else:
        aside = (Move.UP, Move.DOWN)
    moves = zip(("up", "previous", "next", "down"), (Move.BACK, *aside, Move.DEEPER), strict=True)
    found = {name: neighbor(focus, move, shape) for name, move in moves}
    return {name: to for name, to in found.items() if to != focus}


def _deeper(focus: Focus, shape: Shape) -> Focus:
    if focus.unit is None:
        return Focus(focus.stage, 0)
    if focus.source is not None:
        return focus
    # the source level with the unit: the shortest line
    level = focus.unit * shape.below(focus.stage) // shape.widths[focus.stage - 1]
    return Focus(focus.stage, focus.unit, level)


def _along(focus: Focus, by: int, shape: Shape) -> Focus:
    if focus.unit is None:
        return Focus(focus.stage, 0 if by > 0 else shape.widths[focus.stage - 1] - 1)
    if focus.source is None:
        return shape.nearest(Focus(focus.stage, focus.unit + by))
    return shape.nearest(Focus(focus.stage, focus.unit, focus.source + by))


def _nearest_stage(geometry: Geometry, x: float) -> int:
    """The stage whose column is nearest; columns are evenly spaced from the first stage on."""
    first = geometry.columns[1].x
    if geometry.spacing:
        place = (x - first) / geometry.spacing
    else:
        place = 0.0
    return _clip(round(place), 0, len(geometry.columns) - 2) + 1


def _in_map(geometry: Geometry, picture: Picture, stage: int, x: float, y: float) -> Focus | None:
    """Stage and unit in the heat map of a deep network, stages by their labels."""
    inside = abs(x - geometry.columns[stage].x) <= geometry.spacing / 2 + 1
    if inside and geometry.top <= y < geometry.bottom:
        return Focus(stage, _cell(geometry, stage, y))
    return _stage(geometry, picture.current, stage, x, y)


def _unit(geometry: Geometry, stage: int, x: float, y: float) -> Focus | None:
    """The node, or the cell of a strip."""
    column = geometry.columns[stage]
    if not column.radius:
        inside = abs(x - column.x) <= column.half + 1 and column.top <= y < column.bottom
        if inside:
            return Focus(stage, _cell(geometry, stage, y))
        return None
    distance = np.hypot(column.ys - y, column.x - x)
    unit = int(np.argmin(distance))
    if distance[unit] <= column.radius + NEAR:
        return Focus(stage, unit)
    return None


def _cell(geometry: Geometry, stage: int, y: float) -> int:
    column = geometry.columns[stage]
    share = (y - column.top) / (column.bottom - column.top)
    count = len(column.ys)
    return _clip(int(share * count), 0, count - 1)


def _edge(geometry: Geometry, gaps: Sequence[Gap], x: float, y: float) -> Focus | None:
    """The edge near a place; a strong one wins over a weak one that is a little nearer."""
    for stage in range(1, len(gaps) + 1):
        start, stop = geometry.edge_span(stage)
        if start <= x <= stop:
            return _edge_below(geometry, gaps[stage - 1], stage, x, y)
    return None


def _edge_below(geometry: Geometry, gap: Gap, stage: int, x: float, y: float) -> Focus | None:
    start, stop = geometry.edge_span(stage)
    low = geometry.columns[stage - 1].ys[:, None]
    high = geometry.columns[stage].ys[None, :]
    rise = high - low
    level = low + rise * ((x - start) / (stop - start))
    distance = np.abs(level - y) * (stop - start) / np.hypot(stop - start, rise)
    cost = np.where(distance <= EDGE_NEAR, distance - STRONG_LEAD * gap.strength, np.inf)
    source, unit = np.unravel_index(int(np.argmin(cost)), cost.shape)
    if np.isfinite(cost[source, unit]):
        return Focus(stage, int(unit), int(source))
    return None


def _stage(geometry: Geometry, current: int, stage: int, x: float, y: float) -> Focus | None:
    """The stage whose name, number or free space is at a place."""
    if geometry.top - 10 <= y <= geometry.bottom + 10:
        return _in_column(geometry, stage, x)
    if y > geometry.foot + NUMBERS + 12:  # the factors belong to hops, not to stages
        return None
    return _named(geometry, current, x) or _in_column(geometry, stage, x)


def _named(geometry: Geometry, current: int, x: float) -> Focus | None:
    """The stage whose label stands at ``x``."""
    labeled = geometry.labeled(current)
    near = min(labeled, key=lambda stage: abs(geometry.columns[stage].x - x))
    if abs(geometry.columns[near].x - x) <= LABEL_HALF:
        return Focus(near)
    return None


def _in_column(geometry: Geometry, stage: int, x: float) -> Focus | None:
    box = geometry.frame_of(stage)
    if box.x <= x <= box.x + box.width:
        return Focus(stage)
    return None
