"""Figures of parameters: their norms, those of their gradients, and how an update moves them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from vgsim.record.pytorch.samples import LEAST_SAFE, MOST_SAFE, MOST_VALUES


def norms_of(tensors: Sequence[Tensor]) -> Tensor:
    """(n,) float64: the L2 norm of each, exact for what underflows or overflows when squared."""
    if not tensors:
        return torch.zeros(0, dtype=torch.float64)
    if any(tensor.layout != torch.strided for tensor in tensors):
        tensors = [_dense(tensor) for tensor in tensors]
    here = all(tensor.device.type == "cpu" for tensor in tensors)
    if here:
        found = torch.stack(list(torch._foreach_norm(tensors))).double()
        safe = (found > LEAST_SAFE) & (found < MOST_SAFE)
        if _all_same(tensors) and bool(safe.all()):
            return found
    norms = []
    for tensor in tensors:
        norms.append(_robust(tensor))
    return torch.stack([norm.to(norms[0].device) for norm in norms])


def extremes_of(tensors: Sequence[Tensor], most: int) -> Tensor:
    """(3, n) float64: largest |value| of each, how many are exactly 0, and how many inf or nan.

    Of a tensor with more than ``most`` values those that are 0 are counted among every n-th one.
    """
    if not tensors:
        return torch.zeros(3, 0, dtype=torch.float64)
    rows = []
    for tensor in tensors:
        values = _dense(tensor).reshape(-1)
        every = max(-(-values.numel() // most), 1) | 1  # odd: not always the same column
        seen = values[::every]
        if not seen.numel():
            rows.append(torch.zeros(3, dtype=torch.float64, device=values.device))
            continue
        low, high = torch.aminmax(values)
        largest = torch.maximum(high, -low).double()
        zero = (seen.numel() - torch.count_nonzero(seen)) * (values.numel() / seen.numel())
        if values.device.type == "cpu" and math.isfinite(largest.item()):
            lost = torch.zeros_like(zero)
        else:
            lost = values.numel() - torch.isfinite(values).sum()
        zero = zero + (tensor.numel() - values.numel())  # what a sparse gradient does not hold
        rows.append(torch.stack([largest, zero.double(), lost.double()]))
    return torch.stack([row.to(rows[0].device) for row in rows], 1)


def _all_same(tensors: Sequence[Tensor]) -> bool:
    return all(tensor.dtype in (torch.float32, torch.float64) for tensor in tensors)


def _dense(tensor: Tensor) -> Tensor:
    """The values of a sparse gradient, each place once."""
    if tensor.layout == torch.sparse_coo:
        return tensor.coalesce().values()
    return tensor


def _robust(tensor: Tensor) -> Tensor:
    if tensor.numel() == 0:
        return torch.zeros((), dtype=torch.float64, device=tensor.device)
    if tensor.dtype != torch.float64:
        return torch.linalg.vector_norm(tensor, dtype=torch.float64)
    largest = torch.linalg.vector_norm(tensor, math.inf)
    usable = torch.isfinite(largest) & (largest > 0)
    unit = torch.where(usable, largest, torch.ones_like(largest))
    return torch.linalg.vector_norm(tensor / unit) * unit


class WatchedParameters:
    """The parameters of a model, their gradients after a backward pass, and their change.

    Figures are (n,) float64 in the order of ``names``, those of gradients of the ones at
    ``with_gradient``; ``extremes`` are largest values and counts, see ``extremes_of``.
    """

    def __init__(self, sample: int = MOST_VALUES) -> None:
        self._sample = sample
        self.names: list[str] = []
        self.tensors: list[nn.Parameter] = []
        self.ids: set[int] = set()
        self._before: list[Tensor] = []
        self.size: Tensor | None = None
        self.gradient: Tensor | None = None
        self.extremes: Tensor | None = None
        self.with_gradient: list[int] = []
        self.clipped: Tensor | None = None

    def add(self, name: str, parameter: nn.Parameter) -> bool:
        """Watch one more; False for one that is known, under whatever name."""
        if id(parameter) in self.ids:
            return False
        self.ids.add(id(parameter))
        self.names.append(name)
        self.tensors.append(parameter)
        return True

    def begin(self) -> None:
        """Forget the figures of the step before."""
        self._before = []
        self.size = None
        self.gradient = None
        self.extremes = None
        self.with_gradient = []
        self.clipped = None

    def after_backward(self) -> None:
        """Take what backward has left; before the optimizer's step."""
        if not self._before:
            with torch.no_grad():
                self._before = [parameter.detach().clone() for parameter in self.tensors]
            self.size = norms_of(self._before)
        gradients = self._gradients()
        self.gradient = norms_of(gradients)
        self.extremes = extremes_of(gradients, self._sample)

    def _gradients(self) -> list[Tensor]:
        gradients = []
        self.with_gradient = []
        for index, parameter in enumerate(self.tensors):
            if parameter.grad is not None:
                self.with_gradient.append(index)
                gradients.append(parameter.grad.detach())
        return gradients

    def before_update(self) -> None:
        """Take the norm that clipping has left of the whole gradient."""
        if self.gradient is None:
            self.after_backward()
        self.clipped = torch.linalg.vector_norm(norms_of(self._gradients()))

    def change(self) -> Tensor | None:
        """(n,) L2 norm of the change since the first backward pass; lets go of copies."""
        if not self._before:
            return None
        before = self._before
        self._before = []
        with torch.no_grad():
            torch._foreach_sub_(before, [parameter.detach() for parameter in self.tensors])
        return norms_of(before)
