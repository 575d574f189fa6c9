"""The panel of a recording: real clicks and keys."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QAbstractItemModelTester

from tests.helpers.frames import NO_HISTORY, named_frame, transformer_frame
from vgsim.measure.frame import Growth, RecordedSteps
from vgsim.measure.request import Focus, Request
from vgsim.text.scale import Scale
from vgsim.ui.recording.panel import NOTHING_PICKED, RecordingPanel
from vgsim.ui.recording.tree import BAR_WIDE, VALUE_ROOM
from vgsim.ui.style.theme import load_theme
from vgsim.ui.window.workspace import Workspace

KEY = Qt.Key
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(styled, qtbot, theme):
    made = RecordingPanel(theme, Scale())
    qtbot.addWidget(made)
    made.resize(300, 800)
    made.set_frame(transformer_frame())
    made.show()
    made.activateWindow()
    qtbot.waitActive(made).__enter__()
    made.asked = []
    made.focus_requested.connect(made.asked.append)
    return made


def _index(panel, name: str) -> QModelIndex:
    model = panel.view.modules
    return model.index_of(model.tree.place(name))


def _click(qtbot, panel, name: str) -> None:
    index = _index(panel, name)
    panel.view.scrollTo(index)
    place = panel.view.visualRect(index).center()
    qtbot.mouseClick(panel.view.viewport(), LEFT, pos=place)


def test_qt_finds_the_tree_consistent(panel):
    tester = QAbstractItemModelTester(panel.view.modules)
    panel.search_line.setText("mlp")
    panel.search_line.clear()
    panel.set_frame(named_frame(["a.x", "a.y", "b"]))
    assert tester.model() is panel.view.modules


def test_a_click_picks_the_stage_whose_output_is_that_of_the_module(panel, qtbot):
    _click(qtbot, panel, "layers.5")
    assert panel.asked == [Focus(43)]
    assert panel._title.text() == "layers.5"


def test_what_is_picked_elsewhere_is_marked_and_opened(panel):
    panel.set_frame(replace(transformer_frame(), request=Request(focus=Focus(40))))
    assert panel._title.text() == "layers.5.norm2"
    assert panel.view.isExpanded(_index(panel, "layers.5"))
    assert panel.asked == []


def test_a_folded_module_is_marked_for_the_stage_whose_output_it_has(panel):
    panel.set_frame(replace(transformer_frame(), request=Request(focus=Focus(43))))
    assert panel._title.text() == "layers.5"
    assert not panel.view.isExpanded(_index(panel, "layers.5"))


def test_a_group_stays_picked_when_its_own_stage_comes_back(panel, qtbot):
    _click(qtbot, panel, "layers.5")
    panel.set_frame(replace(transformer_frame(), request=Request(focus=panel.asked[0])))
    assert panel._title.text() == "layers.5"


def test_nothing_picked_is_said(panel, qtbot):
    _click(qtbot, panel, "norm")
    panel.set_frame(transformer_frame())
    assert panel._title.text() == NOTHING_PICKED


def test_arrow_keys_go_through_the_tree_and_open_it(panel, qtbot):
    _click(qtbot, panel, "layers.4")
    qtbot.keyClick(panel.view, KEY.Key_Right)
    qtbot.keyClick(panel.view, KEY.Key_Down)
    assert panel._title.text() == "layers.4.norm1"
    assert panel.asked[-1] == Focus(30)


def test_a_search_shows_what_it_finds_and_comes_back(panel, qtbot):
    qtbot.keyClicks(panel.search_line, "norm2")
    model = panel.view.modules
    assert model.rowCount() == 1
    assert model.rowCount(_index(panel, "layers.3")) == 1
    qtbot.keyClick(panel.search_line, KEY.Key_Return)
    assert panel._title.text() == "layers.0.norm2"
    qtbot.keyClick(panel.search_line, KEY.Key_Escape)
    assert model.rowCount() == 4


def test_a_search_that_finds_nothing_shows_nothing(panel, qtbot):
    qtbot.keyClicks(panel.search_line, "transformer")
    assert panel.view.modules.rowCount() == 0
    qtbot.keyClick(panel.search_line, KEY.Key_Return)
    assert panel.asked == []


def test_down_leads_from_the_search_into_the_tree(panel, qtbot):
    panel.search_line.setFocus()
    qtbot.keyClick(panel.search_line, KEY.Key_Down)
    assert panel.view.hasFocus()


def test_the_bar_has_the_shade_of_the_gradient(panel, theme):
    frame = transformer_frame()
    box = panel.view.visualRect(_index(panel, "head"))
    x = box.right() - 8 - VALUE_ROOM - BAR_WIDE
    shown = panel.view.viewport().grab().toImage().pixelColor(x, box.center().y() + 1)
    shade = Scale().index(frame.dh_rms)[-1]
    assert shown == QColor(*map(int, theme.heat[shade]))


def test_a_reader_hears_the_whole_row(panel):
    said = _index(panel, "head").data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "head, Linear, RMS ∂J/∂output 0.30"


def test_another_recording_is_asked_for(panel, qtbot):
    with qtbot.waitSignal(panel.beside_asked):
        qtbot.mouseClick(panel.beside, LEFT)


def test_it_says_whether_the_training_goes_on(panel):
    for growth, words in ((Growth.GROWING, "running"), (Growth.FINISHED, "not running")):
        track = RecordedSteps(np.array([0]), np.array([1.0]), NO_HISTORY, growth=growth)
        panel.set_frame(replace(transformer_frame(), track=track))
        assert panel._growth.text() == words


@pytest.mark.parametrize("gradient", [np.nan, np.inf, 0.0, 1e-300])
def test_extremes_are_drawn(panel, gradient):
    panel.set_frame(named_frame(["a" * 60, "b." + "c" * 60], dh_rms=[gradient, gradient]))
    panel.view.show_place(0)
    panel._show_module()
    assert panel.grab().width() == 300


def test_ten_thousand_modules_are_opened_and_searched(panel):
    names = [f"blocks.{block}.{part}" for block in range(1000) for part in "abcdefghij"]
    panel.set_frame(named_frame(names, dh_rms=np.ones(10_000)))
    panel.search_line.setText("999.j")
    assert panel.view.modules.tree.nodes[panel.view.modules.tree.first_match("999.j")].stages == [
        10_000
    ]
    assert panel.view.modules.rowCount(_index(panel, "blocks")) == 1


def test_it_stands_in_the_place_of_the_form(qtbot):
    space = Workspace(load_theme("light"), Scale(), 1.0)
    qtbot.addWidget(space)
    space.resize(1400, 800)
    space.show()
    space.show_recording(True)
    assert space.recording.isVisible() and not space.form.isVisible()
    assert space.docks["form"].windowTitle() == "Recording"
    assert "form" in space.seen()
    space.show_recording(False)
    assert space.form.isVisible() and "form" not in space.seen()


def test_its_modules_are_picked_in_the_window(qtbot):
    space = Workspace(load_theme("light"), Scale(), 1.0)
    qtbot.addWidget(space)
    space.resize(1400, 800)
    space.show()
    space.show_recording(True)
    space.set_frame(transformer_frame())
    with qtbot.waitSignal(space.module_picked) as caught:
        _click(qtbot, space.recording, "layers.2")
    assert caught.args == [Focus(22)]


def test_in_a_low_panel_the_tree_keeps_more_than_the_figures(panel, qtbot):
    _click(qtbot, panel, "layers.5")
    panel.resize(262, 520)
    assert panel.view.height() > panel._card.height()
