"""The worker thread, driven by its commands."""

from __future__ import annotations

import logging
import sys
import threading

import numpy as np
import pytest
from PySide6.QtCore import QObject, Qt, Slot

from tests.helpers.specs import small
from vgsim.core import untrusted
from vgsim.measure.request import Request
from vgsim.measure.stops import StopRules
from vgsim.measure.updates import Updates
from vgsim.nn.experiment import Experiment
from vgsim.ui.app.inbox import Mailbox
from vgsim.ui.app.messages import (
    Compare,
    Load,
    Measure,
    Play,
    Reset,
    Seek,
    Speed,
    Step,
    Stops,
    Swap,
    Train,
)
from vgsim.ui.app.worker import Worker
from vgsim.ui.pacing import Doing


class Driven:
    """A running worker and what it leaves in the mailbox."""

    def __init__(self, qtbot) -> None:
        self.mailbox = Mailbox()
        self.worker = Worker(self.mailbox)
        self.qtbot = qtbot
        self.worker.start()

    def after(self, *commands):
        """The frame that the last of these commands brings."""
        for command in commands:
            self.mailbox.take()
            self.worker.post(command)
            # no waiting for `arrived`: one that is emitted while pytest-qt takes itself off it
            # ends the process now and then
            self.qtbot.waitUntil(lambda: not self.mailbox.empty)
        return self.mailbox.take()

    def until(self, steps: int):
        """The first frame with so many steps."""

        def far_enough() -> bool:
            frame = self.mailbox.take()
            if frame is not None and frame.step >= steps:
                self.frame = frame
                return True
            return False

        self.qtbot.waitUntil(far_enough)
        return self.frame


@pytest.fixture
def driven(qtbot):
    made = Driven(qtbot)
    yield made
    made.worker.stop()


def _rests(doing):
    return doing is Doing.AT_REST


@pytest.fixture
def endless(monkeypatch, tmp_path):
    """An experiment whose data have no end, and an event that says that they are being read."""
    begun = threading.Event()

    class Endless(untrusted._Stoppable):
        def readinto(self, buffer, /):
            begun.set()
            if self._stop():
                raise untrusted.GivenUp
            rows = b"1,2,x\n" * (len(buffer) // 6)
            buffer[: len(rows)] = rows
            return len(rows)

    monkeypatch.setattr(untrusted, "_Stoppable", Endless)
    (tmp_path / "endless.csv").write_text("some")
    return small(data__dataset="csv", data__path=str(tmp_path / "endless.csv")), begun


def test_another_experiment_ends_the_reading_of_data(driven, qtbot, endless):
    spec, begun = endless
    driven.worker.post(Load(spec, 1))
    qtbot.waitUntil(begun.is_set)
    assert driven.after(Load(small(), 2)).generation == 2


def test_the_end_ends_the_reading_of_data(driven, qtbot, endless):
    spec, begun = endless
    driven.worker.post(Load(spec, 1))
    qtbot.waitUntil(begun.is_set)
    driven.worker.stop()
    assert driven.mailbox.empty


def test_nothing_to_compare_with_ends_the_reading_of_its_data(driven, qtbot, endless):
    spec, begun = endless
    driven.after(Load(small(), 1))
    driven.worker.post(Compare(spec))
    qtbot.waitUntil(begun.is_set)
    assert driven.after(Compare(None)).other is None


def test_loading_brings_the_first_moment(driven):
    frame = driven.after(Load(small(), 3))
    assert str(frame.moment) == "start" and frame.generation == 3


def test_a_step_brings_the_next_moment(driven):
    assert str(driven.after(Load(small(), 1), Step()).moment) == "forward:1"


def test_back_undoes_a_step(driven):
    frame = driven.after(Load(small(), 1), Step(), Step(), Step(back=True))
    assert str(frame.moment) == "forward:1"


def test_back_at_the_start_stays_there(driven):
    assert str(driven.after(Load(small(), 1), Step(back=True)).moment) == "start"


def test_back_crosses_an_update(driven):
    moments = len(Experiment(small()).timeline)
    there = driven.after(Load(small(), 1), *[Step()] * moments)
    assert there.step == 1 and str(there.moment) == "forward:1"
    assert str(driven.after(Step(back=True)).moment) == "update"
    frame = driven.after(Step(back=True))
    assert frame.step == 0 and str(frame.moment) == "backward:1"


def test_playing_takes_every_moment_and_ends_with_the_update(driven, qtbot):
    driven.after(Load(small(), 1))
    driven.worker.post(Speed(1000.0))
    with qtbot.waitSignal(driven.worker.doing_changed, check_params_cb=_rests):
        driven.worker.post(Play())
    assert driven.until(1).step == 1


def test_training_goes_on_until_it_is_paused(driven):
    driven.after(Load(small(), 1))
    driven.worker.post(Train())
    assert driven.until(50).step >= 50
    paused = driven.after(Train())
    assert str(paused.moment) == "update"


def test_reset_goes_back_to_the_same_start(driven):
    driven.after(Load(small(), 1))
    driven.worker.post(Train())
    driven.until(10)
    frame = driven.after(Reset())
    assert frame.step == 0 and str(frame.moment) == "start"


def test_thread_and_command_line_give_the_same_history(driven):
    spec = small(training__optimizer="momentum")
    driven.after(Load(spec, 1))
    driven.worker.post(Train())
    driven.until(30)
    seen = driven.after(Train())
    alone = Experiment(spec)
    alone.run(seen.step)
    assert np.array_equal(seen.history.dh_rms, alone.history.view().dh_rms)
    assert np.array_equal(seen.history.loss, alone.history.view().loss)


def test_a_new_spec_shows_the_same_moment(driven):
    driven.after(Load(small(), 1), *[Step()] * 7)
    frame = driven.after(Load(small(network__activation="relu"), 2))
    assert str(frame.moment) == "backward:3" and frame.generation == 2


def test_a_refused_spec_leaves_the_experiment_as_it_was(driven, qtbot):
    driven.after(Load(small(), 1))
    with qtbot.waitSignal(driven.worker.refused) as refused:
        driven.worker.post(Load(small(data__dataset="csv"), 2))
    assert refused.args[0] == 2 and refused.args[1].problems[0].path == "data.path"
    assert driven.after(Step()).generation == 1


def test_an_exception_is_handed_over_and_the_thread_lives_on(driven, qtbot, monkeypatch, caplog):
    driven.after(Load(small(), 1))
    with monkeypatch.context() as broken, caplog.at_level(logging.CRITICAL):
        broken.setattr(Experiment, "advance", lambda self: 1 / 0)
        with qtbot.waitSignal(driven.worker.failed) as failed:
            driven.worker.post(Step())
    assert "ZeroDivisionError" in failed.args[0] and "Traceback" in failed.args[1]
    assert str(driven.after(Step()).moment) == "forward:1"


def test_stopping_while_training_ends_the_thread(driven):
    driven.after(Load(small(), 1))
    driven.worker.post(Train())
    driven.until(5)
    driven.worker.stop()
    assert driven.worker.isFinished()


def test_references_to_none_stay_stable_over_many_updates(qtbot):
    from PySide6.QtWidgets import QWidget

    widget = QWidget()
    qtbot.addWidget(widget)
    before = sys.getrefcount(None)
    for _ in range(1000):
        widget.update()
    assert abs(sys.getrefcount(None) - before) < 100


def test_a_long_way_is_told_and_a_command_ends_it(driven, qtbot):
    driven.after(Load(small(), 1))
    told = []
    driven.worker.underway.connect(told.append, Qt.ConnectionType.DirectConnection)
    driven.worker.post(Seek(10_000_000, 0))
    qtbot.waitUntil(lambda: bool(told))
    way = told[0]
    assert way.who == "" and 0 < way.step < way.wanted == 10_000_000
    assert driven.after(Step()).step < way.wanted


def test_other_measurements_do_not_end_a_way(driven):
    driven.after(Load(small(), 1))
    driven.worker.post(Seek(300, 2))
    driven.worker.post(Measure(Request(frozenset({Updates}))))
    assert driven.until(300).step == 300


def test_no_command_is_lost_while_another_experiment_keeps_up(driven, qtbot):
    """B is the larger, so nearly every command comes while B is at work and asks for it."""
    driven.after(Load(small(), 1), Compare(small(network__depth=30, network__width=64)))
    for steps in (5, 10, 15, 20):
        driven.worker.post(Train())
        driven.until(steps)
        with qtbot.waitSignal(driven.worker.doing_changed, check_params_cb=_rests):
            driven.worker.post(Train())


def test_a_swap_ends_the_long_way_of_b_and_both_stand_at_one_place(driven):
    driven.after(Load(small(), 1), Compare(small(network__depth=30, network__width=64)))
    driven.worker.post(Seek(9000, 3))
    frame = driven.after(Swap(2))
    while frame.generation < 2:  # the way that it ended brought a frame, too
        frame = driven.after(Measure(Request(frozenset([Updates]))))
    assert frame.spec.network.depth == 30 and frame.other.spec == small()
    assert frame.other.step == frame.step and frame.other.moment.phase is frame.moment.phase


def test_a_swap_while_training_loses_no_update_of_either(driven):
    driven.after(Load(small(), 1), Compare(small(network__width=7)))
    driven.worker.post(Train())
    driven.until(10)
    driven.worker.post(Swap(2))
    driven.until(driven.frame.step + 10)
    frame = driven.after(Train())
    assert frame.generation == 2 and frame.widths[0] == 7
    for one in (frame, frame.other):
        fresh = Experiment(one.spec)
        fresh.run(frame.step)
        assert one.loss == fresh.value and len(one.history.steps) == frame.step


def test_a_swap_of_one_alone_changes_nothing(driven):
    driven.after(Load(small(), 1))
    frame = driven.after(Swap(2))
    assert frame.spec == small() and frame.generation == 2 and frame.other is None


def told(qtbot, signal):
    """A list that fills with what ``signal`` tells in this thread."""
    heard = []
    receiver = Receiver(heard)
    signal.connect(receiver.take)
    return heard, receiver


class Receiver(QObject):
    def __init__(self, heard) -> None:
        super().__init__()
        self._heard = heard

    @Slot(object)
    def take(self, said) -> None:
        self._heard.append(said)


def test_a_stop_rule_met_at_once_asks_for_the_remedies(driven, qtbot):
    """The step at which training ends is judged again, though it was judged while it went on."""
    cases, _kept = told(qtbot, driven.worker.to_judge)
    driven.after(Load(small(), 1))
    with qtbot.waitSignal(driven.worker.stopped):
        driven.worker.post(Stops(StopRules(floor=1e5)))
        driven.worker.post(Train())
    qtbot.waitUntil(lambda: len(cases) >= 2 and cases[-1].wanted_effects)
    assert cases[-1].step == 0  # the pass whose update met the rule


def test_a_refused_spec_leaves_both_at_one_place(driven, qtbot):
    """The refused one ends the long way of B, which is then taken to its end."""
    driven.after(Load(small(), 1), Compare(small(network__width=7)), Seek(400, 3))
    driven.worker.post(Seek(9000, 3))
    driven.worker.post(Load(small(data__dataset="csv"), 2))
    frame = driven.after(Step())
    assert frame.other.step == frame.step and frame.other.moment == frame.moment


def test_a_new_experiment_begins_at_rest_though_an_edit_overtakes_it(driven, qtbot):
    driven.after(Load(small(), 1))
    driven.worker.post(Train())
    driven.until(5)
    with qtbot.waitSignal(driven.worker.loaded, check_params_cb=lambda generation: generation == 3):
        driven.worker.post(Load(small(), 2, keep_place=False))
        driven.worker.post(Load(small(network__width=7), 3))
    qtbot.waitUntil(lambda: driven.worker._doing is Doing.AT_REST)
    seen = []
    qtbot.waitUntil(
        lambda: seen.append(driven.mailbox.take()) or getattr(seen[-1], "generation", 0) == 3
    )
    assert str(seen[-1].moment) == "start" and seen[-1].step == 0


def test_a_failure_of_b_is_told_once(driven, qtbot, monkeypatch, caplog):
    driven.after(Load(small(), 1), Compare(small(network__width=7)))
    network = type(Experiment(small()).network)
    with monkeypatch.context() as broken, caplog.at_level(logging.CRITICAL):
        broken.setattr(network, "derivatives", lambda self: 1 / 0)
        with qtbot.waitSignal(driven.worker.failed):
            driven.worker.post(Seek(0, 6))
    frame = driven.after(Seek(0, 6))
    assert frame.other.moment.phase is frame.moment.phase
