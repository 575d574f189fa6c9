"""Of a large tensor every n-th value, and what is exact however large it is."""

from __future__ import annotations

import math

import torch
from torch import Tensor

MOST_VALUES = 2**14
"""Values of one tensor that all but its norm is taken of, by default."""
LEAST_SAFE, MOST_SAFE = 1e-15, 1e15
"""Sizes whose squares neither underflow nor overflow in float32, with room for a sum."""


def unit_axis(ndim: int, channels_second: bool) -> int:
    """The axis of units or channels: the second for pictures, else the last."""
    if ndim >= 4 or (channels_second and ndim == 3):
        return 1
    return -1


def sampled(tensor: Tensor, axis: int, most: int) -> Tensor:
    """All of a small tensor; of a large one evenly chosen places, of each the units.

    Of pictures these are runs of neighbors, of each picture somewhere else: single values would
    fetch a line of memory each. Otherwise the distance between two rows is odd, so that it does not
    always meet the same timestep or column. The result has the units on ``axis`` as well, and about
    ``most`` values.
    """
    if tensor.ndim < 2:
        tensor = tensor.reshape(-1, 1)
    if tensor.numel() <= most:
        return tensor
    every = _odd(tensor.numel() / most)
    if axis == 1:
        inner = tensor.flatten(2)
        pictures, channels, places = inner.shape
        if pictures * channels > most:
            inner = inner[:: _odd(pictures * channels / most)]
            pictures = len(inner)
        run = min(max(most // (pictures * channels), 1), places)
        further = (places - run) // pictures
        first = further // 2 if further else (places - run) // 2
        of_picture, of_channel, of_place = inner.stride()
        strides = (of_picture + further * of_place, of_channel, of_place)
        start = inner.storage_offset() + first * of_place
        return inner.as_strided((pictures, channels, run), strides, start)
    rows = tensor.reshape(-1, tensor.shape[-1])
    if every < len(rows):
        return rows[every // 2 :: every]
    rows = rows[: max(most // rows.shape[1], 1)]
    return rows[:, :: _odd(rows.numel() / most)]


def _odd(distance: float) -> int:
    return max(math.ceil(distance), 1) | 1


def norm_of(tensor: Tensor) -> Tensor | float:
    """The L2 norm of all values, exact for whatever the dtype can hold; on a device still there.

    The norm of float32 values near 1e-23 is exactly 0 when their squares are summed in float32,
    with 1e30 it is inf; so it is taken in float64 or of values divided by the largest.
    """
    flat = _flat(tensor)
    if flat.device.type == "cpu" and flat.dtype in (torch.float32, torch.float64):
        square = float(torch.dot(flat, flat))
        if LEAST_SAFE**2 * len(flat) < square < MOST_SAFE**2:
            return math.sqrt(square)
    if flat.dtype != torch.float64:
        return torch.linalg.vector_norm(flat, dtype=torch.float64)
    largest = torch.linalg.vector_norm(flat, math.inf)
    usable = torch.isfinite(largest) & (largest > 0)
    unit = torch.where(usable, largest, torch.ones_like(largest))
    return torch.linalg.vector_norm(flat / unit) * unit


def _flat(tensor: Tensor) -> Tensor:
    """All values in a row, in whatever order they lie, without a copy where they are dense."""
    if tensor.is_contiguous():
        return tensor.view(-1)
    if tensor.ndim == 4 and tensor.is_contiguous(memory_format=torch.channels_last):
        return tensor.permute(0, 2, 3, 1).reshape(-1)
    return tensor.reshape(-1)
