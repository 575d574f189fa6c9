"""What a diagram shows of a network with groups: columns, names, bands and arcs. No Qt.

Columns are never narrower than what shows all numbers, unless there is nothing left to fold: more
than have room are looked at a part at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from vgsim.measure.subject import Subject
from vgsim.ui.diagram.model.arcs import Arc, arc_words, arcs_between, shown_pairs
from vgsim.ui.diagram.model.folding import (
    Band,
    FoldColumn,
    Path,
    bands_of,
    column_at,
    columns_of,
    short_names,
)
from vgsim.ui.diagram.model.geometry import NUMBER_ROOM, Surroundings

COLUMN = 50.0
"""Narrowest column of a network with groups: it has room for its number and its factor."""
HEAD = 17.0
"""Height of the name of a group above the names of its parts."""
PARTS = 18.0
"""Height of the names of parts below the nodes."""
ARCS, ARC_WORDS = 34.0, 16.0
"""Height of the arcs, and of the words above them."""
HIGH_ENOUGH = 230.0
"""A lower diagram needs the height for its nodes, and has no arcs."""
LEVELS_MOST = 3
"""Bands within one another that have a name of their own."""


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """What is shown of the columns: those from ``start`` on, numbered from 1 in all else.

    ``names`` are empty where stages are numbered. ``whole`` are all columns. ``before`` and
    ``after`` tell how many are not shown at each side.
    """

    whole: tuple[FoldColumn, ...]
    start: int
    columns: tuple[FoldColumn, ...]
    names: tuple[str, ...]
    bands: tuple[Band, ...]
    arcs: tuple[Arc, ...]
    arc_words: str
    height: float

    @property
    def before(self) -> int:
        """Columns at the left of those shown."""
        return self.start

    @property
    def after(self) -> int:
        """Columns at the right of those shown."""
        return len(self.whole) - self.start - len(self.columns)

    @property
    def levels(self) -> int:
        """Rows of names of groups."""
        return min(max((band.level + 1 for band in self.bands), default=0), LEVELS_MOST)

    @property
    def has_arcs(self) -> bool:
        """Whether arcs are drawn: there are some, and the height for them."""
        return bool(self.arcs) and self.height >= HIGH_ENOUGH

    @property
    def aside(self) -> Surroundings:
        """The room for all this around the nodes."""
        heads = max(self.levels - 1, 0) * HEAD  # one row of names is there in any case
        above = heads + (ARCS + ARC_WORDS if self.has_arcs else 0.0)
        folded = frozenset(
            at for at, column in enumerate(self.columns, start=1) if column.stages > 1
        )
        below = PARTS if any(column.within for column in self.columns) else 0.0
        return Surroundings(above, below, folded, COLUMN if self.names else NUMBER_ROOM)

    def stage_of(self, column: int) -> int:
        """The stage that a shown column stands for: the last of a group, whose output it is."""
        return self.columns[column - 1].last

    def column_of(self, stage: int) -> int:
        """The shown column of ``stage``, 0 where it is not shown."""
        return column_at(self.columns, stage)

    def band_of(self, group: str) -> Band | None:
        """The first band of a group that is shown."""
        return next((band for band in self.bands if band.group == group), None)


def plan(
    subject: Subject,
    paths: Sequence[Path],
    opened: Collection[str],
    start: int,
    room: int,
    height: float,
) -> ColumnPlan:
    """The columns of ``subject`` with ``room`` for so many, from ``start`` on if they are more."""
    whole = columns_of(paths, opened)
    named = len(subject.named) == len(paths)
    count = max(room, len(columns_of(paths, ()))) if named else len(whole)
    start = max(min(start, len(whole) - count), 0)
    columns = whole[start : start + count]
    names = short_names(whole, subject.named) if named else ()
    arcs = arcs_between(subject.arcs, whole)
    return ColumnPlan(
        whole=whole,
        start=start,
        columns=columns,
        names=names[start : start + count],
        bands=_shown_bands(bands_of(whole), start, len(columns)),
        arcs=_shown_arcs(arcs, start, len(columns)),
        arc_words=arc_words(
            tuple(shown_pairs(subject.arcs, whole)), subject.named if named else ()
        ),
        height=height,
    )


def _shown_bands(bands: Sequence[Band], start: int, count: int) -> tuple[Band, ...]:
    """The parts of bands within columns ``start`` + 1 to ``start`` + ``count``, counted anew."""
    shown = []
    for band in bands:
        first = max(band.first - start, 1)
        last = min(band.last - start, count)
        if first <= last:
            shown.append(replace(band, first=first, last=last))
    return tuple(shown)


def _shown_arcs(arcs: Sequence[Arc], start: int, count: int) -> tuple[Arc, ...]:
    """Those of which both ends are shown; the input is when the first column is."""
    shown = []
    for arc in arcs:
        source = arc.source - start
        target = arc.target - start
        if source >= min(start, 1) and target <= count:
            shown.append(replace(arc, source=source, target=target))
    return tuple(shown)
