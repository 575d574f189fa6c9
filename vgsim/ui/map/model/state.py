"""How far a map is, and what can be done with it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from vgsim.core.numbers import about, percent
from vgsim.text.maps import progress_words, time_left


class Computing(Enum):
    """What is done with the map."""

    IDLE = "idle"
    RUNNING = "running"
    PAUSED = "paused"
    ENDING = "ending"

    @property
    def running(self) -> bool:
        """Whether it has been started and not been stopped; a pause belongs to it."""
        return self is not Computing.IDLE


@dataclass(frozen=True, slots=True)
class MapProgress:
    """``done`` of ``of`` cells from all seeds, ``left`` seconds; ``note`` is what came of it."""

    state: Computing = Computing.IDLE
    done: int = 0
    of: int = 0
    left: float = math.nan
    rate: float = math.nan
    workers: int = 0
    note: str = ""
    ready: bool = True
    """Whether what is entered can be computed."""

    @property
    def known(self) -> bool:
        """Whether there is a map."""
        return self.of > 0

    @property
    def complete(self) -> bool:
        """Whether every cell is there."""
        return self.known and self.done >= self.of

    @property
    def share(self) -> float:
        """How much of it is there, 0 to 1."""
        return self.done / self.of if self.of else 0.0

    @property
    def can_start(self) -> bool:
        """Whether the button begins, pauses or goes on with something."""
        if self.state is Computing.ENDING:
            return False
        return self.state.running or (self.ready and not self.complete)

    @property
    def face(self) -> tuple[str, str, str]:
        """(icon, word, what a press does) of that button."""
        if self.state is Computing.RUNNING:
            return "pause", "Pause", "Pause: nothing further is begun"
        if self.state is Computing.PAUSED or (self.known and self.done):
            return "play", "Go on", "Go on with the cells that are missing"
        return "play", "Start", "Compute the map"

    @property
    def share_words(self) -> str:
        """How far it is, in percent."""
        return percent(self.share) if self.known else ""

    @property
    def left_words(self) -> str:
        """How long it takes."""
        if self.state is Computing.PAUSED:
            return "paused"
        if self.state is Computing.ENDING:
            return "ending…"
        if self.complete:
            return "every cell is there"
        return time_left(self.left) if self.state is Computing.RUNNING else ""

    @property
    def pill(self) -> str:
        """What the bar on top says: "Map · 75 % · 2,397 of 3,213 cells"."""
        if not self.known:
            return "Map"
        return f"Map · {progress_words(self.done, self.of)}"

    @property
    def status(self) -> str:
        """What the status line says: "2 processes · 20 cells/s · kept as it grows"."""
        told = []
        if self.workers:
            told.append(f"{self.workers} process{'es' * (self.workers > 1)}")
        if self.state is Computing.RUNNING and self.rate == self.rate:
            told.append(f"{about(self.rate)} cells/s")
        if self.state.running:
            told.append("kept as it grows")
        return " · ".join(told)
