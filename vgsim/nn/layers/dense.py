"""Dense stage: z = x W + b, h = f(z)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vgsim.nn.arrays import Array, Generator, by_sample, has_gaps, product, transposed
from vgsim.nn.initializers import BIASES, initial_weights
from vgsim.nn.layers.base import LAYERS, Layer
from vgsim.nn.layers.site import Site, StagePlan

if TYPE_CHECKING:
    from vgsim.nn.spec import InitSpec


@LAYERS.register("dense", "every unit sees every unit below: h = f(x W + b)", label="Dense")
class Dense(Layer):
    """W is (inputs, outputs), b (outputs,)."""

    plain = True

    def __init__(self, plan: StagePlan, site: Site) -> None:
        super().__init__(plan, site)
        arrays = site.arrays
        self._x = arrays.x
        self._z = arrays.z
        self._h = arrays.h
        self._dx = arrays.dx
        self._derivative = arrays.derivative
        self._dh = arrays.dh
        self._dz = arrays.dz
        self._W = self.parameters["W"]
        self._b = by_sample(self.parameters["b"])
        self._W_back = transposed(self._W)
        self._gaps = has_gaps(self._x)
        if self._gaps:  # h of a gated cell, which `dot` would copy first, and `matmul` not
            self._x = np.zeros_like(arrays.x, order="C")
        self._x_back = transposed(self._x)
        self._f = self.activation.forward
        self._product = product(arrays.z)
        self.ones = np.ones_like(arrays.z, shape=arrays.z.shape[-2])

    @staticmethod
    def shapes(plan: StagePlan) -> dict[str, tuple[int, ...]]:
        """W and b."""
        return {"W": (plan.inputs, plan.outputs), "b": (plan.outputs,)}

    @staticmethod
    def start(plan: StagePlan, rng: Generator, init: InitSpec) -> dict[str, Array]:
        """W by the spec's initializer, then b by its bias initializer."""
        weights = initial_weights(rng, (plan.inputs, plan.outputs), init, plan.activation)
        return {
            "W": weights * plan.start_scale,
            "b": BIASES[init.bias](rng, (plan.inputs, plan.outputs), init),
        }

    def forward(self) -> None:
        """z = x W + b, h = f(z)."""
        if self._gaps:
            np.copyto(self._x, self.arrays.x)
        z = self._z
        self._product(self._x, self._W, z)
        np.add(z, self._b, z)
        self._f(z, self._h)

    def backward(self) -> None:
        """∂J/∂z = f′(z) ⊙ ∂J/∂h."""
        np.multiply(self._dh, self._derivative, self._dz)

    def hand_back(self) -> None:
        """∂J/∂x = ∂J/∂z Wᵀ."""
        self._product(self._dz, self._W_back, self._dx)

    def parameter_gradients(self) -> None:
        """∂J/∂W = xᵀ ∂J/∂z, ∂J/∂b = Σ over the batch of ∂J/∂z."""
        below = np.ascontiguousarray(self._x_back) if self._gaps else self._x_back
        self._product(below, self._dz, self.gradients["W"])
        self._product(self.ones, self._dz, self.gradients["b"])  # much faster than a sum

    def edge_weights(self) -> Array:
        """W."""
        return self.parameters["W"]
