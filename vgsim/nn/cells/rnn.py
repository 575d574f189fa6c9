"""Simple recurrent cell: h_t = f(x_t W_x + h_(t−1) W_h + b) (Elman 1990).

With ReLU and W_h the identity it is the IRNN of Le, Jaitly and Hinton (2015).
"""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from vgsim.nn.arrays import Array, Floats, Samples, rows
from vgsim.nn.cells.base import CELLS, Cell


@CELLS.register(
    "rnn",
    "a simple recurrent cell; with ReLU and identity W_h the IRNN (Elman 1990, Le et al. 2015)",
    label="Recurrent (RNN)",
    uses=("network.activation",),
)
class Simple(Cell):
    """One gate, z itself; f is the activation."""

    gates = ("z",)
    words = MappingProxyType({"z": "Pre-activation: weighted sum plus bias"})

    def allocate(self) -> None:
        """h with a zero timestep in front, z, and what h brings to it."""
        steps, batch, units = self.dh.shape
        self.all_h = np.zeros((steps + 1, batch, units), self.dh.dtype)
        self.before = self.all_h[:-1]
        self.h = self.all_h[1:]
        self.z = np.zeros_like(self.dh)
        self.scratch = np.zeros_like(self.z[0])

    def project(self) -> None:
        """One product for all timesteps."""
        assert self.bottom is not None  # only the bottom cell knows its x beforehand
        np.dot(self.bottom.x, self.bottom.own, self.z.reshape(-1, self.z.shape[2]))

    def project_step(self, t: int) -> None:
        """One product for timestep ``t``."""
        np.dot(self.x[t], self.own["W_x"], self.z[t])
        np.add(self.z[t], self.own["b"], out=self.z[t])

    def forward(self, t: int) -> None:
        """z, then h = f(z)."""
        z = self.z[t]
        np.dot(self.before[t], self.own["W_h"], self.scratch)
        np.add(z, self.scratch, out=z)
        self.activation.forward(z, self.h[t])

    def derivatives(self) -> None:
        """f′(z)."""
        self.activation.derivative(self.z, self.h, self.derivative)

    def backward(self, t: int) -> None:
        """∂J/∂z = f′(z) ⊙ ∂J/∂h."""
        np.multiply(self.dh[t], self.derivative[t], out=self.dz[t])

    def arrays(self) -> dict[str, Array]:
        """z and ∂J/∂z."""
        return {"z": self.z, "dz": self.dz}

    def pull(self, t: int, samples: Samples, gradient: Floats) -> Floats:
        """Through f, then through W_h."""
        weights = self.own["W_h"].astype(np.float64)
        return (gradient * rows(self.derivative[t], samples)) @ weights.T
