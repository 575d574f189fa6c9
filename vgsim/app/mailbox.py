"""A mailbox with one slot: the worker fills it, the window's timer empties it."""

from __future__ import annotations

from vgsim.engine.frame import Frame


class Mailbox:
    """Holds at most one frame. Each call is one attribute access, atomic between threads."""

    def __init__(self) -> None:
        self._frame: Frame | None = None

    @property
    def empty(self) -> bool:
        """Whether a frame would be taken before the next one comes."""
        return self._frame is None

    def put(self, frame: Frame) -> None:
        """Leave ``frame``, in place of an older one that nobody took."""
        self._frame = frame

    def take(self) -> Frame | None:
        """The frame, and the slot is empty; None when there is none."""
        frame, self._frame = self._frame, None
        return frame
