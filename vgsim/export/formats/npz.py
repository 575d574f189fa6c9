"""NPZ: columns as NumPy arrays, what to know of them as JSON text under ``meta``."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from vgsim.core.atomic import written
from vgsim.export.format import Drawable, FileKind, Format, Output, register
from vgsim.export.provenance.tables import find_in_npz
from vgsim.export.table import META, Table


def save_npz(table: Table, path: Path) -> None:
    """Write ``table`` as NumPy arrays by column, compressed; OSError if it cannot be.

    The cells of a grid become arrays of its shape, their axes one array of values each.
    """
    arrays = {name: np.asarray(column) for name, column in table.columns.items()}
    if table.axes:
        shape = [len(values) for values in table.axes.values()]
        arrays = {name: array.reshape(shape) for name, array in arrays.items()}
        arrays |= table.axes
    if table.meta:
        arrays[META] = np.array(json.dumps(dict(table.meta), ensure_ascii=False))
    with written(path) as scratch, scratch.open("wb") as out:
        # savez takes names as keywords, of which "file" is its own
        _save_arrays(out, arrays)


def _save_arrays(out: IO[bytes], arrays: Mapping[str, NDArray[Any]]) -> None:
    """What ``np.savez_compressed`` does, for columns of any name, "file" among them."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, array in arrays.items():
            with package.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)


def compose(drawable: Drawable) -> Table:
    """The page: the table of a plot."""
    return drawable.table()


def write(pages: Iterator[Table], output: Output) -> None:
    """The one table."""
    save_npz(next(pages), output.path)


def starts(head: bytes) -> bool:
    """Whether a file that starts with ``head`` is such a table."""
    return head.startswith(b"PK\x03\x04")


register(
    Format(
        "npz", ".npz", "NPZ", "The numbers behind a plot, as NumPy arrays", FileKind.TABLE,
        compose, write, starts, find_in_npz,
        transparent=False,
    )
)  # fmt: skip
