"""The numbers behind a plot: named columns, and what to know of them. No Qt."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

META = "meta"
PROVENANCE = "passport"
"""Name of the provenance in the meta of a table, as files of 0.1.0 have it."""
"""The meta that holds the experiment; files of version 0.1.0 call it so, too."""


@dataclass(frozen=True, slots=True)
class Table:
    """Named columns of one length, of numbers, truths or text, and what to know of them.

    Rows that are the cells of a grid have ``axes``: by the names of their columns the values that
    each takes, the last axis fastest. ValueError when the lengths differ, a column is not
    one-dimensional, or is named ``meta``.
    """

    columns: Mapping[str, NDArray[Any]]
    meta: Mapping[str, str] = field(default_factory=dict)
    axes: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """ValueError unless it is a table."""
        shapes = {np.shape(column) for column in self.columns.values()}
        if len(shapes) != 1 or len(next(iter(shapes))) != 1 or META in self.columns:
            raise ValueError("a table has columns of one length, none of them named meta")

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The rows, as plain Python values, a thousand of them in memory at a time."""
        columns = [np.asarray(column) for column in self.columns.values()]
        for at in range(0, len(columns[0]), 1000):
            yield from zip(*(column[at : at + 1000].tolist() for column in columns), strict=True)


def tabbed(table: Table) -> str:
    """``table`` as text with tabs, which spreadsheets paste into cells; without its meta."""
    out = io.StringIO()
    write_rows(table, out, "\t")
    return out.getvalue()


def write_rows(table: Table, out: IO[str], separator: str) -> None:
    """The names of the columns, then the rows, as :mod:`csv` writes them."""
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.rows())
