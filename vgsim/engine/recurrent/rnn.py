"""Simple recurrent cell: h_t = f(x_t W_x + h_(t−1) W_h + b) (Elman 1990).

With ReLU and W_h the identity it is the IRNN of Le, Jaitly and Hinton (2015).
"""

from __future__ import annotations

import numpy as np

from vgsim.engine.arrays import Array
from vgsim.engine.recurrent.base import CELLS, Cell


@CELLS.register("rnn", "h = f(x W_x + h W_h + b) (Elman 1990)", label="Simple cell")
class Simple(Cell):
    """One gate, z itself; f is the activation."""

    gates = ("z",)

    def forward(self, t: int) -> None:
        """z, then h = f(z)."""
        z = self.z[t]
        np.dot(self.before[t], self.own["W_h"], self.scratch)
        np.add(z, self.scratch, out=z)
        self.activation.forward(z, self.h[t])

    def slopes(self) -> None:
        """f′(z)."""
        self.activation.slope(self.z, self.h, self.slope)

    def backward(self, t: int) -> None:
        """∂J/∂z = f′(z) ⊙ ∂J/∂h."""
        np.multiply(self.dh[t], self.slope[t], out=self.dz[t])

    def inner(self, t: int) -> dict[str, Array]:
        """z and ∂J/∂z."""
        return {"z": self.z[t], "dz": self.dz[t]}
