"""The numbers behind a plot: CSV, NPZ, JSON Lines, and tab-separated text for the clipboard.

``meta`` goes along where a format has a place for it: CSV as leading ``# name: text`` lines, which
NumPy skips by itself and pandas with ``comment="#"``; JSON Lines as a first line ``{"meta": …}``;
NPZ as JSON text under ``meta``. Without meta there are only the rows. No Qt.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from vgsim.core.atomic import text_file, written

META = "meta"
PASSPORT = "passport"
"""The meta that holds the experiment."""


@dataclass(frozen=True, slots=True)
class Table:
    """Named columns of one length, of numbers, truths or text, and what to know of them.

    ValueError when the lengths differ, a column is not one-dimensional, or is named ``meta``.
    """

    columns: Mapping[str, NDArray[Any]]
    meta: Mapping[str, str] = field(default_factory=dict)

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


def save_csv(table: Table, path: Path) -> None:
    """Write ``table`` as CSV in UTF-8, every digit that a number has; OSError if it cannot be."""
    with text_file(path) as out:
        for name, text in table.meta.items():
            out.write(f"# {_one_line(name)}: {_one_line(text)}\n")
        _write_rows(table, out, ",")


def tabbed(table: Table) -> str:
    """``table`` as text with tabs, which spreadsheets paste into cells; without its meta."""
    out = io.StringIO()
    _write_rows(table, out, "\t")
    return out.getvalue()


def _write_rows(table: Table, out: IO[str], separator: str) -> None:
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.rows())


def _one_line(text: str) -> str:
    """``text`` without its line breaks; its spaces stay, for a passport counts on them."""
    return " ".join(text.splitlines())


def save_npz(table: Table, path: Path) -> None:
    """Write ``table`` as NumPy arrays by column, compressed; OSError if it cannot be."""
    arrays = {name: np.asarray(column) for name, column in table.columns.items()}
    if table.meta:
        arrays[META] = np.array(json.dumps(dict(table.meta), ensure_ascii=False))
    with written(path) as scratch, scratch.open("wb") as out:
        # savez takes names as keywords, of which "file" is its own
        _save_arrays(out, arrays)


def _save_arrays(out: IO[bytes], arrays: Mapping[str, NDArray[Any]]) -> None:
    """What ``np.savez_compressed`` does, for columns of any name, "file" among them."""
    import zipfile

    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, array in arrays.items():
            with package.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)


def save_jsonl(table: Table, path: Path) -> None:
    """Write one JSON object a row; OSError if it cannot be.

    JSON has no word for them: nan becomes null, and infinity 1e999, which readers take for it.
    """
    with text_file(path) as out:
        if table.meta:
            out.write(json.dumps({META: dict(table.meta)}, ensure_ascii=False) + "\n")
        names = [json.dumps(name, ensure_ascii=False) for name in table.columns]
        for row in table.rows():
            pairs = zip(names, map(_json, row), strict=True)
            out.write("{" + ", ".join(f"{name}: {value}" for name, value in pairs) + "}\n")


def _json(value: object) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return "null" if math.isnan(value) else "1e999" if value > 0 else "-1e999"
    return json.dumps(value, ensure_ascii=False)
