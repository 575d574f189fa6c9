"""The adviser's thread: verdicts, measured remedies, and what makes them stale."""

from __future__ import annotations

import threading
import time

import pytest

from tests.helpers.specs import small
from vgsim.diagnosis.stopping import Stopped
from vgsim.diagnosis.verdict import Remedy, Tone, Verdict
from vgsim.nn.experiment import Experiment
from vgsim.ui.app import adviser as module
from vgsim.ui.app.adviser import Adviser, Case

RELU = Remedy("ReLU", (("network.activation", "relu"),))
WIDER = Remedy("Wider", (("network.width", 6),))
REFUSED = Remedy("No layers", (("network.depth", -1),))
SLOW = Remedy("Slow", (("network.depth", 1000), ("network.width", 60)))


def verdict(*remedies: Remedy, title: str = "Vanishing") -> Verdict:
    return Verdict("vanishing_capped", title, (), (), 0.9, Tone.WARNING, remedies)


def case(
    generation: int = 1, effects: bool = True, at: Experiment | None = None, **changes
) -> Case:
    """The case of an experiment where it stands; of a new one when none is given."""
    experiment = at or Experiment(small(**changes))
    kept = experiment.checkpoints.before(experiment.step) if at else None
    return Case(experiment.spec, kept, experiment.history.view(), generation, effects)


class Advised:
    """A running adviser with a judge that a test sets, and all that it said."""

    def __init__(self, qtbot) -> None:
        self.qtbot = qtbot
        self.judge = lambda copy_of: verdict(RELU)
        self.adviser = Adviser(lambda copy_of, stop: self.judge(copy_of))
        self.verdicts, self.effects, self.failures = [], [], []
        self.adviser.judged.connect(lambda *said: self.verdicts.append(said))
        self.adviser.measured.connect(lambda *said: self.effects.append(said))
        self.adviser.failed.connect(lambda *said: self.failures.append(said))
        self.adviser.start()

    def post(self, *cases: Case) -> None:
        for each in cases:
            self.adviser.post(each)

    def until_effects(self, count: int):
        """What was told of effects for good, once they are so many."""
        self.qtbot.waitUntil(lambda: len(self._final()) >= count)
        return self._final()

    def _final(self):
        return [effect for _, effect in self.effects if effect.done]

    def until_verdicts(self, count: int):
        self.qtbot.waitUntil(lambda: len(self.verdicts) >= count)
        return [said for _, said in self.verdicts]


@pytest.fixture
def advised(qtbot):
    made = Advised(qtbot)
    yield made
    made.adviser.stop()


def test_a_verdict_comes_and_then_each_effect(advised):
    advised.judge = lambda copy_of: verdict(RELU, WIDER)
    advised.post(case(generation=5))
    found = advised.until_effects(2)
    assert [each.remedy for each in found] == [RELU, WIDER]
    assert {generation for generation, _ in advised.verdicts + advised.effects} == {5}


def test_the_judge_sees_the_experiment_where_it_stands(advised):
    experiment = Experiment(small())
    experiment.run(7)
    experiment.checkpoint()
    advised.judge = lambda copy_of: verdict(
        title=f"{copy_of.step} {len(copy_of.history.view().steps)} "
        f"{(copy_of.network.flat.values == experiment.network.flat.values).all()}"
    )
    advised.post(case(at=experiment))
    assert advised.until_verdicts(1)[0].title == "7 7 True"


def test_the_copy_is_kept_while_the_spec_is_the_same(advised):
    copies = []
    advised.judge = lambda copy_of: verdict(title=str(copies.append(copy_of)))
    for number, seed in enumerate((1, 1, 2)):
        advised.post(case(training__seed=seed))
        advised.until_verdicts(number + 1)
    assert copies[0] is copies[1] is not copies[2]


def test_without_a_checkpoint_the_copy_starts_again(advised):
    def judge(copy_of):
        copy_of.run(3)
        return verdict(title=str(copy_of.step))

    advised.judge = judge
    for number in (1, 2):
        advised.post(case())
        assert advised.until_verdicts(number)[-1].title == "3"


def test_effects_come_only_when_they_are_wanted(advised):
    advised.post(case(effects=False))
    advised.until_verdicts(1)
    advised.post(case(generation=2))
    advised.until_effects(1)
    assert {generation for generation, _ in advised.effects} == {2}


def test_what_is_known_of_a_spec_is_told_again_without_measuring(advised):
    advised.post(case())
    first = advised.until_effects(1)[0]
    advised.post(case(generation=2, effects=False))
    assert advised.until_effects(2)[-1] is first


def test_another_spec_is_measured_anew(advised):
    advised.post(case())
    advised.until_effects(1)
    advised.post(case(training__seed=3))
    first, second = advised.until_effects(2)
    assert first.before.loss != second.before.loss


def test_a_refused_remedy_says_why_and_the_next_is_measured(advised):
    advised.judge = lambda copy_of: verdict(REFUSED, RELU)
    advised.post(case())
    refused, measured = advised.until_effects(2)
    assert "network.depth" in refused.refused and not measured.refused


def test_a_newer_case_ends_the_measurement(advised):
    advised.judge = lambda copy_of: verdict(SLOW if copy_of.spec.training.seed == 1 else RELU)
    advised.post(case(1, training__seed=1))
    advised.until_verdicts(1)
    advised.post(case(2, training__seed=2))
    advised.until_effects(1)
    found = {(number, effect.remedy) for number, effect in advised.effects if effect.done}
    assert found == {(2, RELU)}


def test_of_many_waiting_cases_only_the_newest_is_judged(advised, monkeypatch):
    began, go = threading.Event(), threading.Event()

    def judge(copy_of):
        began.set()
        go.wait()
        return verdict()

    advised.judge = judge
    advised.post(case(1))
    began.wait()
    advised.post(*[case(number) for number in range(2, 30)])
    go.set()
    advised.until_verdicts(2)
    assert [generation for generation, _ in advised.verdicts] == [1, 29]


def test_judging_rests_between_cases_that_follow_each_other(advised, monkeypatch):
    monkeypatch.setattr(module, "SHARE", 0.25)
    began = []

    def judge(copy_of):
        began.append(time.monotonic())
        time.sleep(0.03)
        return verdict()

    advised.judge = judge
    for number in (1, 2):
        advised.post(case(number))
        advised.until_verdicts(number)
    assert began[1] - began[0] >= 0.12


def test_stopping_in_the_middle_of_a_measurement_ends_it(advised):
    advised.judge = lambda copy_of: verdict(SLOW)
    advised.post(case())
    advised.until_verdicts(1)
    advised.adviser.stop()
    assert not advised._final() and not advised.adviser.isRunning()


def test_stopping_during_the_rest_is_quick(advised, monkeypatch):
    monkeypatch.setattr(module, "SHARE", 1e-6)
    advised.post(case(effects=False))
    advised.until_verdicts(1)
    advised.post(case(2))
    advised.adviser.stop()
    assert len(advised.verdicts) == 1


def test_a_failing_judge_is_told_and_survived(advised, caplog):
    def judge(copy_of):
        raise ZeroDivisionError("no hops")

    advised.judge = judge
    advised.post(case(generation=4))
    advised.qtbot.waitUntil(lambda: bool(advised.failures))
    assert advised.failures == [(4, "ZeroDivisionError: no hops")]
    assert "could not be judged" in caplog.text
    advised.judge = lambda copy_of: verdict()
    advised.post(case(generation=5))
    advised.until_verdicts(1)


def test_data_that_cannot_be_read_are_told(advised, caplog):
    history = Experiment(small()).history.view()
    advised.post(Case(small(data__dataset="csv"), None, history, 1, True))
    advised.qtbot.waitUntil(lambda: bool(advised.failures))
    assert "data.path" in advised.failures[0][1]


def test_a_heavy_copy_is_not_kept_while_remedies_are_measured(advised, monkeypatch):
    monkeypatch.setattr(module, "HEAVY", 0)
    advised.post(case())
    advised.until_effects(1)
    assert advised.adviser._copy is None
    advised.post(case(2))
    advised.until_verdicts(2)


def test_judging_ends_when_another_experiment_is_to_be_judged(advised):
    """A later step of the same one waits; a network that nobody runs any more does not count."""
    stops, began = [], threading.Event()

    def judge(copy_of, stop):
        began.set()
        while not stop():
            time.sleep(0.001)
        stops.append(copy_of.spec.training.seed)
        raise Stopped

    advised.adviser._judge = judge
    advised.post(case(1, training__seed=1))
    began.wait()
    advised.post(case(2, training__seed=2))
    advised.qtbot.waitUntil(lambda: stops == [1])
    advised.adviser.stop()
    assert stops in ([1], [1, 2]) and not advised.adviser.isRunning()


def test_judging_rests_while_it_is_held(advised):
    asked = []

    def judge(copy_of, stop):
        asked.append("before")
        stop()
        asked.append("behind")
        return verdict()

    advised.adviser._judge = judge
    advised.adviser.hold(True)
    advised.post(case())
    advised.qtbot.waitUntil(lambda: asked == ["before"])
    advised.qtbot.wait(30)
    assert asked == ["before"]
    advised.adviser.hold(False)
    advised.until_verdicts(1)


def test_one_that_is_held_can_be_stopped(advised):
    advised.adviser.hold(True)
    advised.adviser._judge = lambda copy_of, stop: verdict(RELU) if not stop() else verdict()
    advised.post(case())
    advised.adviser.stop()
    assert not advised.adviser.isRunning()
