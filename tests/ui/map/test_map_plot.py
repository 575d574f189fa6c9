"""The picture of a map: what is drawn, and what the mouse finds in it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from vgsim.nn.spec import Spec
from vgsim.sweep.axes import Axis
from vgsim.sweep.figures import SHOWN
from vgsim.sweep.grid import MapGrid
from vgsim.sweep.plan import SweepPlan
from vgsim.sweep.results import MemberResult
from vgsim.text.scale import OVERFLOW, ZERO
from vgsim.ui.map.model.view import MapLine, map_view
from vgsim.ui.map.plot import MapPlot
from vgsim.ui.style.theme import Theme

DEPTH = Axis.between("network.depth", 2, 21, 20)
GAIN = Axis.between("init.gain", 0.5, 3.0, 26)


def grid_of(plan: SweepPlan, missing: int = 0) -> MapGrid:
    """A grid that fades to the lower right; the last ``missing`` columns are not measured."""
    grid = MapGrid(plan)
    for index in plan.indices():
        if index[0] < plan.shape[0] - missing:
            first = 10.0 ** ((index[-1] - 10) * index[0] / 10)
            grid.add(MemberResult(index, 0, first, 1.0, 5, 0.5, 0.25, verdict=grid.names[0]))
    return grid


@pytest.fixture
def plot(qtbot: QtBot, styled: QApplication, theme: Theme) -> MapPlot:
    plot = MapPlot(theme)
    qtbot.addWidget(plot)
    plot.resize(700, 560)
    plot.set_view(map_view(grid_of(SweepPlan(Spec(), (DEPTH, GAIN))), "ratio"))
    plot.show()
    plot.grab()
    return plot


def test_cells_have_the_colors_of_the_scale(plot: MapPlot) -> None:
    assert plot.map is not None
    middle = plot.place_of((10, 3))
    color = plot.grab().toImage().pixelColor(middle.toPoint())
    wanted = plot.rgb(plot.map)[10, 3]
    assert np.abs(np.array([color.red(), color.green(), color.blue()]) - wanted).max() <= 2


def test_a_press_tells_the_cell(plot: MapPlot, qtbot: QtBot) -> None:
    where = plot.place_of((12, 20)).toPoint()
    with qtbot.waitSignal(plot.pressed) as pressed:
        qtbot.mouseMove(plot.view.viewport(), where)
        qtbot.mouseClick(plot.view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert pressed.args == [(12, 20)]


def test_the_mouse_points_at_a_cell(plot: MapPlot, qtbot: QtBot) -> None:
    with qtbot.waitSignal(plot.pointed) as pointed:
        qtbot.mouseMove(plot.view.viewport(), plot.place_of((3, 4)).toPoint())
    assert pointed.args == [(3, 4)]
    assert plot.cell == (3, 4)


def test_beside_the_map_is_no_cell(plot: MapPlot) -> None:
    assert plot._cell_of(QPointF(2, 2)) is None


def test_ticks_of_both_axes_are_labelled(plot: MapPlot) -> None:
    labels = {text.text for text in plot.axis_texts()}
    assert {"2", "3", "20"} & labels
    assert any("." in label for label in labels)


def test_lines_of_theory_are_named(plot: MapPlot) -> None:
    line = MapLine("endless depth", np.array([0.0, 19.0]), np.array([5.0, 5.0]))
    grid = grid_of(SweepPlan(Spec(), (DEPTH, GAIN)))
    before = plot.grab().toImage()
    plot.set_view(map_view(grid, "ratio", lines=[line]))
    assert plot.grab().toImage() != before


def test_exact_zeros_and_overflows_are_seen(plot: MapPlot, theme: Theme) -> None:
    plan = SweepPlan(Spec(), (DEPTH, GAIN))
    grid = MapGrid(plan)
    for index in plan.indices():
        first = 0.0 if index[0] < 10 else math.inf
        grid.add(MemberResult(index, 0, first, 1.0, 5))
    plot.set_view(map_view(grid, "ratio"))
    assert plot.map is not None
    colors = plot.rgb(plot.map)
    assert colors[2, 2].tolist() == theme.heat[ZERO].tolist()
    assert colors[15, 2].tolist() == theme.heat[OVERFLOW].tolist()


@pytest.mark.parametrize("name", SHOWN.names())
@pytest.mark.parametrize("shape", [(DEPTH, GAIN), (DEPTH,)])
def test_every_figure_is_painted(plot: MapPlot, name: str, shape: tuple[Axis, ...]) -> None:
    plot.set_view(map_view(grid_of(SweepPlan(Spec(), shape), missing=3), name))
    assert not plot.grab().isNull()


@pytest.mark.parametrize("shape", [(1, 13), (13, 1), (1, 1)])
def test_a_lone_row_or_column_has_its_colors(plot: MapPlot, shape: tuple[int, int]) -> None:
    depths = Axis("network.depth", tuple(range(2, 2 + shape[0])))
    gains = Axis("init.gain", tuple(0.5 + 0.1 * k for k in range(shape[1])))
    grid = MapGrid(SweepPlan(Spec(), (depths, gains)))
    for index in grid.plan.indices():
        grid.add(MemberResult(index, 0, 0.01, 1.0, 5))
    view = map_view(grid, "ratio", words=False, contours=False)
    plot.set_view(replace(view, levels=()))
    cell = (shape[0] // 2, shape[1] // 2)
    color = plot.grab().toImage().pixelColor(plot.place_of(cell).toPoint())
    wanted = plot.rgb(view)[cell]
    assert np.abs(np.array([color.red(), color.green(), color.blue()]) - wanted).max() <= 2


def test_a_map_of_names_is_painted(plot: MapPlot) -> None:
    activations = Axis("network.activation", ("tanh", "relu"))
    initializers = Axis("init.weights", ("he_normal", "orthogonal"))
    plan = SweepPlan(Spec(), (activations, initializers))
    plot.set_view(map_view(grid_of(plan), "ratio"))
    plot.grab()
    assert {"Tanh", "ReLU"} <= {text.text for text in plot.axis_texts()}


def test_without_a_map_a_sentence_stands_there(plot: MapPlot) -> None:
    plot.set_view(None)
    assert not plot.plot_item.isVisible()
    plot.grab()


def test_zooming_out_comes_back_with_other_axes(plot: MapPlot) -> None:
    plot.view_box.setRange(xRange=(2, 5), yRange=(2, 5))
    assert plot.view_box.zoomed
    plot.set_view(map_view(grid_of(SweepPlan(Spec(), (GAIN, DEPTH))), "ratio"))
    assert not plot.view_box.zoomed


def test_a_still_picture_marks_no_cell(qtbot: QtBot, styled: QApplication, theme: Theme) -> None:
    plot = MapPlot(theme, still=True)
    qtbot.addWidget(plot)
    plot.resize(500, 400)
    plot.set_view(map_view(grid_of(SweepPlan(Spec(), (DEPTH, GAIN))), "ratio"))
    before = plot.grab().toImage()
    plot.set_cell((3, 3))
    assert plot.grab().toImage() == before
