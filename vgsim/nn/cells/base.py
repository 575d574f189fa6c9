"""One recurrent cell, unrolled: T timesteps that share their parameters.

In the parameters and in their gradients gates lie side by side along the last axis, in PyTorch's
order and with PyTorch's equations; W_x is (inputs, gates · units) and W_h (units, gates · units),
the transposes of PyTorch's. The two biases that PyTorch adds up are one vector b; their gradients
are the same, so nothing is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from vgsim.core.registry import Registry
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.arrays import Array, Generator
from vgsim.nn.initializers import BIASES, INITIALIZERS, settled
from vgsim.nn.layers.base import Shapes, StagePlan

if TYPE_CHECKING:
    from vgsim.nn.spec import InitSpec


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
    one; ``dh`` is ∂J/∂h. ``z`` are the gates, (T, B, H) for a single one, and ``dz``
    (T, B, G · H) is ∂J by what goes into them; ``dz_h`` is ∂J by the part that comes from h. ``x``
    is (T, B, inputs).
    """

    gates: ClassVar[tuple[str, ...]]
    carries: ClassVar[bool] = False
    """Whether h is also handed on as it is, past the weights."""

    before: Array
    h: Array
    z: Array

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
        self.dh, self.slope = np.zeros((2, steps, batch, units), x.dtype)
        self.dz = np.zeros((steps, batch, len(self.gates) * units), x.dtype)
        self.dz_h = self.dz
        self.bottom = bottom
        self.ones = np.ones(steps * batch, x.dtype)
        self.down = np.zeros((batch, plan.inputs), x.dtype)
        self.allocate()

    def allocate(self) -> None:
        """The buffers of the forward pass: ``before``, ``h``, ``z`` and what else it needs."""
        raise NotImplementedError

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

    def project(self) -> None:
        """What x and b bring to the gates of all timesteps: the bottom cell knows its x at once."""
        raise NotImplementedError

    def project_step(self, t: int) -> None:
        """What x brings to timestep ``t`` alone: x of an upper cell is known step by step."""
        raise NotImplementedError

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
        raise NotImplementedError


class Gated(Cell):
    """A cell of several gates, stored so that one gate of one timestep is one piece of memory.

    ``z`` is (T, planes, B, H): a plane for each gate in an order of the cell's own, the sigmoids
    next to each other so that one call does them all; ``dz`` is side by side nevertheless, since
    both products of the backward pass want it so. ``state`` (T + 1, B, inputs + 1 + H) has x, a 1
    and ``before`` in each row; times ``stacked`` (products, inputs + 1 + H, H), which is W_x, b
    and W_h plane by plane, that is what goes into the gates, without a sum to take afterwards.
    """

    back: Array
    products: ClassVar[int]
    """How many planes of ``z``, the first ones, are a product of a row of ``state``."""

    def allocate(self) -> None:
        """``state``, with the views into it, and room for the copies of the weights."""
        (steps, batch, units), inputs = self.dh.shape, self.plan.inputs
        self.state = np.zeros((steps + 1, batch, inputs + 1 + units), self.dh.dtype)
        self.state[..., inputs] = 1
        hidden = self.state[..., inputs + 1 :]
        self.before, self.h = hidden[:-1], hidden[1:]
        self.stacked = np.zeros((self.products, self.state.shape[2], units), self.dh.dtype)
        # (T, G, B, H): where dz takes the gates of a timestep as planes
        by_gate = self.dz.reshape(steps, batch, len(self.gates), units)
        self.dz_planes = by_gate.transpose(0, 2, 1, 3)

    def gate(self, name: str, values: Array) -> Array:
        """The columns of one gate in an array whose last axis is gates · units."""
        at, units = self.gates.index(name), self.plan.outputs
        return values[..., at * units : (at + 1) * units]

    def project(self) -> None:
        """Take x over; what it brings is part of the product in :meth:`forward`."""
        np.copyto(self.state[:-1, :, : self.plan.inputs], self.x)

    def project_step(self, t: int) -> None:
        """The same for timestep ``t`` alone."""
        np.copyto(self.state[t, :, : self.plan.inputs], self.x[t])

    def copy_weights(self) -> None:
        """Bring the parameters into the layout of this pass; they change only between passes."""
        inputs = self.plan.inputs
        for at, name in enumerate(self.planes()):
            plane = self.stacked[at]
            parts = (plane[:inputs], plane[inputs], plane[inputs + 1 :])
            for part, parameter in zip(parts, ("W_x", "b", "W_h"), strict=True):
                np.copyto(part, self.gate(name, self.own[parameter]))

    def planes(self) -> tuple[str, ...]:
        """The gate of each product, in the order of ``stacked``."""
        raise NotImplementedError

    def begin_back(self) -> None:
        """Copy W_h; not earlier, as a network that only evaluates needs none."""
        self.back = np.ascontiguousarray(self.own["W_h"].T)

    def hand_back(self, t: int, out: Array) -> None:
        """As every cell does, by weights that lie in the order in which the product reads them."""
        np.dot(self.dz_h[t], self.back, out)


CELLS: Registry[type[Cell]] = Registry("cell")
