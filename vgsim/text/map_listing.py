"""What a map holds, as lines of text: for a terminal that draws nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from vgsim.core.errors import shorten
from vgsim.core.numbers import percent
from vgsim.core.registry import Entry
from vgsim.sweep.axes import Axis
from vgsim.sweep.figures import SHOWN, MapScale, Shown
from vgsim.sweep.grid import MapGrid
from vgsim.text.maps import (
    axis_title,
    axis_value,
    cell_title,
    figure_words,
    held_words,
    outcome_label,
    shown_words,
)

MOST_FAILURES = 5
"""Cells that could not be computed are named up to so many; the rest are counted."""
_WAYS = ("across", "up")


def listing(grid: MapGrid, name: str, shown: str = "") -> Iterator[str]:
    """Lines: the map, its axes, how much is there, the figures (or ``shown`` alone), failures."""
    plan = grid.plan
    title = shorten(plan.spec.name or "map", 80)
    yield " · ".join(part for part in (Path(name).name, title, held_words(plan)) if part)
    for at, axis in enumerate(plan.axes):
        way = _WAYS[at] if at < len(_WAYS) else "further"
        yield f"  {way:<8} {axis.path:<24} {axis_words(axis)}"
    yield f"  {_counted(grid)}"
    for entry in SHOWN:
        if shown in ("", entry.name) and not entry.value.needs(plan):
            yield from _figure(grid, entry)
    yield from _failures(grid)


def axis_words(axis: Axis) -> str:
    """An axis in a line: "Depth, 2 to 64, 12 values by equal factors", or its names."""
    values = [axis_value(axis, value) for value in axis.values]
    if axis.of_choices or len(values) < 3:
        return f"{axis_title(axis)}: {', '.join(values)}"
    spaced = " by equal factors" if axis.log else ""
    return f"{axis_title(axis)}: {values[0]} to {values[-1]}, {len(values):,} values{spaced}"


def _counted(grid: MapGrid) -> str:
    plan = grid.plan
    told = f"{plan.cells:,} cells" if plan.cells > 1 else "1 cell"
    if plan.seeds > 1:
        told += f" from {plan.seeds} seeds each"
    told += f", {_updates(plan.steps)}"
    if grid.done < plan.members:
        told += f"; {percent(grid.done / plan.members)} of it is there"
    return told


def _updates(steps: int) -> str:
    if steps == 0:
        return "at the start"
    return f"after {steps:,} updates" if steps > 1 else "after 1 update"


def _figure(grid: MapGrid, entry: Entry[Shown]) -> Iterator[str]:
    """Where a figure begins and ends over all cells; of names how many cells each has."""
    median = grid.median(entry.value)
    known = ~np.isnan(median)
    if not known.any():
        return
    if entry.value.scale is MapScale.REGIONS:
        yield f"  {entry.label}: {_regions(grid, entry.value)}"
        return
    values = np.where(known, median, np.inf)
    low = np.unravel_index(int(np.argmin(values)), values.shape)
    values = np.where(known, median, -np.inf)
    high = np.unravel_index(int(np.argmax(values)), values.shape)
    yield f"  {entry.label}, {shown_words(entry, grid.plan)}:"
    for index in (low, high):
        cell = tuple(int(at) for at in index)
        told = figure_words(entry.value, float(median[cell]))
        yield f"    {told:<16} at {cell_title(grid.plan, cell)}"


def _regions(grid: MapGrid, shown: Shown) -> str:
    places = grid.median(shown)
    found, counts = np.unique(places[~np.isnan(places)], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return ", ".join(
        f"{outcome_label(grid.names[int(found[at])])} {int(counts[at]):,}" for at in order
    )


def _failures(grid: MapGrid) -> Iterator[str]:
    for (index, seed), why in list(grid.failures.items())[:MOST_FAILURES]:
        place = cell_title(grid.plan, index)
        yield f"  not computed: {place}, seed {seed + 1}: {shorten(why, 300)}"
    if len(grid.failures) > MOST_FAILURES:
        yield f"  not computed: {len(grid.failures) - MOST_FAILURES:,} more"
