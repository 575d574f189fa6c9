"""A map before it is computed: an experiment, the axes along which it is varied, and how far."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from vgsim.nn.spec import Spec
from vgsim.sweep.axes import Axis

Index = tuple[int, ...]
"""Where a cell is: one number (from 0) for each axis."""


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """``spec`` over ``axes`` (across, up, and further ones for a stack of maps).

    Each cell is trained for ``steps`` updates (0: the gradient at the start) from ``seeds``
    seeds, those of ``spec`` and the numbers after it. ``reach`` is the loss whose first step is
    noted; nan for none. ``judged`` says that every member gets a verdict.
    """

    spec: Spec
    axes: tuple[Axis, ...]
    seeds: int = 1
    steps: int = 0
    reach: float = math.nan
    judged: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """Cells along each axis."""
        return tuple(len(axis) for axis in self.axes)

    @property
    def cells(self) -> int:
        """How many there are."""
        return math.prod(self.shape)

    def indices(self) -> Iterator[Index]:
        """All cells, the last axis fastest."""
        return product(*(range(length) for length in self.shape))

    def member(self, index: Index, seed: int) -> Spec:
        """The experiment of a cell from its ``seed`` th seed (from 0); SpecError when it is bad."""
        changes: dict[str, object] = {
            axis.path: axis.values[at] for axis, at in zip(self.axes, index, strict=True)
        }
        if "training.seed" not in changes:
            changes["training.seed"] = self.spec.training.seed + seed
        return self.spec.replace(changes)
