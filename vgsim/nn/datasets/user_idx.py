"""The user's own IDX files, plain or gzipped: the format in which MNIST is published.

LeCun, Cortes & Burges (1998), "The MNIST database of handwritten digits". Two zero bytes, a type
code, the number of dimensions, each size as a big-endian 32-bit number, then the values.
"""

from __future__ import annotations

import gzip
import math
import struct
from typing import IO, TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.nn.datasets._files import (
    DataSource,
    check_count,
    check_packed,
    check_shape,
    quote,
    size_of,
)
from vgsim.nn.datasets._labels import array_dataset
from vgsim.nn.datasets.base import DATASETS, Dataset

if TYPE_CHECKING:
    from vgsim.nn.spec import DataSpec

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
GZIP_MAGIC = b"\x1f\x8b"
CHUNK = 2**20
Bytes = IO[bytes] | gzip.GzipFile


@DATASETS.register(
    "idx",
    "Your own IDX files, such as MNIST as published",
    label="IDX files",
    uses=("data.path", "data.labels", "data.label"),
)
def load(spec: DataSpec, rng: np.random.Generator) -> Dataset:
    """x (samples, features) with y from the label file; SpecError when a file is unfit."""
    source = DataSource("data.path", spec.path, "an IDX file")
    labels = DataSource("data.labels", spec.labels, "an IDX file")
    x = _read(source)
    check_shape(source, x.shape)
    return array_dataset(source, x, labels, _read(labels), spec.label)


def _read(source: DataSource) -> NDArray[np.generic]:
    """The one array of the file."""
    with source.opened() as plain:
        zipped = plain.read(2) == GZIP_MAGIC
        plain.seek(0)
        if not zipped:
            return _parse(source, plain)
        with gzip.open(plain) as unpacked:
            return _parse(source, unpacked, size_of(plain))


def _parse(source: DataSource, file: Bytes, packed: int = 0) -> NDArray[np.generic]:
    """The array in ``file``; its declared size is checked before the values are read.

    ``packed`` are the bytes from which it is unpacked, 0 when it is not.
    """
    magic = _exactly(source, file, 4)
    if magic[:2] != b"\0\0" or magic[2] not in TYPES or magic[3] == 0:
        raise source.bad(f"that starts with an IDX magic number; this starts with {magic.hex(' ')}")
    shape = struct.unpack(f">{magic[3]}I", _exactly(source, file, 4 * magic[3]))
    check_count(source, shape)
    dtype = np.dtype(TYPES[magic[2]])
    if packed:
        check_packed(source, shape, dtype.itemsize, packed)
    values = _exactly(source, file, math.prod(shape) * dtype.itemsize)
    if file.read(1):
        raise source.bad(f"that ends after its {quote(' × '.join(map(str, shape)))} values")
    return np.frombuffer(values, dtype).reshape(shape)


def _exactly(source: DataSource, file: Bytes, size: int) -> bytearray:
    """``size`` bytes, taken in pieces: a false size must not reserve memory for itself."""
    taken = bytearray()
    while len(taken) < size:
        piece = file.read(min(CHUNK, size - len(taken)))
        if not piece:
            raise source.bad(
                f"with all the data it declares; {size - len(taken)} bytes are missing"
            )
        taken += piece
    return taken
