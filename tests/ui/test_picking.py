"""What a place in the diagram picks, and where the keyboard leads."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vgsim.measure.request import Focus
from vgsim.ui.diagram.model.geometry import Geometry, lay_out
from vgsim.ui.diagram.model.picking import (
    Move,
    Shape,
    drawn_row,
    neighbor,
    pick,
    strongest_input,
    ways,
)
from vgsim.ui.diagram.model.picture import Gap, Picture


def _picture(shape: Shape, edges: bool = False, current: int = 0) -> Picture:
    """All that picking needs of one; every edge is as strong as the others."""
    below = (shape.inputs, *shape.widths)
    sizes = zip(below, shape.widths, strict=False)
    gaps = tuple(Gap(None, np.full(size, 0.5)) for size in sizes) if edges else ()
    blank = ("",) * len(shape.widths)
    return Picture(
        inputs=np.zeros((shape.inputs, 1)), looks=(), gaps=gaps, numbers=blank,
        forward_numbers=blank, factors=blank, marked=(), loss="J", current=current,
        at_loss=False, backward_from=1,
    )  # fmt: skip


def _geometry(shape: Shape, width: float = 900, height: float = 420) -> Geometry:
    return lay_out(width, height, shape.inputs, shape.widths)


def _middle(geometry: Geometry, focus: Focus) -> tuple[float, float]:
    """The middle of an edge."""
    start, stop = geometry.edge_span(focus.stage)
    low = geometry.columns[focus.stage - 1].ys[focus.source]
    high = geometry.columns[focus.stage].ys[focus.unit]
    return (start + stop) / 2, (low + high) / 2


SIX = Shape(8, (8,) * 6)
SHAPES = st.builds(
    Shape, st.integers(1, 20), st.lists(st.integers(1, 40), min_size=1, max_size=60).map(tuple)
)


@given(SHAPES, st.floats(420, 2500), st.floats(240, 1500), st.booleans(), st.data())
def test_the_center_of_every_node_picks_it(shape, width, height, edges, data):
    geometry = _geometry(shape, width, height)
    stage = data.draw(st.integers(1, len(shape.widths)))
    unit = data.draw(st.integers(0, shape.widths[stage - 1] - 1))
    x, y = geometry.columns[stage].x, float(geometry.columns[stage].ys[unit])
    assert pick(geometry, _picture(shape, edges), x, y) == Focus(stage, unit)


@given(SHAPES, st.floats(-50, 1000), st.floats(-50, 500), st.booleans())
def test_every_place_picks_what_there_is(shape, x, y, edges):
    found = pick(_geometry(shape), _picture(shape, edges), x, y)
    assert found is None or shape.holds(found)


@given(st.integers(1, 6), st.integers(0, 7), st.integers(0, 7), st.floats(0.05, 0.95))
def test_a_strong_edge_is_picked_anywhere_on_it(stage, unit, source, share):
    geometry, picture = _geometry(SIX), _picture(SIX, edges=True)
    start, stop = geometry.edge_span(stage)
    x = start + share * (stop - start)
    unit_y, source_y = geometry.columns[stage].ys[unit], geometry.columns[stage - 1].ys[source]
    y = float(source_y + share * (unit_y - source_y))
    near = [np.hypot(geometry.columns[at].ys - y, geometry.columns[at].x - x).min() > 20
            for at in (stage - 1, stage)]  # fmt: skip
    assume(all(near))
    picture.gaps[stage - 1].strength[source, unit] = 1.0
    for other in picture.gaps:
        other.strength[other.strength < 1] = 0.0
    assert pick(geometry, picture, x, y) == Focus(stage, unit, source)


def test_edges_that_are_not_drawn_are_not_picked():
    geometry = _geometry(SIX)
    x, y = _middle(geometry, Focus(3, 2, 2))
    assert pick(geometry, _picture(SIX), x, y) is None
    found = pick(geometry, _picture(SIX, edges=True), x, y)
    assert found is not None and found.source is not None


@pytest.mark.parametrize("place", ["name", "number", "between the nodes"])
def test_a_column_picks_its_stage(place):
    geometry = _geometry(SIX)
    column = geometry.columns[4]
    between = float(column.ys[2] + column.ys[3]) / 2
    y = {"name": geometry.top - 28, "number": geometry.bottom + 26}.get(place, between)
    assert pick(geometry, _picture(SIX, edges=True), column.x, y) == Focus(4)


@pytest.mark.parametrize("edges", [False, True])
def test_input_loss_and_color_bar_are_empty_space(edges):
    geometry, picture = _geometry(SIX), _picture(SIX, edges)
    boxes = [
        (box.x + box.width / 2, box.y + box.height / 2) for box in (geometry.loss, geometry.bar)
    ]
    for x, y in [(geometry.columns[0].x, float(geometry.columns[0].ys[3])), *boxes, (-1, 5)]:
        assert pick(geometry, picture, x, y) is None


def test_a_label_in_a_deep_network_picks_the_stage_that_it_names():
    shape = Shape(8, (8,) * 200)
    geometry, picture = _geometry(shape), _picture(shape, current=93)
    x = geometry.columns[93].x + 12  # nearer to the column of another stage
    assert pick(geometry, picture, x, geometry.bottom + 26) == Focus(93)


def test_the_crowded_map_picks_stage_and_unit():
    shape = Shape(8, (32,) * 200)
    geometry = _geometry(shape)
    assert geometry.crowded
    column = geometry.columns[120]
    found = pick(geometry, _picture(shape), column.x, float(column.ys[31]))
    assert found == Focus(120, 31)


def test_a_row_of_a_picture_stands_for_its_strongest_pixel():
    weights = np.zeros((64, 8))
    weights[27, 5] = -3.0
    assert strongest_input(weights, 8, 3, 5) == 27
    assert strongest_input(np.empty((0, 0)), 8, 3, 5) == 3
    assert drawn_row(Focus(1, 5, 27), Shape(64, (8,)), 8) == 3
    assert drawn_row(Focus(2, 5, 7), Shape(64, (8, 8)), 8) == 7


FOCUS = st.builds(
    Focus, st.integers(-3, 70), st.none() | st.integers(-3, 50), st.none()
) | st.builds(Focus, st.integers(-3, 70), st.integers(-3, 50), st.integers(-3, 50))


@given(SHAPES, FOCUS, st.lists(st.sampled_from(Move), max_size=30))
def test_no_move_leaves_the_network(shape, focus, moves):
    focus = shape.nearest(focus)
    assert shape.holds(focus)
    for move in moves:
        focus = neighbor(focus, move, shape)
        assert shape.holds(focus)


def test_the_keyboard_reaches_everything():
    shape = Shape(5, (3, 1, 4))
    wanted = {Focus(k) for k in (1, 2, 3)}
    wanted |= {Focus(k, u) for k, width in enumerate(shape.widths, 1) for u in range(width)}
    wanted |= {Focus(f.stage, f.unit, s) for f in list(wanted) if f.unit is not None
               for s in range(shape.below(f.stage))}  # fmt: skip
    found, edge = {Focus(1)}, [Focus(1)]
    while edge:
        edge = [new for old in edge for new in (neighbor(old, move, shape) for move in Move)
                if new not in found and not found.add(new)]  # fmt: skip
    assert found == wanted


@given(st.just(Shape(0, ())) | SHAPES, FOCUS)
def test_ways_lead_from_what_there_is_to_what_there_is(shape, focus):
    found = ways(focus, shape)
    assert all(shape.holds(to) and to != focus for to in found.values())
    assert shape.holds(focus) or not found


@given(SHAPES, FOCUS)
def test_back_leads_to_the_stage_in_two_moves(shape, focus):
    focus = shape.nearest(focus)
    back = neighbor(neighbor(focus, Move.BACK, shape), Move.BACK, shape)
    assert back == Focus(focus.stage)


def test_up_and_down_of_an_edge_change_its_source_only():
    assert neighbor(Focus(3, 2, 4), Move.DOWN, SIX) == Focus(3, 2, 5)
    assert neighbor(Focus(3, 2, 0), Move.UP, SIX) == Focus(3, 2, 0)
