"""The numbers behind a plot as named columns of one length: from which plots build their tables.

A column's name is in words, with its unit. Missing numbers are nan, as everywhere in a
frame; missing texts are empty. No Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vgsim.measure.frame import Frame

Columns = Mapping[str, NDArray[Any]]
"""Columns (rows,) by name; no columns at all where a moment has nothing to show."""
NO_DATA: Columns = {}
Parts = Mapping[str, tuple[NDArray[np.integer], NDArray[np.floating]]]
"""By name: the places (K,) where values are known, and the values (K,)."""

EXPERIMENT = "experiment"
"""Column that tells A from B where two are compared."""


def compared(frame: Frame, make: Callable[[Frame], Columns]) -> Columns:
    """What ``make`` finds in ``frame``, and below it what it finds in the one compared with."""
    if frame.other is None:
        return make(frame)
    found = {"A": make(frame), "B": make(frame.other)}
    return below([_marked(columns, letter) for letter, columns in found.items() if columns])


def _marked(columns: Columns, letter: str) -> Columns:
    return {EXPERIMENT: np.full(_rows(columns), letter), **columns}


def below(tables: Sequence[Columns]) -> Columns:
    """The rows of one table below those of the other, with every column that one of them has."""
    names = dict.fromkeys(name for columns in tables for name in columns)
    return {
        name: np.concatenate([_column(columns, name, tables) for columns in tables])
        for name in names
    }


def _column(columns: Columns, name: str, tables: Sequence[Columns]) -> NDArray[Any]:
    """A column, or as many blanks of its kind."""
    if name in columns:
        return columns[name]
    texts = any(name in other and other[name].dtype.kind == "U" for other in tables)
    return np.full(_rows(columns), "" if texts else np.nan)


def _rows(columns: Columns) -> int:
    return len(next(iter(columns.values())))


def along(key: str, parts: Parts) -> Columns:
    """Columns known at different places, all over the places (int) that any of them has."""
    places = np.unique(np.concatenate([np.asarray(known) for known, _ in parts.values()]))
    columns: dict[str, NDArray[Any]] = {key: places}
    for name, (known, values) in parts.items():
        column = np.full(len(places), np.nan)
        column[np.searchsorted(places, known)] = values
        columns[name] = column
    if len(places):
        return columns
    return NO_DATA


def stages_of(count: int) -> NDArray[np.intp]:
    """Stage numbers from 1 to ``count``."""
    return np.arange(1, count + 1)
