"""Dense stage: z = x W + b, h = f(z)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vgsim.engine.arrays import Array, Generator
from vgsim.engine.initializers import BIASES, INITIALIZERS
from vgsim.engine.layers.base import LAYERS, Layer, StagePlan

if TYPE_CHECKING:
    from vgsim.engine.spec import InitSpec


@LAYERS.register("dense", "every unit sees every unit below: h = f(x W + b)", label="Dense")
class Dense(Layer):
    """W is (inputs, outputs), b (outputs,)."""

    @staticmethod
    def shapes(plan: StagePlan) -> dict[str, tuple[int, ...]]:
        """W and b."""
        return {"W": (plan.inputs, plan.outputs), "b": (plan.outputs,)}

    @staticmethod
    def start(plan: StagePlan, rng: Generator, init: InitSpec) -> dict[str, Array]:
        """W by the spec's initializer, then b by its bias initializer."""
        return {
            "W": INITIALIZERS[init.weights](rng, (plan.inputs, plan.outputs), init),
            "b": BIASES[init.bias](rng, plan.outputs, init),
        }

    def forward(self) -> None:
        """z = x W + b, h = f(z)."""
        arrays = self.arrays
        np.matmul(arrays.x, self.parameters["W"], out=arrays.z)
        np.add(arrays.z, self.parameters["b"], out=arrays.z)
        self.activation.forward(arrays.z, arrays.h)

    def backward(self) -> None:
        """∂J/∂z = f′(z) ⊙ ∂J/∂h."""
        arrays = self.arrays
        np.multiply(arrays.dh, arrays.slope, out=arrays.dz)

    def hand_back(self) -> None:
        """∂J/∂x = ∂J/∂z Wᵀ."""
        np.matmul(self.arrays.dz, self.edge_weights().T, out=self.arrays.dx)

    def parameter_gradients(self) -> None:
        """∂J/∂W = xᵀ ∂J/∂z, ∂J/∂b = Σ over the batch of ∂J/∂z."""
        np.matmul(self.arrays.x.T, self.arrays.dz, out=self.gradients["W"])
        np.add.reduce(self.arrays.dz, axis=0, out=self.gradients["b"])

    def edge_weights(self) -> Array:
        """W."""
        return self.parameters["W"]
