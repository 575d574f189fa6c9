"""What passes between threads: an inbox of messages, a mailbox with one slot."""

from __future__ import annotations

from collections import deque
from queue import Empty, SimpleQueue

from vgsim.measure.frame import Frame
from vgsim.ui.app.messages import Command


class Mailbox:
    """Holds at most one frame.

    Each call is one operation of a deque, which no other thread can come between: reading the
    slot and clearing it in two would now and then lose the frame put in the meantime.

    A frame comes with the number of rare events that were told of by signal before it was made:
    whoever takes it may hear of them later, for a frame is looked for at any time.
    """

    def __init__(self) -> None:
        self._slot: deque[tuple[Frame, int]] = deque(maxlen=1)
        self.events = 0
        """The events before the frame that was taken last."""

    @property
    def empty(self) -> bool:
        """Whether a frame would be taken before the next one comes."""
        return not self._slot

    def put(self, frame: Frame, events: int = 0) -> None:
        """Leave ``frame``, made after ``events`` events, in place of one that was not taken."""
        self._slot.append((frame, events))

    def take(self) -> Frame | None:
        """The frame, and the slot is empty; None when there is none."""
        try:
            frame, self.events = self._slot.popleft()
        except IndexError:
            return None
        return frame


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
        """The next command, or None after ``patience`` seconds (None: wait indefinitely)."""
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
