"""The user's own NPZ file: arrays as NumPy's ``savez`` stores them.

Key ``x`` holds samples × features, samples × steps × features for sequences, or samples × rows ×
columns for pictures, whose rows are timesteps too; key ``y`` holds one label for each sample.
Integers, truth values and text in ``y`` are classes (at most 1000), floating-point numbers are
numbers to predict. Pickled objects are never loaded.
"""

from __future__ import annotations

import io
import math
import zipfile
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from vgsim.core import untrusted
from vgsim.nn.datasets._files import (
    MAX_NUMBERS,
    DataSource,
    array_dataset,
    check_count,
    check_packed,
    check_shape,
    size_of,
)
from vgsim.nn.datasets.base import DATASETS, Dataset

if TYPE_CHECKING:
    from vgsim.nn.spec import DataSpec

MAX_ARRAY_BYTES = 8 * MAX_NUMBERS
LONGEST_HEADER = 2**14
"""Bytes of the longest header that NumPy reads, and some more."""


@DATASETS.register(
    "npz", "Arrays x and y from your own NPZ file", label="NPZ file", uses=("data.path",)
)
def load(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (samples, features), and y as classes or numbers; SpecError when the file is unfit."""
    source = DataSource("data.path", spec.path, "an NPZ file")
    with source.opened() as file, untrusted.archive(file) as archive:
        size = size_of(file)
        x = _member(source, archive, "x", size)
        y = _member(source, archive, "y", size)
    return array_dataset(source, x, source, y)


def _member(
    source: DataSource, archive: zipfile.ZipFile, key: str, size: int
) -> NDArray[np.generic]:
    """The array of that key in a file of ``size`` bytes; it is checked before it is unpacked."""
    if f"{key}.npy" not in archive.namelist():
        raise source.bad(f"with arrays named x and y; {key} is missing")
    info = archive.getinfo(f"{key}.npy")
    untrusted.check_member(info)
    with archive.open(info) as member:
        shape, itemsize = _check_header(source, key, member.read(LONGEST_HEADER), info.file_size)
    if info.compress_type != zipfile.ZIP_STORED:
        check_packed(source, shape, itemsize, size)
    with archive.open(info) as member:
        array: NDArray[np.generic] = npy.read_array(member, allow_pickle=False)
    return array


def _check_header(
    source: DataSource, key: str, head: bytes, size: int
) -> tuple[tuple[int, ...], int]:
    """Shape and bytes of a value in an array of ``size`` bytes that starts with ``head``.

    SpecError unless the header promises plain values that fill the array exactly.
    """
    start = io.BytesIO(head)
    version = npy.read_magic(start)
    if version == (1, 0):
        read = npy.read_array_header_1_0
    else:
        read = npy.read_array_header_2_0
    shape, _, dtype = read(start)
    if dtype.hasobject:
        raise source.bad(f"of plain numbers; {key} holds Python objects, which could run code")
    if min(shape, default=-1) < 0:
        raise source.bad(f"of arrays with one row for each sample; {key} is a single value")
    if key == "x":
        check_shape(source, shape)
    check_count(source, shape)
    values = math.prod(shape) * dtype.itemsize
    if values > MAX_ARRAY_BYTES:
        raise source.bad(f"with arrays of at most {MAX_ARRAY_BYTES} bytes; {key} takes {values}")
    if start.tell() + values != size:
        raise source.bad(f"with the data it declares; {key} is cut off or has bytes left over")
    return shape, dtype.itemsize
