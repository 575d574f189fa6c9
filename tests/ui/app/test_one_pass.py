"""Whatever the window shows is of one pass, or its heading says of which."""

from __future__ import annotations

import numpy as np
import pytest

from vgsim.diagnosis import judge
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment, copy_of
from vgsim.nn.moments import Phase
from vgsim.nn.presets import load_preset
from vgsim.text.moments import Jump, JumpKind, pass_of, place_of
from vgsim.ui.widgets.card import Heading

UPDATE = 16
"""Position of the update in a pass of the sigmoid stack: 7 forward, the loss, 7 back come first."""


def note(panel):
    """What the heading of a panel says of its pass."""
    heading = panel.findChild(Heading)
    if heading is None:
        heading = panel.titleBarWidget().findChild(Heading)
    return heading.note


def why(vgsim):
    return vgsim.window.workspace.docks["why"]


def settled(vgsim, qtbot, step, position):
    """The frame of that moment, once the window shows it and its verdict."""
    session = vgsim.session
    session.seek(step, position)
    qtbot.waitUntil(lambda: place_of(session.frame) == (step, position))
    qtbot.waitUntil(lambda: getattr(session.state.verdict, "step", -1) == step)
    return session.frame


@pytest.mark.parametrize("position", [0, 4, 8, 12, 15, UPDATE])
def test_diagram_verdict_and_status_name_the_same_pass(vgsim, qtbot, position):
    frame = settled(vgsim, qtbot, 3, position)
    assert pass_of(frame) == "pass 4"
    assert note(vgsim.window.workspace.network) == "pass 4"
    assert note(why(vgsim)) == "pass 4"  # not "of pass 4", as of another one
    assert "pass 4" in vgsim.window._status.text().split(" · ")


def test_at_an_update_the_verdict_is_of_the_pass_in_the_picture(vgsim, qtbot):
    settled(vgsim, qtbot, 4, UPDATE)
    before_it = Experiment(vgsim.session.spec)
    before_it.run(4)
    assert vgsim.session.state.verdict == judge(before_it)


def test_after_training_all_is_of_the_last_pass(vgsim, qtbot):
    session = vgsim.session
    session.toggle_train()
    qtbot.waitUntil(lambda: session.frame.step > 20)
    session.toggle_train()
    qtbot.waitUntil(lambda: not session.state.run.training)
    qtbot.waitUntil(lambda: getattr(session.state.verdict, "step", -1) + 1 == session.frame.step)
    assert note(why(vgsim)) == note(vgsim.window.workspace.network) == pass_of(session.frame)


def test_a_verdict_of_another_pass_says_so_where_nothing_cuts_it(vgsim, qtbot, monkeypatch):
    settled(vgsim, qtbot, 0, 3)
    monkeypatch.setattr(vgsim.session._adviser, "post", lambda case: None)  # it never comes
    vgsim.session.jump(Jump(JumpKind.STEP, 2))
    qtbot.waitUntil(lambda: place_of(vgsim.session.frame)[0] == 2)
    assert note(why(vgsim)) == "of pass 1"
    assert note(vgsim.window.workspace.network) == "pass 3"


def test_a_heading_keeps_its_note_when_all_else_is_cut(styled):
    heading = Heading("A very long title of a panel", "with a subtitle")
    heading.set_note("of pass 1,234")
    least = heading.minimumSizeHint().width()
    heading.resize(least, 26)
    title, subtitle = heading.shown()
    metrics = heading.fontMetrics()
    assert title.endswith("…") and not subtitle
    assert metrics.horizontalAdvance(title) < least - metrics.horizontalAdvance(heading.note) / 2


def test_the_last_update_is_named_in_the_heading_while_another_pass_runs(vgsim, qtbot):
    workspace = vgsim.window.workspace
    workspace.show_panel("updates")
    settled(vgsim, qtbot, 2, 5)
    qtbot.waitUntil(lambda: note(workspace.docks["updates"]) == "update 2")
    settled(vgsim, qtbot, 2, UPDATE)
    qtbot.waitUntil(lambda: note(workspace.docks["updates"]) == "update 3")


def test_edges_are_of_the_pass_at_its_update_too():
    experiment = Experiment(load_preset("sigmoid-stack"))
    experiment.seek(2, UPDATE - 1)
    before = frame_of(experiment)
    experiment.advance()
    after = frame_of(experiment)
    assert after.moment.phase is Phase.UPDATE
    for was, shown in zip(before.edges, after.edges, strict=True):
        np.testing.assert_allclose(shown, was, rtol=1e-9)


def test_going_back_forgets_what_came_later():
    experiment = Experiment(load_preset("rate-too-large"))
    fresh = judge(copy_of(experiment))
    experiment.run(60)
    experiment.seek(0, 0)
    assert judge(copy_of(experiment)) == fresh


def test_a_copy_at_an_update_stands_before_its_pass():
    experiment = Experiment(load_preset("sigmoid-stack"))
    experiment.run(7)
    copy = copy_of(experiment)
    other = Experiment(experiment.spec)
    other.run(6)
    assert copy.step == 6
    assert np.array_equal(copy.network.flat.values, other.network.flat.values)
