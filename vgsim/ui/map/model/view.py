"""What is drawn of a map, and how that follows from what has been measured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from vgsim.core.numbers import decade
from vgsim.diagnosis import OUTCOMES
from vgsim.diagnosis.verdict import Tone
from vgsim.sweep.blocks import NOBODY, as_followed, dots, followed, interpolated
from vgsim.sweep.figures import SHOWN, MapScale, Shown
from vgsim.sweep.grid import MapGrid
from vgsim.sweep.order import COARSEST, DRAWN, between
from vgsim.sweep.order import lines as lines_of_grid
from vgsim.sweep.plan import Index
from vgsim.text.maps import outcome_label, shown_words
from vgsim.ui.map.model.axis import Array, DrawnAxis, drawn_axis, no_axis
from vgsim.ui.map.model.shading import Shading, shading_of

Mask = NDArray[np.bool_]
Kind = TypeVar("Kind", bound=np.generic)
Cell = tuple[int, int]
"""(column, row) of a cell, both from 0, the lowest row first."""
CONTOURS_EVERY = 3
"""Decades from one contour to the next."""
BEYOND = 30.0
"""Decades beyond the ends of the bar at which an exact 0 and an overflow count for contours."""


@dataclass(frozen=True, slots=True)
class MapRegion:
    """One verdict on the map: its sign in the legend, its name, how many cells have it."""

    sign: str
    name: str
    cells: int
    good: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class MapLine:
    """A line of theory over the map, through places in cells; nan breaks it.

    ``dots`` says that it is dotted rather than dashed; ``finite`` that it is of this very depth.
    """

    label: str
    x: Array
    y: Array
    dots: bool = False
    finite: bool = False


@dataclass(frozen=True, slots=True)
class Level:
    """A contour; ``edge`` is the one where a gradient is as large as at the end."""

    value: float
    label: str
    edge: bool = False


@dataclass(frozen=True, slots=True)
class MapWord:
    """A name on the map: the cell in whose middle it stands, and how many are alike around that.

    ``sign`` stands there where the name has no room.
    """

    text: str
    cell: Cell
    around: int
    sign: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class MapView:
    """A map as it is drawn. Arrays are (columns, rows), the lowest row first.

    ``values`` has the figure of every cell, of one that is not measured that of the cell which it
    follows; nan is not known yet, or cannot be. ``failed`` are the cells that cannot be. Of
    ``regions`` a value is the number of the region.
    """

    title: str
    subtitle: str
    across: DrawnAxis
    up: DrawnAxis
    values: Array
    measured: Mask
    failed: Mask
    dots: Mask
    shading: Shading
    log: bool = False
    regions: tuple[MapRegion, ...] = ()
    lines: tuple[MapLine, ...] = ()
    levels: tuple[Level, ...] = ()
    words: tuple[MapWord, ...] = ()
    note: str = ""
    """What is said of the lines of theory, or of why there are none."""
    trained: bool = False
    """Whether what is shown comes after updates, of which theory knows nothing."""

    @property
    def shape(self) -> tuple[int, int]:
        """(columns, rows)."""
        columns, rows = self.values.shape
        return columns, rows

    @property
    def whole(self) -> bool:
        """Whether every cell has been measured, or cannot be."""
        return bool((self.measured | self.failed).all())

    def cell_at(self, x: float, y: float) -> Cell | None:
        """The cell at a place; None beside the map."""
        column = math.floor(x + 0.5)
        row = math.floor(y + 0.5)
        columns, rows = self.shape
        if 0 <= column < columns and 0 <= row < rows:
            return column, row
        return None

    def heights(self) -> Array:
        """What contours run through: measured cells, and what is interpolated between them.

        Of decades the logarithms, with exact zeros and overflows beyond the ends of the bar. nan
        across cells that cannot be, and where there is nothing measured on both sides.
        """
        own = np.where(self.measured & ~self.failed, self.values, np.nan)
        if self.log:
            with np.errstate(divide="ignore"):
                logs = np.log10(own)
            own = np.clip(logs, self.shading.low - BEYOND, self.shading.high + BEYOND)
        own = np.where(np.isfinite(own), own, np.nan)
        numbers = bool(self.across.numbers), bool(self.up.numbers)
        return interpolated(own, self.measured | self.failed, numbers)


def map_view(
    grid: MapGrid,
    name: str,
    layer: Index = (),
    *,
    lines: Sequence[MapLine] = (),
    contours: bool = True,
    words: bool = True,
    note: str = "",
) -> MapView:
    """The map of the figure ``name``; ``layer`` says which one of a stack."""
    plan = grid.plan
    entry = SHOWN.entry(name)
    shown = entry.value
    across = drawn_axis(plan.axes[0])
    up = drawn_axis(plan.axes[1]) if len(plan.axes) > 1 else no_axis()
    median = of_layer(grid.median(shown), layer)
    measured = of_layer(grid.measured, layer) & ~np.isnan(median)
    failed = failed_cells(grid, layer)
    free = (*between(plan), False)[:DRAWN]
    leads = leaders(measured, (free[0], free[1]))
    leads = np.where(failed, NOBODY, leads)
    values = as_followed(median, leads)
    regions: tuple[MapRegion, ...] = ()
    parts: list[tuple[str, str, Mask]] = []
    if shown.scale is MapScale.REGIONS:
        values, regions = regions_of(values, grid.names)
        parts = [(each.name, each.sign, values == at) for at, each in enumerate(regions)]
    elif shown.edge:
        ratio = as_followed(of_layer(grid.median(SHOWN["ratio"]), layer), leads)
        parts = [("explodes", "", ratio > 10.0), ("vanishes", "", ratio < 0.1)]
    return MapView(
        title=shown.heading,
        subtitle=shown_words(entry, plan),
        across=across,
        up=up,
        values=values,
        measured=measured,
        failed=failed,
        dots=dots(measured, leads),
        shading=shading_of(shown, values, plan.steps),
        log=shown.scale is MapScale.DECADES,
        regions=regions,
        lines=tuple(lines),
        levels=levels_of(values, shown, contours) if across.numbers and up.numbers else (),
        words=words_on(parts) if words else (),
        note=note,
        trained=plan.steps > 0,
    )


def leaders(measured: Mask, free: tuple[bool, bool]) -> NDArray[np.int64]:
    """The measured cell that each one follows, as :func:`followed` has it, but none from afar.

    Before the coarsest grid is whole a cell may have none in its block: it is not known yet. That
    grid is a coarser one where few cells are wanted in all.
    """
    leads = followed(measured, free)
    places = np.divmod(leads, measured.shape[1])
    level = COARSEST
    while level > 0 and not _whole(measured, free, level):
        level -= 1
    level = level or COARSEST
    away = np.zeros(measured.shape)
    reach = 0.0
    for there, here, length, each in zip(
        places, np.indices(measured.shape), measured.shape, free, strict=True
    ):
        away += (there - here) ** 2
        reach += each * math.ceil((length - 1) / 2**level / 2) ** 2
    return np.where(away > reach, NOBODY, leads)


def _whole(measured: Mask, free: tuple[bool, bool], level: int) -> bool:
    """Whether every cell of the grid of a level is measured."""
    along = [
        lines_of_grid(length, level) if each else np.arange(length)
        for length, each in zip(measured.shape, free, strict=True)
    ]
    return bool(measured[np.ix_(*along)].all())


def of_layer(array: NDArray[Kind], layer: Index) -> NDArray[Kind]:
    """One map (columns, rows) of a stack of maps; of a single axis a map of one row."""
    if array.ndim == 1:
        return array[:, None]
    where: tuple[Any, ...] = (slice(None), slice(None), *layer)
    found: NDArray[Kind] = array[where]
    return found


def failed_cells(grid: MapGrid, layer: Index) -> Mask:
    """Cells of which no seed could be computed."""
    plan = grid.plan
    failed = np.zeros(plan.shape, np.bool_)
    for index, _ in grid.failures:
        failed[index] = True
    return of_layer(failed & ~grid.measured, layer)


def regions_of(values: Array, names: Sequence[str]) -> tuple[Array, tuple[MapRegion, ...]]:
    """Values as numbers of regions, the largest first, and what the regions are."""
    known, counts = np.unique(values[~np.isnan(values)].astype(np.intp), return_counts=True)
    order = np.argsort(-counts, kind="stable")
    numbered = np.full(values.shape, np.nan)
    regions = []
    for number, at in enumerate(order.tolist()):
        name = names[int(known[at])]
        numbered[values == known[at]] = number
        good = name in OUTCOMES and OUTCOMES[name].tone is Tone.GOOD
        regions.append(MapRegion(_sign(number), outcome_label(name), int(counts[at]), good))
    return numbered, tuple(regions)


def _sign(number: int) -> str:
    """A letter for each region: A, B, …, Z, AA, …"""
    letter = chr(ord("A") + number % 26)
    return letter * (number // 26 + 1)


def levels_of(values: Array, shown: Shown, contours: bool) -> tuple[Level, ...]:
    """Where a gradient neither fades nor grows, and every third decade from there."""
    levels = []
    if shown.edge:
        levels.append(Level(0.0, f"measured: {shown.edge}", edge=True))
    if contours and shown.scale is MapScale.DECADES:
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log10(values)
        logs = logs[np.isfinite(logs)]
        if len(logs):
            first = math.ceil(float(logs.min()) / CONTOURS_EVERY)
            last = math.floor(float(logs.max()) / CONTOURS_EVERY)
            low, high = shown.ends
            for number in range(first, last + 1):
                power = number * CONTOURS_EVERY
                if number and low < power < high:
                    levels.append(Level(float(power), decade(power)))
    return tuple(levels)


def words_on(parts: Sequence[tuple[str, str, Mask]]) -> tuple[MapWord, ...]:
    """What happens where: (name, sign) at the deepest place of each part."""
    found = []
    for name, sign, mask in parts:
        deepest = interior(mask)
        if deepest is not None:
            cell, around = deepest
            found.append(MapWord(name, cell, around, sign))
    return tuple(found)


def interior(mask: Mask) -> tuple[Cell, int] | None:
    """The cell deepest within those that are True, and how many lie around it on every side.

    None when no cell is True. Of equally deep ones the one nearest their mean.
    """
    left = mask.copy()
    deepest = left
    depth = -1
    while left.any():
        deepest = left
        depth += 1
        padded = np.pad(left, 1)
        left = left & padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    if depth < 0:
        return None
    columns, rows = np.nonzero(deepest)
    away = (columns - columns.mean()) ** 2 + (rows - rows.mean()) ** 2
    best = int(away.argmin())
    return (int(columns[best]), int(rows[best])), depth
