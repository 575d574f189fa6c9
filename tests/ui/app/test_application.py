"""The window as the user uses it: keys, form, presets, files."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox

from tests.helpers.form import choose, enter
from vgsim.measure.chain_rule.result import Hop
from vgsim.measure.saturation import Saturation
from vgsim.nn.presets import load_preset
from vgsim.nn.spec import dumps, loads
from vgsim.ui.commands import BY_NAME

KEYS = {"→": Qt.Key.Key_Right, "←": Qt.Key.Key_Left, " ": Qt.Key.Key_Space}


def _press(vgsim, qtbot, keys: str) -> None:
    for key in keys:
        qtbot.keyClick(vgsim.window, KEYS.get(key) or getattr(Qt.Key, f"Key_{key}"))


def _moment(vgsim) -> str:
    return str(vgsim.session.frame.moment)


def _wait_for(vgsim, qtbot, moment: str) -> None:
    qtbot.waitUntil(lambda: _moment(vgsim) == moment)


def test_it_opens_at_its_first_moment(vgsim):
    assert _moment(vgsim) == "start"
    assert "Sigmoid stack" in vgsim.window.windowTitle()


def test_right_steps_and_left_goes_back(vgsim, qtbot):
    _press(vgsim, qtbot, "→→→")
    _wait_for(vgsim, qtbot, "forward:3")
    _press(vgsim, qtbot, "←")
    _wait_for(vgsim, qtbot, "forward:2")


def test_the_chain_rule_of_a_hop_has_its_numbers(vgsim, qtbot):
    _press(vgsim, qtbot, "→" * 10)
    _wait_for(vgsim, qtbot, "backward:6")
    strip = vgsim.window.workspace.network.strip
    assert "<sub>7</sub>" in strip.formula.text() and "weights" in strip.numbers.text()


def test_space_plays_to_the_update(vgsim, qtbot):
    vgsim.session.set_speed(500.0)
    _press(vgsim, qtbot, " ")
    _wait_for(vgsim, qtbot, "update")
    qtbot.waitUntil(lambda: not vgsim.session.state.run.playing)
    assert vgsim.session.frame.step == 1


def test_t_trains_and_t_stops(vgsim, qtbot):
    _press(vgsim, qtbot, "T")
    qtbot.waitUntil(lambda: vgsim.session.frame.step > 20)
    assert vgsim.session.state.run.training
    _press(vgsim, qtbot, "T")
    qtbot.waitUntil(lambda: not vgsim.session.state.run.training)


def test_r_resets(vgsim, qtbot):
    _press(vgsim, qtbot, "→→")
    _wait_for(vgsim, qtbot, "forward:2")
    _press(vgsim, qtbot, "R")
    _wait_for(vgsim, qtbot, "start")


def test_an_edit_acts_at_once_and_is_marked(vgsim, qtbot):
    enter(qtbot, vgsim.window.form, "network.depth", "3")
    qtbot.waitUntil(lambda: vgsim.session.frame.stages == 4)
    assert vgsim.session.spec.network.depth == 3
    assert "changed" in vgsim.window.windowTitle()


def test_an_edit_while_training_goes_on_training(vgsim, qtbot):
    _press(vgsim, qtbot, "T")
    qtbot.waitUntil(lambda: vgsim.session.frame.step > 5)
    choose(qtbot, vgsim.window.form, "network.activation", "relu")
    qtbot.waitUntil(lambda: vgsim.session.frame.spec.network.activation == "relu")
    qtbot.waitUntil(lambda: vgsim.session.frame.step > 20)


def test_a_bad_value_keeps_the_good_experiment_and_says_why(vgsim, qtbot):
    enter(qtbot, vgsim.window.form, "network.depth", "many")
    assert (
        "network.depth = many: allowed is a whole number from 0"
        in vgsim.session.state.problems["network.depth"]
    )
    assert vgsim.session.spec.network.depth == 6
    enter(qtbot, vgsim.window.form, "network.depth", "4")
    qtbot.waitUntil(lambda: vgsim.session.spec.network.depth == 4)
    assert vgsim.session.state.problems == {}


def test_data_that_cannot_be_read_are_refused_beside_their_field(vgsim, qtbot, tmp_path):
    vgsim.window.form.edited.emit("data.dataset", "csv")
    qtbot.waitUntil(lambda: "data.path" in vgsim.session.state.problems)
    table = tmp_path / "table.csv"
    table.write_text("a,b,label\n" + "".join(f"{i},{i % 3},{i % 2}\n" for i in range(30)))
    enter(qtbot, vgsim.window.form, "data.path", str(table))
    qtbot.waitUntil(lambda: vgsim.session.spec.data.dataset == "csv")


def test_a_preset_begins_another_experiment(vgsim, qtbot):
    vgsim.window.form.preset_chosen.emit("worked-example")
    qtbot.waitUntil(lambda: vgsim.session.frame.spec.network.kind == "chain")
    assert _moment(vgsim) == "start"


@pytest.mark.parametrize("name", ["light", "dark"])
def test_a_theme_can_be_chosen(vgsim, name):
    vgsim.use_theme(name)
    surface = vgsim.window.workspace.network.diagram.backgroundBrush().color()
    assert (surface.lightness() < 128) == (name == "dark")


def test_a_dropped_spec_is_opened(vgsim, qtbot, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(dumps(load_preset("relu-he")), "utf-8")
    vgsim.window.file_dropped.emit(str(file))
    qtbot.waitUntil(lambda: vgsim.session.frame.spec.network.activation == "relu")


def _box(vgsim) -> QMessageBox:
    box = vgsim.window.findChild(QMessageBox)
    assert box is not None
    return box


def test_a_file_that_is_no_spec_is_refused_in_words(vgsim, qtbot, tmp_path):
    file = tmp_path / "bad.toml"
    file.write_text("network = 3")
    with qtbot.waitSignal(vgsim.opening.refused):
        vgsim.open_path(str(file))
    assert "network = 3: allowed is a table" in _box(vgsim).detailedText()
    _box(vgsim).close()


def test_a_failure_is_shown_with_its_details_and_the_window_lives_on(vgsim, qtbot):
    vgsim.session.failed.emit("It broke.", "Traceback …")
    assert _box(vgsim).text() == "It broke." and _box(vgsim).detailedText() == "Traceback …"
    _box(vgsim).close()
    _press(vgsim, qtbot, "→")
    _wait_for(vgsim, qtbot, "forward:1")


def test_the_spec_can_be_saved_and_read_back(vgsim, monkeypatch, tmp_path):
    target = tmp_path / "saved.toml"
    monkeypatch.setattr("vgsim.ui.app.application.ask_save", lambda *_: str(target))
    vgsim.save_file()
    assert loads(target.read_text("utf-8")) == vgsim.session.spec


def test_closing_while_training_ends_the_worker(vgsim, qtbot):
    _press(vgsim, qtbot, "T")
    qtbot.waitUntil(lambda: vgsim.session.frame.step > 5)
    vgsim.window.close()
    assert vgsim.session._worker.isFinished()


def test_the_layout_is_remembered(vgsim):
    vgsim.window.close()
    assert vgsim._settings.blob("geometry") is not None


def test_a_frame_of_an_experiment_before_is_dropped(vgsim, qtbot):
    old = vgsim.session.frame
    enter(qtbot, vgsim.window.form, "network.depth", "2")
    qtbot.waitUntil(lambda: vgsim.session.frame.stages == 3)
    qtbot.waitUntil(lambda: vgsim.session.spec.network.depth == 2)  # the frame may come first
    vgsim.session._mailbox.put(old)
    vgsim.session._look()
    assert vgsim.session.frame.stages == 3


def test_the_last_frame_of_training_is_never_lost(vgsim, qtbot):
    for _ in range(10):
        _press(vgsim, qtbot, "T")
        qtbot.waitUntil(lambda: vgsim.session.state.run.training)
        qtbot.wait(20)
        _press(vgsim, qtbot, "T")
        qtbot.waitUntil(lambda: not vgsim.session.state.run.training)
        done = vgsim.session._worker._source.experiment.step
        qtbot.waitUntil(lambda done=done: vgsim.session.frame.step == done)


def test_arrows_step_again_after_a_number_was_entered(vgsim, qtbot):
    entry = vgsim.window.form.rows["network.depth"].editor._entry
    enter(qtbot, vgsim.window.form, "network.depth", "4")
    qtbot.waitUntil(lambda: vgsim.session.frame.stages == 5)
    assert not entry.hasFocus()


def test_what_is_refused_is_said_in_the_status_line_too(vgsim, qtbot):
    enter(qtbot, vgsim.window.form, "network.width", "-3")
    assert "Still the last good experiment" in vgsim.window._hints.text()
    enter(qtbot, vgsim.window.form, "network.width", "5")
    qtbot.waitUntil(lambda: "step" in vgsim.window._hints.text())


def test_a_file_that_is_a_preset_shows_as_that_preset(vgsim, qtbot, tmp_path):
    own = load_preset("relu-he").replace({"network.depth": 3})
    file = tmp_path / "own.toml"
    file.write_text(dumps(own), "utf-8")
    with qtbot.waitSignal(vgsim.opening.found):
        vgsim.open_path(str(file))
    assert vgsim.window.form._preset.name() == ""
    file.write_text(dumps(load_preset("relu-he")), "utf-8")
    with qtbot.waitSignal(vgsim.opening.found):
        vgsim.open_path(str(file))
    assert vgsim.window.form._preset.name() == "relu-he"


def test_the_copy_key_copies_what_was_exported_last(vgsim, qtbot):
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QGuiApplication.clipboard().clear()
    qtbot.keyClick(vgsim.window, Qt.Key.Key_C, keys)
    qtbot.waitUntil(lambda: not QGuiApplication.clipboard().image().isNull())
    assert QGuiApplication.clipboard().image().size().toTuple() == (1920, 1080)
    assert "Copied" in vgsim.window._hints.text()
    QGuiApplication.clipboard().clear()


def test_stepping_is_offered_only_when_it_can_be(vgsim, qtbot):
    assert not vgsim.window.actions_by_name["back"].isEnabled()
    _press(vgsim, qtbot, "T")
    qtbot.waitUntil(lambda: vgsim.session.state.run.training)
    assert not vgsim.window.actions_by_name["step"].isEnabled()


def test_closing_an_enlarged_panel_brings_the_others_back(vgsim, qtbot):
    space = vgsim.window.workspace
    space.enlarge("hop")
    qtbot.waitUntil(space.network.isHidden)
    space.docks["hop"].close_requested.emit()
    assert space.network.isVisible() and space.docks["form"].isVisible()
    assert space.docks["hop"].isHidden()


def test_escape_brings_back_the_others(vgsim, qtbot):
    space = vgsim.window.workspace
    space.enlarge("gradient")
    qtbot.keyClick(space.docks["gradient"], Qt.Key.Key_Escape)
    assert space.network.isVisible() and space.docks["gradient"].isVisible()


def test_an_instrument_from_the_menu_is_in_sight(vgsim, qtbot):
    space = vgsim.window.workspace
    space.enlarge("hop")
    _entry(space, "Singular values").trigger()
    assert space.network.isVisible()
    qtbot.waitUntil(lambda: not space.docks["singular"].visibleRegion().isEmpty())


def test_a_panel_behind_a_tab_comes_to_the_front_and_one_in_sight_is_closed(vgsim, qtbot):
    space = vgsim.window.workspace
    vgsim.window.resize(1600, 1000)
    right = Qt.DockWidgetArea.RightDockWidgetArea
    qtbot.waitUntil(lambda: space.dockWidgetArea(space.docks["why"]) == right)
    entry, dock = _entry(space, "Inspector"), space.docks["inspector"]
    qtbot.waitUntil(entry.isChecked)
    entry.trigger()
    qtbot.waitUntil(lambda: not dock.visibleRegion().isEmpty())
    entry.trigger()
    qtbot.waitUntil(dock.isHidden)
    assert not entry.isChecked()


def _entry(space, title):
    """The entry of a panel in the menu."""
    return next(action for action in space.toggles() if action.text() == title)


def test_nothing_is_measured_for_what_lies_behind_another_tab(vgsim, qtbot):
    session, space = vgsim.session, vgsim.window.workspace
    vgsim.window.resize(1600, 1000)
    _press(vgsim, qtbot, "→")
    right = Qt.DockWidgetArea.RightDockWidgetArea
    qtbot.waitUntil(lambda: space.dockWidgetArea(space.docks["why"]) == right)
    qtbot.waitUntil(lambda: "saturation" in space.plots)
    qtbot.waitUntil(
        lambda: Hop in session.state.request.kinds and Saturation not in session.state.request.kinds
    )
    space.show_panel("saturation")
    qtbot.waitUntil(lambda: Saturation in session.state.request.kinds)
    qtbot.waitUntil(lambda: session.frame.measurement(Saturation) is not None)
    space.show_panel("loss")
    qtbot.waitUntil(lambda: Saturation not in session.state.request.kinds)


def _overlaps(space) -> list[tuple[str, str]]:
    """Pairs of panels in sight of which one lies over the other."""
    seen = {name: dock for name, dock in space.docks.items() if not dock.visibleRegion().isEmpty()}
    areas = {name: dock.geometry() for name, dock in seen.items()} | {
        "network": space.network.geometry()
    }
    pairs = ((one, other) for one in areas for other in areas if one < other)
    return [pair for pair in pairs if areas[pair[0]].intersects(areas[pair[1]])]


def _fitted(space, qtbot):
    """Wait until the panels are arranged for the width."""
    qtbot.wait(20)
    qtbot.waitUntil(lambda: not space._fitting.isActive())


@pytest.mark.parametrize("before", [(1600, 1000), (1024, 700)])
@pytest.mark.parametrize("small", [(1024, 700), (1067, 667)])  # the latter: 1600 x 1000 at 150 %
def test_no_panel_lies_over_another_in_a_small_window(vgsim, qtbot, before, small):
    space = vgsim.window.workspace
    vgsim.window.resize(*before)
    _fitted(space, qtbot)
    vgsim.window.resize(*small)
    qtbot.waitUntil(lambda: not _overlaps(space))
    card = space.network
    qtbot.waitUntil(lambda: card.diagram.geometry().bottom() < card.timeline.geometry().top())
    assert card.strip.geometry().bottom() <= card.height()


def test_a_wide_window_again_has_its_panels_as_they_were(vgsim, qtbot):
    space = vgsim.window.workspace
    vgsim.window.resize(1600, 900)
    _fitted(space, qtbot)
    space.docks["saturation"].hide()
    vgsim.window.resize(1024, 700)
    _fitted(space, qtbot)
    vgsim.window.resize(1600, 900)
    _fitted(space, qtbot)
    right = Qt.DockWidgetArea.RightDockWidgetArea
    assert space.docks["saturation"].isHidden()
    assert space.dockWidgetArea(space.docks["why"]) == right


def test_every_command_is_a_verb_of_the_application(vgsim):
    assert set(vgsim._verbs()) == set(BY_NAME)


def test_a_button_does_what_its_command_does(vgsim, qtbot):
    qtbot.mouseClick(vgsim.window.transport.buttons["step"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: str(vgsim.session.frame.moment) == "forward:1")


def test_the_comparison_can_be_ended_only_while_there_is_one(vgsim, qtbot):
    action = vgsim.window.actions_by_name["compare_end"]
    assert not action.isEnabled()
    vgsim.do("compare")
    qtbot.waitUntil(action.isEnabled)
    vgsim.do("compare_end")
    qtbot.waitUntil(lambda: not action.isEnabled())


def test_the_same_preset_again_takes_back_what_was_not_allowed(vgsim):
    entry = vgsim.window.form.rows["training.seed"].editor.target()
    before = entry.text()
    entry.setText("many")
    entry.settle()
    assert vgsim.session.state.problems
    vgsim.choose_preset("sigmoid-stack")
    assert entry.text() == before and not vgsim.session.state.problems
