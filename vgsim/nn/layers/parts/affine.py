"""z = x W + b."""

from __future__ import annotations

import numpy as np

from vgsim.nn.arrays import Array
from vgsim.nn.layers.base import Shapes, StagePlan
from vgsim.nn.layers.parts.base import Part


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
        np.dot(self.x, self.own["W"], self.y)
        np.add(self.y, self.own["b"], out=self.y)

    def backward(self, out: Array) -> None:
        """∂J/∂x = ∂J/∂z Wᵀ."""
        np.dot(self.dy, self.own["W"].T, out)

    def parameter_gradients(self) -> None:
        """∂J/∂W = xᵀ ∂J/∂z, ∂J/∂b = Σ over the batch of ∂J/∂z."""
        np.dot(self.x.T, self.dy, self.gradients["W"])
        np.dot(self.ones, self.dy, self.gradients["b"])
