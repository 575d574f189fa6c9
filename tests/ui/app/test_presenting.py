"""Presentation mode as a lecturer uses it: keys of a clicker, mouse, blank, and back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox

KEY = Qt.Key


@pytest.fixture
def shown(vgsim, qtbot):
    """The window of a presentation that F11 began."""
    _press(qtbot, vgsim.window, KEY.Key_F11)
    assert vgsim.presenting.shown is not None
    return vgsim.presenting.shown


def _press(qtbot, window, *keys: Qt.Key) -> None:
    for key in keys:
        qtbot.keyClick(window, key)


def _wait_for(vgsim, qtbot, moment: str) -> None:
    qtbot.waitUntil(lambda: str(vgsim.session.frame.moment) == moment)


def test_it_fills_the_screen(vgsim, shown):
    assert shown.isFullScreen() and shown.isVisible()
    assert shown.size() == shown.screen().size()


@pytest.mark.parametrize("end", [KEY.Key_Escape, KEY.Key_F11])
def test_its_end_leaves_the_window_as_it_was(vgsim, qtbot, end):
    window = vgsim.window
    qtbot.waitUntil(lambda: bool(window.workspace.plots))
    window.workspace.hop.canvas.setFocus()
    before = (
        window.saveGeometry(), window.workspace.layout_state(), QApplication.font(),
        window.focusWidget(), vgsim.session.state.request,
    )  # fmt: skip
    _press(qtbot, window, KEY.Key_F11)
    shown = vgsim.presenting.shown
    _press(qtbot, shown, KEY.Key_PageDown, KEY.Key_Down, KEY.Key_Plus, end)
    assert vgsim.presenting.shown is None and not shown.isVisible()
    after = (
        window.saveGeometry(), window.workspace.layout_state(), QApplication.font(),
        window.focusWidget(), vgsim.session.state.request,
    )  # fmt: skip
    assert after == before


def test_the_window_shows_the_moment_at_which_it_ended(vgsim, qtbot, shown):
    _press(qtbot, shown, *[KEY.Key_PageDown] * 10)
    _wait_for(vgsim, qtbot, "backward:6")
    _press(qtbot, shown, KEY.Key_Escape)
    assert "<sub>7</sub>" in vgsim.window.workspace.network.strip.formula.text()


def test_a_clicker_steps_on_and_back(vgsim, qtbot, shown):
    _press(qtbot, shown, KEY.Key_PageDown, KEY.Key_PageDown, KEY.Key_Right)
    _wait_for(vgsim, qtbot, "forward:3")
    _press(qtbot, shown, KEY.Key_PageUp, KEY.Key_Left)
    _wait_for(vgsim, qtbot, "forward:1")
    assert "Forward" in shown.hall.moment.text()


def test_space_plays_and_t_trains(vgsim, qtbot, shown):
    vgsim.session.set_speed(500.0)
    _press(qtbot, shown, KEY.Key_Space)
    _wait_for(vgsim, qtbot, "update")
    qtbot.waitUntil(lambda: not vgsim.session.state.run.playing)
    _press(qtbot, shown, KEY.Key_T)
    qtbot.waitUntil(lambda: vgsim.session.frame.step > 20)
    assert shown.hall.moment.text() == "Training"
    _press(qtbot, shown, KEY.Key_T)
    qtbot.waitUntil(lambda: not vgsim.session.state.run.training)


@pytest.mark.parametrize("again", [KEY.Key_B, KEY.Key_PageDown, KEY.Key_Escape])
def test_b_blanks_the_screen_and_any_key_brings_it_back(vgsim, qtbot, shown, again):
    _press(qtbot, shown, KEY.Key_B)
    picture = shown.grab().toImage()
    assert picture.pixelColor(picture.rect().center()).name() == "#000000"
    _press(qtbot, shown, again)
    assert not shown.blank.isVisible() and vgsim.presenting.shown is shown
    assert str(vgsim.session.frame.moment) == "start"


def test_b_does_not_begin_a_comparison(vgsim, qtbot, shown):
    _press(qtbot, shown, KEY.Key_B, KEY.Key_B)
    qtbot.wait(50)
    assert vgsim.session.state.other is None


def test_up_and_down_change_the_plot_and_what_is_measured(vgsim, qtbot, shown):
    first = shown.hall.panel_name
    assert first == "gradient"
    _press(qtbot, shown, KEY.Key_Down)
    assert shown.hall.panel_name != first
    assert vgsim.session.state.request.kinds == shown.wants
    _press(qtbot, shown, KEY.Key_Up)
    assert shown.hall.panel_name == first


def test_the_panel_is_remembered(vgsim, qtbot, shown):
    _press(qtbot, shown, KEY.Key_Up)
    name = shown.hall.panel_name
    _press(qtbot, shown, KEY.Key_Escape)
    qtbot.waitUntil(vgsim.window.isActiveWindow)
    _press(qtbot, vgsim.window, KEY.Key_F11)
    assert vgsim.presenting.shown.hall.panel_name == name


def test_every_open_panel_can_be_presented(vgsim, qtbot, shown):
    shown.resize(1280, 720)
    for _ in shown.panels:
        _press(qtbot, shown, KEY.Key_Down)
        shown.grab()
    assert shown.hall.panel_name == shown.panels[0]


def test_a_click_does_not_take_the_keys_away(vgsim, qtbot, shown):
    center = shown.hall.network.diagram.geometry().center()
    where = shown.view.mapFromScene(center.toPointF())
    qtbot.mouseClick(shown.view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert shown.focusWidget() is shown or shown.hasFocus()
    _press(qtbot, shown, KEY.Key_PageDown)
    _wait_for(vgsim, qtbot, "forward:1")


def test_another_theme_and_preset_come_through(vgsim, qtbot, shown):
    vgsim.use_theme("dark")
    color = shown.grab().toImage().pixelColor(4, 4)
    assert color.lightness() < 128
    vgsim.choose_preset("lstm-adding")
    qtbot.waitUntil(lambda: shown.hall.title.text() == "LSTM, adding problem")


def test_what_the_window_tells_is_told_here(vgsim, shown):
    vgsim.window.tell("Stopped at h₃")
    assert shown.overlay.words == "Stopped at h₃"


def test_an_error_is_shown_over_the_picture(vgsim, shown):
    vgsim.session.failed.emit("It broke.", "details")
    box = shown.findChild(QMessageBox)
    assert box is not None and box.text() == "It broke."
    box.close()


def test_closing_the_window_ends_it(vgsim, shown):
    vgsim.window.close()
    assert vgsim.presenting.shown is None and not shown.isVisible()


def test_the_window_manager_may_close_it(vgsim, shown):
    shown.close()
    assert vgsim.presenting.shown is None


def test_a_second_f11_does_not_begin_another(vgsim, shown):
    vgsim.presenting.begin()
    assert vgsim.presenting.shown is shown


def test_an_enlarged_panel_is_presented(vgsim, qtbot):
    vgsim.window.workspace.fill()
    vgsim.window.workspace.enlarge("loss")
    _press(qtbot, vgsim.window, KEY.Key_F11)
    assert vgsim.presenting.shown.hall.panel_name == "loss"
    _press(qtbot, vgsim.presenting.shown, KEY.Key_Escape)
    assert vgsim.window.workspace.enlarged == "loss"
