"""The bar on top: what it tells, what it offers, and that it fits."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from vgsim.ui.commands import TRANSPORT
from vgsim.ui.pacing import Doing, RunState
from vgsim.ui.widgets.text import ElidedLabel
from vgsim.ui.window.transport import Transport

MOMENT = "Backward · stage 3 of 6 · ∂J/∂h₂ next"
PLAYING = RunState(Doing.PLAYING, can_back=True)
TRAINING = RunState(Doing.TRAINING, can_back=True)


@pytest.fixture
def bar(styled, qtbot):
    transport = Transport()
    transport.set_state(RunState(can_back=True))
    transport.set_moment(MOMENT)
    transport.set_readout("step 12,345", "J = 2.530", "3,940 steps/s")
    transport.resize(1600, 52)
    transport.show()
    yield transport
    transport.close()


def at_width(bar, width):
    bar.resize(width, bar.height())
    bar.grab()
    return bar


def shown(bar):
    """What stands on the bar, from left to right."""
    inside = [found for found in bar.findChildren(QWidget) if found.isVisible()]
    return sorted(inside, key=lambda widget: widget.x())


@pytest.mark.parametrize("name", TRANSPORT)
def test_a_click_asks_for_the_command(bar, qtbot, name):
    with qtbot.waitSignal(bar.asked, check_params_cb=lambda asked: asked == name):
        qtbot.mouseClick(bar.buttons[name], Qt.MouseButton.LeftButton)


def test_export_and_theme_ask(bar, qtbot):
    asked = []
    bar.asked.connect(asked.append)
    qtbot.mouseClick(bar.export_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(bar.theme_button, Qt.MouseButton.LeftButton)
    assert asked == ["export", "theme"]


@pytest.mark.parametrize(
    ("state", "name"), [(RunState(), "step"), (PLAYING, "play"), (TRAINING, "train")]
)
def test_one_button_is_filled(bar, state, name):
    bar.set_state(state)
    filled = [name for name, button in bar.buttons.items() if button.property("primary")]
    assert filled == [name]


def test_nothing_steps_while_training(bar):
    bar.set_state(TRAINING)
    assert [key for key, button in bar.buttons.items() if button.isEnabled()] == ["reset", "train"]


def test_back_waits_for_something_to_go_back_to(bar):
    bar.set_state(RunState())
    assert not bar.buttons["back"].isEnabled()


@pytest.mark.parametrize(
    ("state", "words"), [(PLAYING, ("Pause", "Train")), (TRAINING, ("Play pass", "Stop"))]
)
def test_play_and_train_say_what_the_next_press_does(bar, state, words):
    bar.set_state(state)
    assert (bar.buttons["play"].text(), bar.buttons["train"].text()) == words


def test_no_button_moves_when_another_word_is_on_it(bar):
    before = [button.geometry() for button in bar.buttons.values()]
    bar.set_state(PLAYING)
    bar.grab()
    bar.set_state(TRAINING)
    bar.grab()
    assert [button.geometry() for button in bar.buttons.values()] == before


def test_speed_keys_tell_the_next_speed(bar, qtbot):
    bar.set_speed(4.0)
    with qtbot.waitSignal(bar.speed_changed) as caught:
        qtbot.keyClick(bar.speed_slider, Qt.Key.Key_Right)
    assert 4.0 < caught.args[0] < 4.5
    assert bar.speed_value.text() == f"{caught.args[0]:g} /s"


@pytest.mark.parametrize(("key", "speed"), [(Qt.Key.Key_Home, 0.25), (Qt.Key.Key_End, 30.0)])
def test_speed_ends(bar, qtbot, key, speed):
    with qtbot.waitSignal(bar.speed_changed) as caught:
        qtbot.keyClick(bar.speed_slider, key)
    assert caught.args == [speed]


def test_setting_the_speed_tells_nothing(bar, qtbot):
    with qtbot.assertNotEmitted(bar.speed_changed):
        bar.set_speed(10.0)


def test_shortcuts_are_in_the_tool_tips(bar):
    bar.set_shortcuts({"step": "→", "play": "Space"})
    bar.set_state(PLAYING)
    assert "(→)" in bar.buttons["step"].toolTip()
    assert "Stop playing (Space)" in bar.buttons["play"].toolTip()


def test_all_is_shown_where_there_is_room(bar):
    at_width(bar, 1600)
    assert bar.rate_text.isVisible() and bar.buttons["reset"].text() == "Reset"
    assert not any(label.elided() for label in bar.findChildren(ElidedLabel))


@pytest.mark.parametrize("width", [690, 800, 1024, 1280, 1440, 1600, 2400])
def test_nothing_overlaps_or_leaves_the_bar(bar, width):
    widgets = shown(at_width(bar, width))
    assert all(left.geometry().right() < right.x() for left, right in pairwise(widgets))
    assert widgets[-1].geometry().right() <= width


@pytest.mark.parametrize("width", [690, 1024, 1600])
def test_no_button_is_squeezed(bar, width):
    buttons = at_width(bar, width).findChildren(QPushButton)
    assert all(button.width() >= button.sizeHint().width() for button in buttons)


def test_the_readouts_go_before_the_words(bar):
    at_width(bar, 1160)
    assert not bar.rate_text.isVisible()
    assert bar.buttons["step"].text() == "Step" and bar.buttons["play"].text() == "Play pass"


def test_the_banner_can_be_read_at_1024(bar):
    assert not at_width(bar, 1024).pill.elided()


def test_icons_keep_their_names(bar):
    at_width(bar, 690)
    assert bar.buttons["step"].text() == "" and bar.buttons["step"].accessibleName()
    assert "One moment on" in bar.buttons["step"].toolTip()


def test_changing_figures_leave_the_rest_in_place(bar):
    at_width(bar, 1600)
    before = bar.pill.geometry()
    bar.set_readout("step 7", "J = 2", "9 steps/s")
    bar.grab()
    assert bar.pill.geometry() == before


def test_an_empty_readout_takes_no_room(bar):
    bar.set_readout("step 0", "", "")
    assert not bar.loss_text.isVisible()
