"""What a person wants as a moving picture or a deck: one frozen, validated description."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from vgsim.core.errors import refuse
from vgsim.export.picture import Picture

Kind = Literal["pass", "training"]
KINDS: tuple[Kind, ...] = ("pass", "training")
SUFFIXES = (".gif", ".webp", ".apng", ".mp4", ".pptx")
"""What a reel is written as; a PPTX is a deck of slides."""
MOST_PICTURES = 10_000
SHORTEST, LONGEST = 0.02, 60.0
"""Seconds that a picture of a film may stay."""


@dataclass(frozen=True, slots=True)
class ReelRequest:
    """Pictures one after another, each as ``picture`` says, to be written to ``path``.

    ``kind`` "pass" shows every moment of the pass that is open; "training" shows ``steps`` updates
    from the initial parameters on, a picture after every ``every`` of them and one before the
    first. ``seconds`` is how long each stays; a deck does not heed it. The suffix of ``path`` is
    the format. SpecError when a part is not allowed.
    """

    picture: Picture
    kind: Kind
    every: int
    steps: int
    seconds: float
    path: Path

    def __post_init__(self) -> None:
        """SpecError, naming the first part that is not allowed."""
        if self.kind not in KINDS:
            raise refuse("kind", self.kind, "one of " + ", ".join(KINDS))
        for name, value in (("steps", self.steps), ("every", self.every)):
            if type(value) is not int or value < 1:
                raise refuse(name, value, "a whole number of at least 1")
        if self.kind == "training" and not self.every <= self.steps:
            raise refuse("every", self.every, f"at most the {self.steps} steps")
        if self.kind == "training" and self.steps // self.every >= MOST_PICTURES:
            least = self.steps // MOST_PICTURES + 1
            allowed = f"at least {least:,} with {self.steps:,} steps: {MOST_PICTURES:,} pictures"
            raise refuse("every", self.every, f"{allowed} are the most")
        if not (math.isfinite(self.seconds) and SHORTEST <= self.seconds <= LONGEST):
            raise refuse("seconds", self.seconds, f"a number from {SHORTEST:g} to {LONGEST:g}")
        if self.path.suffix.lower() not in SUFFIXES:
            raise refuse("path", str(self.path), "a file name that ends in " + ", ".join(SUFFIXES))
