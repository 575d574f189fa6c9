"""z = x W + b."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from vgsim.nn.arrays import Array, Floats, Samples
from vgsim.nn.layers.parts.base import Part, WayBack
from vgsim.nn.layers.site import Shapes, StagePlan


class Affine(Part):
    """The weights of a stage: W (inputs, outputs) and b (outputs,)."""

    role = "weights"
    name = "z"
    words = MappingProxyType({"z": "Pre-activation: weighted sum plus bias"})

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

    def tell(self, way: WayBack) -> None:
        """W."""
        way.matrix(f"W_{{{way.stage}}}", self.own["W"])

    def pull(self, samples: Samples, gradient: Floats) -> Floats:
        """By Wᵀ."""
        back: Floats = gradient @ self.own["W"].astype(np.float64).T
        return back

    def parameter_gradients(self) -> None:
        """∂J/∂W = xᵀ ∂J/∂z, ∂J/∂b = Σ over the batch of ∂J/∂z."""
        np.dot(self.x.T, self.dy, self.gradients["W"])
        np.dot(self.ones, self.dy, self.gradients["b"])
