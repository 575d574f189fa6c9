"""What computes a map: hands its members out, keeps what comes, and goes on after losses."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    wait,
)
from dataclasses import dataclass
from threading import Event

import numpy as np

from vgsim.sweep.executors import SweepError, Workers
from vgsim.sweep.order import order
from vgsim.sweep.plan import Index, dumps
from vgsim.sweep.results import MemberResult
from vgsim.sweep.splitting import Costs, Cutter, Portion, Rates
from vgsim.sweep.store import MapStore
from vgsim.sweep.tasks import OtherVersions, SweepTask, run_task, versions

TASK_SECONDS = 1.0
"""What a task should take: much more than it costs to send, and little to lose."""
TRIES = 3
"""Workers that may be lost over a member before it is given up."""
PATIENCE = 600.0
"""Seconds without any result, at least, after which what was sent is taken for lost."""
SILENCE = 20.0
"""So many times what the dearest task should take is waited for, too."""
GIVEN_UP = (
    f"Its worker was lost {TRIES} times over it: it crashed, had no memory, or never answered."
)
GLANCE = 0.1
"""Seconds between two looks at what was asked for: pause, cancel."""


@dataclass(frozen=True, slots=True)
class SweepProgress:
    """How far a map is: ``done`` of ``of`` members, those that failed among them.

    ``rate`` is members a second of late, 0 while unknown; ``seconds_left`` nan while unknown.
    """

    done: int
    of: int
    failed: int
    rate: float
    seconds_left: float


class Sweep:
    """The missing members of a map, computed by ``workers`` and kept in ``store``.

    Iterate over it: each item is a batch of results that have come and are kept; it ends when
    nothing is missing, or after :meth:`cancel`. From any one thread; pause, resume and cancel may
    come from another. Where a batch comes there is one whenever a task has ended, and an empty one
    at least every tenth of a second, for progress to be shown. A KeyboardInterrupt, or leaving the
    loop, keeps all that has come. SweepError, or BadContainer of the file, in one sentence.

    ``cells`` gives the cells in the order in which they are wanted, by default a coarse grid and
    then finer ones; each is asked for when there is room for it. With ``in_turn`` the next group of
    an order is asked for when the one before has come, so that it may depend on that. ``of`` is how
    many members are wanted, where they are not all of the plan.
    """

    def __init__(
        self,
        store: MapStore,
        workers: Workers,
        cells: Iterable[list[Index]] | None = None,
        *,
        in_turn: bool = False,
        of: int | None = None,
        task_seconds: float = TASK_SECONDS,
        patience: float = PATIENCE,
    ) -> None:
        self.store = store
        self.plan = store.plan
        self.workers = workers
        self._cells = iter(order(self.plan) if cells is None else cells)
        self._in_turn = in_turn
        self._task_seconds = task_seconds
        self._patience = patience
        self._text = dumps(self.plan)
        self._versions = versions()
        self._missing = store.missing()
        self._of = self._missing.size if of is None else of
        self._done = self._missing.size - int(np.count_nonzero(self._missing))
        self._failed = len(store.failures())
        self._rates = Rates()
        self._costs = Costs()
        self._arrivals: deque[tuple[float, int]] = deque(maxlen=200)
        self._paused = Event()
        self._cancelled = Event()
        self._sent: dict[Future[list[MemberResult]], Portion] = {}
        self._unkept: list[MemberResult] = []
        self._again: deque[Portion] = deque()
        self._suspects: deque[Portion] = deque()
        self._executor: Executor | None = None
        self._heard = time.monotonic()

    @property
    def is_paused(self) -> bool:
        """Whether no further tasks are sent."""
        return self._paused.is_set()

    def pause(self) -> None:
        """Send no further tasks; those that run are awaited."""
        self._paused.set()

    def resume(self) -> None:
        """Go on after a pause."""
        self._arrivals.clear()
        self._paused.clear()

    def cancel(self) -> None:
        """End the sweep soon; all that has come is kept, what runs is given up."""
        self._cancelled.set()

    def progress(self) -> SweepProgress:
        """How far it is now."""
        rate = 0.0
        if len(self._arrivals) > 1:
            since = time.monotonic() - self._arrivals[0][0]
            rate = sum(count for _, count in list(self._arrivals)[1:]) / max(since, 1e-9)
        left = float("nan")
        if rate > 0:
            left = max(self._of - self._done, 0) / rate
        return SweepProgress(self._done, self._of, self._failed, rate, left)

    def __iter__(self) -> Iterator[list[MemberResult]]:
        if not self._missing.any():
            return
        self._executor = self.workers.start()
        try:
            yield from self._batches()
        finally:
            try:
                self._keep_late()
            finally:  # the file may be what failed
                self.workers.stop(self._executor)
                self._executor = None

    def _batches(self) -> Iterator[list[MemberResult]]:
        portions = self._portions()
        self._heard = time.monotonic()
        while not self._cancelled.is_set():
            if not self._paused.is_set():
                self._send(portions)
            if not self._sent and not self._paused.is_set():
                return
            yield self._kept(self._arrived())
        yield self._keep_late()

    def _portions(self) -> Iterator[Portion | None]:
        """What is to be computed, cut on demand; None while something else is to come first."""
        count = self.workers.count
        for group in self._cells:  # a task takes nothing of a finer grid: the picture comes first
            cutter = Cutter(self.plan, group, self._missing, self._rates, self._costs, count)
            yield from cutter.portions(self._task_seconds)
            while self._in_turn and (self._sent or self._again or self._suspects):
                yield None

    def _send(self, portions: Iterator[Portion | None]) -> None:
        """Keep every worker busy, with a task in hand; what may be poisonous goes alone."""
        room = 2 * self.workers.count
        while len(self._sent) < room and not self._cancelled.is_set():
            if self._suspects:
                if self._sent:
                    return
                self._submit(self._suspects.popleft())
                return
            if self._again:
                self._submit(self._again.popleft())
                continue
            portion = next(portions, None)
            if portion is None:
                return
            self._submit(portion)

    def _submit(self, portion: Portion) -> None:
        task = SweepTask(self._versions, self._text, portion.members)
        assert self._executor is not None
        try:
            future = self._executor.submit(run_task, task)
        except BrokenExecutor:
            self._again.appendleft(portion)
            self._renew()
            return
        if not self._sent:
            self._heard = time.monotonic()
        self._sent[future] = portion

    def _arrived(self) -> list[MemberResult]:
        """What has come within a glance; what was lost is to be sent again, or given up."""
        if not self._sent:
            time.sleep(GLANCE)
            return []
        done, _ = wait(self._sent, GLANCE, FIRST_COMPLETED)
        if not done:
            if time.monotonic() - self._heard > self._longest_silence():
                return self._lost(list(self._sent))
            return []
        self._heard = time.monotonic()
        results = []
        lost = []
        broken = False
        for future in [sent for sent in self._sent if sent in done]:
            error = _error_of(future)
            if error is None:
                results += self._taken(future)
            elif self.workers.is_loss(error):
                lost.append(future)
                broken = broken or isinstance(error, BrokenExecutor)
            else:
                raise _as_sentence(self.workers, error)
        if broken:
            return results + self._lost(list(self._sent))
        return results + self._given_back(lost)

    def _taken(self, future: Future[list[MemberResult]]) -> list[MemberResult]:
        results = future.result()
        self._unkept += results  # before it is taken off the list: Ctrl+C may come at any place
        portion = self._sent.pop(future)
        self._rates.learn(portion.cost, sum(result.seconds for result in results))
        return results

    def _longest_silence(self) -> float:
        dearest = max(portion.cost for portion in self._sent.values())
        return max(self._patience, SILENCE * self._rates.seconds(dearest))

    def _lost(self, futures: list[Future[list[MemberResult]]]) -> list[MemberResult]:
        """The executor broke with all that was sent: what had come is taken, the rest goes again.

        Only as many as there are workers can have been running, the first ones.
        """
        results = []
        left = []
        for future in futures:
            if future.done() and _error_of(future) is None:
                results += self._taken(future)
            else:
                left.append(future)
        running = left[: self.workers.count]
        for future in left[len(running) :]:
            self._again.append(self._sent.pop(future))
        results += self._given_back(running)
        self._renew()
        return results

    def _given_back(self, futures: list[Future[list[MemberResult]]]) -> list[MemberResult]:
        """What was running when its worker was lost goes again, at the second time alone.

        What goes alone has nobody else to blame: it is halved, and a member that was tried
        ``TRIES`` times is given up.
        """
        results = []
        alone = len(self._sent) == 1
        for future in futures:
            portion = self._sent.pop(future)
            portion.deaths += 1
            if alone and portion.deaths > 1 and len(portion.members) > 1:
                self._suspects.extendleft(portion.halves())
            elif portion.deaths >= TRIES and len(portion.members) == 1:
                ((index, seed),) = portion.members
                results.append(MemberResult(index, seed, failure=GIVEN_UP))
            elif portion.deaths > 1:
                self._suspects.append(portion)
            else:
                self._again.append(portion)
        return results

    def _renew(self) -> None:
        """Another executor in place of one that broke."""
        assert self._executor is not None
        self.workers.stop(self._executor)
        self._executor = self.workers.start()
        self._heard = time.monotonic()

    def _kept(self, results: list[MemberResult]) -> list[MemberResult]:
        """``results``, once they are in the file."""
        self.store.add(results)
        self._unkept.clear()
        self._done += len(results)
        self._failed += sum(bool(result.failure) for result in results)
        if results:
            self._arrivals.append((time.monotonic(), len(results)))
        return results

    def _keep_late(self) -> list[MemberResult]:
        """What has come, unnoticed, when it ends."""
        for future in list(self._sent):
            if future.done() and _error_of(future) is None:
                self._taken(future)
        self._sent.clear()
        return self._kept(self._unkept.copy())


def _error_of(future: Future[list[MemberResult]]) -> BaseException | None:
    """Why a future that is done has no result; None where it has."""
    try:
        return future.exception()
    except CancelledError as error:
        return error


def _as_sentence(workers: Workers, error: BaseException) -> SweepError:
    """An error that no member is to blame for."""
    if isinstance(error, OtherVersions):
        return SweepError(str(error))
    return SweepError(workers.ended(error))
