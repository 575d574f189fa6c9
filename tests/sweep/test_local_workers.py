"""Processes of this machine: what they are given, and what is left when one of them ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.helpers.maps import figures, figures_in, small_plan
from tests.helpers.sweeping import POISON, long_plan, poisoned_task
from vgsim.sweep.driver import Sweep
from vgsim.sweep.executors import Here, LocalWorkers, SpawnedPool
from vgsim.sweep.store import MapStore, StoredMap

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow
KILLS = 3
"""Random moments of a run of the tests; ``-m exhaustive`` takes 20."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.vgmap"


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> dict[Any, Any]:
    """The figures of the long plan, computed in one go."""
    path = tmp_path_factory.mktemp("whole") / "a.vgmap"
    with MapStore.begin(path, long_plan()) as store:
        list(Sweep(store, Here()))
    return figures_in(path)


@pytest.fixture
def pool() -> Iterator[SpawnedPool]:
    workers = LocalWorkers(1)
    pool = workers.start()
    assert isinstance(pool, SpawnedPool)
    yield pool
    workers.stop(pool)


def test_a_worker_knows_no_qt(pool: SpawnedPool) -> None:
    loaded = pool.submit(eval, "[name for name in __import__('sys').modules]").result()
    assert "vgsim.nn.experiment" in loaded
    assert not {"PySide6", "pyqtgraph", "pytest"} & set(loaded)
    assert "vgsim.diagnosis" not in loaded  # only where members are judged


def test_a_worker_computes_with_one_thread_whatever_the_user_has_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "4")
    workers = LocalWorkers(1)
    pool = workers.start()
    assert pool.submit(os.getenv, "OPENBLAS_NUM_THREADS").result() == "1"
    assert os.environ["OPENBLAS_NUM_THREADS"] == "4"
    workers.stop(pool)


def test_processes_give_what_this_one_gives(path: Path, tmp_path: Path) -> None:
    plan = small_plan(seeds=2, steps=2)
    with MapStore.begin(path, plan) as store:
        come = [result for batch in Sweep(store, LocalWorkers(2)) for result in batch]
    with MapStore.begin(tmp_path / "b.vgmap", plan) as store:
        here = [result for batch in Sweep(store, Here()) for result in batch]
    assert figures(come) == figures(here)


def test_a_program_needs_no_guard_and_may_have_qt(tmp_path: Path) -> None:
    script = tmp_path / "mine.py"
    script.write_text(
        "import PySide6.QtCore\n"
        "from tests.helpers.maps import small_plan\n"
        "from vgsim.sweep.driver import Sweep\n"
        "from vgsim.sweep.executors import LocalWorkers\n"
        "from vgsim.sweep.store import MapStore\n"
        "with MapStore.begin('a.vgmap', small_plan()) as store:\n"
        "    print(sum(len(batch) for batch in Sweep(store, LocalWorkers(2))))\n",
        "utf-8",
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, script], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("9\n", "")


def started(path: Path, where: str = "2") -> subprocess.Popen[str]:
    """A sweep of the long plan as a program, in a group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.helpers.sweeping", str(path), where],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0,
    )  # fmt: skip


def ended(process: int) -> bool:
    """Whether a process is gone; one that waits to be gathered is."""
    try:
        state = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state == "Z"


def children_of(process: int) -> list[int]:
    """Processes that it has started."""
    return [
        int(word) for word in Path(f"/proc/{process}/task/{process}/children").read_text().split()
    ]


linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@linux
def test_ctrl_c_keeps_what_has_come_and_ends_at_once(path: Path) -> None:
    run = started(path)
    assert run.stdout is not None
    come = int(run.stdout.readline())
    os.killpg(run.pid, signal.SIGINT)
    out, complaints = run.communicate(timeout=60)
    assert out.endswith("interrupted\n")
    assert complaints == ""
    kept = StoredMap(path).refresh()
    assert come <= len(kept) < 60
    assert os.listdir(path.parent) == ["a.vgmap"]


@linux
def test_workers_end_with_their_parent(path: Path) -> None:
    run = started(path)
    assert run.stdout is not None
    run.stdout.readline()
    workers = children_of(run.pid)
    assert len(workers) >= 2
    run.kill()
    run.communicate()
    until = time.monotonic() + 60
    while not all(map(ended, workers)) and time.monotonic() < until:
        time.sleep(0.05)
    assert all(map(ended, workers))


def killed_parents(path: Path, times: int, seed: int) -> None:
    """Run the long plan, kill it at random moments, and go on, until it has ended."""
    random = Random(seed)
    for _ in range(times):
        run = started(path)
        assert run.stdout is not None
        for _ in range(random.randrange(1, 4)):
            run.stdout.readline()
        time.sleep(random.random() * 0.2)
        run.kill()
        run.communicate()
    assert started(path).communicate()[0].endswith("end\n")


@linux
def test_a_killed_sweep_goes_on_to_the_same_map(path: Path, uninterrupted: dict[Any, Any]) -> None:
    killed_parents(path, KILLS, 0)
    assert figures_in(path) == uninterrupted


@pytest.mark.exhaustive
@linux
def test_a_sweep_killed_20_times(path: Path, uninterrupted: dict[Any, Any]) -> None:
    killed_parents(path, 20, 1)
    assert figures_in(path) == uninterrupted


class KilledAtRandom(LocalWorkers):
    """Two processes, of which one is killed now and then."""

    def __init__(self, times: int, seed: int) -> None:
        super().__init__(2)
        self.times = times
        self._random = Random(seed)
        self.pool: Executor | None = None

    def start(self) -> Executor:
        self.pool = super().start()
        return self.pool

    def kill_one(self) -> None:
        """Kill one of the processes, by chance."""
        assert isinstance(self.pool, SpawnedPool)
        alive = list((self.pool._processes or {}).values())
        if self.times and alive and self._random.random() < 0.5:
            self.times -= 1
            time.sleep(self._random.random() * 0.1)
            self._random.choice(alive).kill()


def killed_workers(path: Path, times: int, seed: int) -> None:
    """Compute the long plan, again and again, until so many processes were killed."""
    workers = KilledAtRandom(times, seed)
    while workers.times:
        path.unlink(missing_ok=True)
        with MapStore.begin(path, long_plan()) as store:
            for batch in Sweep(store, workers, task_seconds=0.02):
                if batch:
                    workers.kill_one()


def test_a_lost_worker_changes_nothing(path: Path, uninterrupted: dict[Any, Any]) -> None:
    killed_workers(path, KILLS, 2)
    assert figures_in(path) == uninterrupted


@pytest.mark.exhaustive
def test_20_lost_workers_change_nothing(path: Path, uninterrupted: dict[Any, Any]) -> None:
    killed_workers(path, 20, 3)
    assert figures_in(path) == uninterrupted


class PoisonedPool(SpawnedPool):
    """Processes that end when they are given a certain cell."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        called = poisoned_task if fn.__name__ == "run_task" else fn
        return super().submit(called, *args, **kwargs)


class PoisonedWorkers(LocalWorkers):
    """The same as workers."""

    def start(self) -> Executor:
        return PoisonedPool(2)


def test_a_cell_that_ends_its_worker_is_given_up_and_no_other(path: Path) -> None:
    with MapStore.begin(path, small_plan()) as store:
        list(Sweep(store, PoisonedWorkers(2), task_seconds=10))
        failed = store.failures()
        assert len(store.results()) == 9
    assert [result.index for result in failed] == [POISON]
    assert "lost 3 times" in failed[0].failure
