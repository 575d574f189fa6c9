"""The table of commands, the actions made from it, and which control keeps which keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QListWidget,
    QMainWindow,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from vgsim.ui.commands import BY_NAME, COMMANDS, HINTS, MENUS, TRANSPORT, likeliest
from vgsim.ui.pacing import Doing, RunState
from vgsim.ui.widgets.entries import Chooser, LineEntry
from vgsim.ui.widgets.slider import SliderTrack, ValueSlider
from vgsim.ui.window.actions import ControlKeys, key_texts, make_actions


def test_every_name_and_every_key_is_given_once():
    keys = [command.keys for command in COMMANDS if command.keys]
    assert len(keys) == len(set(keys))
    assert len(BY_NAME) == len(COMMANDS)


def test_every_command_can_be_reached():
    for command in COMMANDS:
        assert command.menu in MENUS or command.face is not None, command.name


@pytest.mark.parametrize("name", [*TRANSPORT, "export", "theme"])
def test_a_button_has_a_face(name):
    assert BY_NAME[name].face is not None


@pytest.mark.parametrize(
    ("name", "key"), [("start", "Home"), ("loss", "L"), ("end", "End"), ("goto", "G")]
)
def test_every_jump_has_its_key(styled, name, key):
    assert key_texts()[name] == key


@pytest.mark.parametrize("name", HINTS)
def test_what_the_status_line_hints_at_has_a_key(styled, name):
    assert key_texts()[name]


@pytest.mark.parametrize(
    ("doing", "name"),
    [
        (Doing.AT_REST, "step"),
        (Doing.JUMPING, "step"),
        (Doing.PLAYING, "play"),
        (Doing.TRAINING, "train"),
    ],
)
def test_the_likeliest_command_is_the_one_that_ends_what_goes_on(doing, name):
    assert likeliest(RunState(doing)) == name


@pytest.mark.parametrize("name", ["step", "back", "play", "start", "loss", "end", "goto"])
def test_no_moment_is_gone_to_while_training(name):
    assert not BY_NAME[name].hindrance(RunState(Doing.PLAYING, can_back=True))
    assert BY_NAME[name].hindrance(RunState(Doing.TRAINING, can_back=True))


def test_only_a_comparison_can_be_ended():
    assert not BY_NAME["compare_end"].hindrance(RunState(compared=True))
    assert BY_NAME["compare_end"].hindrance(RunState())


@pytest.fixture
def window(styled, qtbot):
    """A window with every action, and one control of each kind."""
    main = QMainWindow()
    main.told = []
    actions, _ = make_actions(main)
    for name, action in actions.items():
        action.triggered.connect(lambda _, name=name: main.told.append(name))
    main.controls = {
        "entry": LineEntry(),
        "slider": ValueSlider(SliderTrack(0, 10, whole=True)),
        "chooser": Chooser([("lstm", "LSTM", ""), ("gru", "GRU", ""), ("rnn", "RNN", "")]),
        "button": QPushButton("Press"),
        "check": QCheckBox("Check"),
        "spin": QSpinBox(),
        "list": QListWidget(),
    }
    main.controls["list"].addItems(["LSTM", "GRU", "RNN"])
    holder = QWidget()
    column = QVBoxLayout(holder)
    for control in main.controls.values():
        column.addWidget(control)
    main.setCentralWidget(holder)
    ControlKeys(styled, main)
    with qtbot.waitExposed(main):
        main.show()
    main.activateWindow()
    yield main
    main.close()


def _focus(window, qtbot, name):
    control = window.controls[name]
    control.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(control.hasFocus)
    return control


KEPT = {
    "entry": ["L", "G", "Home", "End", "Left", "Right", "Space"],
    "slider": ["Home", "End", "Left", "Right"],
    "chooser": ["L", "G", "Home", "End"],
    "button": ["Space"],
    "check": ["Space"],
    "spin": ["Home", "End"],
    "list": ["L", "G", "Home", "End", "Space"],
}


@pytest.mark.parametrize(("name", "key"), [(n, key) for n, keys in KEPT.items() for key in keys])
def test_a_control_keeps_the_keys_that_it_has_a_use_for(window, qtbot, name, key):
    control = _focus(window, qtbot, name)
    qtbot.keyClick(control, getattr(Qt.Key, f"Key_{key}"))
    assert window.told == []


@pytest.mark.parametrize(("name", "key"), [("slider", "L"), ("button", "G"), ("check", "Right")])
def test_a_key_that_a_control_has_no_use_for_is_a_shortcut(window, qtbot, name, key):
    control = _focus(window, qtbot, name)
    qtbot.keyClick(control, getattr(Qt.Key, f"Key_{key}"))
    assert len(window.told) == 1


def test_space_presses_the_button_that_has_the_focus(window, qtbot):
    button = _focus(window, qtbot, "button")
    with qtbot.waitSignal(button.clicked):
        qtbot.keyClick(button, Qt.Key.Key_Space)


def test_arrows_move_the_slider_that_has_the_focus(window, qtbot):
    slider = _focus(window, qtbot, "slider")
    before = slider.value()
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert slider.value() > before


@pytest.mark.parametrize(("name", "chosen"), [("chooser", "gru"), ("list", "GRU")])
def test_first_letters_choose_a_name(window, qtbot, name, chosen):
    control = _focus(window, qtbot, name)
    qtbot.keyClick(control, Qt.Key.Key_G)
    now = control.name() if name == "chooser" else control.currentItem().text()
    assert now == chosen


@pytest.mark.parametrize(("key", "name"), [("L", "loss"), ("G", "goto"), ("Home", "start")])
def test_elsewhere_they_are_shortcuts(window, qtbot, key, name):
    window.centralWidget().setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    window.centralWidget().setFocus()
    qtbot.keyClick(window, getattr(Qt.Key, f"Key_{key}"))
    assert window.told == [name]
