"""A mailbox with one slot: the worker fills it, the window's timer empties it."""

from __future__ import annotations

from collections import deque

from vgsim.measure.frame import Frame


class Mailbox:
    """Holds at most one frame.

    Each call is one operation of a deque, which no other thread can come between: reading the
    slot and clearing it in two would now and then lose the frame put in the meantime.
    """

    def __init__(self) -> None:
        self._slot: deque[Frame] = deque(maxlen=1)

    @property
    def empty(self) -> bool:
        """Whether a frame would be taken before the next one comes."""
        return not self._slot

    def put(self, frame: Frame) -> None:
        """Leave ``frame``, in place of an older one that nobody took."""
        self._slot.append(frame)

    def take(self) -> Frame | None:
        """The frame, and the slot is empty; None when there is none."""
        try:
            return self._slot.popleft()
        except IndexError:
            return None
