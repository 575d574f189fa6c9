"""The figures of one cell of a map, in words."""

from __future__ import annotations

import math
from dataclasses import dataclass

from vgsim.core.numbers import factor, signed
from vgsim.core.registry import Entry
from vgsim.sweep.figures import SHOWN, MapScale, Shown
from vgsim.sweep.grid import MapGrid
from vgsim.sweep.plan import Index
from vgsim.text.maps import cell_title, figure_words


@dataclass(frozen=True, slots=True)
class ReadoutRow:
    """One figure: what it is, and how it reads."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Readout:
    """What is said of a cell.

    ``value`` is the figure that the map shows and ``about`` what that is. ``note`` says why there
    are no figures of its own: it has not been measured, or it cannot be.
    """

    place: str
    seeds: str
    value: str
    about: str
    rows: tuple[ReadoutRow, ...] = ()
    note: str = ""
    failed: bool = False


def readout_of(
    grid: MapGrid, name: str, index: Index, theory: float = math.nan, follows: Index | None = None
) -> Readout:
    """What is said of the cell ``index`` on the map of the figure ``name``.

    ``theory`` are the decades that mean field foretells; ``follows`` is the measured cell that
    this one follows, where it has not been measured itself.
    """
    entry = SHOWN.entry(name)
    place = cell_title(grid.plan, index)
    failure = grid.failure(index)
    if failure and not grid.measured[index]:
        return Readout(place, "", "—", entry.label, (), f"Cannot be: {failure}", failed=True)
    if not grid.measured[index]:
        note = "Not measured yet"
        if follows is not None:
            note = f"{note}: drawn as {cell_title(grid.plan, follows)}"
        return Readout(place, "", "—", entry.label, _theory_rows(theory), note)
    rows = _own_rows(grid, entry, index)
    for other in SHOWN:
        if other.name != name and not other.value.needs(grid.plan):
            rows += _row(grid, other, index)
    rows += _theory_rows(theory)
    note = f"One seed cannot be: {failure}" if failure else ""
    return Readout(place, _seeds(grid, index), _words(grid, entry, index), entry.label, rows, note)


def _seeds(grid: MapGrid, index: Index) -> str:
    """From how many of its seeds the cell is known."""
    known = int(grid.members.measured[index].sum())
    of = grid.plan.seeds
    if known < of:
        return f"{known} of {of} seeds"
    return "one seed" if of == 1 else f"{of} seeds"


def _words(grid: MapGrid, entry: Entry[Shown], index: Index) -> str:
    return figure_words(entry.value, float(grid.median(entry.value, index)), grid.names)


def _own_rows(grid: MapGrid, entry: Entry[Shown], index: Index) -> tuple[ReadoutRow, ...]:
    """How far the seeds are from each other in what the map shows."""
    shown = entry.value
    if int(grid.members.measured[index].sum()) < 2 or shown.scale is MapScale.REGIONS:
        return ()
    low, high = (float(end) for end in grid.spread(shown, index))
    if math.isnan(low):
        return ()
    ends = f"{shown.written(low)} to {shown.written(high)}"
    return (ReadoutRow("Over the seeds", ends),)


def _row(grid: MapGrid, entry: Entry[Shown], index: Index) -> tuple[ReadoutRow, ...]:
    """Another figure of the cell; nothing where it has none."""
    value = float(grid.median(entry.value, index))
    if math.isnan(value):
        return ()
    return (ReadoutRow(entry.label, figure_words(entry.value, value, grid.names)),)


def _theory_rows(decades: float) -> tuple[ReadoutRow, ...]:
    if math.isnan(decades):
        return ()
    words = factor(10.0**decades) if abs(decades) < 300 else f"{signed(decades)} decades"
    return (ReadoutRow("Theory at the start", words),)
