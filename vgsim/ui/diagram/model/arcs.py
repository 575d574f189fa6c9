"""Skip paths as arcs above a diagram: from which column to which, and how high. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vgsim.measure.subject import NamedStage
from vgsim.ui.diagram.model.folding import FoldColumn

LEVELS = 3
"""Heights of arcs; what would be higher is as high as the highest, and fainter."""
StagePair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Arc:
    """From one column to another; 0 is the input. ``level`` is from 0."""

    source: int
    target: int
    level: int = 0


def shown_pairs(
    arcs: Sequence[StagePair], columns: Sequence[FoldColumn]
) -> dict[StagePair, StagePair]:
    """The skip paths that can be seen between columns: (stage, stage) to (column, column).

    One within a folded group cannot, nor one to the next column; one into the midst of the next
    column can, if that is a folded group: it leads around the beginning of the group.
    """
    places = {stage: at for at, column in enumerate(columns, 1) for stage in column.members}
    found = {}
    for start, stop in arcs:
        source = places.get(start, 0)
        target = places.get(stop, 0)
        amid = target > 0 and stop != columns[target - 1].first
        if target > source + 1 or (target == source + 1 and amid):
            found[start, stop] = (source, target)
    return found


def arcs_between(arcs: Sequence[StagePair], columns: Sequence[FoldColumn]) -> tuple[Arc, ...]:
    """The arcs between columns of those between stages, short ones first."""
    pairs = set(shown_pairs(arcs, columns).values())
    found: list[Arc] = []
    for source, target in sorted(pairs, key=lambda pair: (pair[1] - pair[0], pair)):
        below = [arc.level for arc in found if arc.source < target and arc.target > source]
        found.append(Arc(source, target, max(below, default=-1) + 1))
    return tuple(found)


def arc_words(arcs: Sequence[StagePair], named: Sequence[NamedStage]) -> str:
    """What skip paths between stages are; what they lead around where that is always the same."""
    if not arcs:
        return ""
    led = {_around(arc, named) for arc in arcs} if named else set()
    if len(led) != 1:
        return "skip path" if len(arcs) == 1 else "skip paths"
    parts = led.pop()
    if len(parts) > 2:
        return f"skip path around {parts[0]} to {parts[-1]}"
    return "skip path around " + " and ".join(parts)


def _around(arc: StagePair, named: Sequence[NamedStage]) -> tuple[str, ...]:
    """What an arc leads around, as it is called within the module that holds all of it."""
    start, stop = arc
    names = [stage.name.split(".") for stage in named[start:stop]]
    shared = 0
    while all(len(parts) > shared + 1 for parts in names) and (
        len({parts[shared] for parts in names}) == 1
    ):
        shared += 1
    return tuple(dict.fromkeys(parts[shared] for parts in names[:-1]))
