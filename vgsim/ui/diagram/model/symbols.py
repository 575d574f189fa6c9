"""What the diagram shows where, for pointing: symbols, rows of numbers, the color bar. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from vgsim.text.pointed import Pointed
from vgsim.ui.diagram.model.geometry import FACTORS, INPUT_HALF, NUMBERS, Geometry, Rectangle
from vgsim.ui.diagram.model.picking import LABEL_HALF
from vgsim.ui.diagram.model.picture import Picture
from vgsim.ui.diagram.model.plan import ColumnPlan

_HALF = 16.0
"""Half the width of a column's name."""
_CELL = 9.0
"""Height of the cells for ∞ and 0."""


class DiagramSpot(NamedTuple):
    """What is shown in a rectangle; ``numbers`` says that its tool tip has some."""

    pointed: Pointed
    box: Rectangle
    numbers: bool = False


def diagram_spots(geometry: Geometry, picture: Picture) -> list[DiagramSpot]:
    """Everything in reading order: names, nodes, the rows below, J, the color bar."""
    return [
        *_names(geometry, picture),
        *_columns(geometry, picture),
        *_gaps(geometry),
        *_rows(geometry, picture),
        *_bar(geometry),
    ]


def _names(geometry: Geometry, picture: Picture) -> list[DiagramSpot]:
    top = geometry.top - 38
    height = 22.0

    def named(pointed: Pointed, x: float) -> DiagramSpot:
        return DiagramSpot(pointed, Rectangle(x - _HALF, top, 2 * _HALF, height))

    spots = []
    if len(geometry.columns[0].ys):
        spots.append(named(Pointed("input"), geometry.columns[0].x))
    for stage in sorted(geometry.labeled(picture.current)):
        spots.append(named(Pointed("activation", stage=stage), geometry.columns[stage].x))
    spots.append(named(Pointed("loss"), geometry.loss.x + geometry.loss.width / 2))
    return spots


def _columns(geometry: Geometry, picture: Picture) -> list[DiagramSpot]:
    """The nodes: their shade is the gradient, once it has come to them."""
    high = geometry.bottom - geometry.top
    inputs = Rectangle(geometry.columns[0].x - INPUT_HALF, geometry.top, 2 * INPUT_HALF, high)
    spots = [DiagramSpot(Pointed("input"), inputs)] if len(geometry.columns[0].ys) else []
    for stage in range(1, len(geometry.columns)):
        symbol = "gradient" if stage >= picture.backward_from else "activation"
        box = geometry.frame_of(stage)
        spots.append(DiagramSpot(Pointed(symbol, stage=stage), box, numbers=True))
    spots.append(DiagramSpot(Pointed("loss"), geometry.loss))
    return spots


def _gaps(geometry: Geometry) -> list[DiagramSpot]:
    """The edges below every stage, which are its weights, and the way of its hop."""
    spots = []
    for stage in range(1, len(geometry.columns)):
        left, right = geometry.edge_span(stage)
        box = Rectangle(left, geometry.top, right - left, geometry.bottom - geometry.top)
        hop = stage if stage > 1 else 0
        spots.append(DiagramSpot(Pointed("weights", stage=stage, hop=hop), box, numbers=True))
    return spots


def _rows(geometry: Geometry, picture: Picture) -> list[DiagramSpot]:
    """RMS, and × per hop: the names at the left, then every number."""
    y = geometry.foot + 14
    backward = picture.backward_from <= len(picture.numbers)
    symbol = "gradient" if backward else "activation"
    spots = [DiagramSpot(Pointed("rms"), Rectangle(4, y, 66, NUMBERS))]
    for stage in sorted(geometry.labeled(picture.current)):
        box = Rectangle(geometry.columns[stage].x - LABEL_HALF, y, 2 * LABEL_HALF, NUMBERS)
        spots.append(DiagramSpot(Pointed(symbol, stage=stage), box, numbers=True))
    y = geometry.foot + 38
    known = [hop for hop, text in enumerate(picture.factors, start=2) if text]
    if not known:
        return spots
    left = geometry.columns[known[0] - 1].x
    whole = Rectangle(left, y, geometry.columns[known[-1]].x - left, FACTORS - 2)
    spots.append(DiagramSpot(Pointed("factor"), Rectangle(4, y, 66, FACTORS - 2)))
    spots.append(DiagramSpot(Pointed("product"), whole))
    for hop in known:
        if not geometry.chips and hop != picture.current + 1:
            continue
        middle = (geometry.columns[hop - 1].x + geometry.columns[hop].x) / 2
        half = min(24.0, max(geometry.spacing / 2, 20.0))
        box = Rectangle(middle - half, y + 2, 2 * half, 20)
        spots.append(DiagramSpot(Pointed("factor", hop=hop), box))
    return spots


def _bar(geometry: Geometry) -> list[DiagramSpot]:
    bar = geometry.bar
    if bar is None:
        return []
    above = Rectangle(bar.x - 5, bar.y - 21, bar.width + 26, _CELL + 8)
    below = Rectangle(bar.x - 5, bar.y + bar.height + 5, bar.width + 26, _CELL + 8)
    decades = Rectangle(bar.x + bar.width + 2, bar.y - 4, 30, bar.height + 8)
    return [
        DiagramSpot(Pointed("infinite"), above),
        DiagramSpot(Pointed("color-bar"), Rectangle(bar.x - 4, bar.y, bar.width + 6, bar.height)),
        DiagramSpot(Pointed("decade"), decades),
        DiagramSpot(Pointed("zero"), below),
    ]


def of_stages(spots: Sequence[DiagramSpot], plan: ColumnPlan) -> list[DiagramSpot]:
    """The same spots with the stages of their columns; a hop between groups is none of one stage.

    The weights of a folded group, and its factor, are left out: they belong to several hops.
    """
    if len(plan.columns) == plan.columns[-1].last:  # every column is the stage of its number
        return list(spots)
    found = []
    for spot in spots:
        symbol, stage, hop, panel = spot.pointed.symbol, spot.pointed.stage, 0, spot.pointed.panel
        if spot.pointed.hop:
            column = plan.columns[spot.pointed.hop - 1]
            if column.stages > 1:
                continue
            hop = column.last
        if stage:
            stage = plan.stage_of(stage)
        found.append(spot._replace(pointed=Pointed(symbol, stage, hop, panel)))
    return found
