"""The commands that wait for the worker: one queue, read by the thread and asked in long loops."""

from __future__ import annotations

from collections import deque
from queue import Empty, SimpleQueue

from vgsim.ui.app.messages import Command


class Inbox:
    """Commands in the order in which they were posted.

    :meth:`post` is for any thread, everything else for the one that owns the inbox.
    """

    def __init__(self) -> None:
        self._posted: SimpleQueue[Command] = SimpleQueue()
        self._seen: deque[Command] = deque()

    def post(self, command: Command) -> None:
        """Add a command at the end; from any thread."""
        self._posted.put(command)

    def take(self, patience: float | None = None) -> Command | None:
        """The next command; none when none comes within ``patience`` seconds (none: for ever)."""
        if self._seen:
            return self._seen.popleft()
        try:
            return self._posted.get(block=patience != 0, timeout=patience)
        except Empty:
            return None

    def holds_any(self) -> bool:
        """Whether a command waits."""
        return bool(self._seen) or not self._posted.empty()

    def holds(self, *kinds: type[Command]) -> bool:
        """Whether a command of one of these kinds waits."""
        return any(isinstance(command, kinds) for command in self._look())

    def holds_other_than(self, *kinds: type[Command]) -> bool:
        """Whether a command of another kind waits."""
        return any(not isinstance(command, kinds) for command in self._look())

    def _look(self) -> deque[Command]:
        """All that waits; it stays there to be taken."""
        while not self._posted.empty():
            self._seen.append(self._posted.get_nowait())
        return self._seen
