""" "Stop when…" shows rules, and tells every change at once."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from tests.helpers.dialogs import heard, opened
from vgsim.measure.stops import RULES, StopRules
from vgsim.measure.subject import Subject
from vgsim.ui.window.stops_dialog import StopsDialog


@pytest.fixture
def dialog(styled, qtbot):
    box = StopsDialog()
    box.set_stages(7)
    with opened(box, qtbot):
        yield box


def tick(qtbot, dialog, name):
    """Press Space on the check mark: a click needs its exact place."""
    qtbot.keyClick(dialog.rows[name].check, Qt.Key.Key_Space)


def enter(qtbot, dialog, name, text):
    entry = dialog.rows[name].editor.target()
    entry.setFocus()
    entry.selectAll()
    qtbot.keyClicks(entry, text)
    qtbot.keyClick(entry, Qt.Key.Key_Return)


def ticked(dialog):
    return {name for name, row in dialog.rows.items() if row.check.isChecked()}


def test_every_rule_has_its_row(dialog):
    assert list(dialog.rows) == list(RULES)


def test_it_shows_the_rules(dialog):
    told = heard(dialog.changed)
    dialog.set_rules(StopRules(floor=1e-9, stage=3, overflow=False))
    assert ticked(dialog) == {"floor", "stage"}
    assert dialog.rows["floor"].editor.reading() == 1e-9
    assert told == []


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("stage", StopRules(stage=1)),
        ("floor", StopRules(floor=1e-6)),
        ("saturation", StopRules(saturation=50.0)),
        ("loss", StopRules(loss=0.1)),
        ("overflow", StopRules(overflow=False)),
    ],
)
def test_a_tick_acts_at_once(dialog, qtbot, name, rules):
    told = heard(dialog.changed)
    tick(qtbot, dialog, name)
    assert told == [rules] and dialog.rules() == rules
    tick(qtbot, dialog, name)
    assert told[1] == StopRules()


def test_who_enters_a_limit_wants_its_rule(dialog, qtbot):
    told = heard(dialog.changed)
    enter(qtbot, dialog, "loss", "0.02")
    assert told == [StopRules(loss=0.02)] and ticked(dialog) == {"loss", "overflow"}
    assert dialog.isVisible(), "Return does not close it"


@pytest.mark.parametrize(
    ("name", "text", "allowed"),
    [
        ("stage", "9", "a whole number from 1 to 7"),
        ("floor", "0", "a number from 1e-300 to 1000000"),
        ("floor", "small", "a number from"),
        ("saturation", "120", "a number from 0 to 100 %"),
        ("loss", "nan", "a number from"),
    ],
)
def test_a_limit_that_is_not_allowed_is_said_below_and_waits(dialog, qtbot, name, text, allowed):
    told = heard(dialog.changed)
    enter(qtbot, dialog, name, text)
    row = dialog.rows[name]
    assert told == [] and allowed in row.problem.text().replace("\u200b", "")
    assert row.editor.target().property("invalid") is True
    tick(qtbot, dialog, "overflow")
    assert told == [StopRules(overflow=False)], "the others still act"


def test_a_mended_limit_acts(dialog, qtbot):
    told = heard(dialog.changed)
    enter(qtbot, dialog, "saturation", "120")
    enter(qtbot, dialog, "saturation", "20")
    assert told == [StopRules(saturation=20.0)]
    assert not dialog.rows["saturation"].problem.isVisible()


def test_the_limit_that_held_goes_on_holding(dialog, qtbot):
    dialog.set_rules(StopRules(floor=1e-4))
    enter(qtbot, dialog, "floor", "-1")
    assert dialog.rules() == StopRules(floor=1e-4)


def test_a_stage_that_there_is_not_is_said_when_the_network_shrinks(dialog):
    dialog.set_rules(StopRules(stage=6))
    dialog.set_stages(4)
    assert "from 1 to 4" in dialog.rows["stage"].problem.text()


def test_timesteps_are_called_so(dialog):
    dialog.set_stages(41, Subject(recurrent=True))
    row = dialog.rows["stage"]
    assert row.check.text() == "At timestep"
    assert row.unit.text() == "of 40 (41: readout), while playing"


def test_escape_closes_it(dialog, qtbot):
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_escape_in_a_limit_takes_back_what_was_typed_and_closes_it(dialog, qtbot):
    told = heard(dialog.changed)
    entry = dialog.rows["loss"].editor.target()
    entry.setFocus()
    qtbot.keyClicks(entry, "7")
    qtbot.keyClick(entry, Qt.Key.Key_Escape)
    assert not dialog.isVisible() and told == [] and entry.text() == "0.1"


def test_a_problem_is_told_by_the_name_that_is_seen_and_has_room(dialog, qtbot):
    row = dialog.rows["floor"]
    enter(qtbot, dialog, "floor", "abc")
    assert row.problem.text().startswith(row.info.label)
    assert dialog.height() >= dialog.layout().totalHeightForWidth(dialog.width())
