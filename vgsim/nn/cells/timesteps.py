"""Buffers of all timesteps: read one by one, multiplied all at once.

They are (T, B, n), and (T, M, B, n) for M experiments in one computation. What sums over the
timesteps (∂J/∂W) is one product an experiment, so that its T · B rows lie next to each other.
"""

from __future__ import annotations

import numpy as np

from vgsim.nn.arrays import Array, Shape


def by_step(like: Array, steps: int, lead: Shape, batch: int, width: int) -> Array:
    """(T, *lead, B, n) zeros of the kind of ``like``, ready for :func:`joined`."""
    made = np.zeros_like(like, shape=(*lead, steps, batch, width), order="C")
    return first(made, len(lead))


def first(values: Array, members: int) -> Array:
    """(*lead, T, …) with the timesteps in front."""
    if members:
        return values.swapaxes(0, 1)
    return values


def joined(values: Array) -> Array:
    """(*lead, T · B, n): the rows of all timesteps of ``values`` (T, *lead, B, n) as one matrix.

    A view of what :func:`by_step` made.
    """
    inner = values.swapaxes(0, 1) if values.ndim == 4 else values
    return inner.reshape(*inner.shape[:-3], inner.shape[-3] * inner.shape[-2], inner.shape[-1])


def of_steps(rows: Array, steps: int) -> Array:
    """(T, *lead, B, n): the inverse of :func:`joined`."""
    *lead, count, width = rows.shape
    return first(rows.reshape(*lead, steps, count // steps, width), len(lead))
