"""Things to make a network of that vgsim does not have, as another package adds them.

:func:`register` is the entry point; nothing is registered by importing this.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np

from vgsim.nn.architectures import KINDS, Kind
from vgsim.nn.arrays import Array, Floats, Generator, Samples, rows
from vgsim.nn.cells.base import CELLS, Equation, Gated, Share
from vgsim.nn.layers import LAYERS, Layer
from vgsim.nn.layers.dense import Dense
from vgsim.nn.layers.parts.base import WayBack
from vgsim.nn.layers.parts.norms import NORMS, Norm
from vgsim.nn.layers.parts.skips import SKIPS, Gate, Skip
from vgsim.nn.layers.site import Shapes, StagePlan
from vgsim.nn.spec import InitSpec, Spec


class Minimal(Gated):
    """One gate and a candidate: h = (1 − f) ⊙ h + f ⊙ n (after Zhou et al. 2016)."""

    gates = ("f", "n")
    functions = MappingProxyType({"f": "sigmoid", "n": "tanh"})
    equations = (
        Equation(
            "h",
            (
                Share("f", "h", "carry", complement=True, before=True),
                Share("f", "n", "candidate"),
            ),
        ),
    )
    words = MappingProxyType({"f": "Renewal gate: what h gives up", "n": "Candidate for h"})
    derivative_at = "z^{n}"
    keeper = "renewal gate"
    products = 2

    def allocate(self) -> None:
        """f and n as planes, and what ∂J/∂h is multiplied with for each."""
        super().allocate()
        steps, batch, units = self.dh.shape
        self.z, self.bends = np.zeros((2, steps, 2, batch, units), self.dh.dtype)
        self.f, self.n = self.z.swapaxes(0, 1)

    def planes(self) -> tuple[str, ...]:
        """As they lie."""
        return self.gates

    def forward(self, t: int) -> None:
        """h = h + f ⊙ (n − h)."""
        if t == 0:
            self.copy_weights()
        np.matmul(self.state[t], self.stacked, out=self.z[t])
        self.f[t] = 1 / (1 + np.exp(-self.f[t]))
        np.tanh(self.n[t], out=self.n[t])
        self.h[t] = self.before[t] + self.f[t] * (self.n[t] - self.before[t])

    def derivatives(self) -> None:
        """For f and n."""
        self.derivative[...] = 1 - self.n**2
        self.bends[:, 0] = (self.n - self.before) * self.f * (1 - self.f)
        self.bends[:, 1] = self.f * self.derivative

    def backward(self, t: int) -> None:
        """By what goes into each."""
        np.multiply(self.bends[t], self.dh[t], out=self.dz_planes[t])

    def hand_back(self, t: int, out: Array) -> None:
        """By the weights, and past them."""
        super().hand_back(t, out)
        out += (1 - self.f[t]) * self.dh[t]

    def arrays(self) -> dict[str, Array]:
        """f and n."""
        return {"f": self.f, "n": self.n, "dz": self.dz}

    def pull(self, t: int, samples: Samples, gradient: Floats) -> Floats:
        """By the weights, and past them."""
        into = [gradient * rows(bend, samples) for bend in self.bends[t]]
        by_weights: Floats = np.concatenate(into, axis=-1) @ self.own["W_h"].T
        return by_weights + gradient * (1 - rows(self.f[t], samples))


class Adding(Gated):
    """h = h + n: what comes is added to what was there, without a gate on either."""

    gates = ("n",)
    functions = MappingProxyType({"n": "tanh"})
    equations = (Equation("h", (Share("", "h", "carry", before=True), Share("", "n", "new"))),)
    words = MappingProxyType({"n": "What is added to h"})
    derivative_at = "z^{n}"
    products = 1

    def allocate(self) -> None:
        """n as the only plane."""
        super().allocate()
        self.n = np.zeros_like(self.dh)
        self.z = self.n

    def planes(self) -> tuple[str, ...]:
        """The only one."""
        return self.gates

    def forward(self, t: int) -> None:
        """h = h + n."""
        if t == 0:
            self.copy_weights()
        self.n[t] = np.tanh(self.state[t] @ self.stacked[0])
        self.h[t] = self.before[t] + self.n[t]

    def derivatives(self) -> None:
        """tanh′."""
        self.derivative[...] = 1 - self.n**2

    def backward(self, t: int) -> None:
        """By what goes into n."""
        np.multiply(self.derivative[t], self.dh[t], out=self.dz[t])

    def hand_back(self, t: int, out: Array) -> None:
        """By the weights, and past them."""
        super().hand_back(t, out)
        out += self.dh[t]

    def arrays(self) -> dict[str, Array]:
        """n."""
        return {"n": self.n, "dz": self.dz}

    def pull(self, t: int, samples: Samples, gradient: Floats) -> Floats:
        """By the weights, and past them."""
        by_weights: Floats = (gradient * rows(self.derivative[t], samples)) @ self.own["W_h"].T
        return by_weights + gradient


class Centering(Norm):
    """Each sample to mean 0 over the units, its scale left alone: y = x − mean + β."""

    symbol = "C"

    @staticmethod
    def shapes(plan: StagePlan, inputs: int, outputs: int) -> Shapes:
        """β alone."""
        return {"beta": (inputs,)}

    def forward(self) -> None:
        """y = x − mean + β."""
        self._average(self.x, self.mean)
        np.subtract(self.x, self.mean, out=self.y)
        np.add(self.y, self.own["beta"], out=self.y)

    def backward(self, out: Array) -> None:
        """∂J/∂x = ∂J/∂y − its mean."""
        self._average(self.dy, self.sum)
        np.subtract(self.dy, self.sum, out=out)

    def parameter_gradients(self) -> None:
        """∂J/∂β."""
        np.dot(self.ones, self.dy, self.gradients["beta"])

    def matrix(self, row: int) -> Floats:
        """I − 1 1ᵀ / n."""
        units = self.x.shape[1]
        return np.eye(units) - 1 / units

    def pull(self, samples: Samples, gradient: Floats) -> Floats:
        """Less its mean."""
        less: Floats = gradient - gradient.mean(axis=-1, keepdims=True)
        return less


class FromZero(Skip):
    """y = r ⊙ x + α s with a learned r, at first 0.1 (after ReZero, Bachlechner et al. 2020)."""

    adds = False
    main_gate = Gate("r")
    words = MappingProxyType({**Skip.words, "r": "Learned share of the stage"})

    @staticmethod
    def shapes(plan: StagePlan, inputs: int, outputs: int) -> Shapes:
        """r, one each a unit."""
        return {"r": (outputs,)}

    def restart(self, network: object) -> None:
        """r = 0.1."""
        self.own["r"][...] = 0.1

    def forward(self) -> None:
        """y = r ⊙ x + α s."""
        np.multiply(self.own["r"], self.x, out=self.y)
        self.y += self.scale * self.source.h

    def backward(self, out: Array) -> None:
        """∂J/∂x = r ⊙ ∂J/∂y."""
        np.multiply(self.own["r"], self.dy, out=out)

    def parameter_gradients(self) -> None:
        """∂J/∂r."""
        self.gradients["r"][...] = (self.dy * self.x).sum(axis=0)

    def inner(self) -> dict[str, Array]:
        """r, the same for every sample."""
        return {"r": np.broadcast_to(self.own["r"], self.y.shape)}

    def tell(self, way: WayBack) -> None:
        """r."""
        way.diagonal(f"r_{{{way.stage}}}", self.inner()["r"])

    def pull(self, samples: Samples, gradient: Floats) -> Floats:
        """By r."""
        return gradient * self.own["r"]


class UnitColumns(Layer):
    """z = x V + b, the columns of V being those of W at length 1 (Salimans and Kingma 2016)."""

    @staticmethod
    def shapes(plan: StagePlan) -> Shapes:
        """W and b."""
        return {"W": (plan.inputs, plan.outputs), "b": (plan.outputs,)}

    @staticmethod
    def start(plan: StagePlan, rng: Generator, init: InitSpec) -> dict[str, Array]:
        """As dense stages start."""
        return Dense.start(plan, rng, init)

    def forward(self) -> None:
        """h = f(x V + b)."""
        arrays = self.arrays
        np.dot(arrays.x, self.edge_weights(), arrays.z)
        np.add(arrays.z, self.parameters["b"], out=arrays.z)
        self.activation.forward(arrays.z, arrays.h)

    def backward(self) -> None:
        """∂J/∂z = f′(z) ⊙ ∂J/∂h."""
        np.multiply(self.arrays.dh, self.arrays.derivative, out=self.arrays.dz)

    def hand_back(self) -> None:
        """∂J/∂x = ∂J/∂z Vᵀ."""
        assert self.arrays.dx is not None  # never asked of the first stage
        np.copyto(self.arrays.dx, self.way())

    def parameter_gradients(self) -> None:
        """∂J/∂W is ∂J/∂V without its part along V, over the length of W."""
        by_v = self.arrays.x.T @ self.arrays.dz
        length, v = np.linalg.norm(self.parameters["W"], axis=0), self.edge_weights()
        self.gradients["W"][...] = (by_v - v * (v * by_v).sum(axis=0)) / length
        self.gradients["b"][...] = self.arrays.dz.sum(axis=0)

    def edge_weights(self) -> Array:
        """V."""
        weights = self.parameters["W"]
        columns: Array = weights / np.linalg.norm(weights, axis=0)
        return columns


def unit_layers(spec: Spec, features: int, outputs: int) -> list[StagePlan]:
    """The stages of layers, each with columns of length 1."""
    plans = KINDS["layers"].plan(spec, features, outputs)
    return [replace(plan, layer="unit-columns") for plan in plans]


def register() -> None:
    """Add all of them."""
    LAYERS.add("unit-columns", UnitColumns, "dense, with columns of length 1")
    KINDS.add(
        "unit",
        Kind(unit_layers),
        "layers whose weights have columns of length 1",
        label="Unit columns",
        uses=("network.depth", "network.width", "network.activation", "init.weights", "init.bias"),
    )
    CELLS.add("adding-up", Adding, "what comes is added to h", label="Adding cell")
    CELLS.add("minimal", Minimal, "one gate and a candidate", label="Minimal gated unit")
    NORMS.add(
        "centering",
        Centering,
        "each sample to mean 0 over the units",
        label="Centering",
        uses=("network.norm_position",),
    )
    SKIPS.add(
        "from-zero",
        FromZero,
        "h = r f(z) + α h of m stages below",
        label="From zero",
        uses=("network.skip_every", "network.skip_scale"),
    )
