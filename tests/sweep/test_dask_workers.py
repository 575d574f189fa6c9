"""Maps on a Dask cluster: the same map whatever of it is killed, and what is said when none comes.

Client, scheduler and workers are programs of their own: Dask leaves threads in a process.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.helpers.cluster import ROOT, Cluster
from tests.helpers.maps import figures_in
from tests.helpers.sweeping import long_plan
from vgsim.sweep.driver import Sweep
from vgsim.sweep.executors import Here, SweepError, check_versions
from vgsim.sweep.store import MapStore, read
from vgsim.sweep.tasks import OtherVersions, SweepTask, Versions, run_task, versions

pytest.importorskip("distributed", reason="Dask is not installed (the extra 'cluster' has it)")
pytestmark = pytest.mark.slow
KILLS = 1
"""Workers that are killed in a run of the tests; ``-m exhaustive`` takes 20."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.vgmap"


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> dict[Any, Any]:
    """The figures of the long plan, computed here."""
    path = tmp_path_factory.mktemp("whole") / "a.vgmap"
    with MapStore.begin(path, long_plan()) as store:
        list(Sweep(store, Here()))
    return figures_in(path)


def started(path: Path, address: str, **environment: str) -> subprocess.Popen[str]:
    """A sweep of the long plan on the cluster, as a program."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.helpers.sweeping", str(path), address],
        cwd=ROOT, env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


def last_words(run: subprocess.Popen[str]) -> str:
    """The last line of what it says."""
    return run.communicate(timeout=240)[0].splitlines()[-1]


def killing(path: Path, cluster: Cluster, times: int, seed: int) -> None:
    """Compute the map again and again, until so many workers were killed at random moments."""
    random = Random(seed)
    while times:
        path.unlink(missing_ok=True)
        run = started(path, cluster.address)
        assert run.stdout is not None
        for _ in run.stdout:
            if times and random.random() < 0.4:
                times -= 1
                time.sleep(random.random() * 0.2)
                cluster.kill_worker(random.randrange(2))
        run.communicate()


def test_a_killed_worker_changes_nothing(
    path: Path, cluster: Cluster, uninterrupted: dict[Any, Any]
) -> None:
    killing(path, cluster, KILLS, 0)
    assert figures_in(path) == uninterrupted


@pytest.mark.exhaustive
def test_20_killed_workers_change_nothing(
    path: Path, cluster: Cluster, uninterrupted: dict[Any, Any]
) -> None:
    killing(path, cluster, 20, 1)
    assert figures_in(path) == uninterrupted


def without_scheduler(folder: Path, path: Path, times: int, seed: int) -> None:
    """Compute the map, again and again, until so many schedulers were killed at random moments.

    Each is looked for as long as Dask tries to connect, which is 30 s without further words.
    """
    random = Random(seed)
    said = ""
    while times or said != "end":
        if said == "end":
            path.unlink()
        own = folder / f"cluster {random.random()}"
        own.mkdir()
        cluster = Cluster(own)
        try:
            run = started(path, cluster.address, DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT="3s")
            assert run.stdout is not None
            if times:
                times -= 1
                for _ in range(random.randrange(1, 4)):
                    run.stdout.readline()
                time.sleep(random.random() * 0.2)
                cluster.scheduler.kill()
            out, complaints = run.communicate(timeout=240)
            said = out.splitlines()[-1]
            assert said == "end" or "what has come is kept" in said
            assert "Traceback" not in complaints
        finally:
            cluster.close()


def test_a_killed_scheduler_ends_it_and_another_goes_on(
    tmp_path: Path, path: Path, uninterrupted: dict[Any, Any]
) -> None:
    without_scheduler(tmp_path, path, 1, 0)
    assert figures_in(path) == uninterrupted


@pytest.mark.exhaustive
def test_20_killed_schedulers(tmp_path: Path, path: Path, uninterrupted: dict[Any, Any]) -> None:
    without_scheduler(tmp_path, path, 20, 1)
    assert figures_in(path) == uninterrupted


def test_two_sweeps_on_one_cluster_do_not_mix(
    tmp_path: Path, cluster: Cluster, uninterrupted: dict[Any, Any]
) -> None:
    paths = [tmp_path / "a.vgmap", tmp_path / "b.vgmap"]
    runs = [started(path, cluster.address) for path in paths]
    assert [last_words(run) for run in runs] == ["end", "end"]
    assert [figures_in(path) for path in paths] == [uninterrupted, uninterrupted]


def test_a_scheduler_that_does_not_answer_is_told_before_any_work(path: Path) -> None:
    said = last_words(started(path, "tcp://127.0.0.1:9", PATIENCE="1"))
    assert said.startswith("No Dask scheduler answers at tcp://127.0.0.1:9")
    assert read(path)[1] == []


def test_a_cluster_without_workers_is_told(path: Path, tmp_path: Path) -> None:
    cluster = Cluster(tmp_path, workers=0)
    try:
        # as long as a loaded machine may take to reach a scheduler that is there
        said = last_words(started(path, cluster.address, PATIENCE="8"))
    finally:
        cluster.close()
    assert "has no worker that answers within 8 s" in said


def test_workers_without_this_vgsim_are_told(path: Path, tmp_path: Path) -> None:
    cluster = Cluster(tmp_path, workers=0)
    elsewhere = tmp_path / "other"
    (elsewhere / "vgsim").mkdir(parents=True)
    (elsewhere / "vgsim" / "__init__.py").touch()
    cluster.add_worker(PYTHONPATH=str(elsewhere), cwd=str(elsewhere))
    try:
        said = last_words(started(path, cluster.address))
        assert cluster.workers[0].poll() is None  # and goes on with the work of others
    finally:
        cluster.close()
    assert "has no vgsim that computes maps (ModuleNotFoundError" in said


def test_other_versions_of_workers_are_told() -> None:
    here = versions()
    other = Versions("0.0.1", here.numpy, here.python)
    check_versions({"tcp://a": here})
    with pytest.raises(SweepError, match=r"other versions: tcp://b \(vgsim 0\.0\.1"):
        check_versions({"tcp://a": here, "tcp://b": other})


def test_a_task_of_another_version_is_refused_by_the_worker() -> None:
    task = SweepTask(("0.0.1", "2.0.0", "3.11"), "", ())
    with pytest.raises(OtherVersions, match=r"here are vgsim 0\.0\.1"):
        run_task(task)
