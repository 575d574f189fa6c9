"""Where the tasks of a map run: processes of this machine, a Dask cluster, or right here.

Each gives a ``concurrent.futures.Executor``, another one when that broke, and says in one sentence
why there is none.
"""

from __future__ import annotations

import errno
import logging
import multiprocessing
import os
import signal
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import contextmanager, suppress
from types import ModuleType
from typing import Any

from vgsim.core import blas, machine
from vgsim.core.errors import joined
from vgsim.sweep.tasks import Versions, versions


class SweepError(OSError):
    """A map cannot be computed, or not go on; the message is the sentence."""

    def __init__(self, sentence: str) -> None:
        super().__init__(errno.EIO, sentence)

    def __str__(self) -> str:
        return str(self.strerror)


class Workers(ABC):
    """What computes tasks. ``start`` gives an executor; one that broke is stopped, another made."""

    @property
    @abstractmethod
    def count(self) -> int:
        """How many tasks run at once."""

    @abstractmethod
    def start(self) -> Executor:
        """An executor that takes tasks; SweepError, before any work, when there is none."""

    def stop(self, executor: Executor) -> None:
        """Give up what the executor has not done, and end it."""
        executor.shutdown(wait=False, cancel_futures=True)

    def is_loss(self, error: BaseException) -> bool:
        """Whether a task failed with ``error`` because its worker was lost."""
        return isinstance(error, BrokenExecutor)

    def ended(self, error: BaseException) -> str:
        """Why nothing goes on after ``error``, in a sentence."""
        return f"The map cannot go on ({type(error).__name__}: {error}); what has come is kept."


class SerialExecutor(Executor):
    """Runs what is submitted at once, in the thread that submits it."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The finished future of a call."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Here(Workers):
    """This very thread: nothing is started, and nothing can be lost."""

    @property
    def count(self) -> int:
        """1."""
        return 1

    def start(self) -> Executor:
        """A :class:`SerialExecutor`."""
        return SerialExecutor()


class LocalWorkers(Workers):
    """``count`` processes of this machine, as many as it has cores when none is given.

    They are spawned, never forked, and import neither Qt nor the program that started them, so that
    it needs no guard around its main part. Each computes with one thread.
    """

    def __init__(self, count: int | None = None) -> None:
        self._count = count or machine.cores()

    @property
    def count(self) -> int:
        """How many processes."""
        return self._count

    def start(self) -> Executor:
        """A pool whose first process has answered."""
        pool = SpawnedPool(self._count)
        try:
            pool.submit(versions).result()
        except BaseException as error:  # Ctrl+C among them
            self.stop(pool)
            if isinstance(error, BrokenExecutor | OSError):
                raise SweepError(f"No process could be started here ({error}).") from None
            raise
        return pool

    def stop(self, executor: Executor) -> None:
        """End the pool at once; what runs is lost."""
        assert isinstance(executor, SpawnedPool)
        executor.end()


GIVING_WAY = 5
"""By how much processes are nicer than the program that started them; an idle core is theirs."""


class SpawnedPool(ProcessPoolExecutor):
    """A pool of ``count`` spawned processes that have nothing of this one but its packages."""

    def __init__(self, count: int) -> None:
        context = multiprocessing.get_context("spawn")
        super().__init__(count, mp_context=context, initializer=_begin_worker)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """As every pool; processes are started here, one for each call until there are enough."""
        with _bare():
            return super().submit(fn, *args, **kwargs)

    def end(self) -> None:
        """End all processes now, and cancel what has not begun."""
        manager: Any = self._executor_manager_thread
        for process in list((self._processes or {}).values()):
            with suppress(OSError, ValueError):
                process.kill()
        self.shutdown(wait=False, cancel_futures=True)
        if manager is not None:
            manager.join(10)  # it gathers the processes, unless one was ended within an answer


_starting = threading.Lock()


@contextmanager
def _bare() -> Iterator[None]:
    """While a process is spawned: one thread for BLAS, and a main module with nothing in it.

    BLAS reads its environment when NumPy is imported, and a spawned process imports the main module
    of its parent, with all that it imports, before anything else is called there.
    """
    with _starting:
        main = sys.modules["__main__"]
        before = {name: os.environ.get(name) for name in blas.THREADS}
        sys.modules["__main__"] = ModuleType("__main__")
        os.environ.update(dict.fromkeys(blas.THREADS, "1"))
        try:
            yield
        finally:
            sys.modules["__main__"] = main
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


def _begin_worker() -> None:
    """In a new process: leave Ctrl+C to the parent, and end with it, however it ends.

    It gives way to whatever the user does beside it: a window, and what that trains.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(GIVING_WAY)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def end_with_parent() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()


ASK_VERSIONS = "__import__('vgsim.sweep.tasks').sweep.tasks.versions()"
"""An expression, for a Dask worker ends when it is sent a function that it cannot import."""


class DaskWorkers(Workers):
    """The workers of the Dask cluster whose scheduler is at ``address`` ("tcp://HOST:8786").

    Whatever it is made of: it is asked for nothing but an executor. Of each worker one thread
    computes, so that they are best started with one, a worker for each core. ``patience`` are the
    seconds within which the scheduler, and a first worker, must answer.
    """

    def __init__(self, address: str, patience: float = 30.0) -> None:
        self.address = address
        self.patience = patience
        self._client: Any = None

    @property
    def count(self) -> int:
        """Workers that there are now, whatever their threads."""
        if self._client is None:
            return 1
        with suppress(Exception):
            return max(1, len(self._client.nthreads()))
        return 1

    def start(self) -> Executor:
        """An executor of its own, whose tasks are never taken for another one's."""
        client = self._connected()
        executor: Executor = client.get_executor(pure=False)
        first = executor.submit(int)  # something to do, for clusters that grow with their work
        done, _ = wait([first], self.patience)
        try:
            if not done:
                raise SweepError(
                    f"The scheduler at {self.address} has no worker that answers within "
                    f"{self.patience:.0f} s."
                )
            check_versions(client.run(eval, ASK_VERSIONS, on_error="return"))
        except SweepError:
            self._give_up()
            raise
        except Exception as error:
            self._give_up()
            raise SweepError(self.ended(error)) from None
        return executor

    def _connected(self) -> Any:
        if self._client is not None and self._client.status == "running":
            return self._client
        try:
            from distributed import Client
        except ImportError:
            raise SweepError(
                "A Dask cluster needs the extra 'cluster': pip install 'vgsim[cluster]'."
            ) from None
        for name in list(logging.root.manager.loggerDict):
            if name.partition(".")[0] in (
                "distributed",
                "tornado",
            ):  # a sentence says it, not pages
                logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            self._client = Client(
                self.address, timeout=min(self.patience, 10), set_as_default=False
            )
        except Exception as error:
            raise SweepError(
                f"No Dask scheduler answers at {self.address} ({type(error).__name__})."
            ) from None
        return self._client

    def _give_up(self) -> None:
        if self._client is not None:
            with suppress(Exception):
                self._client.close(timeout=2)
        self._client = None

    def stop(self, executor: Executor) -> None:
        """Cancel what has not been done, and leave the cluster."""
        with suppress(Exception):
            executor.shutdown(wait=False)
        self._give_up()

    def is_loss(self, error: BaseException) -> bool:
        """A task whose worker died again and again."""
        return type(error).__name__ == "KilledWorker"

    def ended(self, error: BaseException) -> str:
        """The scheduler went away, or something else of Dask's own."""
        if isinstance(error, CancelledError):
            return f"The scheduler at {self.address} is gone; what has come is kept."
        return super().ended(error)


def check_versions(found: dict[str, object]) -> None:
    """SweepError naming the workers that have other versions than this process, or no vgsim."""
    here = versions()
    other = {at: told for at, told in found.items() if told != here}
    for at, told in other.items():
        if isinstance(told, BaseException):
            raise SweepError(
                f"The worker at {at} has no vgsim that computes maps "
                f"({type(told).__name__}: {told}); here is {here}."
            )
    if other:
        first = next(iter(other.values()))
        raise SweepError(
            f"Workers have other versions: {joined(other)} ({Versions(*first)}; here {here})."  # type: ignore[misc]  # a tuple of three
        )
