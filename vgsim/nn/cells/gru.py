"""Gated recurrent unit (Cho et al. 2014), in the form of PyTorch and cuDNN.

r, z = σ(…), n = tanh(x W_n + b_n + r ⊙ (h W_hn + b_hn)), h_t = (1 − z) ⊙ n + z ⊙ h_(t−1).
"""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from vgsim.nn.arrays import Array, Floats, Samples, rows
from vgsim.nn.cells.base import CELLS, Equation, Gated, Share
from vgsim.nn.layers.site import Shapes, StagePlan


@CELLS.register(
    "gru",
    "one gate that mixes the old h with a new one (Cho et al. 2014)",
    label="GRU",
    pytorch="nn.GRU",
)
class GRU(Gated):
    """Besides b there is b_hn (units,), inside the reset gate's product.

    The planes of ``z`` are r, z, n and h W_hn + b_hn; ``derivative`` is tanh′ of n. ``bends``
    (T, 3, B, H) is what ∂J/∂h is multiplied with for r, z and n.
    """

    gates = ("r", "z", "n")
    functions = MappingProxyType({"r": "sigmoid", "z": "sigmoid", "n": "tanh"})
    equations = (
        Equation(
            "h",
            (
                Share("z", "n", "candidate", complement=True),
                Share("z", "h", "carry", before=True),
            ),
        ),
    )
    words = MappingProxyType(
        {"r": "Reset gate", "z": "Update gate: what h keeps", "n": "Candidate for h"}
    )
    derivative_at = "z^{n}"
    keeper = "update gate"
    products = 4
    two_sided = True
    sigmoids = 2
    sides = ("xh", "xh", "x", "h")

    def allocate(self) -> None:
        """The buffers, and the views into them that each timestep works on."""
        super().allocate()
        self.dz_h = self.by_step(self.dz, self.dz.shape[-1])
        by_gate = self.as_planes(self.dz_h)
        self.z = self.planes_of_steps(self.x, 4)
        self.bends = self.planes_of_steps(self.x, 3)
        self.part = np.zeros_like(self.dh[0])
        self.r, self.u, self.n, self.hn = self.z.swapaxes(0, 1)
        # made once: slicing anew at every timestep takes longer than some of the calls
        self._forward = [
            (row, z, z[:2], *z, before, h)
            for row, z, before, h in zip(self.state[:-1], self.z, self.before, self.h, strict=True)
        ]
        self._backward = [
            (dh, bends, dz, dz[:2], dz_h[:2], dz[2], r, dz_h[2])
            for dh, bends, dz, r, dz_h in zip(
                self.dh, self.bends, self.dz_planes, self.r, by_gate, strict=True
            )
        ]

    def planes(self) -> tuple[str, ...]:
        """The sigmoids first; the last two are both n's."""
        return ("r", "z", "n", "n")

    def copy_weights(self) -> None:
        """n's in two, from x and from h. Those of the sigmoids negated, as their formula begins."""
        super().copy_weights()
        inputs = self.plan.inputs
        from_x, from_h = self.stacked[2:]
        from_x[..., inputs + 1 :, :] = 0
        from_h[..., :inputs, :] = 0
        np.negative(self.stacked[:2], out=self.stacked[:2])

    @classmethod
    def shapes(cls, plan: StagePlan) -> Shapes:
        """Those of every cell and b_hn, which with two biases is a part of b_h."""
        shapes = super().shapes(plan)
        if not plan.two_biases:
            shapes["b_hn"] = (plan.outputs,)
        return shapes

    def forward(self, t: int) -> None:
        """Gates, then h = n + z ⊙ (h_(t−1) − n)."""
        if t == 0:
            self.copy_weights()
        row, gates, sigmoids, r, u, n, hn, before, h = self._forward[t]
        if self.from_h is not None:
            self.gather(t, gates)
        else:
            np.matmul(row, self.stacked, out=gates)
        np.exp(sigmoids, out=sigmoids)
        np.add(sigmoids, 1, out=sigmoids)
        np.divide(1, sigmoids, out=sigmoids)
        np.multiply(r, hn, out=self.part)
        np.add(n, self.part, out=n)
        np.tanh(n, out=n)
        np.subtract(before, n, out=self.part)
        np.multiply(self.part, u, out=self.part)
        np.add(self.part, n, out=h)

    def derivatives(self) -> None:
        """What ∂J/∂h is multiplied with for everything that x brings to the gates."""
        np.multiply(self.n, self.n, out=self.derivative)
        np.subtract(1, self.derivative, out=self.derivative)
        sigmoids = self.z[:, :2]
        bends = self.bends[:, :2]
        r, u, n = self.bends.swapaxes(0, 1)
        np.subtract(1, sigmoids, out=bends)
        np.multiply(u, self.derivative, out=n)  # (1 − z) (1 − n²)
        np.multiply(bends, sigmoids, out=bends)
        np.multiply(r, self.hn, out=r)
        np.multiply(r, n, out=r)
        np.subtract(self.before, self.n, out=self.hn)  # hn itself is in r's bend now
        np.multiply(u, self.hn, out=u)

    def backward(self, t: int) -> None:
        """∂J by what goes into each gate, from x and from h."""
        dh, bends, dz, dz_sigmoids, dz_h_sigmoids, dz_n, r, dz_hn = self._backward[t]
        np.multiply(bends, dh, out=dz)
        np.copyto(dz_h_sigmoids, dz_sigmoids)
        np.multiply(dz_n, r, out=dz_hn)

    def hand_back(self, t: int, out: Array) -> None:
        """By the weights, and z ⊙ ∂J/∂h past them."""
        super().hand_back(t, out)
        np.multiply(self.dh[t], self.u[t], out=self.part)
        np.add(out, self.part, out=out)

    def parameter_gradients(self) -> None:
        """Those of every cell, and ∂J/∂b_hn."""
        super().parameter_gradients()
        if "b_hn" in self.gradients:
            np.add.reduce(self.gate("n", self.dz_h), axis=(0, -2), out=self.gradients["b_hn"])

    def arrays(self) -> dict[str, Array]:
        """Gates and their gradients."""
        return {"r": self.r, "z": self.u, "n": self.n, "dz": self.dz}

    def pull(self, t: int, samples: Samples, gradient: Floats) -> Floats:
        """By the weights, and z ⊙ past them."""
        r, u, n = (rows(bend, samples) for bend in self.bends[t])
        into = (gradient * r, gradient * u, gradient * n * rows(self.r[t], samples))
        by_weights = self.pull_by_weights(t, samples, np.concatenate(into, axis=-1))
        return by_weights + gradient * rows(self.u[t], samples)
