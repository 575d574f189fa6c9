"""A sweep: every member once, in the order asked for, whatever pauses or ends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.maps import figures, figures_in, small_plan
from vgsim.core.container import BadContainer
from vgsim.diagnosis import judge
from vgsim.nn.experiment import Experiment
from vgsim.sweep.driver import Sweep
from vgsim.sweep.executors import Here, SerialExecutor, SweepError
from vgsim.sweep.plan import Index, dumps
from vgsim.sweep.results import MemberResult
from vgsim.sweep.store import MapStore
from vgsim.sweep.tasks import SweepTask, run_task, versions


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.vgmap"


class Unwanted(Here):
    """Workers that are not to be started."""

    def start(self) -> Executor:
        raise AssertionError("workers were started")


def test_every_member_comes_once(path: Path) -> None:
    plan = small_plan(seeds=2)
    with MapStore.begin(path, plan) as store:
        sweep = Sweep(store, Here())
        come = [result for batch in sweep for result in batch]
        assert sweep.progress().done == sweep.progress().of == 18
    assert len(come) == len(figures(come)) == 18
    assert figures_in(path) == figures(come)


def test_nothing_is_started_when_nothing_is_missing(path: Path) -> None:
    with MapStore.begin(path, small_plan()) as store:
        list(Sweep(store, Here()))
        assert list(Sweep(store, Unwanted())) == []


def test_what_is_there_is_not_computed_again(path: Path) -> None:
    known = MemberResult((0, 0), 0, first=123.0)
    with MapStore.begin(path, small_plan()) as store:
        store.add([known])
        come = [result for batch in Sweep(store, Here()) for result in batch]
    assert len(come) == 8
    assert figures([known]).items() <= figures_in(path).items()


def test_leaving_the_loop_keeps_what_has_come(path: Path) -> None:
    with MapStore.begin(path, small_plan(seeds=5)) as store:
        for batch in Sweep(store, Here(), task_seconds=0):
            if batch:
                break
        kept = len(store.results())
        assert 0 < kept < 45
        assert sum(len(batch) for batch in Sweep(store, Here())) == 45 - kept


def test_a_canceled_sweep_ends_and_keeps_what_has_come(path: Path) -> None:
    with MapStore.begin(path, small_plan(seeds=5)) as store:
        sweep = Sweep(store, Here(), task_seconds=0)
        come = []
        for batch in sweep:
            come += batch
            sweep.cancel()
        assert 0 < len(come) < 45
        assert figures(store.results()) == figures(come)


def test_ctrl_c_while_results_are_written_keeps_them(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    come: list[MemberResult] = []

    def interrupted(_: MapStore, results: list[MemberResult]) -> None:
        come.extend(results)
        monkeypatch.undo()
        raise KeyboardInterrupt

    with MapStore.begin(path, small_plan()) as store:
        monkeypatch.setattr(MapStore, "add", interrupted)
        with pytest.raises(KeyboardInterrupt):
            list(Sweep(store, Here()))
        assert come
        assert figures(store.results()) == figures(come)


def test_a_pause_sends_nothing(path: Path) -> None:
    with MapStore.begin(path, small_plan(seeds=3)) as store:
        sweep = Sweep(store, Here(), task_seconds=0)
        batches = iter(sweep)
        next(batches)
        sweep.pause()
        while next(batches):  # what was sent still comes
            pass
        before = sweep.progress().done
        assert next(batches) == [] and next(batches) == []
        assert sweep.progress().done == before
        sweep.resume()
        assert sum(map(len, batches)) == 27 - before


def test_cells_come_in_the_order_asked_for(path: Path) -> None:
    with MapStore.begin(path, small_plan()) as store:
        sweep = Sweep(store, Here(), [[(2, 2)], [(0, 0), (1, 1)]], task_seconds=0, of=3)
        come = [result.index for batch in sweep for result in batch]
    assert come == [(2, 2), (1, 1), (0, 0)]  # of a group the dearest first
    assert sweep.progress().of == 3


def test_a_coarse_grid_is_there_before_dearer_cells_of_a_finer_one(path: Path) -> None:
    with MapStore.begin(path, small_plan()) as store:
        sweep = Sweep(store, Here(), [[(0, 0), (0, 2)], [(2, 2)]], of=3)
        come = [result.index for batch in sweep for result in batch]
    assert come == [(0, 0), (0, 2), (2, 2)]


def test_an_order_in_turn_sees_what_has_come(path: Path) -> None:
    with MapStore.begin(path, small_plan(seeds=2)) as store:

        def refining() -> Iterator[list[Index]]:
            yield [(0, 0), (2, 2)]
            assert len(store.results()) == 4
            yield [(1, 1)]
            assert len(store.results()) == 6

        sweep = Sweep(store, Here(), refining(), in_turn=True, task_seconds=0)
        assert sum(map(len, sweep)) == 6


def test_a_member_has_the_figures_of_the_experiment_alone(path: Path) -> None:
    plan = small_plan(steps=3, reach=0.65)
    with MapStore.begin(path, plan) as store:
        list(Sweep(store, Here()))
        (found,) = [result for result in store.results() if result.index == (2, 1)]
    alone = Experiment(plan.member((2, 1), 0))
    losses = []
    for _ in range(4):
        alone.run(1)
        losses.append(alone.value)
    assert found.loss == pytest.approx(losses[3], rel=1e-12)
    assert found.first == pytest.approx(alone.telemetry.dh_rms[0], rel=1e-12)
    assert found.last == pytest.approx(alone.telemetry.dh_rms[2], rel=1e-12)
    assert found.hops == 2
    reached = [step for step, loss in enumerate(losses) if loss <= 0.65]
    assert found.reached == (reached[0] if reached else -1)


def test_members_are_judged_as_the_experiment_alone_is(path: Path) -> None:
    plan = small_plan(y="training.learning_rate=1e-4,0.1,50", steps=40, judged=True)
    with MapStore.begin(path, plan) as store:
        list(Sweep(store, Here()))
        found = {result.index: result.verdict for result in store.results()}
    alone = {}
    for index in plan.indices():
        experiment = Experiment(plan.member(index, 0))
        experiment.run(40)
        alone[index] = judge(experiment).outcome
    assert found == alone
    assert len(set(found.values())) > 1


def test_a_member_that_cannot_be_made_says_why(path: Path) -> None:
    plan = small_plan("training.loss=mse,hinge", "init.gain=1,2", fields={"data.dataset": "sine"})
    with MapStore.begin(path, plan) as store:
        list(Sweep(store, Here()))
        failed = store.failures()
        assert len(store.results()) == 4
    assert sorted(result.index for result in failed) == [(1, 0), (1, 1)]
    assert "whose labels are numbers" in failed[0].failure


def test_a_file_that_cannot_be_written_ends_it_in_one_sentence(path: Path) -> None:
    with MapStore.begin(path, small_plan()) as store:
        sweep = iter(Sweep(store, Here(), task_seconds=0))
        next(sweep)
        store._database.execute("PRAGMA max_page_count=1")
        store._database.execute("PRAGMA query_only=ON")
        with pytest.raises(BadContainer, match="cannot be written"):
            list(sweep)
        store._database.execute("PRAGMA query_only=OFF")


class Silent(Here):
    """Workers whose first executors answer nothing, and those after them as they should."""

    def __init__(self, silent: int) -> None:
        self.silent = silent
        self.started = 0

    def start(self) -> Executor:
        self.started += 1
        if self.started > self.silent:
            return super().start()
        return SilentExecutor()


class SilentExecutor(SerialExecutor):
    """Takes tasks, and that is all."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return Future()


def test_tasks_that_never_come_back_are_sent_again(path: Path) -> None:
    workers = Silent(2)
    with MapStore.begin(path, small_plan()) as store:
        sweep = Sweep(store, workers, patience=0)
        sweep._rates.learn(1e9, 1e-6)  # so that nothing is waited for long
        list(sweep)
        assert len(store.results()) == 9
        assert store.failures() == []
    assert workers.started == 3


def test_a_member_whose_task_never_comes_back_is_given_up(path: Path) -> None:
    plan = small_plan("network.depth=1:2:2", "init.gain=1,2")
    with MapStore.begin(path, plan) as store:
        sweep = Sweep(store, Silent(10**6), patience=0)
        sweep._rates.learn(1e9, 1e-6)
        list(sweep)
        assert [bool(result.failure) for result in store.results()] == [True] * 4


class Gone(Here):
    """Workers that go away for good."""

    def start(self) -> Executor:
        return GoneExecutor()


class GoneExecutor(SerialExecutor):
    """Cancels what it is given, as a client does whose scheduler is gone."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.cancel()
        future.set_running_or_notify_cancel()
        return future


def test_workers_that_are_gone_end_it_in_one_sentence(path: Path) -> None:
    with (
        MapStore.begin(path, small_plan()) as store,
        pytest.raises(SweepError, match="what has come is kept"),
    ):
        list(Sweep(store, Gone()))


def test_threads_of_one_process_do_not_disturb_each_other() -> None:
    plan = small_plan("network.depth=1:3:3", "init.gain=0.5:1.5:4", seeds=2, steps=3)
    tasks = [
        SweepTask(versions(), dumps(plan), tuple((index, seed) for seed in range(2)))
        for index in plan.indices()
    ]
    with ThreadPoolExecutor(4) as pool:
        at_once = [result for results in pool.map(run_task, tasks) for result in results]
    assert figures(at_once) == figures(result for task in tasks for result in run_task(task))
