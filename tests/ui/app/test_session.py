"""The session: what is wanted, what runs, and what of it is refused."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from tests.helpers.specs import small
from vgsim.nn.experiment import Experiment
from vgsim.ui.app.session import Session
from vgsim.ui.pacing import Doing


@pytest.fixture
def session(qtbot):
    made = Session(small())
    made.start()
    qtbot.waitUntil(lambda: made.frame is not None)
    yield made
    made.close()


def _runs(session, qtbot, **wanted):
    """Wait until the running experiment has these fields."""
    paths = {path.replace("__", "."): value for path, value in wanted.items()}
    qtbot.waitUntil(lambda: all(session.frame.spec[p] == v for p, v in paths.items()))
    qtbot.waitUntil(lambda: session.spec == session.frame.spec)


def test_an_edit_right_after_a_preset_builds_on_the_preset(session, qtbot):
    session.choose_preset("worked-example")
    session.edit("training.seed", 11)
    _runs(session, qtbot, network__kind="chain", training__seed=11)


def test_edits_in_one_moment_all_count(session, qtbot):
    for path, value in (("network.depth", 2), ("network.width", 3), ("training.seed", 5)):
        session.edit(path, value)
    _runs(session, qtbot, network__depth=2, network__width=3, training__seed=5)


def test_a_good_edit_acts_beside_one_that_is_not_allowed(session, qtbot):
    session.edit("network.depth", "many")
    session.edit("network.width", 3)
    _runs(session, qtbot, network__width=3, network__depth=3)
    assert list(session.state.problems) == ["network.depth"]


def test_a_problem_goes_when_its_field_is_mended(session, qtbot):
    session.edit("network.depth", -1)
    session.edit("network.depth", 2)
    _runs(session, qtbot, network__depth=2)
    assert session.state.problems == {}


def test_refused_data_leave_the_experiment_and_are_mended_by_one_edit(session, qtbot, tmp_path):
    mine = small(network__depth=5).replace({"data.dataset": "csv"})
    session.open(mine)
    qtbot.waitUntil(lambda: "data.path" in session.state.problems)
    assert session.spec == small() and session.state.wanted == mine
    table = tmp_path / "table.csv"
    table.write_text("a,b,label\n" + "".join(f"{i},{i % 3},{i % 2}\n" for i in range(30)))
    session.edit("data.path", str(table))
    _runs(session, qtbot, data__dataset="csv", network__depth=5)
    assert session.state.problems == {}


def test_the_spec_is_that_of_the_experiment_that_runs(session, qtbot):
    session.edit("network.depth", 2)
    session.edit("data.dataset", "csv")
    qtbot.waitUntil(lambda: "data.path" in session.state.problems)
    session.step()
    qtbot.waitUntil(lambda: str(session.frame.moment) == "forward:1")
    assert session.spec == session.frame.spec


def test_training_toggled_twice_at_once_is_off(session, qtbot):
    session.toggle_train()
    session.toggle_train()
    session.step()
    qtbot.waitUntil(lambda: "forward" in str(session.frame.moment))
    assert not session.state.run.training


def test_after_a_failure_the_pass_begins_again(session, qtbot, monkeypatch, caplog):
    with monkeypatch.context() as broken:
        broken.setattr(Experiment, "_begin", lambda self: 1 / 0)
        with qtbot.waitSignal(session.failed):
            session.step()
    session.step()
    qtbot.waitUntil(lambda: str(session.frame.moment) == "forward:1")


def test_going_back_right_after_training_takes_one_step_not_all_of_them(session, qtbot):
    session.toggle_train()
    qtbot.waitUntil(lambda: session.frame.step > 30)
    session.toggle_train()
    qtbot.waitUntil(lambda: not session.state.run.training)
    experiment = session._worker._source.experiment
    assert experiment.checkpoints.before(experiment.step - 1).step == experiment.step - 1


def test_the_last_frame_is_shown_in_full_though_it_came_before_the_end_was_known(session):
    """The timer may take the frame of a stop before the word that training has stopped."""
    shown, last = [], session.frame

    def follow(before, now):
        if now.due is not before.due:
            shown.append((now.frame, now.due.in_full))

    session.changed.connect(follow)
    session._change_doing(Doing.TRAINING)
    session._mailbox.put(last)
    session._look()
    session._change_doing(Doing.AT_REST)
    session._look()
    session._look()
    assert shown == [(last, False), (last, True)]


def test_a_frame_that_is_there_before_its_experiment_is_told_of_waits_for_it(session, qtbot):
    qtbot.waitUntil(lambda: not session._timer.isActive())
    before = session.frame
    told: list[bool] = []

    def note(then, now):
        if now.frame is not then.frame:
            told.append(now.frame.generation == now.generation)

    session.changed.connect(note)
    session._generation = generation = before.generation + 1
    session._asked[generation] = session.spec
    session._mailbox.put(replace(before, generation=generation), session._events + 1)
    session._look()
    assert session.frame is before
    session._loaded(generation)
    assert session.frame.generation == generation and told == [True]


def test_a_frame_with_b_waits_until_b_is_told_of(session, qtbot):
    """The signal of a moment before may have it looked for when B is there already."""
    qtbot.waitUntil(lambda: not session._timer.isActive())
    before = session.frame
    session._mailbox.put(replace(before, other=before), session._events + 1)
    session._look()
    assert session.frame is before
    session._compared(session.spec, "")
    assert session.frame.other is before and session.state.other is session.spec


def test_judging_goes_on_once_fast_playing_has_ended(session, qtbot):
    """It waits while moments follow fast, and not a moment longer."""
    session.set_speed(1000.0)
    session.toggle_play()
    qtbot.waitUntil(lambda: session.frame.step == 1 and not session.state.run.playing)
    before = session.state.verdict
    session.seek(3, 0)
    qtbot.waitUntil(lambda: session.state.verdict is not before)


def test_judging_goes_on_once_fast_playing_is_paused(session, qtbot):
    session.set_speed(20.0)
    session.toggle_play()
    qtbot.waitUntil(lambda: session.frame is not None and session.frame.moment.position >= 3)
    session.toggle_play()
    before = session.state.verdict
    session.seek(3, 0)
    qtbot.waitUntil(lambda: session.state.verdict is not before)


def test_what_does_not_change_stays_the_same_object(session, qtbot):
    """So that who shows a part of the state sees at once whether it is another one."""
    told = []
    session.changed.connect(lambda before, now: told.append((before, now)))
    session.edit("network.width", 3)
    before, now = told[0]
    assert now.wanted is not before.wanted
    assert now.spec is before.spec and now.frame is before.frame and now.run is before.run


def test_every_change_goes_on_from_the_one_before(session, qtbot):
    told = []
    session.changed.connect(lambda before, now: told.append((before, now)))
    session.step()
    session.edit("network.width", 3)
    _runs(session, qtbot, network__width=3)
    assert all(now is before for (_, now), (before, _) in pairwise(told))
    assert told[-1][1] is session.state


def test_nothing_is_told_when_nothing_changed(session):
    told = []
    session.changed.connect(lambda before, now: told.append(now))
    session.want(session.state.request.kinds)
    session._tell()
    session._refresh_run()
    assert told == []


def test_on_a_long_way_the_run_is_jumping(session, qtbot):
    session.seek(5_000_000, 0)
    qtbot.waitUntil(lambda: session.state.run.doing is Doing.JUMPING)
    assert session.state.way.wanted == 5_000_000
    session.step()
    qtbot.waitUntil(lambda: session.state.run.doing is Doing.AT_REST)
    assert session.state.way is None


def test_another_experiment_has_no_verdict_yet(session, qtbot):
    qtbot.waitUntil(lambda: session.state.verdict is not None)
    session.open(small(network__width=2))
    assert session.state.verdict is None and session.state.effects == ()
