"""A and B in the whole window: swapped, promoted, pinned."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QMessageBox

from vgsim.nn.experiment import Experiment
from vgsim.text.moments import Jump, JumpKind
from vgsim.ui.app import comparing
from vgsim.ui.app.session import MOST_PINS
from vgsim.ui.comparison.change import ChangeDialog


@pytest.fixture
def compared(vgsim, qtbot):
    """The sigmoid stack beside the same with tanh."""
    vgsim.session.compare(vgsim.session.spec.replace({"network.activation": "tanh"}))
    qtbot.waitUntil(lambda: vgsim.session.frame.other is not None)
    qtbot.waitUntil(lambda: vgsim.session.state.run.compared)
    return vgsim


def press(vgsim, name):
    """Choose a command in the menu."""
    vgsim.window.actions_by_name[name].trigger()


def test_a_and_b_change_places_where_they_stand(compared, qtbot):
    session = compared.session
    session.seek(3, 0)
    session.jump(Jump(JumpKind.BACKWARD, 4))
    qtbot.waitUntil(lambda: str(session.frame.moment) == "backward:4")
    a, b = session.frame, session.frame.other
    press(compared, "swap")
    qtbot.waitUntil(lambda: session.frame.spec == b.spec)
    assert session.frame.other.spec == a.spec == session.state.other
    assert session.spec == session.state.wanted == b.spec
    assert session.frame.moment == a.moment and session.frame.step == a.step
    assert np.array_equal(session.frame.dh_rms, b.dh_rms, equal_nan=True)
    assert np.array_equal(session.frame.other.dh_rms, a.dh_rms, equal_nan=True)


def test_the_form_shows_who_is_a(compared, qtbot):
    press(compared, "swap")
    qtbot.waitUntil(lambda: compared.session.spec.network.activation == "tanh")
    assert compared.window.form.rows["network.activation"].editor.reading() == "tanh"


def test_both_go_on_training_when_they_are_swapped(compared, qtbot):
    session = compared.session
    session.toggle_train()
    qtbot.waitUntil(lambda: session.frame.step > 5)
    session.swap()
    qtbot.waitUntil(lambda: session.frame.spec.network.activation == "tanh")
    at = session.frame.step
    qtbot.waitUntil(lambda: session.frame.step > at + 5)
    session.toggle_train()
    qtbot.waitUntil(lambda: not session.state.run.training)
    frame = session.frame
    for one in (frame, frame.other):
        fresh = Experiment(one.spec)
        fresh.run(frame.step)
        assert one.step == frame.step and one.loss == fresh.value


def test_b_goes_on_alone_with_all_that_it_has_learned(compared, qtbot):
    session = compared.session
    session.seek(4, 0)
    qtbot.waitUntil(lambda: session.frame.step == 4 and session.frame.other.step == 4)
    press(compared, "promote")
    qtbot.waitUntil(lambda: session.frame.other is None)
    assert session.frame.spec.network.activation == "tanh"
    assert session.frame.step == 4 and len(session.frame.history.steps) == 4
    action = compared.window.actions_by_name["promote"]
    qtbot.waitUntil(lambda: not action.isEnabled())


def test_an_edit_after_a_swap_changes_the_one_that_is_a_now(compared, qtbot):
    session = compared.session
    session.swap()
    qtbot.waitUntil(lambda: session.spec.network.activation == "tanh")
    session.edit("network.width", 5)
    qtbot.waitUntil(lambda: session.frame.widths[0] == 5)
    assert session.frame.spec.network.activation == "tanh"
    assert session.frame.other.spec.network.activation == "sigmoid"


def test_nothing_is_swapped_while_nothing_is_compared(vgsim):
    generation = vgsim.session._generation
    vgsim.session.swap()
    assert vgsim.session._generation == generation


def test_a_pinned_run_stays_behind_what_comes(compared, qtbot):
    session = compared.session
    session.jump(Jump(JumpKind.END))
    qtbot.waitUntil(lambda: str(session.frame.moment) == "update")
    press(compared, "pin_b")
    (pin,) = session.frame.pins
    assert pin.name == "Tanh" and pin.step == 1
    assert np.array_equal(pin.gradient, session.frame.other.dh_rms)
    press(compared, "compare_end")
    qtbot.waitUntil(lambda: session.frame.other is None)
    session.step()
    qtbot.waitUntil(lambda: str(session.frame.moment) == "forward:1")
    assert session.frame.pins == (pin,)
    session.unpin(pin)
    assert session.frame.pins == ()


def test_a_seventh_pin_is_refused_in_words(vgsim):
    for _ in range(MOST_PINS + 1):
        press(vgsim, "pin_a")
    assert len(vgsim.session.state.pins) == MOST_PINS
    assert "unpin" in vgsim.window._hints.text()


def test_another_experiment_begins_without_pins(vgsim, qtbot):
    press(vgsim, "pin_a")
    vgsim.choose_preset("relu-he")
    qtbot.waitUntil(lambda: vgsim.session.frame.spec.network.activation == "relu")
    assert vgsim.session.frame.pins == ()


def test_the_panel_comes_and_goes_with_the_comparison(vgsim, qtbot):
    space = vgsim.window.workspace
    dock = space.docks["comparison"]
    qtbot.waitUntil(lambda: bool(space.plots))
    before = space.in_front()
    assert dock.isHidden() and before
    press(vgsim, "compare")
    qtbot.waitUntil(lambda: not dock.isHidden() and vgsim.session.state.run.compared)
    press(vgsim, "compare_end")
    qtbot.waitUntil(dock.isHidden)
    qtbot.waitUntil(lambda: space.in_front() == before)


def test_a_panel_that_the_user_opened_stays(vgsim, qtbot):
    dock = vgsim.window.workspace.docks["comparison"]
    vgsim.window.workspace.show_panel("comparison")
    press(vgsim, "compare")
    qtbot.waitUntil(vgsim.window.actions_by_name["compare_end"].isEnabled)
    press(vgsim, "compare_end")
    qtbot.waitUntil(lambda: vgsim.session.frame.other is None)
    assert not dock.isHidden()


def test_one_thing_is_changed_from_the_menu(vgsim, qtbot):
    press(vgsim, "change_one")
    (dialog,) = vgsim.window.findChildren(ChangeDialog)
    dialog.editor.edited.emit("relu")
    dialog.button.click()
    qtbot.waitUntil(lambda: vgsim.session.state.other is not None)
    assert vgsim.session.state.other == vgsim.session.spec.replace({"network.activation": "relu"})
    assert vgsim.window.workspace.comparison.settings.texts() == [("Sigmoid", "ReLU")]


def test_a_pair_is_saved_and_opened_where_it_stood(compared, qtbot, tmp_path, monkeypatch):
    path = tmp_path / "two.toml"
    monkeypatch.setattr(comparing, "ask_save", lambda *asked: str(path))
    session = compared.session
    session.seek(3, 0)
    qtbot.waitUntil(lambda: session.frame.step == 3)
    session.jump(Jump(JumpKind.BACKWARD, 4))
    qtbot.waitUntil(lambda: str(session.frame.moment) == "backward:4")
    a, b = session.frame, session.frame.other
    press(compared, "save_pair")
    compared.choose_preset("relu-he")
    press(compared, "compare_end")
    qtbot.waitUntil(lambda: session.frame.other is None)
    compared.open_path(str(path))
    qtbot.waitUntil(lambda: session.frame.other is not None)
    qtbot.waitUntil(lambda: session.frame.step == 3 and str(session.frame.moment) == "backward:4")
    assert session.frame.spec == a.spec and session.frame.other.spec == b.spec
    assert np.array_equal(session.frame.other.dh_rms, b.dh_rms, equal_nan=True)


def test_a_pair_that_cannot_be_written_is_said(compared, tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(comparing, "ask_save", lambda *asked: str(tmp_path / "no" / "two.toml"))
    monkeypatch.setattr(comparing, "show_unsaved", lambda window, error: said.append(error))
    press(compared, "save_pair")
    assert said


def test_a_broken_pair_is_refused_in_a_sentence(vgsim, qtbot, tmp_path):
    path = tmp_path / "two.toml"
    path.write_text('[pair]\nstep = 3\n[a]\n[b.network]\ndepth = "deep"\n')
    with qtbot.waitSignal(vgsim.opening.refused) as refused:
        vgsim.open_path(str(path))
    assert "two.toml was not opened" in refused.args[0]
    assert "b.network.depth = deep" in refused.args[0]
    for box in vgsim.window.findChildren(QMessageBox):
        box.close()


def test_the_window_says_that_its_keys_are_for_both(compared, qtbot):
    assert "swap A and B" in compared.window._hints.text()
    compared.session.toggle_train()
    qtbot.waitUntil(lambda: compared.window.transport.pill.text() == "Training both")
    compared.session.toggle_train()
    press(compared, "compare_end")
    qtbot.waitUntil(lambda: "swap" not in compared.window._hints.text())


def test_a_page_of_a_lesson_is_not_covered(vgsim, qtbot):
    vgsim.window.workspace.open_guide()
    press(vgsim, "compare")
    qtbot.waitUntil(lambda: vgsim.session.state.run.compared)
    assert vgsim.window.workspace.docks["comparison"].isHidden()
