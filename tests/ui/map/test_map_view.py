"""What is drawn of a map follows from what was measured."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vgsim.nn.spec import Spec
from vgsim.sweep.axes import Axis
from vgsim.sweep.contours import contour
from vgsim.sweep.figures import SHOWN
from vgsim.sweep.grid import MapGrid
from vgsim.sweep.plan import Index, SweepPlan
from vgsim.sweep.refine import refined
from vgsim.sweep.results import MemberResult
from vgsim.text.scale import BELOW, OVERFLOW, SHADES, UNREACHED, ZERO
from vgsim.ui.map.model.axis import DrawnAxis, drawn_axis, round_numbers
from vgsim.ui.map.model.legend import sentence_of
from vgsim.ui.map.model.shading import Shading
from vgsim.ui.map.model.view import MapLine, interior, map_view

DEPTH = Axis.between("network.depth", 2, 8, 7)
GAIN = Axis.between("init.gain", 0.5, 3.0, 6)


def filled(
    plan: SweepPlan,
    ratio: Callable[[Index], float],
    skip: Callable[[Index], bool] = lambda _: False,
) -> MapGrid:
    """A grid of which every cell has the ``ratio``, but for those to ``skip``."""
    grid = MapGrid(plan)
    for index in plan.indices():
        if not skip(index):
            for seed in range(plan.seeds):
                grid.add(MemberResult(index, seed, ratio(index), 1.0, 5, 0.5, 0.25))
    return grid


@pytest.fixture
def plan() -> SweepPlan:
    return SweepPlan(Spec(), (DEPTH, GAIN))


def test_axes_are_drawn_in_cells(plan: SweepPlan) -> None:
    axis = drawn_axis(DEPTH)
    assert axis.position([2, 8, 5]).tolist() == [0, 6, 3]
    assert axis.span == (-0.5, 6.5)


def test_an_axis_of_factors_has_equally_wide_factors() -> None:
    axis = drawn_axis(Axis.between("network.width", 8, 128, 5, log=True))
    assert axis.position([8, 16, 128]).tolist() == pytest.approx([0, 1, 4])


def test_what_lies_beyond_an_axis_has_no_place() -> None:
    axis = drawn_axis(DEPTH)
    assert np.isnan(axis.position([1.4, 8.6])).all()
    assert axis.position([8.5]).tolist() == [6.5]


def test_names_have_labels_and_no_numbers() -> None:
    axis = drawn_axis(Axis("network.activation", ("tanh", "relu")))
    assert axis.labels == ("Tanh", "ReLU")
    assert axis.ticks(-0.5, 1.5, 5) == [(0.0, "Tanh"), (1.0, "ReLU")]
    assert np.isnan(axis.position([1.0])).all()


@given(st.integers(1, 300), st.integers(2, 30), st.booleans())
def test_an_axis_has_no_more_labels_than_room(count: int, most: int, log: bool) -> None:
    numbers = tuple(float(k) for k in range(1, count + 1))
    axis = DrawnAxis("", tuple(map(str, range(1, count + 1))), numbers, log)
    ticks = axis.ticks(-0.5, count - 0.5, most)
    assert len(ticks) <= most
    assert ticks
    assert all(-0.5 <= at <= count - 0.5 for at, _ in ticks)


def test_round_numbers_of_factors_span_the_range() -> None:
    assert round_numbers(1e-4, 1.0, 5, log=True) == [1e-4, 1e-3, 1e-2, 0.1, 1.0]


def test_every_cell_has_its_figure(plan: SweepPlan) -> None:
    view = map_view(filled(plan, lambda index: 10.0 ** -index[0]), "ratio")
    assert view.values.shape == (7, 6)
    assert view.values[3, 2] == pytest.approx(1e-3)
    assert view.whole
    assert not view.dots.any()


def test_a_cell_that_is_not_measured_follows_one_that_is(plan: SweepPlan) -> None:
    grid = filled(plan, lambda index: float(index[0] + 1), lambda index: index != (3, 3))
    view = map_view(grid, "ratio")
    assert (view.values[2:5, 2:5] == 4.0).all()
    assert np.isnan(view.values[0]).all()
    assert view.dots.sum() == 1
    assert not view.whole


def test_nobody_follows_across_names() -> None:
    plan = SweepPlan(Spec(), (Axis("network.activation", ("tanh", "relu")), GAIN))
    view = map_view(filled(plan, lambda _: 1.0, lambda index: index[0] == 1), "ratio")
    assert np.isnan(view.values[1]).all()


def test_cells_that_cannot_be_are_told_apart(plan: SweepPlan) -> None:
    grid = MapGrid(plan)
    for index in plan.indices():
        grid.add(MemberResult(index, 0, failure="cannot be: too wide"))
    view = map_view(grid, "ratio")
    assert view.failed.all()
    assert view.whole
    assert not view.levels[1:]


def test_one_axis_is_a_map_of_one_row() -> None:
    view = map_view(filled(SweepPlan(Spec(), (DEPTH,)), lambda _: 1.0), "ratio")
    assert view.shape == (7, 1)
    assert view.up.labels == ("",)


def test_a_stack_of_maps_is_drawn_layer_by_layer() -> None:
    plan = SweepPlan(Spec(), (DEPTH, GAIN, Axis("network.activation", ("tanh", "relu"))))
    grid = filled(plan, lambda index: 1.0 + index[2])
    assert (map_view(grid, "ratio", (1,)).values == 2.0).all()


def test_zeros_and_overflows_have_shades_of_their_own() -> None:
    shading = Shading(-12, 6, log=True, zero="0")
    shades = shading.index(np.array([0.0, math.inf, math.nan, 1e-20, 1e-12, 1e6, 1e9]))
    last = SHADES - 1
    assert shades.tolist() == [ZERO, OVERFLOW, UNREACHED, BELOW, 0, last, last]


def test_decades_lost_fade_as_the_gradient_does() -> None:
    assert Shading(12, -6, zero="0").index(np.array([12.0, -6.0, math.inf])).tolist() == [
        0, SHADES - 1, ZERO,
    ]  # fmt: skip


def test_a_share_is_written_in_percent() -> None:
    assert [label for _, label in Shading(0, 1, share=True).ticks(3)] == ["0 %", "50 %", "100 %"]


@pytest.mark.parametrize("name", SHOWN.names())
def test_every_figure_can_be_drawn(plan: SweepPlan, name: str) -> None:
    view = map_view(filled(plan, lambda index: 10.0 ** (index[1] - index[0])), name)
    assert view.values.shape == view.shape
    assert view.title == SHOWN[name].heading


def test_contours_stay_on_the_scale(plan: SweepPlan) -> None:
    view = map_view(filled(plan, lambda index: 10.0 ** (-5 * index[0])), "ratio")
    assert [level.value for level in view.levels] == [0, -9, -6, -3]


def test_verdicts_become_regions_the_largest_first() -> None:
    plan = SweepPlan(Spec(), (DEPTH, GAIN), judged=True)
    grid = MapGrid(plan)
    names = grid.names
    for index in plan.indices():
        verdict = names[0] if index[0] < 2 else names[1]
        grid.add(MemberResult(index, 0, 1.0, 1.0, 5, verdict=verdict))
    view = map_view(grid, "verdict")
    assert [region.cells for region in view.regions] == [30, 12]
    assert [region.sign for region in view.regions] == ["A", "B"]
    assert (view.values[0] == 1).all()
    assert [word.sign for word in view.words] == ["A", "B"]


def test_a_name_stands_deepest_within_its_part() -> None:
    mask = np.zeros((9, 7), np.bool_)
    mask[1:8, 1:6] = True
    assert interior(mask) == ((4, 3), 2)
    assert interior(np.zeros((3, 3), np.bool_)) is None


def test_contours_run_between_the_cells_of_a_coarse_grid(plan: SweepPlan) -> None:
    grid = filled(
        plan,
        lambda index: 10.0 ** (index[1] - 2.5),
        skip=lambda index: index[0] not in (0, 3, 6) or index[1] not in (0, 3, 5),
    )
    view = map_view(grid, "ratio")
    assert not view.whole
    (line,) = contour(view.heights())
    assert line[0].min() == 0 and line[0].max() == 6
    assert line[1] == pytest.approx(2.5)


def test_no_contour_runs_through_a_cell_that_cannot_be(plan: SweepPlan) -> None:
    grid = filled(plan, lambda index: 10.0 ** (index[1] - 2.5), skip=lambda index: index[0] == 3)
    for row in range(len(GAIN)):
        grid.add(MemberResult((3, row), 0, failure="no"))
    lines = contour(map_view(grid, "ratio").heights())
    assert sorted((line[0].min(), line[0].max()) for line in lines) == [(0, 2), (4, 6)]


def test_a_map_of_few_cells_in_all_is_filled_from_its_own_coarse_grid() -> None:
    axes = Axis("network.depth", tuple(range(1, 34))), Axis("network.width", tuple(range(1, 34)))
    plan = SweepPlan(Spec(), axes)
    rounds = refined(plan, SHOWN["ratio"], lambda: np.ones(plan.shape), 0.02)
    cells = {cell for each in rounds for cell in each}
    grid = filled(plan, lambda index: 2.0, skip=lambda index: index not in cells)
    view = map_view(grid, "ratio")
    assert len(cells) < 30 and (view.values == 2.0).all()


def test_before_its_coarsest_grid_is_whole_a_map_is_not_guessed_from_afar() -> None:
    axes = Axis("network.depth", tuple(range(1, 34))), Axis("network.width", tuple(range(1, 34)))
    grid = filled(SweepPlan(Spec(), axes), lambda index: 2.0, skip=lambda index: index != (0, 0))
    assert np.isnan(map_view(grid, "ratio").values).sum() == 33 * 33 - 9


PLACES = np.arange(7.0)


@pytest.mark.parametrize(
    ("finite", "endless", "words"),
    [
        ((PLACES, PLACES * 0 + 3), (PLACES, PLACES * 0 + 2), "lies above χ₁ = 1"),
        ((PLACES, PLACES * 0 + 1), (PLACES, PLACES * 0 + 2), "lies below χ₁ = 1"),
        ((PLACES * 0 + 3, PLACES), (PLACES * 0 + 2, PLACES), "lies right of χ₁ = 1"),
        ((PLACES, PLACES * 0 + 2.1), (PLACES[::-1], PLACES * 0 + 2), "says the same as for"),
        ((PLACES, PLACES), None, "taken layer by layer"),
    ],
)
def test_what_is_said_of_theory_is_where_its_lines_lie(plan, finite, endless, words) -> None:
    lines = [MapLine("this depth", *finite, finite=True)]
    if endless is not None:
        lines.append(MapLine("χ₁ = 1", *endless))
    view = map_view(filled(plan, lambda index: 2.0), "ratio", lines=lines)
    assert words in sentence_of(view)
