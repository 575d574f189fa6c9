"""Arrays as BLOBs and back, bit for bit. All numbers are big-endian.

``float64``
    8 bytes a number and nothing else: number k is bytes 8k to 8k + 7.
``packed float64``
    The same with the bytes sorted (all first bytes, then all second ones, …) and deflated by zlib:
    for counts and shares, which are mostly 0.
``ragged float64``
    Lists of unequal lengths, for each stage one table of numbers: ``layout`` is the deflated
    (rows, columns) of each, 4 bytes a number, ``data`` all numbers of all tables, packed.
``ragged log16``
    The same with 2 bytes a number: 0 is exactly 0, 1 is "not recorded", 2 nan, 3 inf; a code c from
    8 on is 10^((c − 8)/770 − 46), so within 0.15 % of what it was.
``ragged counts``
    Histograms, for each stage one: ``layout`` is the deflated (first bin, number of bins) that are
    not 0, 4 bytes a number, ``data`` their counts, 8 bytes a number, packed.

What was not recorded is a nan with bits of its own (``ABSENT``), so that it stays apart from a nan
that was measured. In a layout it is the number 2³² − 1.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

ABSENT_BITS = 0x7FF8_0000_0000_07A2
ABSENT = np.array([ABSENT_BITS], np.uint64).view(np.float64)[0]
"""The nan that says "not recorded"."""
NOWHERE = 2**32 - 1
"""What a layout has for a stage whose list was not recorded."""
MOST_UNPACKED = 2**26
"""Bytes that one BLOB may have once it is inflated."""
_LEVEL = 1
_STEPS, _LEAST, _FIRST = 770, -46, 8
_ZERO, _UNKNOWN, _NAN, _INF = 0, 1, 2, 3


class BadBlob(ValueError):
    """A BLOB is not what its figure's coding says."""


def absent(values: ArrayLike) -> NDArray[np.bool_]:
    """Where an array has "not recorded" rather than a measured number or nan."""
    bits: NDArray[np.bool_] = np.asarray(values, np.float64).view(np.uint64) == ABSENT_BITS
    return bits


def blank(size: int) -> Floats:
    """An array of "not recorded"."""
    return np.full(size, ABSENT)


def to_float64(values: Floats) -> bytes:
    """8 bytes a number."""
    return values.astype(">f8").tobytes()


def from_float64(data: bytes) -> Floats:
    """What :func:`to_float64` wrote."""
    if len(data) % 8:
        raise BadBlob("its length is no multiple of 8")
    return np.frombuffer(data, ">f8").astype(np.float64)


def pack(values: NDArray[np.generic]) -> bytes:
    """Numbers with their bytes sorted, and deflated."""
    size = values.dtype.itemsize
    big = values.astype(values.dtype.newbyteorder(">")).reshape(-1)
    return _deflated(big.view(np.uint8).reshape(-1, size).T.tobytes())


@lru_cache(maxsize=64)
def _deflated(plain: bytes) -> bytes:
    """Deflated; layouts, sizes and counts of 0 are the same in every step, and known by then."""
    return zlib.compress(plain, _LEVEL)


def unpack(data: bytes, kind: type[np.generic]) -> NDArray[np.generic]:
    """What :func:`pack` wrote, never more than ``MOST_UNPACKED`` bytes."""
    inflate = zlib.decompressobj()
    try:
        plain = inflate.decompress(data, MOST_UNPACKED)
    except zlib.error as error:
        raise BadBlob(str(error)) from None
    dtype = np.dtype(kind)
    if not inflate.eof or len(plain) % dtype.itemsize:
        raise BadBlob("it is cut or too long")
    sorted_bytes = np.frombuffer(plain, np.uint8).reshape(dtype.itemsize, -1)
    big = np.ascontiguousarray(sorted_bytes.T).view(dtype.newbyteorder(">")).reshape(-1)
    return big.astype(dtype)


def to_ragged(tables: Sequence[Floats | None], log16: bool) -> tuple[bytes, bytes]:
    """Layout and data of one table (2-D, or 1-D as one row) for each stage; None: not recorded."""
    shapes = []
    given = []
    for table in tables:
        if table is None:
            shapes.append((NOWHERE, NOWHERE))
        elif table.ndim == 1:
            shapes.append((1, len(table)))
            given.append(table)
        else:
            shapes.append(table.shape)
            given.append(table.reshape(-1))
    layout = np.array(shapes, np.uint32).reshape(-1, 2)
    values = np.concatenate(given) if given else np.empty(0)
    if log16:
        return pack(layout), pack(to_log16(values))
    return pack(layout), pack(values)


def from_ragged(layout: bytes, data: bytes, log16: bool, most: int) -> list[Floats | None]:
    """One table (rows, columns) for each of ``most`` stages, None where it was not recorded."""
    shapes = _pairs(layout, most)
    if log16:
        values = from_log16(unpack(data, np.uint16).astype(np.uint16))
    else:
        values = unpack(data, np.float64).astype(np.float64)
    tables: list[Floats | None] = []
    at = 0
    for rows, columns in shapes.tolist():
        if rows == NOWHERE:
            tables.append(None)
            continue
        end = at + rows * columns
        if end > len(values):
            raise BadBlob("its layout has more values than there are")
        tables.append(values[at:end].reshape(rows, columns))
        at = end
    return tables


def shapes_of(layout: bytes, most: int) -> dict[int, tuple[int, int]]:
    """(rows, columns) of the tables that there are, by the number of their stage."""
    shapes = _pairs(layout, most).tolist()
    return {at: (rows, columns) for at, (rows, columns) in enumerate(shapes) if rows != NOWHERE}


def to_counts(counts: Counts) -> tuple[bytes, bytes]:
    """Layout and data of histograms (stages, bins); a row with a −1 was not recorded."""
    some = counts != 0
    first = some.argmax(axis=1)
    last = counts.shape[1] - some[:, ::-1].argmax(axis=1)
    last[~some.any(axis=1)] = 0
    missing = (counts < 0).any(axis=1)
    last[missing] = 0
    bins = np.arange(counts.shape[1])
    inside = (bins >= first[:, None]) & (bins < last[:, None])
    layout = np.stack([first, np.maximum(last - first, 0)], axis=1)
    layout[missing] = NOWHERE
    return pack(layout.astype(np.uint32)), pack(counts[inside].astype(np.uint64))


def from_counts(layout: bytes, data: bytes, bins: int, most: int) -> Counts:
    """Histograms (stages, bins) of ``most`` stages, rows of −1 where none was recorded."""
    spans = _pairs(layout, most)
    values = unpack(data, np.uint64).astype(np.int64)
    counts = np.zeros((len(spans), bins), np.int64)
    at = 0
    for row, (first, length) in zip(counts, spans.tolist(), strict=True):
        if first == NOWHERE:
            row[:] = -1
            continue
        if first + length > bins or at + length > len(values):
            raise BadBlob("its layout has more bins than there are")
        row[first : first + length] = values[at : at + length]
        at += length
    return counts


def _pairs(layout: bytes, most: int) -> NDArray[np.uint32]:
    """What a layout says of each stage; there are not more than ``most``."""
    found = unpack(layout, np.uint32).astype(np.uint32)
    if found.size % 2:
        raise BadBlob("its layout ends early")
    if found.size > 2 * most:
        raise BadBlob(f"it has {found.size // 2:,} lists for {most:,}")
    return found.reshape(-1, 2)


def to_log16(values: Floats) -> NDArray[np.uint16]:
    """Magnitudes as codes of log10; the sign is lost."""
    size = np.abs(values)
    with np.errstate(divide="ignore"):
        steps = np.rint((np.log10(size) - _LEAST) * _STEPS) + _FIRST
    finite = bool(np.isfinite(size).all())
    if not finite:
        steps = np.nan_to_num(steps)
    codes: NDArray[np.uint16] = np.clip(steps, _FIRST, 2**16 - 1).astype(np.uint16)
    codes[size == 0] = _ZERO
    if not finite:
        codes[np.isinf(size)] = _INF
        codes[np.isnan(size)] = _NAN
        codes[absent(values)] = _UNKNOWN
    return codes


def from_log16(codes: NDArray[np.uint16]) -> Floats:
    """Magnitudes of codes."""
    values: Floats = 10.0 ** ((codes.astype(np.float64) - _FIRST) / _STEPS + _LEAST)
    values[codes == _ZERO] = 0
    values[codes == _UNKNOWN] = ABSENT
    values[codes == _NAN] = np.nan
    values[codes == _INF] = np.inf
    return values
