"""A progress bar for a terminal; silent where the stream is not one."""

from __future__ import annotations

import time
from typing import IO

from vgsim.core.numbers import percent, short

_WIDTH = 28


class Progress:
    """Counts ``total`` steps on ``stream``, redrawn at most ten times a second."""

    def __init__(self, stream: IO[str], total: int) -> None:
        self._stream = stream
        self._total = total
        self._shown = stream.isatty()
        self._done, self._started, self._drawn = 0, time.monotonic(), 0.0

    def advance(self, loss: float) -> None:
        """One more step is done, with this loss."""
        self._done += 1
        now = time.monotonic()
        if self._shown and (now - self._drawn > 0.1 or self._done == self._total):
            self._drawn = now
            self._draw(loss, self._done / max(now - self._started, 1e-9))

    def _draw(self, loss: float, rate: float) -> None:
        filled = _WIDTH * self._done // max(self._total, 1)
        bar = "█" * filled + "░" * (_WIDTH - filled)
        figures = f"J = {short(loss, 4)}  {short(round(rate))} steps/s"
        line = f"{bar} {self._done}/{self._total} steps  {figures}"
        self._stream.write("\r\x1b[K" + line)
        self._stream.flush()

    def close(self) -> None:
        """End the line."""
        if self._shown and self._done:
            self._stream.write("\n")


class ShareBar:
    """How much of each of several tasks is done, on ``stream``; silent unless a terminal."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._shown = stream.isatty()
        self._drawn = 0.0
        self._open = False

    def show(self, share: float, told: str = "") -> None:
        """Show that a ``share`` from 0 to 1 of the current task is done, or what is ``told``."""
        now = time.monotonic()
        if self._shown and now - self._drawn > 0.1:
            self._drawn, self._open = now, True
            filled = int(_WIDTH * share)
            bar = "█" * filled + "░" * (_WIDTH - filled)
            self._stream.write(f"\r\x1b[K{bar} {told or percent(share)}")
            self._stream.flush()

    def tell(self, line: str) -> None:
        """Write a line of its own in place of the bar."""
        if self._shown:
            self._stream.write(f"\r\x1b[K{line}\n")
        self._open = False

    def warn(self, line: str) -> None:
        """Write a line that must be read, on a terminal or not."""
        self.close()
        self._stream.write(f"{line}\n")

    def close(self) -> None:
        """Take the bar away."""
        if self._open:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
        self._open = False
