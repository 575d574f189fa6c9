"""z = x W + b."""

from __future__ import annotations

import numpy as np

from vgsim.engine.arrays import Array
from vgsim.engine.layers.base import Shapes, StagePlan
from vgsim.engine.layers.parts.base import Part


class Affine(Part):
    """The weights of a stage: W (inputs, outputs) and b (outputs,)."""

    role = "weights"
    name = "z"

    @staticmethod
    def shapes(plan: StagePlan, inputs: int, outputs: int) -> Shapes:
        """W and b."""
        return {"W": (plan.inputs, plan.outputs), "b": (plan.outputs,)}

    def forward(self) -> None:
        """z = x W + b."""
        np.matmul(self.x, self.own["W"], out=self.y)
        np.add(self.y, self.own["b"], out=self.y)

    def backward(self, out: Array) -> None:
        """∂J/∂x = ∂J/∂z Wᵀ."""
        np.matmul(self.dy, self.own["W"].T, out=out)

    def parameter_gradients(self) -> None:
        """∂J/∂W = xᵀ ∂J/∂z, ∂J/∂b = Σ over the batch of ∂J/∂z."""
        np.matmul(self.x.T, self.dy, out=self.gradients["W"])
        np.add.reduce(self.dy, axis=0, out=self.gradients["b"])
