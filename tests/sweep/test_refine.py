"""Refinement: more cells where the map differs, the same ones whenever it is gone on with."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.specs import small
from vgsim.nn.presets import load_preset
from vgsim.sweep.axes import Axis
from vgsim.sweep.blocks import as_followed, followed, interpolated
from vgsim.sweep.contours import contour
from vgsim.sweep.figures import SHOWN
from vgsim.sweep.plan import Index, SweepPlan
from vgsim.sweep.refine import heights_of, refined, sides_of, wanted
from vgsim.sweep.theory import MapTheory

DEPTHS = Axis("network.depth", tuple(range(2, 65)))
GAINS = Axis("init.gain", tuple(np.linspace(0.5, 3, 51).round(6).tolist()))
TANH = SweepPlan(load_preset("tanh-xavier").replace({"network.width": 64}), (DEPTHS, GAINS))


def rounds(plan, name, field, share=0.1) -> list[list[Index]]:
    return list(refined(plan, SHOWN[name], lambda: field, share))


def mask(plan, cells) -> np.ndarray:
    measured = np.zeros(plan.shape, bool)
    measured[tuple(np.array(cells).T)] = True
    return measured


def numbers(across: int, up: int) -> SweepPlan:
    axes = (
        Axis("network.depth", tuple(range(1, across + 1))),
        Axis("network.width", tuple(range(1, up + 1))),
    )
    return SweepPlan(small(), axes)


def random_field(shape, seed) -> np.ndarray:
    """Hills, with a part that is infinite, one that is 0 and one that is not known."""
    rng = np.random.default_rng(seed)
    across, up = np.meshgrid(*(np.linspace(0, 3, n) for n in shape), indexing="ij")
    field = 10 ** (3 * np.sin(across * rng.normal() + up * rng.normal() + rng.normal()))
    field[across > rng.uniform(1, 6)] = np.inf
    field[up > rng.uniform(1, 6)] = 0
    field[(across < 1) & (up < rng.uniform(-2, 1))] = np.nan
    return field


def test_the_edge_of_tanh_is_sharp_after_a_tenth_of_the_cells():
    decades = MapTheory(TANH).decades()
    cells = [cell for each in rounds(TANH, "ratio", 10**decades) for cell in each]
    measured = mask(TANH, cells)
    assert len(cells) == math.ceil(0.1 * TANH.cells)
    (sharp,) = contour(interpolated(decades, measured))
    (whole,) = contour(decades)
    places = np.argsort(whole[0])
    assert np.interp(sharp[0], whole[0][places], whole[1][places]) == pytest.approx(sharp[1], abs=1)
    assert sharp[0].max() == whole[0].max() and sharp[0].min() == whole[0].min()


def test_regions_are_told_apart_after_a_tenth_of_the_cells():
    plan = numbers(64, 64)
    across, up = np.indices(plan.shape)
    field = np.where(
        np.hypot(across - 25, up - 30) < 11, 3.0, np.where(across + up > 110, 1.0, 0.0)
    )
    cells = [cell for each in rounds(plan, "verdict", field) for cell in each]
    measured = mask(plan, cells)
    shown = as_followed(field, followed(measured))
    wrong = np.argwhere(shown != field)
    assert len(wrong) < 0.01 * plan.cells
    for cell in wrong:  # only beside an edge
        around = field[max(cell[0] - 1, 0) : cell[0] + 2, max(cell[1] - 1, 0) : cell[1] + 2]
        assert len(np.unique(around)) > 1


def test_without_edges_more_cells_lie_where_it_is_steeper():
    plan = numbers(60, 60)
    field = np.indices(plan.shape)[0] ** 3.0 * np.ones(plan.shape)
    cells = np.concatenate(rounds(plan, "loss", field))
    assert (cells[:, 0] > 30).sum() > 2 * (cells[:, 0] < 30).sum()


@given(st.integers(2, 25), st.integers(1, 25), st.integers(0, 10**6), st.floats(0.01, 1))
def test_rounds_are_new_cells_and_as_many_as_are_wanted(across, up, seed, share):
    plan = numbers(across, up)
    cells = [
        cell
        for each in rounds(plan, "ratio", random_field(plan.shape, seed), share)
        for cell in each
    ]
    assert len(set(cells)) == len(cells)
    most = wanted(plan, share)
    assert most - 4 <= len(cells) <= most  # a block brings up to five
    if share == 1:
        assert len(cells) == plan.cells


@given(st.integers(0, 10**6), st.lists(st.integers(0, 60), max_size=6))
def test_gone_on_with_after_any_stop_it_measures_the_same_cells(seed, stops):
    plan = numbers(23, 17)
    truth = random_field(plan.shape, seed)
    whole = [cell for each in rounds(plan, "ratio", truth, 0.4) for cell in each]
    known = np.full(plan.shape, np.nan)
    measured: list[Index] = []

    def missing() -> Iterator[Index]:
        for each in refined(plan, SHOWN["ratio"], lambda: known, 0.4):
            for cell in each:
                if cell not in measured:
                    yield cell

    for stop in [*stops, plan.cells]:
        for at, cell in enumerate(missing()):
            if at == stop:
                break  # killed: what has been measured stays
            measured.append(cell)
            known[cell] = truth[cell]
    assert measured == whole


def test_choices_are_refined_apart_and_all_measured():
    names = Axis("network.activation", ("tanh", "relu"))
    plan = SweepPlan(small(), (names, Axis("network.depth", tuple(range(1, 41)))))
    field = np.ones(plan.shape)
    field[0, 20:] = 1e-3
    cells = [cell for each in rounds(plan, "ratio", field, 0.3) for cell in each]
    assert {(0, 19), (0, 20)} <= set(cells) and not {(1, 18), (1, 19), (1, 21)} & set(cells)


def test_every_map_of_a_stack_is_refined():
    seeds = Axis("network.activation", ("tanh", "relu"))
    plan = SweepPlan(
        small(),
        (
            Axis("network.depth", tuple(range(1, 31))),
            Axis("network.width", tuple(range(1, 31))),
            seeds,
        ),
    )
    cells = [cell for each in rounds(plan, "ratio", np.ones(plan.shape), 0.2) for cell in each]
    counts = [sum(cell[2] == at for cell in cells) for at in range(2)]
    assert sum(counts) >= wanted(plan, 0.2) - 4 and min(counts) > 0.4 * sum(counts)


def test_two_choices_have_nothing_between_them():
    plan = SweepPlan(
        small(),
        (
            Axis("network.activation", ("tanh", "relu", "selu")),
            Axis("init.weights", ("he_normal", "orthogonal")),
        ),
    )
    assert rounds(plan, "ratio", np.ones(plan.shape), 0.1) == [list(plan.indices())]


def test_what_is_beyond_the_bar_makes_no_jump():
    heights = heights_of(SHOWN["ratio"], np.array([1e-300, 1e-12, 0.0, 1.0, 1e6, np.inf]))
    assert heights.tolist() == [-12, -12, -12, 0, 6, 6]
    lost = heights_of(SHOWN["decades"], np.array([300.0, 12.0, -7.0, -np.inf]))
    assert lost.tolist() == [12, 12, -6, -6]


def test_an_edge_is_where_one_is_seen():
    sides = sides_of(SHOWN["ratio"], np.array([0.0, 0.5, 0.9, 1.0, 7.0, np.inf, np.nan]))
    assert sides[1] == sides[2] and sides[3] == sides[4] and sides[6] == -1
    assert len({int(side) for side in sides}) == 5
    never = sides_of(SHOWN["reached"], np.array([3.0, 400.0, np.inf]))
    assert never[0] == never[1] != never[2]
    assert len(set(sides_of(SHOWN["loss"], np.array([0.1, 1e5, np.inf])).tolist())) == 2
