"""Computing a map in a thread of its own, which drives the processes and writes the file."""

from __future__ import annotations

import math
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock

from PySide6.QtCore import QObject, QThread

from vgsim.core import machine
from vgsim.core.errors import SpecError, reason_of
from vgsim.sweep.driver import Sweep, SweepProgress
from vgsim.sweep.executors import LocalWorkers, Workers
from vgsim.sweep.figures import SHOWN
from vgsim.sweep.grid import MapGrid
from vgsim.sweep.plan import SweepPlan
from vgsim.sweep.refine import refined, wanted
from vgsim.sweep.results import MemberResult
from vgsim.sweep.store import MapStore
from vgsim.sweep.trial import check_builds

NO_PROGRESS = SweepProgress(0, 0, 0, 0.0, math.nan)


def local_workers(training: bool) -> Workers:
    """Processes on all cores; one core stays free for what the window trains."""
    return LocalWorkers(max(machine.cores() - training, 1))


class MapJob(QThread):
    """Computes what is missing of ``plan`` in the file at ``path``, and ends by itself.

    What comes waits in it until it is asked for: the window takes it when it has time, and nothing
    waits for the window. ``refined_for`` is the figure at whose edges alone cells are computed;
    empty for all cells. ``sentence`` is why it ended early; empty where it did not.
    """

    def __init__(
        self,
        path: Path,
        plan: SweepPlan,
        workers: Workers,
        refined_for: str = "",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._refined_for = refined_for
        self.path = path
        self.plan = plan
        self.workers = workers
        self.sentence = ""
        self._arrived: SimpleQueue[list[MemberResult]] = SimpleQueue()
        self._progress = NO_PROGRESS
        self._asked = Lock()
        self._sweep: Sweep | None = None
        self._paused = False
        self._cancelled = False

    @property
    def progress(self) -> SweepProgress:
        """How far it was a moment ago."""
        return self._progress

    @property
    def is_paused(self) -> bool:
        """Whether nothing further is begun."""
        return self._paused

    def pause(self, paused: bool) -> None:
        """Begin nothing further, or go on."""
        with self._asked:
            self._paused = paused
            if self._sweep is not None:
                if paused:
                    self._sweep.pause()
                else:
                    self._sweep.resume()

    def cancel(self) -> None:
        """End soon; what has come is kept, what runs is given up."""
        with self._asked:
            self._cancelled = True
            if self._sweep is not None:
                self._sweep.cancel()

    def take(self) -> list[MemberResult]:
        """What has come since this was asked last."""
        found: list[MemberResult] = []
        while True:
            try:
                found += self._arrived.get_nowait()
            except Empty:
                return found

    def run(self) -> None:
        """What the thread does."""
        try:
            self._compute()
        except (SpecError, OSError) as error:
            self.sentence = reason_of(error)
        except Exception as error:  # of any kind: the window goes on and shows it
            self.sentence = f"The map cannot go on ({type(error).__name__}: {error})."

    def _compute(self) -> None:
        check_builds(self.plan)
        with MapStore.begin(self.path, self.plan) as store:
            known = MapGrid(self.plan)
            self._keep(store.results(), known)
            with self._asked:
                self._sweep = sweep = self._sweep_of(store, known)
                if self._paused:
                    sweep.pause()
                if self._cancelled:
                    sweep.cancel()
            self._progress = sweep.progress()
            for batch in sweep:
                self._keep(batch, known)
                self._progress = sweep.progress()
            self._progress = sweep.progress()

    def _sweep_of(self, store: MapStore, known: MapGrid) -> Sweep:
        """All cells, coarse ones first; or those at the edges of a figure, as ``known`` has it."""
        if not self._refined_for:
            return Sweep(store, self.workers)
        shown = SHOWN[self._refined_for]
        rounds = refined(self.plan, shown, lambda: known.median(shown))
        most = wanted(self.plan) * self.plan.seeds
        return Sweep(store, self.workers, rounds, in_turn=True, of=most)

    def _keep(self, results: list[MemberResult], known: MapGrid) -> None:
        """Hand on what has come; where to go on follows from it where a map is refined."""
        if results:
            self._arrived.put(results)
        if self._refined_for:
            known.add_all(results)
