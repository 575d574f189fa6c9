"""The worker thread, driven by its commands."""

from __future__ import annotations

import logging
import sys

import numpy as np
import pytest

from tests.helpers.specs import small
from vgsim.app.commands import Compare, Load, Look, Play, Reset, Seek, Speed, Step, Train
from vgsim.app.mailbox import Mailbox
from vgsim.app.worker import Mode, Worker
from vgsim.engine.experiment import Experiment
from vgsim.engine.readings import Updates, Wish


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
            with self.qtbot.waitSignal(self.worker.arrived):
                self.worker.post(command)
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
    with qtbot.waitSignal(driven.worker.mode_changed, check_params_cb=lambda m: m is Mode.IDLE):
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
    with qtbot.waitSignal(driven.worker.underway) as told:
        driven.worker.post(Seek(10_000_000, 0))
    who, step, wanted = told.args
    assert who == "" and 0 < step < wanted == 10_000_000
    assert driven.after(Step()).step < wanted


def test_other_readings_do_not_end_a_way(driven):
    driven.after(Load(small(), 1))
    driven.worker.post(Seek(300, 2))
    driven.worker.post(Look(Wish(frozenset({Updates}))))
    assert driven.until(300).step == 300


def test_no_command_is_lost_while_another_experiment_keeps_up(driven, qtbot):
    """B is the larger, so nearly every command comes while B is at work and asks for it."""
    driven.after(Load(small(), 1), Compare(small(network__depth=30, network__width=64)))
    for steps in (5, 10, 15, 20):
        driven.worker.post(Train())
        driven.until(steps)
        with qtbot.waitSignal(driven.worker.mode_changed, check_params_cb=lambda m: m is Mode.IDLE):
            driven.worker.post(Train())
