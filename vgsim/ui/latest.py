"""What takes long, done in a thread: only what was asked for last is still told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal, Slot

from vgsim.core.untrusted import GivenUp, until

Call = Callable[[], object]
Outdated = Callable[[], bool]
"""Whether something else was asked for meanwhile."""
Work = Callable[[Outdated], Iterator[Call]]
"""Begins at once; what it returns is gone through in a thread, and each call made in the window's.
"""


class LatestAnswer(QObject):
    """Does one work at a time, each in a thread of its own; another one takes its place.

    A call that work yields is not made any more once other work was asked for. Files that work
    reads are given up then, see :func:`vgsim.core.untrusted.until`.
    """

    _told = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self._threads: list[threading.Thread] = []
        self._told.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def ask(self, work: Work) -> None:
        """Begin with this; what was asked for before is not told any more."""
        self._number += 1
        outdated = partial(self._outdated, self._number)
        going = (self._number, work(outdated), outdated)
        thread = threading.Thread(target=self._run, args=going, daemon=True)
        self._threads = [*filter(threading.Thread.is_alive, self._threads), thread]
        thread.start()

    def close(self) -> None:
        """End all work: a thread must not tell anything to a window that is gone."""
        self._number += 1
        for thread in self._threads:
            thread.join()

    def _outdated(self, number: int) -> bool:
        return number != self._number

    def _run(self, number: int, calls: Iterator[Call], outdated: Outdated) -> None:
        with suppress(GivenUp), until(outdated):
            for call in calls:
                if outdated():
                    return
                with suppress(RuntimeError):  # the window has gone meanwhile
                    self._told.emit(number, call)

    @Slot(int, object)
    def _take(self, number: int, call: Call) -> None:
        if number == self._number:
            call()
