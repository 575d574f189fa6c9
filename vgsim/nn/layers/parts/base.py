"""One part of a stage: from the cut below it to the cut above, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from vgsim.nn.arrays import Array
from vgsim.nn.layers.base import Shapes, Site, StagePlan


@dataclass(frozen=True, slots=True)
class Ends:
    """The arrays on both sides of a part, (batch, units) each: ``y`` = part(``x``).

    ``dx`` and ``dy`` are ∂J by them; ``dx`` is absent below the first stage.
    """

    x: Array
    y: Array
    dx: Array | None
    dy: Array


class Part:
    """One operation of a stage.

    ``role`` is the share of the gain budget it has, ``name`` what its output is called in a trace
    when it is not the last.
    """

    role: ClassVar[str]
    name: ClassVar[str]

    def __init__(self, plan: StagePlan, site: Site, ends: Ends) -> None:
        self.x, self.y, self.dx, self.dy = ends.x, ends.y, ends.dx, ends.dy
        self.ones = np.ones(len(ends.y), ends.y.dtype)  # times a batch is its sum, but faster
        self.own: Mapping[str, Array] = site.parameters
        self.gradients: Mapping[str, Array] = site.gradients

    @staticmethod
    def shapes(plan: StagePlan, inputs: int, outputs: int) -> Shapes:
        """Shape of each trained parameter; ``inputs`` and ``outputs`` are this part's units."""
        return {}

    def forward(self) -> None:
        """x -> y."""
        raise NotImplementedError

    def backward(self, out: Array) -> None:
        """∂J/∂y -> ∂J/∂x, into ``out``."""
        raise NotImplementedError

    def parameter_gradients(self) -> None:
        """∂J/∂y -> the gradient of each trained parameter of this part."""
