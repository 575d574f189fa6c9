""" "Go to…" says one jump and closes; its keys are not taken from who types."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from tests.helpers.dialogs import heard, opened
from vgsim.measure.subject import Subject
from vgsim.text.moments import Jump, JumpKind
from vgsim.text.stages import NUMBERED
from vgsim.ui.window.jump import JumpDialog

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(styled, qtbot):
    box = JumpDialog()
    box.set_place(7, NUMBERED, 120, 1240)
    with opened(box, qtbot):
        yield box


def enter(qtbot, entry, text):
    entry.selectAll()
    qtbot.keyClicks(entry, text)


@pytest.mark.parametrize("kind", [JumpKind.START, JumpKind.LOSS, JumpKind.END])
def test_a_place_with_a_name_is_one_press(dialog, qtbot, kind):
    told = heard(dialog.chosen)
    qtbot.mouseClick(dialog.buttons[kind], LEFT)
    assert told == [Jump(kind)] and not dialog.isVisible()


@pytest.mark.parametrize("kind", [JumpKind.FORWARD, JumpKind.BACKWARD])
def test_a_stage_is_reached_in_either_direction(dialog, qtbot, kind):
    told = heard(dialog.chosen)
    enter(qtbot, dialog.stage, "3")
    qtbot.mouseClick(dialog.buttons[kind], LEFT)
    assert told == [Jump(kind, 3)]


def test_return_in_the_stage_goes_backward(dialog, qtbot):
    told = heard(dialog.chosen)
    enter(qtbot, dialog.stage, "3")
    qtbot.keyClick(dialog.stage, Qt.Key.Key_Return)
    assert told == [Jump(JumpKind.BACKWARD, 3)]


def test_return_in_the_step_goes_there(dialog, qtbot):
    told = heard(dialog.chosen)
    enter(qtbot, dialog.step, "1,100")
    qtbot.keyClick(dialog.step, Qt.Key.Key_Return)
    assert told == [Jump(JumpKind.STEP, 1100)]


@pytest.mark.parametrize("text", ["0", "8", "two", "", "2.5"])
def test_a_stage_that_there_is_not_is_said_and_not_gone_to(dialog, qtbot, text):
    told = heard(dialog.chosen)
    dialog.stage.clear()
    enter(qtbot, dialog.stage, text)
    qtbot.keyClick(dialog.stage, Qt.Key.Key_Return)
    assert told == [] and dialog.isVisible()
    assert "allowed is a whole number from 1 to 7" in dialog.problem.text()
    assert not dialog.buttons[JumpKind.BACKWARD].isEnabled()
    assert dialog.buttons[JumpKind.STEP].isEnabled()


def test_a_mended_number_is_offered_again(dialog, qtbot):
    for text in ("99", "5"):
        enter(qtbot, dialog.stage, text)
        dialog.stage.settle()
    assert not dialog.problem.isVisible()
    assert dialog.buttons[JumpKind.FORWARD].isEnabled()


def test_escape_closes_it_without_a_word(dialog, qtbot):
    told = heard(dialog.chosen)
    qtbot.keyClick(dialog.stage, Qt.Key.Key_Escape)
    assert told == [] and not dialog.isVisible()


def test_a_network_of_fewer_stages_is_told(dialog):
    dialog.stage.show_text("7")
    dialog.set_place(3, NUMBERED, 0, 0)
    assert "from 1 to 3" in dialog.problem.text()


def test_timesteps_and_readout_are_called_so(dialog):
    dialog.set_place(41, Subject(recurrent=True), 0, 0)
    words = [label.text() for label in dialog.findChildren(QWidget) if hasattr(label, "text")]
    assert "Timestep" in words and "of 40 (41: readout)" in words


def test_it_waits_for_a_number(dialog, qtbot):
    qtbot.waitUntil(dialog.stage.hasFocus)
    assert dialog.stage.selectedText() == dialog.stage.text()
