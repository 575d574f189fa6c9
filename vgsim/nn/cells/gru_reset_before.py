"""Gated recurrent unit whose reset gate comes before the weights, as it was first published.

r, z = σ(…), n = tanh(x W_n + b_n + (r ⊙ h) W_hn), h_t = (1 − z) ⊙ n + z ⊙ h_(t−1): Cho et al.
(2014), and Keras with ``reset_after=False``. PyTorch and cuDNN have the reset gate behind W_hn.
"""

from __future__ import annotations

import numpy as np

from vgsim.nn.arrays import Array, Floats, Samples, by_sample, rows, transposed
from vgsim.nn.cells.base import CELLS, Gated, HiddenWay
from vgsim.nn.cells.gru import GRU
from vgsim.nn.cells.sides import OF_H, OF_X, GateSide, SidePlace
from vgsim.nn.cells.timesteps import joined
from vgsim.nn.layers.site import Cut


@CELLS.register(
    "gru_reset_before",
    "a GRU that resets h before W_h, as first published and in Keras with reset_after=False",
    label="GRU, reset before",
)
class ResetBefore(Gated):
    """The planes of ``z`` are r, z and n; ``derivative`` is tanh′ of n.

    ``reset`` (T, B, H) is r ⊙ h_(t−1) and ``dreset`` ∂J by it. ``bends`` (T, 3, B, H) is what
    ``dreset`` is multiplied with for r, and ∂J/∂h for z and n.
    """

    gates = GRU.gates
    functions = GRU.functions
    equations = GRU.equations
    words = GRU.words
    derivative_at = GRU.derivative_at
    keeper = GRU.keeper
    ways_back = (HiddenWay(("r", "z")), HiddenWay(("n",), by="r"))
    products = 3
    two_sided = True
    sigmoids = 2

    from_reset: GateSide | None = None

    def allocate(self) -> None:
        """The buffers of both passes."""
        super().allocate()
        units = self.plan.outputs
        self.z = self.planes_of_steps(self.x, 3)
        self.bends = self.planes_of_steps(self.x, 3)
        self.reset = self.by_step(self.x, units)
        self.dreset = np.zeros_like(self.dh)
        self.part = np.zeros_like(self.dh[0])
        self.r, self.u, self.n = self.z.swapaxes(0, 1)
        self.dz_n = self.dz[..., 2 * units :]
        self.dz_sigmoids = self.dz[..., : 2 * units]

    def take_apart(self, place: SidePlace) -> None:
        """What h brings to r and z, and what r ⊙ h brings to n, each normalized by itself.

        n's product is known only after r, so that one normalization over all gates, as the other
        cells have it, is not to be had.
        """
        two = 2 * place.plan.outputs
        self.from_x = GateSide(place, OF_X, self.x, self.dz)
        self.from_h = GateSide(place, OF_H, self.before, self.dz_sigmoids, slice(0, two))
        self.from_reset = GateSide(
            place, OF_H, self.reset, self.dz_n, slice(two, None), self.from_h
        )

    def side_of(self, way: HiddenWay) -> GateSide | None:
        """That of r ⊙ h for the way by r."""
        return self.from_reset if way.by else self.from_h

    @property
    def into_h(self) -> Array:
        """Of both products, side by side."""
        if self.from_h is None or self.from_reset is None:
            return self.dz_h
        return np.concatenate((self.from_h.handed, self.from_reset.handed), axis=-1)

    def normalized(self, t: int) -> dict[str, Array]:
        """n's product beside those of r and z."""
        found = super().normalized(t)
        if "nh" in found and self.from_reset is not None:
            found["nh"] = np.concatenate((found["nh"], self.from_reset.out[t]), axis=-1)
        return found

    def planes(self) -> tuple[str, ...]:
        """In the order of the parameters, which begin with the sigmoids."""
        return self.gates

    def copy_weights(self) -> None:
        """W_hn apart, which waits for r. Those of the sigmoids negated, as their formula begins."""
        super().copy_weights()
        self.stacked[2, ..., self.plan.inputs + 1 :, :] = 0
        self.W_hn = np.ascontiguousarray(self.gate("n", self.own["W_h"]))
        np.negative(self.stacked[:2], out=self.stacked[:2])

    def forward(self, t: int) -> None:
        """r and z, then n, then h = n + z ⊙ (h_(t−1) − n)."""
        if t == 0:
            self.copy_weights()
        gates, before = self.z[t], self.before[t]
        sigmoids, n = gates[:2], gates[2]
        if self.from_h is None:
            np.matmul(self.state[t], self.stacked, out=gates)
        else:
            self._gather(t, gates)
        np.exp(sigmoids, out=sigmoids)
        np.add(sigmoids, 1, out=sigmoids)
        np.divide(1, sigmoids, out=sigmoids)
        np.multiply(gates[0], before, out=self.reset[t])
        if self.from_reset is None:
            self.product(self.reset[t], self.W_hn, self.part)
            np.add(n, self.part, out=n)
        else:
            self.from_reset.forward(t)
            np.add(n, self.from_reset.out[t], out=n)
        np.tanh(n, out=n)
        np.subtract(before, n, out=self.part)
        np.multiply(self.part, gates[1], out=self.part)
        np.add(self.part, n, out=self.h[t])

    def _gather(self, t: int, planes: Array) -> None:
        """All but what r ⊙ h brings to n."""
        assert self.from_x is not None and self.from_h is not None
        self.from_h.forward(t)
        units = self.plan.outputs
        for at, name in enumerate(self.gates):
            bias = by_sample(self.bias(name, "xh"))
            np.add(self.gate(name, self.from_x.out[t]), bias, out=planes[at])
        np.add(planes[0], self.from_h.out[t][..., :units], out=planes[0])
        np.add(planes[1], self.from_h.out[t][..., units:], out=planes[1])
        np.negative(planes[:2], out=planes[:2])

    def derivatives(self) -> None:
        """The derivative of each gate times what the gate is multiplied with."""
        np.multiply(self.n, self.n, out=self.derivative)
        np.subtract(1, self.derivative, out=self.derivative)
        sigmoids = self.z[:, :2]
        bends = self.bends[:, :2]
        r, u, n = self.bends.swapaxes(0, 1)
        np.subtract(1, sigmoids, out=bends)
        np.multiply(u, self.derivative, out=n)
        np.multiply(bends, sigmoids, out=bends)
        np.multiply(r, self.before, out=r)
        np.subtract(self.before, self.n, out=self.dreset)  # which is free until the way back
        np.multiply(u, self.dreset, out=u)

    def backward(self, t: int) -> None:
        """∂J by what goes into n and z, then through W_hn to r."""
        r, _, n = self.dz_planes[t]
        np.multiply(self.bends[t, 1:], self.dh[t], out=self.dz_planes[t, 1:])
        if self.from_reset is None:
            self.product(n, self.back[..., 2 * self.plan.outputs :, :], self.dreset[t])
        else:
            self.from_reset.backward(t)
            self.from_reset.hand_back(t, self.dreset[t])
        np.multiply(self.dreset[t], self.bends[t, 0], out=r)

    def by_weights(self, t: int, out: Array) -> None:
        """Through the weights of r and z, and through W_hn and r."""
        if self.from_h is None:
            # side by side, as `dot` brings them and `matmul` does not: of one unit the bits differ
            dz = np.ascontiguousarray(self.dz_sigmoids[t])
            self.product(dz, self.back[..., : 2 * self.plan.outputs, :], out)
        else:
            self.from_h.hand_back(t, out)
        np.multiply(self.dreset[t], self.r[t], out=self.part)
        np.add(out, self.part, out=out)

    def cuts(self, t: int) -> list[Cut]:
        """Both ways at once."""
        W_h, units = self.own["W_h"], self.plan.outputs
        into = self.into_h[t]
        found: list[Cut] = []
        if self.from_h is not None and self.from_h.norm is not None:
            found.append(("normalization", into))
        both = into[:, : 2 * units] @ W_h[:, : 2 * units].T
        both = both + self.r[t] * (into[:, 2 * units :] @ self.gate("n", W_h).T)
        found.append(("weights", both))
        if self.from_h is not None and self.from_h.mask is not None:
            found.append(("dropout", both * self.from_h.mask))
        return found

    def hand_back(self, t: int, out: Array) -> None:
        """By the weights, and z ⊙ ∂J/∂h past them."""
        self.by_weights(t, out)
        np.multiply(self.dh[t], self.u[t], out=self.part)
        np.add(out, self.part, out=out)

    def parameter_gradients(self) -> None:
        """Those of every cell; what W_hn is multiplied with is r ⊙ h."""
        super().parameter_gradients()
        if self.from_reset is not None:
            self.from_reset.parameter_gradients()
            return
        share = transposed(joined(self.reset)) @ joined(self.dz_n)
        self.gate("n", self.gradients["W_h"])[...] = share

    def contribution(self, t: int) -> tuple[Array, Array]:
        """The same of one timestep."""
        if self.from_x is not None and self.from_h is not None and self.from_reset is not None:
            shares = (self.from_h.contribution(t), self.from_reset.contribution(t))
            both = (self.from_x.contribution(t), np.concatenate(shares, axis=1))
            return np.concatenate(both), self.dz[t].sum(axis=0)
        weights, bias = super().contribution(t)
        self.gate("n", weights)[self.plan.inputs :] = self.reset[t].T @ self.dz_n[t]
        return weights, bias

    def arrays(self) -> dict[str, Array]:
        """Gates and their gradients."""
        return {"r": self.r, "z": self.u, "n": self.n, "dz": self.dz}

    def pull(self, t: int, samples: Samples, gradient: Floats) -> Floats:
        """By the weights of r and z, by W_hn and r, and z ⊙ past them."""
        r, u, n = (rows(bend, samples) for bend in self.bends[t])
        if self.from_h is not None and self.from_reset is not None:
            by_reset = self.from_reset.pull(t, samples, gradient * n)
            into = np.concatenate((by_reset * r, gradient * u), axis=-1)
            handed = self.from_h.pull(t, samples, into) + by_reset * rows(self.r[t], samples)
            return handed + gradient * rows(self.u[t], samples)
        weights = self.own["W_h"].astype(np.float64)
        by_reset = (gradient * n) @ self.gate("n", weights).T
        into = np.concatenate((by_reset * r, gradient * u), axis=-1)
        by_weights: Floats = into @ weights[:, : 2 * self.plan.outputs].T
        by_weights = by_weights + by_reset * rows(self.r[t], samples)
        return by_weights + gradient * rows(self.u[t], samples)
