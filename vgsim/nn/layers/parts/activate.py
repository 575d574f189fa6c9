"""a = f(u), with an f that is fixed or has a slope to be learned."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.arrays import Array, Floats, Generator, Samples, rows
from vgsim.nn.layers.parts.base import Ends, Part, WayBack
from vgsim.nn.layers.site import Shapes, Site, StagePlan

if TYPE_CHECKING:
    from vgsim.nn.spec import InitSpec


class Activate(Part):
    """One activation, unit by unit."""

    role = "activation"
    name = "a"
    words = MappingProxyType({"a": "Output of the activation"})

    def __init__(self, plan: StagePlan, site: Site, ends: Ends) -> None:
        super().__init__(plan, site, ends)
        self.activation = ACTIVATIONS[plan.activation]
        self.activation_name = plan.activation
        # the slopes of a pre-activation stage are those of its inputs, which may be fewer or more
        fits = ends.x.shape == site.arrays.slope.shape
        self.slope = site.arrays.slope if fits else np.zeros_like(ends.x)

    def forward(self) -> None:
        """a = f(u)."""
        self.activation.forward(self.x, self.y)

    def slopes(self) -> None:
        """f′(u)."""
        self.activation.slope(self.x, self.y, self.slope)

    def backward(self, out: Array) -> None:
        """∂J/∂u = f′(u) ⊙ ∂J/∂a."""
        np.multiply(self.dy, self.slope, out=out)

    def tell(self, way: WayBack) -> None:
        """f′(u)."""
        if not self.activation.linear:
            way.derivative(self.activation_name, self.slope)

    def pull(self, samples: Samples, gradient: Floats) -> Floats:
        """By f′(u)."""
        return gradient * rows(self.slope, samples)


class Prelu(Activate):
    """a = max(0, u) + a min(0, u) with one learned slope (He, Zhang, Ren and Sun 2015)."""

    def __init__(self, plan: StagePlan, site: Site, ends: Ends) -> None:
        super().__init__(plan, site, ends)
        self.below = np.zeros_like(ends.x)

    @staticmethod
    def shapes(plan: StagePlan, inputs: int, outputs: int) -> Shapes:
        """a, the slope left of zero."""
        return {"a": (1,)}

    @classmethod
    def start(
        cls, plan: StagePlan, rng: Generator, init: InitSpec, shapes: Shapes
    ) -> dict[str, Array]:
        """The slope that the activation says."""
        return {"a": np.full(shapes["a"], ACTIVATIONS[plan.activation].learned)}

    def forward(self) -> None:
        """a = max(0, u) + a min(0, u)."""
        np.minimum(self.x, 0, out=self.below)
        np.maximum(self.x, 0, out=self.y)
        self.y += self.own["a"] * self.below

    def slopes(self) -> None:
        """1 right of zero, the learned slope left of it."""
        self.slope[...] = np.where(self.x > 0, self.slope.dtype.type(1), self.own["a"])

    def parameter_gradients(self) -> None:
        """∂J/∂a = Σ over batch and units of min(0, u) ∂J/∂a."""
        self.gradients["a"][0] = np.vdot(self.below, self.dy)


def activate(plan: StagePlan) -> type[Activate]:
    """The part that holds the activation of ``plan``."""
    return Activate if ACTIVATIONS[plan.activation].learned is None else Prelu
