"""The seeded split of a dataset into a training part and a held-out part, and standardization."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vgsim.nn.datasets import DATASETS
from vgsim.nn.datasets.base import Dataset
from vgsim.nn.filling import filled
from vgsim.nn.rows import LARGE, Inputs, StoredRows, moments, stored_pieces
from vgsim.nn.spec import Spec
from vgsim.nn.streams import Stream, generator


@dataclass(frozen=True, slots=True)
class Split:
    """A dataset in two parts.

    ``x_train`` and ``x_held`` are (samples, F) float64 and hold (x - ``mean``) / ``scale``;
    ``mean`` and ``scale`` are (F,). ``y_train`` and ``y_held`` are rows of ``dataset.y``:
    class numbers (samples,) int64, or numbers (samples, outputs) float64, those standardized in
    the same way. The held-out part may be empty, the training part is not. Of a large table both
    are made batch by batch, see :mod:`vgsim.nn.rows`. ``padding`` has the rows of the dataset's for
    both, whose timesteps are 0 and no part of mean and scale.
    """

    x_train: Inputs
    y_train: NDArray[np.int64] | NDArray[np.float64]
    x_held: Inputs
    y_held: NDArray[np.int64] | NDArray[np.float64]
    dataset: Dataset
    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    padding: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None
    y_scale: NDArray[np.float64] | None = None
    """(outputs,) what standardized targets were divided by; None where they were not."""
    y_mean: NDArray[np.float64] | None = None
    """(outputs,) what was taken from them before that."""


def split(
    dataset: Dataset,
    held_out: float,
    standardize: bool,
    rng: np.random.Generator,
    targets: bool | None = None,
) -> Split:
    """Shuffle with ``rng`` and keep the fraction ``held_out`` (0 to 0.9) of the samples back.

    The number held out is the nearest to that fraction that leaves one sample to train on, and
    each class is divided in proportion. Data that bring their own held-out part keep it, whatever
    the fraction. One permutation is drawn, whatever the other arguments.
    Standardized features, and targets that are numbers, have mean 0 and variance 1 over the
    training part, on which alone the mean and the scale depend; one that is constant there keeps
    the scale 1. Missing values are filled by what the training part has.
    ``targets`` says whether targets are standardized, None that they are as the features are.
    """
    order = rng.permutation(len(dataset.x))
    if dataset.held_out:
        held = order >= len(order) - dataset.held_out
    else:
        held = _held(_groups(dataset)[order], held_out)
    train, kept = order[~held], order[held]
    dataset = filled(dataset, train)
    y_train = dataset.y[train]
    y_held = dataset.y[kept]
    x_train: Inputs
    x_held: Inputs
    padding = None
    if dataset.padding is not None:
        padding = dataset.padding[train], dataset.padding[kept]
    if dataset.x.size < LARGE or padding:
        x_train, x_held = dataset.x[train], dataset.x[kept]
        padded = padding[0] if padding else None
        mean, scale = _moments(dataset, x_train, padded) if standardize else _identity(x_train)
        _shift_and_scale(x_train, x_held, mean, scale)
        if padding:
            for part, each in zip((x_train, x_held), padding, strict=True):
                part[np.repeat(_is_padding(each, dataset.steps), _width(dataset), axis=1)] = 0
    else:
        mean, scale = _large_moments(dataset, train) if standardize else _identity(dataset.x)
        x_train, x_held = (StoredRows(dataset.x, rows, mean, scale) for rows in (train, kept))
    y_scale = y_mean = None
    if (standardize if targets is None else targets) and not dataset.classes:
        rows = np.asarray(y_train, np.float64).reshape(-1, y_train.shape[-1])
        y_mean, y_scale = _of_columns(rows)
        _shift_and_scale(y_train, y_held, y_mean, y_scale)
    return Split(x_train, y_train, x_held, y_held, dataset, mean, scale, padding, y_scale, y_mean)


def split_of(spec: Spec) -> Split:
    """The data of ``spec`` in two parts, as its experiment has them; SpecError for bad data."""
    seed = spec.training.seed
    dataset = DATASETS[spec.data.dataset](spec.data, generator(seed, Stream.DATA))
    rng = generator(seed, Stream.SPLIT)
    targets = {"yes": True, "no": False}.get(spec.data.standardize_targets)
    return split(dataset, spec.data.held_out, spec.data.standardize, rng, targets)


def _shift_and_scale(
    train: NDArray[np.generic],
    held: NDArray[np.generic],
    mean: NDArray[np.float64],
    scale: NDArray[np.float64],
) -> None:
    """Standardize both parts in place."""
    for part in (train, held):
        part -= mean  # type: ignore[misc]  # both parts are float64 wherever this is called
        part /= scale  # type: ignore[misc]


def _groups(dataset: Dataset) -> NDArray[np.int64]:
    """(samples,) the class of each sample; 0 throughout where there is none."""
    if dataset.classes and dataset.y.ndim == 1:
        return dataset.y.astype(np.int64, copy=False)
    return np.zeros(len(dataset.x), np.int64)


def _held(groups: NDArray[np.generic], fraction: float) -> NDArray[np.bool_]:
    """(samples,) whether a sample is held out: the first of each group, by its quota."""
    held = np.zeros(len(groups), bool)
    total = _total(len(groups), fraction)
    values, counts = np.unique(groups, return_counts=True)
    for value, quota in zip(values, _quotas(counts, total), strict=True):
        held[np.flatnonzero(groups == value)[:quota]] = True
    return held


def _total(samples: int, fraction: float) -> int:
    return min(round(fraction * samples), samples - 1)


def count_held(dataset: Dataset, held_out: float) -> int:
    """How many samples :func:`split` keeps back."""
    return dataset.held_out or _total(len(dataset.x), held_out)


def _quotas(counts: NDArray[np.int64], total: int) -> NDArray[np.int64]:
    """How many of each group to hold out: ``total`` in all, in proportion to ``counts``.

    The largest remainders are rounded up, those of groups that would have nothing left to train
    on last; a quota without remainder is kept, so that none is a whole sample off.
    """
    shares = counts * total
    quotas, remainders = np.divmod(shares, counts.sum())
    emptied = quotas + 1 >= counts
    eager = np.lexsort((-remainders, emptied, remainders == 0))
    quotas[eager[: total - quotas.sum()]] += 1
    return quotas


def _width(dataset: Dataset) -> int:
    """Features of one timestep."""
    return int(dataset.x.shape[1]) // dataset.steps


def _is_padding(padding: NDArray[np.int64], steps: int) -> NDArray[np.bool_]:
    """(samples, steps) whether a timestep is padding."""
    found: NDArray[np.bool_] = np.arange(steps) < padding[:, None]
    return found


def _moments(
    dataset: Dataset, x: NDArray[np.float64], padding: NDArray[np.int64] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and scale (F,) of every column; a feature of a sequence has one of each for all steps.

    Column by column a mark that is rare at some timestep would be blown up there. The pixels of a
    picture are taken one by one all the same, in whatever order it is looked at.
    """
    if dataset.steps == 1 or dataset.image_shape:
        return _of_columns(x)
    rows = x.reshape(len(x) * dataset.steps, -1)
    if padding is not None:
        rows = rows[~_is_padding(padding, dataset.steps).reshape(-1)]
    mean, scale = _of_columns(rows)
    return np.tile(mean, dataset.steps), np.tile(scale, dataset.steps)


def _large_moments(
    dataset: Dataset, rows: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The same of a table that stays as it was read, piece by piece."""
    found = stored_pieces(dataset.x, rows)
    if dataset.steps == 1 or dataset.image_shape:
        return moments(found)
    by_step = (piece.reshape(len(piece) * dataset.steps, -1) for piece in found)
    mean, scale = moments(by_step)
    return np.tile(mean, dataset.steps), np.tile(scale, dataset.steps)


def _of_columns(x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation (F,) of the columns; scale 1 where a column is constant."""
    mean = x.mean(axis=0)
    scale = x.std(axis=0)
    constant = x.min(axis=0) == x.max(axis=0)
    # The mean of equal numbers can be off by rounding, which a tiny scale would blow up.
    mean = np.where(constant, x[0], mean)
    return mean, np.where(constant | (scale == 0.0), 1.0, scale)


def _identity(x: NDArray[np.generic]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean 0 and scale 1 for each of the F columns."""
    return np.zeros(x.shape[1]), np.ones(x.shape[1])
