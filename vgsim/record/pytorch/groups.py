"""Values of one shape from many modules in one buffer, and their figures, all taken at once."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from vgsim.record.figures import BINS
from vgsim.record.pytorch.samples import LEAST_SAFE, MOST_SAFE
from vgsim.record.pytorch.slopes import Slope

MOST_COUNTED = 2**11
"""Values of one tensor that a histogram counts, about."""


@dataclass
class Rows:
    """A buffer of tensors of one shape that grows; ``views`` are its rows."""

    shape: tuple[int, ...]
    dtype: torch.dtype
    device: torch.device
    buffer: Tensor = field(init=False)
    views: list[Tensor] = field(init=False)

    def __post_init__(self) -> None:
        self.buffer = torch.empty((4, *self.shape), dtype=self.dtype, device=self.device)
        self.views = list(self.buffer)

    def grow_to(self, count: int) -> None:
        """Have room for ``count`` rows."""
        if count > len(self.views):
            more = torch.empty(
                (2 * count, *self.shape), dtype=self.dtype, device=self.device
            )  # fmt: skip
            more[: len(self.views)] = self.buffer
            self.buffer = more
            self.views = list(more)


class ValueGroup:
    """Outputs of one shape and their gradients, row by row; units are on ``axis``."""

    def __init__(self, sample: Tensor, axis: int) -> None:
        kept = torch.float64 if sample.dtype == torch.float64 else torch.float32
        shape = tuple(sample.shape)
        self.axis = axis % sample.ndim
        self.smallest = torch.finfo(sample.dtype).tiny
        self.outputs = Rows(shape, kept, sample.device)
        self.gradients = Rows(shape, kept, sample.device)
        self.used = 0

    def take(self) -> int:
        """The next free row, in both buffers."""
        row = self.used
        self.used += 1
        self.outputs.grow_to(self.used)
        self.gradients.grow_to(self.used)
        return row


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """Of k tensors with u units: ``sums`` (k, u) of (x / unit)², ``unit`` (k,), and counts (k,).

    ``largest`` is max |x|. ``histogram`` is (k, bins) or None.
    """

    sums: Tensor
    unit: Tensor
    largest: Tensor
    zero: Tensor
    subnormal: Tensor
    inf: Tensor
    nan: Tensor
    histogram: Tensor | None

    def tensors(self) -> list[Tensor]:
        """All of them but the histogram, each (k, …)."""
        return [
            self.sums, self.unit, self.largest, self.zero, self.subnormal, self.inf, self.nan,
        ]  # fmt: skip


class Scratch:
    """Room for what is computed of a buffer on the way: fresh memory is slow."""

    def __init__(self) -> None:
        self._held: dict[tuple[int, torch.dtype, torch.device], Tensor] = {}

    def like(self, values: Tensor, number: int = 0) -> Tensor:
        """Room of the shape of ``values``; what ``number`` gave before is overwritten."""
        key = number, values.dtype, values.device
        held = self._held.get(key)
        if held is None or held.numel() < values.numel():
            held = self._held[key] = torch.empty(
                values.numel(), dtype=values.dtype, device=values.device
            )
        return held[: values.numel()].view(values.shape)


def figures_of(
    values: Tensor, axis: int, smallest: float, decades: Tensor | float | None, scratch: Scratch
) -> GroupFigures:
    """Figures of ``values`` (k, …), all of one shape, whose units lie on ``axis`` of each.

    Below ``smallest`` a value is subnormal in its own dtype. ``decades`` is log10 of what they
    are too large by, for the histogram; None for no histogram.
    """
    size = torch.abs(values, out=scratch.like(values))
    flat = size.flatten(1)
    largest = flat.amax(1)
    nothing = torch.zeros_like(largest)
    unit = torch.ones_like(largest)
    zero, subnormal, inf, nan = nothing, nothing, nothing, nothing
    finite, safe, normal = False, False, False
    if values.device.type == "cpu":
        bounds = largest.numpy()
        finite = bool(np.isfinite(bounds).all())
        safe = bool((((bounds > LEAST_SAFE) & (bounds < MOST_SAFE)) | (bounds == 0)).all())
        normal = float(flat.amin(1).numpy().min()) >= smallest
    if not normal:
        marks = scratch.like(flat, 1)
        zero = torch.eq(flat, 0, out=marks).sum(1)
        subnormal = torch.lt(flat, smallest, out=marks).sum(1) - zero
    if not finite:
        inf = _count(torch.isinf(flat))
        nan = _count(torch.isnan(flat))
    histogram = None
    if decades is not None:
        histogram = _histogram(flat, decades, finite, normal)
    if not safe:
        unit = torch.where(torch.isfinite(largest) & (largest > 0), largest, unit)
        size /= unit.view(-1, *[1] * (values.ndim - 1))
    rest = [dim for dim in range(1, values.ndim) if dim != axis + 1]
    size *= size
    sums = size.sum(rest) if rest else size.clone()
    return GroupFigures(sums, unit, largest, zero, subnormal, inf, nan, histogram)


def _count(where: Tensor) -> Tensor:
    """(k,) how many are true; float32 is summed several times as fast as booleans are."""
    return where.to(torch.float32).sum(1)


def _histogram(flat: Tensor, decades: Tensor | float, finite: bool, normal: bool) -> Tensor:
    """(k, bins) int64 of every n-th value of each; exact zeros, inf and nan are in no bin.

    ``finite`` says that there is no inf or nan, ``normal`` that there is no zero.
    """
    every = max(-(-flat.shape[1] // MOST_COUNTED), 1) | 1
    flat = flat[:, ::every].clone(memory_format=torch.contiguous_format)
    place = torch.log10(flat)
    place += -BINS.low + 1 / BINS.per_decade - decades
    place *= BINS.per_decade
    if not finite:
        place = torch.nan_to_num(place, nan=0.0, posinf=math.inf, neginf=0.0)
    place.clamp_(0, BINS.size - 1)
    count = len(flat)
    first = torch.arange(0, count * BINS.size, BINS.size, device=flat.device).unsqueeze(1)
    if flat.device.type == "cpu":
        codes = place.int()
        codes += first
        counts = torch.bincount(codes.view(-1), minlength=count * BINS.size)
    else:  # bincount waits for the device to learn how large its result is
        codes = place.long() + first
        counts = torch.zeros(count * BINS.size, dtype=torch.long, device=flat.device)
        ones = torch.ones(1, dtype=torch.long, device=flat.device).expand(codes.numel())
        counts.scatter_add_(0, codes.reshape(-1), ones)
    table = counts.view(count, BINS.size)
    if not normal:
        table[:, 0] -= torch.eq(flat, 0, out=torch.empty_like(flat)).sum(1).long()
    if not finite:
        table[:, 0] -= _count(torch.isnan(flat)).long()
        table[:, -1] -= _count(torch.isinf(flat)).long()
    return table


def flat_shares(values: Tensor, axis: int, slope: Slope, scratch: Scratch) -> tuple[Tensor, Tensor]:
    """(k,) share of values where the activation is saturated, and of units dead for all samples.

    ``values`` (k, …) are what ``slope.of`` wants: outputs, or their basis.
    """
    found = slope.of(values)
    derivative = torch.abs(found, out=scratch.like(found))
    flat = derivative.flatten(1)
    if values.device.type == "cpu" and float(flat.amin(1).numpy().min()) > slope.limit:
        none = torch.zeros(len(values), device=values.device)
        return none, none
    flats = torch.le(flat, slope.limit, out=scratch.like(flat, 1)).sum(1)
    saturated = flats.double() / flat.shape[1]
    rest = [dim for dim in range(1, values.ndim) if dim != axis + 1]
    steepest = derivative.amax(rest) if rest else derivative
    return saturated, _share((steepest == 0).flatten(1))


def _share(where: Tensor) -> Tensor:
    """(k,) float64: which share of each row is true; a count in float32 is exact, a mean is not."""
    return _count(where).double() / where.shape[1]
