"""Long short-term memory (Hochreiter and Schmidhuber 1997; forget gate: Gers et al. 2000).

i, f, o = σ(…), g = tanh(…), c_t = f ⊙ c_(t−1) + i ⊙ g, h_t = o ⊙ tanh(c_t), without peepholes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from vgsim.engine.arrays import Array, Generator
from vgsim.engine.layers.base import StagePlan
from vgsim.engine.recurrent.base import CELLS, Bottom, Cell, sigmoid

if TYPE_CHECKING:
    from vgsim.engine.spec import InitSpec


@CELLS.register("lstm", "gates around a state that is only added to", label="LSTM cell")
class LSTM(Cell):
    """``c`` is the state (T, B, H), ``dc`` ∂J by it; ``slope`` is tanh′(c)."""

    gates = ("i", "f", "g", "o")

    def __init__(
        self,
        plan: StagePlan,
        x: Array,
        own: Mapping[str, Array],
        gradients: Mapping[str, Array],
        bottom: Bottom | None = None,
    ) -> None:
        super().__init__(plan, x, own, gradients, bottom)
        steps, batch, units = self.h.shape
        self.all_c = np.zeros((steps + 1, batch, units), x.dtype)
        self.c_before, self.c = self.all_c[:-1], self.all_c[1:]
        self.bent, self.dc = np.zeros((2, steps, batch, units), x.dtype)
        self.bends = np.zeros_like(self.z)
        self.dc_above, self.part = np.zeros((2, batch, units), x.dtype)
        self.i, self.f, self.g, self.o = (self.gate(name, self.z) for name in self.gates)

    @classmethod
    def start(cls, plan: StagePlan, rng: Generator, init: InitSpec) -> dict[str, Array]:
        """The forget gate's b starts at ``init.forget_bias`` (Jozefowicz et al. 2015: 1)."""
        values = super().start(plan, rng, init)
        values["b"][plan.outputs : 2 * plan.outputs] = init.forget_bias
        return values

    def forward(self, t: int) -> None:
        """Gates, state, h."""
        z, units, part = self.z[t], self.plan.outputs, self.part
        np.dot(self.before[t], self.own["W_h"], self.scratch)
        np.add(z, self.scratch, out=z)
        sigmoid(z[:, : 2 * units])
        np.tanh(self.g[t], out=self.g[t])
        sigmoid(z[:, 3 * units :])
        np.multiply(self.i[t], self.g[t], out=part)
        np.multiply(self.f[t], self.c_before[t], out=self.c[t])
        np.add(self.c[t], part, out=self.c[t])
        np.tanh(self.c[t], out=self.bent[t])
        np.multiply(self.o[t], self.bent[t], out=self.h[t])

    def slopes(self) -> None:
        """tanh′(c), and for each gate its own slope times what the gate is multiplied with."""
        np.multiply(self.bent, self.bent, out=self.slope)
        np.subtract(1, self.slope, out=self.slope)
        np.subtract(1, self.z, out=self.bends)
        np.multiply(self.bends, self.z, out=self.bends)  # right for the sigmoids
        g = self.gate("g", self.bends)
        np.multiply(self.g, self.g, out=g)
        np.subtract(1, g, out=g)
        partners = {"i": self.g, "f": self.c_before, "g": self.i, "o": self.bent}
        for name, partner in partners.items():
            own = self.gate(name, self.bends)
            np.multiply(own, partner, out=own)

    def begin_back(self) -> None:
        """No timestep above has handed back a ∂J/∂c yet."""
        self.dc_above.fill(0)

    def backward(self, t: int) -> None:
        """∂J/∂c from h and from the timestep above, then ∂J by what goes into each gate."""
        dh, dc, units = self.dh[t], self.dc[t], self.plan.outputs
        np.multiply(dh, self.o[t], out=dc)
        np.multiply(dc, self.slope[t], out=dc)
        np.add(dc, self.dc_above, out=dc)
        bends, dz = self.bends[t], self.dz[t]
        for at in range(3):
            gate = slice(at * units, (at + 1) * units)
            np.multiply(bends[:, gate], dc, out=dz[:, gate])
        np.multiply(bends[:, 3 * units :], dh, out=dz[:, 3 * units :])
        np.multiply(dc, self.f[t], out=self.dc_above)

    def cut(self) -> None:
        """The state's gradient is cut too."""
        self.dc_above.fill(0)

    def inner(self, t: int) -> dict[str, Array]:
        """Gates, state and their gradients."""
        return super().inner(t) | {"c": self.c[t], "dc": self.dc[t]}
