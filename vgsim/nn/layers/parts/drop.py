"""Dropout: units silenced at random, the others raised to make up for it."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from vgsim.nn.arrays import Array, Floats, Generator, Samples, rows
from vgsim.nn.layers.parts.base import Ends, Part, WayBack
from vgsim.nn.layers.site import Site, StagePlan


class Dropout(Part):
    """y = x ⊙ mask, the mask 0 with probability p and 1 / (1 − p) else (Srivastava et al. 2014)."""

    role = "dropout"
    name = "d"
    words = MappingProxyType({"d": "Output of the dropout", "mask": "Dropout: 0 is silenced"})

    def __init__(self, plan: StagePlan, site: Site, ends: Ends) -> None:
        super().__init__(plan, site, ends)
        self.rate = plan.dropout
        self.mask = np.ones_like(ends.x)

    def begin(self, rng: Generator) -> None:
        """Draw the mask of the coming pass."""
        np.greater_equal(rng.random(self.mask.shape, np.float32), self.rate, out=self.mask)
        self.mask *= 1.0 / (1.0 - self.rate)

    def forward(self) -> None:
        """y = x ⊙ mask."""
        np.multiply(self.x, self.mask, out=self.y)

    def backward(self, out: Array) -> None:
        """∂J/∂x = mask ⊙ ∂J/∂y."""
        np.multiply(self.dy, self.mask, out=out)

    def inner(self) -> dict[str, Array]:
        """The mask."""
        return {"mask": self.mask}

    def tell(self, way: WayBack) -> None:
        """The mask."""
        way.diagonal(rf"\mathrm{{mask}}_{{{way.stage}}}", self.mask)

    def pull(self, samples: Samples, gradient: Floats) -> Floats:
        """By the mask of the pass."""
        return gradient * rows(self.mask, samples)
