"""A sweep as a program of its own, to be killed: ``python -m tests.helpers.sweeping PATH WHERE``.

WHERE is a number of processes, or the address of a scheduler. Each line says how many members have
come; the last word is ``end`` or a sentence.
"""

from __future__ import annotations

import os
import signal
import sys

from tests.helpers.maps import small_plan
from vgsim.sweep.driver import Sweep
from vgsim.sweep.executors import DaskWorkers, LocalWorkers, Workers
from vgsim.sweep.plan import SweepPlan
from vgsim.sweep.results import MemberResult
from vgsim.sweep.store import MapStore
from vgsim.sweep.tasks import SweepTask, run_task

POISON = (1, 1)
"""The cell whose worker ends at once, in :func:`poisoned_task`."""


def long_plan() -> SweepPlan:
    """A map of 60 members that take some seconds together."""
    return small_plan("network.depth=1:5:4", "init.gain=0.5:1.5:5", seeds=3, steps=30)


def poisoned_task(task: SweepTask) -> list[MemberResult]:
    """As ``run_task``, in a process that ends when it is given one certain cell."""
    if any(index == POISON for index, _ in task.members):
        os.kill(os.getpid(), signal.SIGKILL)
    return run_task(task)


def workers_at(where: str) -> Workers:
    """Those that the word names."""
    if where.isdigit():
        return LocalWorkers(int(where))
    return DaskWorkers(where, patience=float(os.environ.get("PATIENCE", "60")))


def main(path: str, where: str) -> None:
    """Compute the map, or what is missing of it."""
    try:
        with MapStore.begin(path, long_plan()) as store:
            sweep = Sweep(store, workers_at(where), task_seconds=0.05)
            for batch in sweep:
                if batch:
                    print(sweep.progress().done, flush=True)
    except OSError as error:
        print(error, flush=True)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
    else:
        print("end", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
