"""Simple recurrent cell: h_t = f(x_t W_x + h_(t−1) W_h + b) (Elman 1990).

With ReLU and W_h the identity it is the IRNN of Le, Jaitly and Hinton (2015).
"""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from vgsim.nn.arrays import Array, Floats, Samples, by_sample, rows
from vgsim.nn.cells.base import CELLS, Cell
from vgsim.nn.cells.timesteps import by_step, joined


@CELLS.register(
    "rnn",
    "a simple recurrent cell; with ReLU and identity W_h the IRNN (Elman 1990, Le et al. 2015)",
    label="Recurrent (RNN)",
    uses=("network.activation",),
    pytorch="nn.RNN",
)
class Simple(Cell):
    """One gate, z itself; f is the activation."""

    gates = ("z",)
    two_sided = True
    words = MappingProxyType({"z": "Pre-activation: weighted sum plus bias"})

    def allocate(self) -> None:
        """h with a zero timestep in front, z, and what h brings to it."""
        units = self.plan.outputs
        self.all_h = by_step(self.x, self.steps + 1, self.lead, self.batch, units)
        self.before = self.all_h[:-1]
        self.h = self.all_h[1:]
        self.z = self.by_step(self.x, units)
        self.all_z = joined(self.z)
        self.scratch = np.zeros_like(self.x, shape=self.dh.shape[1:], order="C")
        self.bias = by_sample(self.own["b"])
        self.second_bias = by_sample(self.own["b_h"]) if self.plan.two_biases else None

    def project(self) -> None:
        """One product for all timesteps."""
        if self.from_x is not None:
            self.from_x.forward_all()
            return
        assert self.bottom is not None  # only the bottom cell knows its x beforehand
        self.product(self.bottom.x, self.bottom.own, self.all_z)

    def project_step(self, t: int) -> None:
        """One product for timestep ``t``."""
        if self.from_x is not None:
            self.from_x.forward(t)
            return
        self.product(self.x[t], self.own["W_x"], self.z[t])
        np.add(self.z[t], self.bias, out=self.z[t])

    def forward(self, t: int) -> None:
        """z, then h = f(z)."""
        z = self.z[t]
        if self.from_x is not None and self.from_h is not None:
            self.from_h.forward(t)
            np.add(self.from_x.out[t], self.bias, out=z)
            np.add(z, self.from_h.out[t], out=z)
        else:
            self.product(self.before[t], self.own["W_h"], self.scratch)
            np.add(z, self.scratch, out=z)
        if self.second_bias is not None:
            np.add(z, self.second_bias, out=z)
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
        return self.pull_by_weights(t, samples, gradient * rows(self.derivative[t], samples))
