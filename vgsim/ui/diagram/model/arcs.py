"""Skip paths as arcs above a diagram: from which column to which, and how high. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vgsim.ui.diagram.model.folding import FoldColumn

LEVELS = 3
"""Heights of arcs; what would be higher is as high as the highest, and fainter."""


@dataclass(frozen=True, slots=True)
class Arc:
    """From one column to another one, not the next; 0 is the input. ``level`` is from 0."""

    source: int
    target: int
    level: int = 0


def arcs_between(arcs: Sequence[tuple[int, int]], columns: Sequence[FoldColumn]) -> tuple[Arc, ...]:
    """The arcs between columns of those between stages, short ones first.

    What stays within a folded group, or leads to the next column, is no arc.
    """
    places = {stage: at for at, column in enumerate(columns, 1) for stage in column.members}
    pairs = set()
    for start, stop in arcs:
        source = places.get(start, 0)
        target = places.get(stop, 0)
        if target > source + 1:
            pairs.add((source, target))
    found: list[Arc] = []
    for source, target in sorted(pairs, key=lambda pair: (pair[1] - pair[0], pair)):
        below = [arc.level for arc in found if arc.source < target and arc.target > source]
        found.append(Arc(source, target, max(below, default=-1) + 1))
    return tuple(found)


def around(arc: Arc, names: Sequence[str]) -> tuple[str, ...]:
    """The columns that an arc leads around."""
    return tuple(names[arc.source : arc.target - 1])


def arc_label(arcs: Sequence[Arc], names: Sequence[str]) -> str:
    """What the arcs are, in a few words; what they lead around where that is always the same."""
    if not arcs:
        return ""
    led = {around(arc, names) for arc in arcs} if names else set()
    if len(led) != 1 or len(arcs) == 0:
        return "skip path" if len(arcs) == 1 else "skip paths"
    parts = led.pop()
    return "skip path around " + (parts[0] if len(parts) == 1 else f"{parts[0]} to {parts[-1]}")
