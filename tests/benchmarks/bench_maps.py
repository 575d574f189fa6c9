"""Whole maps: processes of this machine, Dask, going on with a file, and what a task costs.

By hand, with `pip install -e '.[cluster]'`: python tests/benchmarks/bench_maps.py [--rounds 3]

Seconds by the clock, of ways that take turns; a machine with other work to do cannot tell how much
faster two processes are than one. What one cell, one task and Dask's scheduler cost is what
docs/maps.md reckons with.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path

from vgsim.nn.presets import load_preset
from vgsim.sweep.axes import Axis
from vgsim.sweep.driver import Sweep
from vgsim.sweep.executors import DaskWorkers, LocalWorkers, Workers
from vgsim.sweep.plan import SweepPlan, dumps
from vgsim.sweep.results import MemberResult
from vgsim.sweep.store import MapStore
from vgsim.sweep.tasks import SweepTask, run_task, versions

LARGE = (64, 64, 0)
"""Depths, gains and updates of the map that is to be there in a minute."""
MIDDLING = (16, 16, 5)
"""Of the map that processes and Dask are compared on."""
RESUMED = 100
"""Rows and columns of the map that is gone on with."""


def plan_of(depths: int, gains: int, steps: int, seeds: int = 3) -> SweepPlan:
    """Tanh networks 64 wide on the digits, to depth 64."""
    spec = load_preset("tanh-xavier").replace({"network.width": 64, "init.weights": "lecun_normal"})
    axes = (
        Axis.between("network.depth", 1, 64, depths),
        Axis.between("init.gain", 0.5, 3.0, gains),
    )
    return SweepPlan(spec, axes, seeds, steps)


def seconds_of(plan: SweepPlan, workers: Workers, folder: Path) -> float:
    """Of the whole map, its processes' start included."""
    path = folder / f"{time.monotonic_ns()}.vgmap"
    began = time.perf_counter()
    with MapStore.begin(path, plan) as store:
        for _ in Sweep(store, workers):
            pass
        failed = len(store.failures())
    taken = time.perf_counter() - began
    assert not failed
    return taken


def processor_seconds() -> float:
    """Of this process and of those that it began and that have ended."""
    return sum(os.times()[:4])


def in_turns(ways: dict[str, Workers], plan: SweepPlan, folder: Path, rounds: int) -> None:
    """The same map in several ways."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, workers in ways.items():
            times[name].append(seconds_of(plan, workers, folder))
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    one = medians["1 process"]
    cells = [f"{name} {taken:.1f} s (x{one / taken:.2f})" for name, taken in medians.items()]
    print(f"{plan.members:,} members, {plan.steps} updates: " + "   ".join(cells), flush=True)


def resume(folder: Path) -> None:
    """A map that is complete: how long it takes to find that out."""
    axes = (
        Axis.between("init.gain", 0.5, 3.0, RESUMED),
        Axis.between("training.learning_rate", 0.01, 1.0, RESUMED),
    )
    plan = SweepPlan(plan_of(2, 2, 1).spec, axes, 1, 1)
    path = folder / "complete.vgmap"
    with MapStore.begin(path, plan) as store:
        store.add(MemberResult(index, 0, 1e-3, 1e-2, 5, 1.0, 0.5) for index in plan.indices())
    began = time.perf_counter()
    with MapStore.begin(path, plan) as store:
        batches = [batch for batch in Sweep(store, LocalWorkers(2)) if batch]
    assert not batches
    print(f"{plan.cells:,} cells that are there: {time.perf_counter() - began:.2f} s to go on")


def microseconds(executor: Executor, call: Callable[[], object], count: int = 400) -> float:
    """Of each of so many calls that are handed out at once."""
    began = time.perf_counter()
    futures = [executor.submit(call) for _ in range(count)]
    for future in futures:
        future.result()
    return 1e6 * (time.perf_counter() - began) / count


def overheads(ways: dict[str, Workers]) -> None:
    """What an empty task costs, and the smallest that there is."""
    plan = plan_of(2, 2, 0, 1)
    task = SweepTask(versions(), dumps(plan), (((0, 0), 0),))
    run_task(task)
    began = time.perf_counter()
    for _ in range(20):
        run_task(task)
    print(f"one member by itself: {50 * (time.perf_counter() - began):.1f} ms")
    for name, workers in ways.items():
        executor = workers.start()
        microseconds(executor, versions, 50)
        print(f"{name}: {microseconds(executor, versions):.0f} µs a task")
        workers.stop(executor)


def main() -> None:
    """Read the arguments and measure."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--rounds", type=int, default=3)
    rounds = reader.parse_args().rounds
    from distributed import LocalCluster

    with (
        tempfile.TemporaryDirectory() as name,
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
    ):
        folder = Path(name)
        resume(folder)
        two = {"2 processes": LocalWorkers(2), "Dask, 2": DaskWorkers(cluster.scheduler_address)}
        overheads(two)
        large = plan_of(*LARGE)
        before = processor_seconds()
        taken = seconds_of(large, LocalWorkers(2), folder)
        used = processor_seconds() - before
        print(
            f"{large.cells:,} cells, {large.members:,} members: {taken:.1f} s on 2 processes, "
            f"{used:.1f} s of processors", flush=True,
        )  # fmt: skip
        in_turns({"1 process": LocalWorkers(1), **two}, plan_of(*MIDDLING), folder, rounds)


if __name__ == "__main__":
    main()
