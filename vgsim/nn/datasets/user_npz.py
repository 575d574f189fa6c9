"""The user's own NPZ file: arrays as NumPy's ``savez`` stores them.

Key ``x`` holds samples × features, samples × steps × features for sequences, or samples × rows ×
columns for pictures, whose rows are timesteps too; key ``y`` holds one label for each sample.
Integers, truth values and text in ``y`` are classes (at most 1000), floating-point numbers are
numbers to predict. Pickled objects are never loaded.
"""

from __future__ import annotations

import math
import zipfile
from typing import IO, TYPE_CHECKING

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from vgsim.nn.datasets._files import (
    MAX_NUMBERS,
    Source,
    array_dataset,
    check_count,
    check_shape,
)
from vgsim.nn.datasets.base import DATASETS, Dataset

if TYPE_CHECKING:
    from vgsim.nn.spec import DataSpec

MAX_ARRAY_BYTES = 8 * MAX_NUMBERS


@DATASETS.register(
    "npz", "Arrays x and y from your own NPZ file", label="NPZ file", uses=("data.path",)
)
def load(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (samples, features), and y as classes or numbers; SpecError when the file is unfit."""
    source = Source("data.path", spec.path, "an NPZ file")
    path = source.path()
    with source.reading(), zipfile.ZipFile(path) as archive:
        x, y = _member(source, archive, "x"), _member(source, archive, "y")
    return array_dataset(source, x, source, y)


def _member(source: Source, archive: zipfile.ZipFile, key: str) -> NDArray[np.generic]:
    """The array of that key; its declared size is checked before it is read."""
    if f"{key}.npy" not in archive.namelist():
        raise source.bad(f"with arrays named x and y; {key} is missing")
    info = archive.getinfo(f"{key}.npy")
    with archive.open(info) as member:
        _check_header(source, key, member, info.file_size)
    with archive.open(info) as member:
        array: NDArray[np.generic] = npy.read_array(member, allow_pickle=False)
    return array


def _check_header(source: Source, key: str, member: IO[bytes], size: int) -> None:
    """SpecError unless the header promises plain values that fill ``size`` bytes exactly."""
    version = npy.read_magic(member)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, _, dtype = read(member)
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
    if member.tell() + values != size:
        raise source.bad(f"with the data it declares; {key} is cut off or has bytes left over")
