"""Figures of parameters: their norms, those of their gradients, and how an update moves them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from vgsim.record.pytorch.samples import LEAST_SAFE, MOST_SAFE, MOST_VALUES


def bundled(tensors: Sequence[Tensor], most: int) -> tuple[list[int], list[Tensor]]:
    """Tensors as rows of tables (k, n), small ones of one shape in one table: fewer calls.

    The first of the two says which tensor each row is of. With up to ``most`` values a tensor is
    small; a table of several rows is a copy, one of a single row has the tensor's own values.
    """
    by_shape: dict[Hashable, list[int]] = {}
    for index, tensor in enumerate(tensors):
        key: Hashable = index
        if tensor.layout == torch.strided and tensor.numel() <= most:
            key = tensor.shape, tensor.dtype, tensor.device
        by_shape.setdefault(key, []).append(index)
    order = []
    tables = []
    for indices in by_shape.values():
        order += indices
        if len(indices) == 1:
            tables.append(_dense(tensors[indices[0]]).reshape(1, -1))
        else:
            tables.append(torch.stack([tensors[index] for index in indices]).flatten(1))
    return order, tables


def norms_of(tables: Sequence[Tensor]) -> Tensor:
    """(n,) float64: the L2 norm of each row, exact for what underflows or overflows if squared."""
    if not tables:
        return torch.zeros(0, dtype=torch.float64)
    device = tables[0].device
    return torch.cat([_norms(table).to(device) for table in tables])


def sizes_of(tables: Sequence[Tensor], most: int) -> Tensor:
    """(4, n) float64: norm and largest |value| of each row, how many 0s, and how many inf or nan.

    Of a row with more than ``most`` values those that are 0 are counted among every n-th one.
    """
    if not tables:
        return torch.zeros(4, 0, dtype=torch.float64)
    device = tables[0].device
    return torch.cat([_sizes(table, most).to(device) for table in tables], 1)


def _norms(table: Tensor) -> Tensor:
    if table.numel() == 0:
        return torch.zeros(len(table), dtype=torch.float64, device=table.device)
    if table.device.type == "cpu" and table.dtype in (torch.float32, torch.float64):
        if len(table) == 1:  # several times as fast as a norm
            found = torch.dot(table[0], table[0]).sqrt().double().reshape(1)
        else:
            found = torch.linalg.vector_norm(table, dim=1).double()
        norms = found.numpy()
        if norms.min() > LEAST_SAFE and norms.max() < MOST_SAFE:
            return found
    if table.dtype != torch.float64:
        return torch.linalg.vector_norm(table, dim=1, dtype=torch.float64)
    largest = table.abs().amax(1)
    usable = torch.isfinite(largest) & (largest > 0)
    unit = torch.where(usable, largest, torch.ones_like(largest))
    return torch.linalg.vector_norm(table / unit.unsqueeze(1), dim=1) * unit


def _sizes(table: Tensor, most: int) -> Tensor:
    count, size = table.shape
    found = torch.zeros(4, count, dtype=torch.float64, device=table.device)
    if size == 0:
        return found
    here = table.device.type == "cpu"
    found[0] = _norms(table)
    none_zero = False
    if count == 1:
        low, high = torch.aminmax(table)
        found[1] = torch.maximum(high, -low)
    else:
        magnitudes = table.abs()
        found[1] = magnitudes.amax(1)
        none_zero = here and bool(magnitudes.amin() > 0)
    if not none_zero:
        every = max(-(-size // most), 1) | 1  # odd: not always the same column
        seen = table[:, ::every]
        zero = torch.empty(seen.shape, dtype=torch.float32, device=table.device)
        torch.eq(seen, 0, out=zero)  # no booleans, which are slow to add up
        found[2] = zero.sum(1, dtype=torch.float64) * (size / seen.shape[1])
    if not (here and np.isfinite(found[1].numpy()).all()):
        found[3] = size - torch.isfinite(table).sum(1)
    return found


def _dense(tensor: Tensor) -> Tensor:
    """The values of a sparse gradient, each place once."""
    if tensor.layout == torch.sparse_coo:
        return tensor.coalesce().values()
    return tensor


class WatchedParameters:
    """The parameters of a model, their gradients after a backward pass, and their change.

    Figures are float64, (n,) in the order of ``order`` by index of ``names``; those of gradients,
    (4, n) as in ``sizes_of``, in the order of ``with_gradient``.
    """

    def __init__(self, sample: int = MOST_VALUES) -> None:
        self._sample = sample
        self.names: list[str] = []
        self.tensors: list[nn.Parameter] = []
        self.ids: set[int] = set()
        self._before: list[Tensor] = []
        self.order: list[int] = []
        self.size: Tensor | None = None
        self.gradient: Tensor | None = None
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
        self.with_gradient = []
        self.clipped = None

    def after_backward(self) -> None:
        """Take what backward has left; before the optimizer's step."""
        if not self._before:
            self.order, tables = self._tables()
            for table in tables:
                self._before.append(table.clone() if len(table) == 1 else table)
            self.size = norms_of(self._before)
        places, gradients = self._gradients()
        order, tables = bundled(gradients, self._sample)
        self.with_gradient = [places[index] for index in order]
        self.gradient = sizes_of(tables, self._sample)
        for row, index in enumerate(order):
            if gradients[index].layout != torch.strided:  # what is not held is 0
                held = _dense(gradients[index]).numel()
                self.gradient[2, row] += gradients[index].numel() - held

    def _tables(self) -> tuple[list[int], list[Tensor]]:
        return bundled([parameter.detach() for parameter in self.tensors], self._sample)

    def _gradients(self) -> tuple[list[int], list[Tensor]]:
        places = []
        gradients = []
        for place, parameter in enumerate(self.tensors):
            gradient = parameter.grad
            if gradient is not None:
                places.append(place)
                gradients.append(gradient.detach())
        return places, gradients

    def before_update(self) -> None:
        """Take the norm that clipping has left of the whole gradient."""
        if self.gradient is None:
            self.after_backward()
        _, tables = bundled(self._gradients()[1], self._sample)
        self.clipped = torch.linalg.vector_norm(norms_of(tables))

    def change(self) -> Tensor | None:
        """(n,) L2 norm of the change since the first backward pass; lets go of copies."""
        if not self._before:
            return None
        before = self._before
        self._before = []
        for table, now in zip(before, self._tables()[1], strict=True):
            table -= now
        return norms_of(before)
