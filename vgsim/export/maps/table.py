"""A map as a table: a row a cell, with the median and the spread of every figure. No Qt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vgsim.export.maps.choice import IN_PLANE, figure_of, figures_of, layer_of
from vgsim.export.picture import PictureRequest
from vgsim.export.sources import provenance_of_map
from vgsim.export.table import PROVENANCE, Table
from vgsim.sweep.axes import values_text
from vgsim.sweep.figures import SHOWN, MapScale
from vgsim.sweep.grid import MapGrid

SEEDS = "seeds"
FAILURE = "failure"
Column = NDArray[Any]


def map_table(grid: MapGrid, file: Path | None, picture: PictureRequest) -> Table:
    """The cells of ``grid``, the last axis fastest.

    Of each figure there is the median over the seeds, and in ``…_low`` and ``…_high`` the least
    and the largest; of a verdict its name. ``seeds`` counts those that are measured: 0 where a
    cell is not. With ``picture.show`` it is that figure alone, with ``picture.layer`` that map of
    the stack alone. SpecError when the map has not what is asked for.
    """
    plan = grid.plan
    names = (figure_of(plan, picture),) if picture.show else figures_of(plan)
    axes = {axis.path: np.array(axis.values) for axis in plan.axes}
    columns = _figures(grid, names)
    if picture.layer:
        layer = layer_of(plan, picture)
        where: tuple[Any, ...] = (..., *layer)
        columns = {name: column[where] for name, column in columns.items()}
        for axis, at in zip(plan.axes[IN_PLANE:], layer, strict=True):
            axes[axis.path] = axes[axis.path][at : at + 1]
    cells = [mesh.ravel() for mesh in np.meshgrid(*axes.values(), indexing="ij")]
    flat: dict[str, Column] = dict(zip(axes, cells, strict=True))
    flat |= {name: column.ravel() for name, column in columns.items()}
    return Table(flat, _meta(grid, names, file, picture), axes)


def _figures(grid: MapGrid, names: tuple[str, ...]) -> dict[str, Column]:
    """Arrays of the plan's shape, by what their columns are called."""
    columns: dict[str, Column] = {SEEDS: grid.members.measured.sum(-1)}
    for name in names:
        shown = SHOWN[name]
        median = grid.median(shown)
        if shown.scale is MapScale.REGIONS:
            columns[name] = _named(grid, median)
            continue
        spread = grid.spread(shown)
        columns[name] = median
        columns[f"{name}_low"] = spread.low
        columns[f"{name}_high"] = spread.high
    columns[FAILURE] = _failures(grid)
    return columns


def _named(grid: MapGrid, places: NDArray[np.float64]) -> Column:
    """The names of outcomes for their places; empty where there is none."""
    names = np.array([*grid.names, ""])
    none = np.isnan(places)
    found: Column = names[np.where(none, len(grid.names), places).astype(np.intp)]
    return found


def _failures(grid: MapGrid) -> Column:
    """Why a cell could not be computed; empty where it could."""
    told = np.full(grid.plan.shape, "", dtype=object)
    for index, _ in grid.failures:
        told[index] = grid.failure(index)
    return told.astype(np.str_)


def _meta(
    grid: MapGrid, names: tuple[str, ...], file: Path | None, picture: PictureRequest
) -> dict[str, str]:
    plan = grid.plan
    measured = int(np.count_nonzero(grid.measured))
    meta = {
        "plot": "Map",
        "shows": "the cells of a map: median over the seeds, least and largest",
        "experiment": plan.spec.name,
        "updates done": str(plan.steps),
        "seeds of a cell": str(plan.seeds),
        "cells measured": f"{measured} of {plan.cells}",
    }
    for axis in plan.axes:
        unit = f" ({axis.field.unit})" if axis.field.unit else ""
        meta[axis.path] = f"{axis.field.label}{unit}: {values_text(axis.values)}"
    for name in names:
        entry = SHOWN.entry(name)
        unit = f", in {entry.value.unit}" if entry.value.unit else ""
        meta[name] = entry.summary + unit
    meta[PROVENANCE] = provenance_of_map(plan, file, picture).dumps()
    return meta
