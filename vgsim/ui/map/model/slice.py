"""A row or a column of a map as a curve, with the spread of its seeds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from vgsim.sweep.figures import SHOWN, MapScale, MemberArrays
from vgsim.sweep.grid import MapGrid
from vgsim.sweep.order import DRAWN
from vgsim.sweep.plan import Index
from vgsim.text.maps import axis_value, outcome_label
from vgsim.text.specs import lowered
from vgsim.ui.map.model.axis import Array, DrawnAxis, drawn_axis


@dataclass(frozen=True, slots=True, eq=False)
class MapSlice:
    """The measured cells along one axis: ``x`` in cells, and their median, least and largest.

    Figures of decades are logarithms; exact zeros and overflows are infinite there. ``theory`` is
    what mean field foretells, by cell, nan where it is silent. ``names`` are those of regions.
    """

    title: str
    subtitle: str
    axis: DrawnAxis
    x: Array
    median: Array
    low: Array
    high: Array
    theory: Array
    at: int
    log: bool
    ends: tuple[float, float]
    edge: str = ""
    share: bool = False
    names: tuple[str, ...] = ()


def slice_of(grid: MapGrid, name: str, index: Index, along: int, theory: Array | None) -> MapSlice:
    """The map of the figure ``name`` through the cell ``index``, ``along`` the axis 0 or 1.

    ``theory`` are the decades that mean field foretells along it; None where there are none.
    """
    plan = grid.plan
    shown = SHOWN[name]
    where: tuple[Any, ...] = (*index[:along], slice(None), *index[along + 1 :])
    median = grid.median(shown)[where]
    low, high = (ends[where] for ends in grid.spread(shown))
    known = grid.measured[where] & ~np.isnan(median)
    foretold = _foretold(grid, name, theory, where)
    log = shown.scale is MapScale.DECADES
    if log:
        with np.errstate(divide="ignore"):
            median, low, high, foretold = (
                np.log10(figures) for figures in (median, low, high, foretold)
            )
    names: tuple[str, ...] = ()
    if shown.scale is MapScale.REGIONS:
        median, names = _ranked(median, grid)
        low = high = median
    return MapSlice(
        title=_title(grid, index, along),
        subtitle="median, spread of the seeds" if plan.seeds > 1 else "one seed",
        axis=drawn_axis(plan.axes[along]),
        x=np.flatnonzero(known).astype(np.float64),
        median=median[known],
        low=low[known],
        high=high[known],
        theory=foretold,
        at=index[along],
        log=log,
        ends=shown.ends,
        edge=shown.edge,
        share=shown.scale is MapScale.SHARE,
        names=names,
    )


def _title(grid: MapGrid, index: Index, along: int) -> str:
    """Where the slice is: "Slice at depth 40"."""
    for at, axis in enumerate(grid.plan.axes[:DRAWN]):
        if at != along:
            value = axis_value(axis, axis.values[index[at]])
            return f"Slice at {lowered(axis.field.label)} {value}"
    return "Slice"


def _ranked(values: Array, grid: MapGrid) -> tuple[Array, tuple[str, ...]]:
    """Outcomes as 0, 1, 2, … in the order in which they come, and their names."""
    places: dict[float, int] = {}
    ranked = np.full(values.shape, np.nan)
    for at, value in enumerate(values.tolist()):
        if value == value:
            ranked[at] = places.setdefault(value, len(places))
    return ranked, tuple(outcome_label(grid.names[int(value)]) for value in places)


def _foretold(grid: MapGrid, name: str, decades: Array | None, where: tuple[Any, ...]) -> Array:
    """Theory along the slice, in the figure that is shown; nan where it says nothing of that.

    A figure with an edge follows from the ratio of two gradients, which is what is foretold.
    """
    hops = grid.members.hops[where].max(axis=-1)
    if decades is None or not SHOWN[name].edge:
        return np.full(hops.shape, np.nan)
    nothing = np.full(hops.shape, np.nan)
    with np.errstate(over="ignore", under="ignore"):
        first = 10.0**decades
    members = MemberArrays(
        first, np.ones(hops.shape), hops, nothing, nothing, hops, hops, np.ones(hops.shape, bool)
    )
    found = SHOWN[name].of(members)
    return np.where(np.isnan(decades), np.nan, found)
