"""Looking into things, going places, stopping: what the user does, in the whole window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt

from vgsim.measure.chain_rule.result import Hop
from vgsim.measure.inspection.look import Inspection
from vgsim.measure.request import Focus
from vgsim.measure.stops import StopRules
from vgsim.nn.moments import Phase
from vgsim.text.moments import Jump, JumpKind
from vgsim.ui.timeline.track import BAR, LABELS
from vgsim.ui.window.docks import is_behind
from vgsim.ui.window.jump import JumpDialog
from vgsim.ui.window.stops_dialog import StopsDialog


@pytest.fixture
def filled(vgsim, qtbot):
    """The application with its plots made."""
    vgsim.window.workspace.fill()
    qtbot.waitUntil(lambda: Hop in vgsim.session.state.request.kinds)
    return vgsim


def _at(vgsim, qtbot, moment):
    qtbot.waitUntil(lambda: str(vgsim.session.frame.moment) == moment)


@pytest.mark.parametrize(
    ("action", "moment"), [("loss", "loss"), ("end", "update"), ("start", "start")]
)
def test_a_jump_goes_there(vgsim, qtbot, action, moment):
    vgsim.session.jump(Jump(JumpKind.BACKWARD, 3))
    _at(vgsim, qtbot, "backward:3")
    vgsim.window.actions_by_name[action].trigger()
    _at(vgsim, qtbot, moment)


def test_the_timeline_leads_to_any_moment_and_step(vgsim, qtbot):
    timeline = vgsim.window.workspace.network.timeline
    timeline.resize(800, timeline.sizeHint().height())
    middle = sum(timeline.moments.track.span(9)) / 2
    place = QPoint(round(middle), round(LABELS + 2 + BAR / 2))
    qtbot.mouseClick(timeline.moments, Qt.MouseButton.LeftButton, pos=place)
    _at(vgsim, qtbot, "backward:7")
    vgsim.session.jump(Jump(JumpKind.STEP, 3))
    qtbot.waitUntil(lambda: vgsim.session.frame.step == 3)
    _at(vgsim, qtbot, "backward:7")
    back = QPoint(round(timeline.steps.track.x(1)), 11)
    qtbot.mouseClick(timeline.steps, Qt.MouseButton.LeftButton, pos=back)
    qtbot.waitUntil(lambda: vgsim.session.frame.step == 1)
    assert vgsim.session.frame.reach == (0, 3)


def test_a_click_takes_the_panel_from_nobody_who_reads_it(filled, qtbot):
    space = filled.window.workspace
    space.show_panel("why")
    qtbot.waitUntil(lambda: not is_behind(space.docks["why"]))
    space.network.diagram.picked.emit(Focus(2, 1))
    qtbot.wait(50)
    assert not is_behind(space.docks["why"]) and is_behind(space.docks["inspector"])
    assert "double click" in filled.window._hints.text()


def test_a_double_click_brings_the_inspector_into_sight(filled, qtbot):
    space = filled.window.workspace
    space.show_panel("why")
    space.network.diagram.picked.emit(Focus(2, 1))
    space.network.diagram.opened.emit()
    qtbot.waitUntil(lambda: not is_behind(space.docks["inspector"]))


def test_inspecting_by_keyboard_brings_the_inspector_into_sight(filled, qtbot):
    space = filled.window.workspace
    space.show_panel("why")
    filled.do("inspect")
    qtbot.waitUntil(lambda: not is_behind(space.docks["inspector"]))


def test_what_is_picked_shows_in_the_inspector(filled, qtbot):
    space = filled.window.workspace
    space.show_panel("inspector")
    space.network.diagram.picked.emit(Focus(2, 1))
    qtbot.waitUntil(lambda: filled.session.frame.measurement(Inspection) is not None)
    found = filled.session.frame.measurement(Inspection)
    assert found.focus == Focus(2, 1) and space.network.diagram.focus == Focus(2, 1)


def test_matrices_are_of_the_sample_that_is_chosen(filled, qtbot):
    filled.session.jump(Jump(JumpKind.BACKWARD, 3))
    filled.window.workspace.hop.sample_chosen.emit(4)
    qtbot.waitUntil(lambda: getattr(filled.session.frame.measurement(Hop), "sample", 0) == 4)
    filled.window.workspace.hop.sample_chosen.emit(None)
    qtbot.waitUntil(lambda: filled.session.frame.measurement(Hop).sample is None)


def test_playing_stops_at_the_stage_of_a_rule_and_says_so(vgsim, qtbot):
    vgsim.session.set_stops(StopRules(stage=2))
    vgsim.session.set_speed(30.0)
    with qtbot.waitSignal(vgsim.session.stopped):
        vgsim.session.toggle_play()
    _at(vgsim, qtbot, "forward:2")
    assert not vgsim.session.state.run.playing
    assert vgsim.window._hints.text() == "Stopped: forward through stage 2"


def test_training_stops_where_the_gradient_is_under_the_floor(vgsim, qtbot):
    vgsim.session.set_stops(StopRules(floor=1.0))
    with qtbot.waitSignal(vgsim.session.stopped):
        vgsim.session.toggle_train()
    qtbot.waitUntil(lambda: not vgsim.session.state.run.training)
    frame = vgsim.session.frame
    assert frame.moment.phase is Phase.UPDATE and frame.step == 1


def test_an_enlarged_panel_has_all_the_room_and_gives_it_back(filled, qtbot):
    space = filled.window.workspace
    space.enlarge("hop")
    qtbot.waitUntil(lambda: not space.network.isVisible())
    assert space.docks["hop"].isVisible() and not space.docks["form"].isVisible()
    space.shrink()
    qtbot.waitUntil(space.network.isVisible)
    assert space.docks["form"].isVisible() and space.docks["gradient"].isVisible()


def test_an_instrument_is_made_when_it_is_opened(filled, qtbot):
    space = filled.window.workspace
    assert "coherence" not in space.plots
    space.show_panel("coherence")
    qtbot.waitUntil(lambda: "coherence" in space.plots)
    kinds = set(space.plots["coherence"].wants)
    qtbot.waitUntil(lambda: kinds <= filled.session.state.request.kinds)
    space.docks["coherence"].close()
    qtbot.waitUntil(lambda: not kinds <= filled.session.state.request.kinds)


def test_go_to_is_asked_for_and_gone_to(vgsim, qtbot):
    vgsim.exploring.ask_where()
    dialog = vgsim.window.findChild(JumpDialog)
    dialog.stage.setText("5")
    dialog.go(JumpKind.BACKWARD)
    _at(vgsim, qtbot, "backward:5")


def test_stop_rules_are_asked_for_and_hold(vgsim):
    vgsim.exploring.ask_stops()
    dialog = vgsim.window.findChild(StopsDialog)
    dialog.rows["overflow"].check.click()
    assert vgsim.session.state.rules == StopRules(overflow=False)
    dialog.close()


def test_keys_go_where_they_say(vgsim, qtbot):
    qtbot.keyClick(vgsim.window, Qt.Key.Key_L)
    _at(vgsim, qtbot, "loss")
    qtbot.keyClick(vgsim.window, Qt.Key.Key_End)
    _at(vgsim, qtbot, "update")
    qtbot.keyClick(vgsim.window, Qt.Key.Key_Home)
    _at(vgsim, qtbot, "start")


def test_the_line_of_the_chain_rule_keeps_up_while_playing_fast(filled, qtbot):
    strip = filled.window.workspace.network.strip
    filled.session.set_stops(StopRules(stage=3))
    filled.session.set_speed(30.0)
    with qtbot.waitSignal(filled.session.stopped):
        filled.session.toggle_play()
    qtbot.waitUntil(lambda: "<sub>3</sub>" in strip.formula.text())
