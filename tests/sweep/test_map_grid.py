"""The arrays of a map and what it shows: figures, medians and spread over seeds."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vgsim.nn.presets import load_preset
from vgsim.sweep.axes import parse_axis
from vgsim.sweep.figures import SHOWN, first_shown
from vgsim.sweep.grid import MapGrid
from vgsim.sweep.plan import SweepPlan
from vgsim.sweep.results import MemberResult

AXES = (parse_axis("network.depth=2:4:3"), parse_axis("init.gain=1:2:2"))


def grid_of(*results: MemberResult, seeds: int = 3, **more) -> MapGrid:
    grid = MapGrid(SweepPlan(load_preset("tanh-xavier"), AXES, seeds=seeds, **more))
    grid.add_all(results)
    return grid


def at(seed: int, **figures) -> MemberResult:
    return MemberResult((1, 1), seed, **figures)


def test_what_has_not_come_is_not_measured():
    grid = grid_of(at(0, first=1.0, last=2.0, hops=4))
    assert grid.measured.tolist() == [[False, False], [False, True], [False, False]]
    for entry in SHOWN:
        assert np.isnan(grid.median(entry.value)[0, 0])


def test_median_and_spread_over_the_seeds_that_have_come():
    grid = grid_of(*(at(seed, first=size, last=1.0) for seed, size in enumerate((4.0, 1.0, 2.0))))
    ratio = SHOWN["ratio"]
    assert grid.median(ratio)[1, 1] == 2.0
    low, high = grid.spread(ratio)
    assert (low[1, 1], high[1, 1]) == (1.0, 4.0)
    assert np.isnan(low[0, 0])


def test_the_middle_of_two_is_geometric_on_decades_and_the_mean_otherwise():
    grid = grid_of(at(0, first=1.0, last=1.0), at(2, first=1e-4, last=1.0))
    assert grid.median(SHOWN["ratio"], (1, 1)) == pytest.approx(1e-2)
    assert grid.median(SHOWN["decades"], (1, 1)) == pytest.approx(2.0)


@given(st.lists(st.floats(1e-300, 1e300), min_size=1, max_size=5))
def test_the_median_lies_within_the_spread(sizes):
    grid = grid_of(*(at(seed, loss=size) for seed, size in enumerate(sizes)), seeds=5)
    low, high = grid.spread(SHOWN["loss"], (1, 1))
    assert low * (1 - 1e-12) <= grid.median(SHOWN["loss"], (1, 1)) <= high * (1 + 1e-12)


@pytest.mark.parametrize(
    ("first", "last", "ratio", "lost"),
    [
        (1e-3, 1.0, 1e-3, 3.0),
        (0.0, 1.0, 0.0, math.inf),
        (0.0, 0.0, 0.0, math.inf),
        (math.inf, 1.0, math.inf, -math.inf),
        (math.nan, math.nan, math.inf, -math.inf),
    ],
)
def test_first_against_last(first, last, ratio, lost):
    grid = grid_of(at(0, first=first, last=last, hops=3), seeds=1)
    assert grid.median(SHOWN["ratio"], (1, 1)) == pytest.approx(ratio)
    assert grid.median(SHOWN["decades"], (1, 1)) == pytest.approx(lost)


def test_a_hop_is_the_geometric_mean():
    grid = grid_of(at(0, first=8.0, last=1.0, hops=3), seeds=1)
    assert grid.median(SHOWN["hop"], (1, 1)) == pytest.approx(2.0)


def test_a_loss_that_was_never_reached_is_later_than_any():
    grid = grid_of(at(0, reached=5), at(1, reached=-1), at(2, reached=-1))
    assert grid.median(SHOWN["reached"], (1, 1)) == math.inf
    assert grid.spread(SHOWN["reached"], (1, 1)).low == 5.0


def test_the_verdict_of_a_cell_is_that_of_most_seeds():
    grid = grid_of(
        *(at(k, verdict=name) for k, name in enumerate(("healthy", "plateau", "plateau")))
    )
    place = int(grid.median(SHOWN["verdict"], (1, 1)))
    assert grid.names[place] == "plateau"


def test_a_verdict_of_another_package_has_a_name_all_the_same():
    grid = grid_of(at(0, verdict="of-elsewhere"), seeds=1)
    assert grid.names[int(grid.median(SHOWN["verdict"], (1, 1)))] == "of-elsewhere"


def test_a_failure_is_kept_and_leaves_the_others_alone():
    grid = grid_of(at(0, failure="no memory"), at(1, loss=2.0))
    assert grid.failure((1, 1)) == "no memory"
    assert grid.failure((0, 0)) == ""
    assert grid.median(SHOWN["loss"], (1, 1)) == 2.0
    assert grid.done == 2


def test_a_member_that_comes_twice_counts_once():
    result = at(0, loss=2.0, seconds=1.5)
    grid = grid_of(result, result)
    assert (grid.done, grid.seconds) == (1, 1.5)


def test_every_figure_copied_under_another_name_is_the_same():
    figures = {"last": 2.0, "hops": 3, "loss": 1.0, "accuracy": 0.5, "verdict": "healthy"}
    grid = grid_of(*(at(seed, first=0.5 + seed, reached=seed, **figures) for seed in range(3)))
    for entry in list(SHOWN):
        made = SHOWN.add(f"copy-of-{entry.name}", entry.value, entry.summary, label=entry.label)
        try:
            np.testing.assert_array_equal(grid.median(made), grid.median(entry.value))
        finally:
            del SHOWN._entries[f"copy-of-{entry.name}"]


def test_a_map_first_shows_what_it_asks_for():
    assert first_shown(grid_of().plan) == "ratio"
    assert first_shown(grid_of(steps=5).plan) == "loss"
    assert first_shown(grid_of(steps=5, reach=0.3).plan) == "reached"
    assert first_shown(grid_of(steps=5, judged=True).plan) == "verdict"
