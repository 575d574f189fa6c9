"""All figures of a step to the CPU at once."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


class Transfer:
    """Collects tensors of any device, and hands them over as float64 after one copy a device."""

    def __init__(self) -> None:
        self._tensors: list[Tensor] = []
        self._arrays: list[NDArray[np.float64]] = []

    def add(self, tensor: Tensor) -> int:
        """Take one along; under the number that is returned it can be had after ``fetch``."""
        self._tensors.append(tensor.detach())
        return len(self._tensors) - 1

    def fetch(self) -> None:
        """Copy all of them."""
        self._arrays = [np.empty(0)] * len(self._tensors)
        by_device: dict[torch.device, list[int]] = defaultdict(list)
        for index, tensor in enumerate(self._tensors):
            if tensor.device.type == "cpu":
                self._arrays[index] = tensor.double().numpy()
            else:
                by_device[tensor.device].append(index)
        for indices in by_device.values():
            self._fetch_from_device(indices)

    def _fetch_from_device(self, indices: list[int]) -> None:
        parts = [self._tensors[index].double().reshape(-1) for index in indices]
        together = torch.cat(parts).cpu().numpy()
        at = 0
        for index in indices:
            tensor = self._tensors[index]
            end = at + tensor.numel()
            self._arrays[index] = together[at:end].reshape(tuple(tensor.shape))
            at = end

    def __getitem__(self, index: int) -> NDArray[np.float64]:
        return self._arrays[index]
