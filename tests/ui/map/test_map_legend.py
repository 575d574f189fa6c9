"""The legend says what is on a map, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from vgsim.nn.spec import Spec
from vgsim.sweep.axes import Axis
from vgsim.sweep.grid import MapGrid
from vgsim.sweep.plan import SweepPlan
from vgsim.sweep.results import MemberResult
from vgsim.ui.map.legend import MapLegend
from vgsim.ui.map.model.legend import Sign, legend_of, sentence_of
from vgsim.ui.map.model.view import MapLine, map_view
from vgsim.ui.style.theme import Theme

PLAN = SweepPlan(
    Spec(), (Axis.between("network.depth", 2, 9, 8), Axis.between("init.gain", 0.5, 3, 6))
)


@pytest.fixture
def grid() -> MapGrid:
    grid = MapGrid(PLAN)
    for index in PLAN.indices():
        if index != (0, 0):
            grid.add(MemberResult(index, 0, 1.0, 1.0, 5))
    return grid


def signs(grid: MapGrid, *lines: MapLine) -> list[Sign]:
    return [item.sign for item in legend_of(map_view(grid, "ratio", lines=lines))]


def test_a_block_has_its_sign(grid: MapGrid) -> None:
    assert signs(grid) == [Sign.CELL, Sign.DOT]


def test_cells_that_cannot_be_are_counted(grid: MapGrid) -> None:
    grid.add(MemberResult((0, 0), 0, failure="too deep"))
    assert signs(grid) == [Sign.FAILED]
    assert "1 cell" in legend_of(map_view(grid, "ratio"))[-1].words


def test_an_empty_map_is_not_measured_yet() -> None:
    assert signs(MapGrid(PLAN)) == [Sign.UNKNOWN]


def test_dotted_lines_are_explained(grid: MapGrid) -> None:
    line = MapLine("6 ξ", np.array([0.0, 7.0]), np.array([1.0, 4.0]), dots=True)
    assert signs(grid, line)[-1] is Sign.DOTTED
    assert sentence_of(map_view(grid, "ratio", lines=[line])) == ""


def test_theory_of_this_depth_has_its_sentence(grid: MapGrid) -> None:
    line = MapLine("", np.array([0.0, 7.0]), np.array([1.0, 4.0]), finite=True)
    assert "finite depth" in sentence_of(map_view(grid, "ratio", lines=[line]))


def test_after_updates_theory_is_said_to_be_of_the_start(grid: MapGrid) -> None:
    line = MapLine("", np.array([0.0, 7.0]), np.array([1.0, 4.0]), finite=True)
    trained = MapGrid(replace(grid.plan, steps=5))
    assert "before any update" in sentence_of(map_view(trained, "ratio", lines=[line]))


def test_a_narrow_legend_has_more_lines(
    qtbot: QtBot, styled: object, theme: Theme, grid: MapGrid
) -> None:
    legend = MapLegend(theme, map_view(grid, "ratio"))
    qtbot.addWidget(legend)
    legend.resize(120, legend.heightForWidth(120))
    assert legend.heightForWidth(120) > legend.heightForWidth(800)
    legend.grab()
    assert "measured" in legend.accessibleName()
