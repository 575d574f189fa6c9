"""A dataset from the arrays of a file: what their axes are, and what labels mean.

Text, truth values and whole numbers with one value a sample are classes, at most 1000. Numbers
with decimals are to be predicted, but for few whole ones that repeat, which are classes stored as
floating point. Several columns with a single 1 in each row are classes, one-hot. Of several
columns of other whole numbers (QMNIST's labels have eight) ``data.label`` counts the one that is
meant, or all that are to be predicted; of measured numbers all are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vgsim.core.errors import refuse
from vgsim.nn.datasets._files import (
    MAX_CLASSES,
    MAX_VALUE,
    DataSource,
    check_classes,
    check_finite,
    check_shape,
    quote,
)
from vgsim.nn.datasets._layouts import column_of
from vgsim.nn.datasets.base import Dataset
from vgsim.nn.rows import LARGE, rows_at_once

MOST_CHANNELS = 4
MOST_FLOAT_CLASSES = 20
"""Distinct whole numbers in a floating-point column that are still taken for classes."""


def array_dataset(
    source: DataSource,
    x: NDArray[np.generic],
    labels: DataSource,
    y: NDArray[np.generic],
    label: str = "",
) -> Dataset:
    """A dataset from arrays as a file stored them; SpecError about ``source`` or ``labels``.

    An ``x`` of three dimensions, or of four with one channel, is a picture, and as a sequence one
    row of it a timestep; with several channels those of a pixel lie side by side. ``label`` is
    ``data.label``.
    """
    check_shape(source, x.shape)
    if len(y) != len(x):
        raise labels.bad(
            f"with one label for each of the {len(x)} samples; this one has {len(y)} labels"
        )
    pixels = _one_channel(source, x)
    table = _samples(source, pixels.reshape(len(x), -1))
    image_shape = (pixels.shape[1], pixels.shape[2]) if pixels.ndim == 3 else None
    steps = pixels.shape[1] if pixels.ndim > 2 else 1
    targets, classes = _targets(labels, _chosen(labels, y, label.strip()))
    return Dataset(table, targets, classes, image_shape=image_shape, steps=steps)


def _samples(source: DataSource, table: NDArray[np.generic]) -> NDArray[np.float64]:
    """(samples, features) as float64, or as stored if it is large; SpecError unless finite."""
    if table.size < LARGE:
        return _numbers(source, table, "the samples")
    if table.dtype.kind not in "biuf":
        _numbers(source, table[:1], "the samples")
    step = rows_at_once(table.shape[1])
    for at in range(0, len(table), step):
        piece = table[at : at + step]
        if not _is_moderate(piece):
            _numbers(source, piece, "the samples", at)
    return table  # type: ignore[return-value]  # of numbers, see Dataset


def _is_moderate(piece: NDArray[np.generic]) -> bool:
    """Whether all is finite and of moderate size; nan makes it false."""
    return bool(float(piece.min()) >= -MAX_VALUE and float(piece.max()) <= MAX_VALUE)


def _one_channel(source: DataSource, x: NDArray[np.generic]) -> NDArray[np.generic]:
    """Pictures without their axis of one channel, else with their channels last."""
    if x.ndim != 4:
        return x
    for axis in (3, 1, 2):
        if x.shape[axis] == 1:
            return x.squeeze(axis)
    if x.shape[3] <= MOST_CHANNELS:
        return x
    if x.shape[1] <= MOST_CHANNELS:
        return np.moveaxis(x, 1, 3)
    raise source.bad(
        f"of pictures with 1 to {MOST_CHANNELS} channels, first or last; this is "
        + " × ".join(map(str, x.shape))
    )


def _chosen(source: DataSource, y: NDArray[np.generic], label: str) -> NDArray[np.generic]:
    """(samples,) or (samples, columns): the columns of ``y`` that are to be predicted."""
    if y.ndim > 2 and y.size == len(y):
        y = y.reshape(-1)
    if y.ndim not in (1, 2) or y.size == 0:
        raise source.bad("with labels of shape samples, or samples × outputs")
    columns = y.reshape(len(y), -1)
    if label:
        columns = columns[:, column_of(label, source, columns.shape[1])]
    elif columns.shape[1] > 1 and _is_unclear(columns):
        count = columns.shape[1]
        raise refuse(
            "data.label",
            label,
            f"the number of one of the {count} columns of {quote(source.given)}, from 1 to {count},"
            " or those of several numbers to predict, with commas",
        )
    if columns.shape[1] == 1:
        return columns[:, 0]
    return columns


def _is_unclear(columns: NDArray[np.generic]) -> bool:
    """Whether several columns may be classes of several kinds as well as numbers."""
    if columns.dtype.kind in "US":
        return True
    return columns.dtype.kind in "iu" and not np.isin(columns, (0, 1)).all()


Targets = tuple[NDArray[np.int64] | NDArray[np.float64], tuple[str, ...]]


def _targets(source: DataSource, y: NDArray[np.generic]) -> Targets:
    """Class numbers (samples,) with their names, or numbers (samples, outputs)."""
    if y.ndim == 1 and (y.dtype.kind in "biuUS" or _counts_classes(y)):
        return _classes(source, y)
    if y.ndim == 2 and _is_one_hot(y):
        codes = y.argmax(axis=1).astype(np.int64)
        return codes, check_classes(source, [str(at) for at in range(y.shape[1])])
    return _numbers(source, y.reshape(len(y), -1), "the labels"), ()


def _counts_classes(y: NDArray[np.generic]) -> bool:
    """Whether floating-point numbers are a few whole ones, each on average twice or oftener."""
    if y.dtype.kind != "f":
        return False
    values = np.unique(y)
    few = 2 <= len(values) <= min(MOST_FLOAT_CLASSES, len(y) // 2)
    return few and bool(np.isfinite(values).all() and (values == np.round(values)).all())


def _is_one_hot(y: NDArray[np.generic]) -> bool:
    """Whether every row has a single 1 and zeros."""
    if y.dtype.kind not in "biuf":
        return False
    ones = (y == 1).sum(axis=1)
    return bool((ones == 1).all() and ((y == 0).sum(axis=1) == y.shape[1] - 1).all())


def _numbers(
    source: DataSource, table: NDArray[np.generic], what: str, first: int = 0
) -> NDArray[np.float64]:
    """(samples, columns) as float64, from row ``first`` on; SpecError unless these are finite."""
    if table.dtype.kind not in "biuf":
        raise source.bad(f"of numbers; {what} in it are of type {quote(table.dtype)}")
    with np.errstate(all="ignore"):  # what overflows here becomes inf and is refused below
        numbers = np.ascontiguousarray(table, dtype=np.float64)
    check_finite(
        source, numbers, lambda row, col: f"row {first + row + 1}, column {col + 1} of {what}"
    )
    return numbers


def _classes(
    source: DataSource, labels: NDArray[np.generic]
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Class numbers (samples,) and the class names in sorted order (integers by value)."""
    with source.reading():
        plain = labels.astype(np.int64) if labels.dtype.kind in "bf" else labels
        values, codes = np.unique(plain, return_inverse=True)
        some = values[: MAX_CLASSES + 1].tolist()
        names = [value.decode() if isinstance(value, bytes) else str(value) for value in some]
        "".join(names).encode()  # lone surrogates, which no font or file could take, stop here
    return codes.astype(np.int64), check_classes(source, names)
