"""Gated recurrent unit (Cho et al. 2014), in the form of PyTorch and cuDNN.

r, z = σ(…), n = tanh(x W_n + b_n + r ⊙ (h W_hn + b_hn)), h_t = (1 − z) ⊙ n + z ⊙ h_(t−1).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from vgsim.engine.arrays import Array, Generator
from vgsim.engine.layers.base import Shapes, StagePlan
from vgsim.engine.recurrent.base import CELLS, Bottom, Cell, sigmoid

if TYPE_CHECKING:
    from vgsim.engine.spec import InitSpec


@CELLS.register("gru", "a gate that mixes the old h with a new one", label="GRU cell")
class GRU(Cell):
    """Besides b there is b_hn (units,), inside the reset gate's product.

    ``hn`` (T, B, H) is h W_hn + b_hn; ``slope`` is tanh′ of n.
    """

    gates = ("r", "z", "n")
    carries = True

    def __init__(
        self,
        plan: StagePlan,
        x: Array,
        own: Mapping[str, Array],
        gradients: Mapping[str, Array],
        bottom: Bottom | None = None,
    ) -> None:
        super().__init__(plan, x, own, gradients, bottom)
        self.dz_h = np.zeros_like(self.dz)
        self.hn = np.zeros_like(self.h)
        self.bends = np.zeros_like(self.z)
        self.part = np.zeros_like(self.h[0])
        self.r, self.u, self.n = (self.gate(name, self.z) for name in self.gates)

    @classmethod
    def shapes(cls, plan: StagePlan) -> Shapes:
        """W_x, W_h, b and b_hn."""
        return super().shapes(plan) | {"b_hn": (plan.outputs,)}

    @classmethod
    def start(cls, plan: StagePlan, rng: Generator, init: InitSpec) -> dict[str, Array]:
        """b_hn starts at 0."""
        return super().start(plan, rng, init) | {"b_hn": np.zeros(plan.outputs)}

    def forward(self, t: int) -> None:
        """Gates, then h = n + z ⊙ (h_(t−1) − n)."""
        z, two, n, hn = self.z[t], 2 * self.plan.outputs, self.n[t], self.hn[t]
        np.dot(self.before[t], self.own["W_h"], self.scratch)
        np.add(z[:, :two], self.scratch[:, :two], out=z[:, :two])
        sigmoid(z[:, :two])
        np.add(self.scratch[:, two:], self.own["b_hn"], out=hn)
        np.multiply(self.r[t], hn, out=self.part)
        np.add(n, self.part, out=n)
        np.tanh(n, out=n)
        h = self.h[t]
        np.subtract(self.before[t], n, out=h)
        np.multiply(h, self.u[t], out=h)
        np.add(h, n, out=h)

    def slopes(self) -> None:
        """What ∂J/∂h is multiplied with for z and n, and ∂J/∂n for r."""
        np.multiply(self.n, self.n, out=self.slope)
        np.subtract(1, self.slope, out=self.slope)
        np.subtract(1, self.z, out=self.bends)
        r, u, n = (self.gate(name, self.bends) for name in self.gates)
        np.multiply(u, self.slope, out=n)  # (1 − z) (1 − n²): the bend of n
        two = 2 * self.plan.outputs
        np.multiply(self.bends[..., :two], self.z[..., :two], out=self.bends[..., :two])
        np.multiply(r, self.hn, out=r)
        np.subtract(self.before, self.n, out=self.hn)  # hn itself is in r's bend now
        np.multiply(u, self.hn, out=u)

    def backward(self, t: int) -> None:
        """∂J by what goes into each gate, from x and from h."""
        dh, units = self.dh[t], self.plan.outputs
        dz, dz_h, bends = self.dz[t], self.dz_h[t], self.bends[t]
        r, u, n = (slice(at * units, (at + 1) * units) for at in range(3))
        np.multiply(bends[:, n], dh, out=dz[:, n])
        np.multiply(bends[:, u], dh, out=dz[:, u])
        np.multiply(bends[:, r], dz[:, n], out=dz[:, r])
        np.copyto(dz_h[:, : 2 * units], dz[:, : 2 * units])
        np.multiply(dz[:, n], self.r[t], out=dz_h[:, n])

    def hand_back(self, t: int, out: Array) -> None:
        """By the weights, and z ⊙ ∂J/∂h past them."""
        super().hand_back(t, out)
        np.multiply(self.dh[t], self.u[t], out=self.part)
        np.add(out, self.part, out=out)

    def parameter_gradients(self) -> None:
        """Those of every cell, and ∂J/∂b_hn."""
        super().parameter_gradients()
        np.add.reduce(self.gate("n", self.dz_h), axis=(0, 1), out=self.gradients["b_hn"])
