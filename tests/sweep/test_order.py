"""The order of cells: coarse grids first, every cell once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vgsim.nn.spec import Spec, field_at
from vgsim.sweep.axes import Axis
from vgsim.sweep.order import COARSEST, finest, grid, levels_of, lines, order
from vgsim.sweep.plan import SweepPlan

GAINS = Axis("init.gain", tuple(np.linspace(0.5, 3, 51).tolist()))
DEPTHS = Axis("network.depth", tuple(range(2, 65)))
NAMES = Axis("network.activation", ("sigmoid", "tanh", "relu"))

PATHS = ("network.depth", "network.width", "training.batch")
CHOICES = ("network.activation", "init.weights", "training.optimizer")
axes = st.lists(st.tuples(st.integers(1, 14), st.booleans()), min_size=1, max_size=3)


def plan_of(sizes: list[tuple[int, bool]]) -> SweepPlan:
    made = []
    for (length, named), path, choice in zip(sizes, PATHS, CHOICES, strict=False):
        if named:
            made.append(Axis(choice, tuple(field_at(choice).names()[:length])))
        else:
            made.append(Axis(path, tuple(range(1, length + 1))))
    return SweepPlan(Spec(), tuple(made))


@given(axes)
def test_every_cell_comes_once(sizes):
    plan = plan_of(sizes)
    cells = [cell for level in order(plan) for cell in level]
    assert sorted(cells) == list(plan.indices())


@given(st.integers(1, 2000), st.integers(0, 9))
def test_a_finer_level_has_all_lines_of_the_coarser_one(length, level):
    coarse = lines(length, level)
    assert {0, length - 1} <= set(coarse) <= set(lines(length, level + 1))
    assert len(lines(length, finest(length))) == length


@given(st.integers(2, 2000), st.integers(0, 9))
def test_lines_of_a_level_are_evenly_spread(length, level):
    gaps = np.diff(lines(length, level))
    assert gaps.max() - gaps.min() <= 1


def test_the_whole_map_is_there_early():
    plan = SweepPlan(Spec(), (DEPTHS, GAINS), seeds=3)
    sizes = [len(level) for level in order(plan)]
    assert sizes[0] == (2**COARSEST + 1) ** 2 and sum(sizes) == 63 * 51
    assert sizes == sorted(sizes)


def test_choices_and_other_maps_of_a_stack_are_in_every_level():
    plan = SweepPlan(Spec(), (DEPTHS, NAMES, GAINS))
    assert [len(axis) for axis in grid(plan, COARSEST)] == [9, 3, 51]
    first = next(order(plan))
    assert {cell[1] for cell in first} == {0, 1, 2} and len({cell[2] for cell in first}) == 51


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_small_map_is_one_level(length):
    plan = plan_of([(length, False), (length, False)])
    assert len(levels_of(plan)) == 1
    assert len(next(order(plan))) == length**2
