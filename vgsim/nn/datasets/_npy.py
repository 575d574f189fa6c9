"""Arrays as NumPy stores them: the header is checked before a value is read. Never a pickle."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import IO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from vgsim.nn.datasets._files import MAX_NUMBERS, DataSource, check_count

MAX_ARRAY_BYTES = 8 * MAX_NUMBERS
LONGEST_HEADER = 2**14
"""Bytes of the longest header that NumPy reads, and some more."""
MAGIC = b"\x93NUMPY"
PIECE = 2**20


@dataclass(frozen=True, slots=True)
class Stored:
    """What the header of an array says; its values begin ``start`` bytes into it."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]
    fortran: bool
    start: int

    def __str__(self) -> str:
        """ "x_train (60 × 28 × 28 uint8)"."""
        sizes = " × ".join(map(str, self.shape)) or "one value,"
        return f"{self.name} ({sizes} {self.dtype.newbyteorder('=')})"


def header_of(name: str, head: bytes) -> Stored:
    """What an array that starts with ``head`` says of itself; raises what NumPy raises."""
    start = io.BytesIO(head)
    version = npy.read_magic(start)
    if version == (1, 0):
        read = npy.read_array_header_1_0
    else:
        read = npy.read_array_header_2_0
    shape, fortran, dtype = read(start)
    return Stored(name, shape, dtype, fortran, start.tell())


def check_header(source: DataSource, stored: Stored, size: int) -> None:
    """SpecError unless an array of ``size`` bytes has plain values that fill it exactly."""
    shape, dtype, name = stored.shape, stored.dtype, stored.name
    if dtype.hasobject:
        raise source.bad(f"of plain numbers; {name} holds Python objects, which could run code")
    if min(shape, default=-1) < 0:
        raise source.bad(f"of arrays with one row for each sample; {name} is a single value")
    check_count(source, shape)
    values = math.prod(shape) * dtype.itemsize
    if values > MAX_ARRAY_BYTES:
        raise source.bad(f"with arrays of at most {MAX_ARRAY_BYTES} bytes; {name} takes {values}")
    if stored.start + values != size:
        raise source.bad(f"with the data it declares; {name} is cut off or has bytes left over")


def read_into(file: IO[bytes], stored: Stored, out: NDArray[np.generic]) -> None:
    """The values of ``file``, which stands at the array's first byte, as rows of ``out``.

    ``out`` is C-contiguous of the stored shape; only a piece of the file is in memory beside it.
    """
    file.read(stored.start)
    if stored.fortran or out.dtype != stored.dtype:
        values = np.empty(math.prod(stored.shape), stored.dtype)
        _fill(file, values)
        out[...] = values.reshape(stored.shape, order="F" if stored.fortran else "C")
        return
    _fill(file, out.reshape(-1))


def _fill(file: IO[bytes], values: NDArray[np.generic]) -> None:
    """The next bytes of ``file`` into all of ``values``; EOFError when there are too few."""
    room = values.view(np.uint8).data
    at = 0
    while at < len(room):
        count = file.readinto(room[at : at + PIECE])  # type: ignore[attr-defined]  # binary
        if not count:
            raise EOFError("the array is cut off")
        at += count
