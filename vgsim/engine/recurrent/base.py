"""One recurrent cell, unrolled: T timesteps that share their parameters.

Gates lie side by side along the last axis, in PyTorch's order and with PyTorch's equations; W_x is
(inputs, gates · units) and W_h (units, gates · units), the transposes of PyTorch's. The two biases
that PyTorch adds up are one vector b; their gradients are the same, so nothing is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from vgsim.engine.activations import ACTIVATIONS
from vgsim.engine.arrays import Array, Generator
from vgsim.engine.initializers import BIASES, INITIALIZERS, settled
from vgsim.engine.layers.base import Shapes, StagePlan
from vgsim.registry import Registry

if TYPE_CHECKING:
    from vgsim.engine.spec import InitSpec


@dataclass(frozen=True, slots=True)
class Bottom:
    """What a cell whose x is known beforehand has: W_x and b as one matrix, so as one product.

    ``x`` (T · B, inputs + 1) ends in a column of ones; ``own`` and ``gradients`` are
    (inputs + 1, gates · units), the last row b.
    """

    x: Array
    own: Array
    gradients: Array


class Cell:
    """Buffers and steps of one cell; T timesteps, B samples, H units, G gates.

    ``before`` and ``h`` are (T, B, H): h of the timestep before (zero for the first) and of this
    one; ``dh`` is ∂J/∂h. ``z`` and ``dz`` are (T, B, G · H): gates, and ∂J by what goes into
    them; ``dz_h`` is ∂J by the part that comes from h. ``x`` is (T, B, inputs).
    """

    gates: ClassVar[tuple[str, ...]]
    carries: ClassVar[bool] = False
    """Whether h is also handed on as it is, past the weights."""

    def __init__(
        self,
        plan: StagePlan,
        x: Array,
        own: Mapping[str, Array],
        gradients: Mapping[str, Array],
        bottom: Bottom | None = None,
    ) -> None:
        steps, batch, _ = x.shape
        units = plan.outputs
        self.plan, self.x, self.own, self.gradients = plan, x, own, gradients
        self.activation = ACTIVATIONS[plan.activation]
        self.all_h = np.zeros((steps + 1, batch, units), x.dtype)
        self.before, self.h = self.all_h[:-1], self.all_h[1:]
        self.dh, self.slope = np.zeros((2, steps, batch, units), x.dtype)
        self.z, self.dz = np.zeros((2, steps, batch, len(self.gates) * units), x.dtype)
        self.dz_h = self.dz
        self.scratch = np.zeros((batch, self.z.shape[2]), x.dtype)
        self.bottom = bottom
        self.ones = np.ones(steps * batch, x.dtype)
        self.down = np.zeros((batch, plan.inputs), x.dtype)

    @classmethod
    def shapes(cls, plan: StagePlan) -> Shapes:
        """W_x, W_h and b."""
        width = len(cls.gates) * plan.outputs
        return {"W_x": (plan.inputs, width), "b": (width,), "W_h": (plan.outputs, width)}

    @classmethod
    def start(cls, plan: StagePlan, rng: Generator, init: InitSpec) -> dict[str, Array]:
        """W_x and W_h gate by gate, each by its own initializer, then b."""

        own = settled(init, plan.activation)

        def beside(name: str, rows: int) -> Array:
            shape = (rows, plan.outputs)
            return np.concatenate([INITIALIZERS[name](rng, shape, own) for _ in cls.gates], axis=1)

        return {
            "W_x": beside(init.weights, plan.inputs),
            "W_h": beside(init.recurrent, plan.outputs),
            "b": BIASES[init.bias](rng, len(cls.gates) * plan.outputs, init),
        }

    def gate(self, name: str, values: Array) -> Array:
        """The columns of one gate in an array whose last axis is gates · units."""
        at, units = self.gates.index(name), self.plan.outputs
        return values[..., at * units : (at + 1) * units]

    def project(self) -> None:
        """What x and b bring to every gate of every timestep, in one product."""
        assert self.bottom is not None  # only the bottom cell knows its x beforehand
        np.dot(self.bottom.x, self.bottom.own, self.z.reshape(-1, self.z.shape[2]))

    def project_step(self, t: int) -> None:
        """What x brings to timestep ``t`` alone: x of an upper cell is known step by step."""
        np.dot(self.x[t], self.own["W_x"], self.z[t])
        np.add(self.z[t], self.own["b"], out=self.z[t])

    def forward(self, t: int) -> None:
        """Gates and h of timestep ``t`` (from 0)."""
        raise NotImplementedError

    def slopes(self) -> None:
        """Every derivative that depends on the forward pass alone, all timesteps at once."""
        raise NotImplementedError

    def begin_back(self) -> None:
        """Forget what the last backward pass carried."""

    def backward(self, t: int) -> None:
        """∂J/∂h -> ∂J/∂z of timestep ``t``."""
        raise NotImplementedError

    def hand_back(self, t: int, out: Array) -> None:
        """∂J/∂h of timestep ``t`` - 1, as far as it comes from timestep ``t``."""
        np.dot(self.dz_h[t], self.own["W_h"].T, out)

    def cut(self) -> None:
        """Let nothing else cross the boundary to the timestep before (truncation)."""

    def hand_down(self, t: int, out: Array) -> None:
        """Add ∂J/∂x of timestep ``t`` to ``out``."""
        np.dot(self.dz[t], self.own["W_x"].T, self.down)
        np.add(out, self.down, out=out)

    def parameter_gradients(self) -> None:
        """Gradients summed over the timesteps, in one product each."""
        dz, dz_h = (values.reshape(-1, values.shape[2]) for values in (self.dz, self.dz_h))
        before = self.before.reshape(-1, self.before.shape[2])
        np.dot(before.T, dz_h, self.gradients["W_h"])
        if self.bottom is not None:
            np.dot(self.bottom.x.T, dz, self.bottom.gradients)
        else:
            np.dot(self.x.reshape(len(dz), -1).T, dz, self.gradients["W_x"])
            np.dot(self.ones, dz, self.gradients["b"])

    def contribution(self, t: int) -> tuple[Array, Array]:
        """Timestep ``t``'s own ∂J/∂W, W_x over W_h, and ∂J/∂b."""
        parts = (self.x[t].T @ self.dz[t], self.before[t].T @ self.dz_h[t])
        return np.concatenate(parts), self.dz[t].sum(axis=0)

    def inner(self, t: int) -> dict[str, Array]:
        """Arrays within timestep ``t`` by name, for a trace."""
        return {name: self.gate(name, self.z)[t] for name in self.gates} | {"dz": self.dz[t]}


CELLS: Registry[type[Cell]] = Registry("cell")


def sigmoid(z: Array) -> None:
    """1 / (1 + e^−z) in place."""
    np.negative(z, out=z)
    np.exp(z, out=z)
    np.add(z, 1, out=z)
    np.reciprocal(z, out=z)
