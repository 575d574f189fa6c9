"""Zooming, panning and coming back, in every plot, with the mouse and by the menu."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QHelpEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from tests.helpers.frames import make_frame, make_history
from tests.helpers.plots import clashes, frame_for, words
from tests.helpers.specs import small
from vgsim.text.scale import Scale
from vgsim.ui.plots.kinds import PLOTS
from vgsim.ui.plots.model.words import decade_ticks, hop_ticks
from vgsim.ui.style.theme import load_theme

LIGHT = load_theme("light")


@pytest.fixture
def make(qtbot):
    """Make a plot with a frame that it shows, painted and closed after the test."""
    made = []

    def build(name, frame=None, size=(450, 300)):
        plot = PLOTS[name](LIGHT, Scale())
        plot.resize(*size)
        plot.set_frame(frame or frame_for(name, small(), steps=4, position=9))
        plot.grab()
        made.append(plot)
        return plot

    yield build
    for plot in made:
        plot.close()


def middle(plot):
    return plot.view_box.mapRectToScene(plot.view_box.rect()).center().toPoint()


def wheel(plot, turns=3, at=None):
    where = QPointF(at or middle(plot))
    event = QWheelEvent(
        where, where, QPoint(), QPoint(0, 120 * turns), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(plot.view.viewport(), event)
    plot.grab()


def drag(plot, by):
    target, start = plot.view.viewport(), middle(plot)
    QTest.mousePress(target, Qt.MouseButton.LeftButton, pos=start)
    for step in (1, 2, 3, 4):
        QTest.mouseMove(target, start + by * step / 4)
        QTest.qWait(12)  # pyqtgraph takes no more than a hundred moves a second
    QTest.mouseRelease(target, Qt.MouseButton.LeftButton, pos=start + by)
    plot.grab()


def width(plot):
    left, right = plot.view_box.viewRange()[0]
    return right - left


@pytest.mark.parametrize("name", PLOTS.names())
def test_the_wheel_zooms_and_view_all_comes_back(make, name):
    plot = make(name)
    home = plot.view_box.viewRange()
    wheel(plot)
    assert width(plot) < home[0][1] - home[0][0]
    plot.view_all()
    assert plot.view_box.viewRange() == home


@pytest.mark.parametrize("name", PLOTS.names())
def test_a_drag_pans(make, name):
    plot = make(name)
    wheel(plot)
    (left, right), (low, _) = plot.view_box.viewRange()
    drag(plot, QPoint(40, 30))
    (after, _), (below, _) = plot.view_box.viewRange()
    assert after < left and below > low
    assert width(plot) == pytest.approx(right - left)


@pytest.mark.parametrize("name", PLOTS.names())
def test_frames_leave_a_zoomed_view_alone(make, name):
    plot = make(name)
    wheel(plot)
    seen = plot.view_box.viewRange()
    plot.set_frame(frame_for(name, small(), steps=40, position=9))
    assert plot.view_box.viewRange() == seen


@pytest.mark.parametrize("name", PLOTS.names())
def test_after_view_all_the_view_follows_again(make, name):
    plot = make(name)
    wheel(plot)
    plot.view_all()
    frame = frame_for(name, small(), steps=40, position=9)
    plot.set_frame(frame)
    assert plot.view_box.viewRange() == make(name, frame).view_box.viewRange()


@pytest.mark.parametrize("turns", [1, 4, 30, -6])
@pytest.mark.parametrize("name", PLOTS.names())
def test_texts_of_a_zoomed_plot_neither_overlap_nor_clip(make, name, turns):
    plot = make(name)
    wheel(plot, turns, middle(plot) + QPoint(30, 20))
    assert not clashes(plot)


def test_the_wheel_over_an_axis_zooms_that_axis_alone(make):
    plot = make("gradient")
    home = plot.view_box.viewRange()
    wheel(plot, at=QPoint(8, middle(plot).y()))
    x, y = plot.view_box.viewRange()
    assert x == home[0] and y != home[1]


def test_the_other_axis_goes_on_following(make):
    plot = make("loss", make_frame(6, history=make_history(50)))
    wheel(plot, at=QPoint(8, middle(plot).y()))
    plot.set_frame(make_frame(6, history=make_history(400)))
    assert plot.view_box.viewRange()[0][1] == 399


def test_one_can_go_no_farther_from_home_than_its_length(make):
    plot = make("gradient")
    wheel(plot, -100)
    low, high = plot.view_box.viewRange()[1]
    assert high - low < 3.01 * (plot.view_box.home[1][1] - plot.view_box.home[1][0])


def test_zooming_into_the_loss_shows_single_steps(make):
    plot = make("loss", make_frame(6, history=make_history(10_000)))
    assert "mean of" in plot.subtitle
    wheel(plot, 16)
    assert "mean of" not in plot.subtitle


def test_zooming_into_the_heat_map_shows_single_steps(make):
    plot = make("heatmap", make_frame(6, history=make_history(10_000)))
    assert "last of" in plot.subtitle
    wheel(plot, 14)
    assert "last of" not in plot.subtitle


def test_labels_speak_of_what_is_in_sight(make):
    plot = make("gradient", make_frame(6))
    plot.view_box.setXRange(3.5, 4.5, padding=0)
    assert {"h₄"} == {word for word in words(plot) if len(word) == 2 and word[0] == "h"}


def test_the_panels_of_saturation_share_z(make):
    plot = make("saturation")
    wheel(plot)
    upper, lower = plot._panels[0].upper, plot._panels[0].lower
    assert upper.view_box.viewRange()[0] == lower.view_box.viewRange()[0]
    assert upper.area.x == lower.area.x


def test_the_readout_follows_the_zoom(make):
    plot = make("gradient", make_frame(6))
    plot.view_box.setXRange(1.9, 2.1, padding=0)
    assert plot.words_at(middle(plot)).startswith("h₂: ")


def open_menu(plot, monkeypatch):
    """The texts of pyqtgraph's menu after a right click in the middle of the data."""
    found = []
    menu = plot.view_box.getMenu(None)
    monkeypatch.setattr(menu, "popup", lambda where: found.append(where))
    QTest.mouseClick(plot.view.viewport(), Qt.MouseButton.RightButton, pos=middle(plot))
    assert found
    return [action.text() for action in menu.actions() if action.text()]


def test_the_menu_is_pyqtgraphs_without_what_misleads(make, monkeypatch):
    plot = make("gradient")
    assert open_menu(plot, monkeypatch) == ["View All", "X axis", "Y axis", "Mouse Mode"]


def test_the_menu_ends_with_what_the_panel_offers(make, monkeypatch):
    plot = make("gradient")
    plot.set_panel_actions([QAction("Export…", plot)])
    assert open_menu(plot, monkeypatch)[-1] == "Export…"


def test_view_all_of_the_menu_comes_back(make):
    plot = make("budget")
    home = plot.view_box.viewRange()
    wheel(plot)
    plot.view_box.getMenu(None).viewAll.trigger()
    assert plot.view_box.viewRange() == home


def test_the_button_a_comes_back(make):
    plot = make("updates")
    home = plot.view_box.viewRange()
    wheel(plot)
    plot.plot_item.autoBtn.clicked.emit(plot.plot_item.autoBtn)
    assert plot.view_box.viewRange() == home and not plot.view_box.zoomed


@pytest.mark.parametrize(
    ("where", "left"), [("data", True), ("margin", False)], ids=["data", "margin"]
)
def test_a_right_click_beside_the_data_is_the_panels(make, where, left):
    plot = make("heatmap", make_frame(6, history=make_history(50)))
    place = middle(plot) if where == "data" else QPoint(plot.width() - 4, 4)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, place)
    plot.contextMenuEvent(event)
    assert event.isAccepted() is left


def test_what_extends_a_plot_goes_into_its_plot_item(make):
    import pyqtgraph

    plot = make("loss", make_frame(6, history=make_history(50)))
    line = plot.plot_item.plot([0, 90], [1, 1])
    assert isinstance(plot.plot_item, pyqtgraph.PlotItem)
    assert isinstance(plot.left, pyqtgraph.AxisItem)
    assert line.scene() is plot.view.scene()
    assert plot.view_box.viewRange()[0] == [0, 49]


def test_decades_give_way_to_parts_of_them_in_a_close_view():
    assert [label for _, label in decade_ticks(Scale(), -8, 1, 20)][:2] == ["10⁻⁸", "10⁻⁷"]
    close = decade_ticks(Scale(), -3.1, -2.2, 8)
    assert [label for _, label in close] == ["10⁻³", "2.0e−3", "5.0e−3"]
    at = [round(10**place, 6) for place, _ in close]
    assert np.allclose(at, [1e-3, 2e-3, 5e-3])


def test_no_decade_is_labelled_beyond_the_scale():
    assert not decade_ticks(Scale(), 2.0, 4.0, 8)


def test_hops_of_a_close_view_are_those_in_sight():
    assert hop_ticks(1, 9, 0.5, 9.5, 20)[0] == (1.0, "8")
    assert [label for _, label in hop_ticks(1, 9, 3.5, 6.5, 20)] == ["5", "4", "3"]


def test_a_resting_mouse_still_gets_the_numbers(make, monkeypatch):
    told = []
    monkeypatch.setattr(QToolTip, "showText", lambda where, words, *_: told.append(words))
    plot = make("gradient", make_frame(7))
    where = middle(plot)
    event = QHelpEvent(QEvent.Type.ToolTip, where, where)
    QApplication.sendEvent(plot.view.viewport(), event)
    assert "h₄: " in told[-1]


@pytest.mark.parametrize("name", PLOTS.names())
def test_another_theme_while_there_is_nothing_to_show_leaves_the_axes_their_room(make, name):
    full = frame_for(name, small(), steps=4, position=9)
    plot = make(name, frame_for(name, small(), steps=0, position=0))
    plot.set_theme(load_theme("dark"))
    plot.grab()
    plot.set_theme(LIGHT)
    plot.set_frame(full)
    assert plot.grab().toImage() == make(name, full).grab().toImage()
