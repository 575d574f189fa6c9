"""Where two compared diagrams and their one color bar lie. Pixels; no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vgsim.ui.diagram.model.geometry import (
    BAR,
    ENDS,
    LEFT,
    LOSS,
    NUMBER_ROOM,
    Rectangle,
)

HEAD = 26.0
"""Height of the line that says which of the two this is."""
GAP = 17.0
"""Between the two, with a hairline in the middle."""
LEAST_HIGH = 186.0
"""Lowest diagram, without its heading, that is put above or below another one."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """Places of A and B: of the headings, the diagrams, and of what they share."""

    heads: tuple[Rectangle, Rectangle]
    diagrams: tuple[Rectangle, Rectangle]
    bar: Rectangle
    line: Rectangle
    """The hairline between the two."""


def pair_up(width: float, height: float, stages: Sequence[int]) -> Pairing:
    """A and B, of so many ``stages``, in so much room.

    They stand beside each other; one above the other where only so every stage has its number
    below it, and there is the height for it.
    """
    room = width - BAR
    if not _spacious((room - GAP) / 2, stages) and (height - GAP) / 2 >= HEAD + LEAST_HIGH:
        return _stacked(room, height)
    return _beside(room, height)


def _spacious(width: float, stages: Sequence[int]) -> bool:
    """Whether each stage of the deeper one has the room for its number in so much width."""
    spacing = (width - LEFT - LOSS) / (max(stages) + 0.75)
    return spacing >= min(NUMBER_ROOM, ENDS)


def _beside(room: float, height: float) -> Pairing:
    wide = (room - GAP) // 2
    second = wide + GAP
    heads = Rectangle(0, 0, wide, HEAD), Rectangle(second, 0, wide, HEAD)
    low = height - HEAD
    diagrams = Rectangle(0, HEAD, wide, low), Rectangle(second, HEAD, wide, low)
    line = Rectangle(wide + GAP // 2, 4, 1, height - 8)
    return Pairing(heads, diagrams, Rectangle(room, HEAD, BAR, low), line)


def _stacked(room: float, height: float) -> Pairing:
    high = (height - GAP) // 2
    second = high + GAP
    heads = Rectangle(0, 0, room, HEAD), Rectangle(0, second, room, HEAD)
    low = high - HEAD
    diagrams = Rectangle(0, HEAD, room, low), Rectangle(0, second + HEAD, room, low)
    line = Rectangle(0, high + GAP // 2, room, 1)
    return Pairing(heads, diagrams, Rectangle(room, 0, BAR, height), line)
