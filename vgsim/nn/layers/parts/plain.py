"""Parts that every network knows: weights, dropout, activation."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.arrays import (
    Array,
    Floats,
    Generator,
    Place,
    Samples,
    by_sample,
    flat_rows,
    rows,
    transposed,
)
from vgsim.nn.layers.parts.base import Ends, Part, WayBack
from vgsim.nn.layers.site import Shapes, Site, StagePlan
from vgsim.nn.precision import fitting

if TYPE_CHECKING:
    from vgsim.nn.spec import InitSpec, NetworkSpec


class Affine(Part):
    """The weights of a stage: W (inputs, outputs) and b (outputs,)."""

    role = "weights"
    name = "z"
    words = MappingProxyType({"z": "Pre-activation: weighted sum plus bias"})

    @staticmethod
    def shapes(plan: StagePlan, inputs: int, outputs: int) -> Shapes:
        """W and b."""
        return {"W": (plan.inputs, plan.outputs), "b": (plan.outputs,)}

    def __init__(self, plan: StagePlan, site: Site, ends: Ends) -> None:
        super().__init__(plan, site, ends)
        self._W = self.own["W"]
        self._W_back = transposed(self._W)
        self._b = by_sample(self.own["b"])
        self._x_back = transposed(self.x)

    def forward(self) -> None:
        """z = x W + b."""
        self.product(self.x, self._W, self.y)
        np.add(self.y, self._b, out=self.y)

    def backward(self, out: Array) -> None:
        """∂J/∂x = ∂J/∂z Wᵀ."""
        self.product(self.dy, self._W_back, out)

    def tell(self, way: WayBack) -> None:
        """W."""
        way.matrix(f"W_{{{way.stage}}}", self.own["W"])

    def pull(self, samples: Samples, gradient: Floats) -> Floats:
        """By Wᵀ."""
        back: Floats = gradient @ self.own["W"].astype(np.float64).T
        return back

    def parameter_gradients(self) -> None:
        """∂J/∂W = xᵀ ∂J/∂z, ∂J/∂b = Σ over the batch of ∂J/∂z."""
        self.product(self._x_back, self.dy, self.gradients["W"])
        self.product(self.ones, self.dy, self.gradients["b"])


class Dropout(Part):
    """y = x ⊙ mask, the mask 0 with probability p and 1 / (1 − p) else (Srivastava et al. 2014)."""

    role = "dropout"
    name = "d"
    words = MappingProxyType({"d": "Output of the dropout", "mask": "Dropout: 0 is silenced"})

    def __init__(self, plan: StagePlan, site: Site, ends: Ends) -> None:
        super().__init__(plan, site, ends)
        self.rates: dict[Place, float] = {...: plan.dropout}
        self.mask = np.ones_like(ends.x)

    def begin(self, rng: Generator, place: Place = ...) -> None:
        """Draw the mask of the coming pass, of the member at ``place``."""
        mask, rate = self.mask[place], self.rates[place]
        np.greater_equal(rng.random(mask.shape, np.float32), rate, out=mask)
        mask *= 1.0 / (1.0 - rate)

    def vary(self, networks: Sequence[NetworkSpec]) -> None:
        """The rate."""
        self.rates = {place: network.dropout for place, network in enumerate(networks)}

    def forward(self) -> None:
        """y = x ⊙ mask."""
        np.multiply(self.x, self.mask, out=self.y)

    def backward(self, out: Array) -> None:
        """∂J/∂x = mask ⊙ ∂J/∂y."""
        np.multiply(self.dy, self.mask, out=out)

    def inner(self) -> dict[str, Array]:
        """The mask."""
        return {"mask": self.mask}

    def tell(self, way: WayBack) -> None:
        """The mask."""
        way.diagonal(rf"\mathrm{{mask}}_{{{way.stage}}}", self.mask)

    def pull(self, samples: Samples, gradient: Floats) -> Floats:
        """By the mask of the pass."""
        return gradient * rows(self.mask, samples)


class Activate(Part):
    """One activation, unit by unit."""

    role = "activation"
    name = "a"
    words = MappingProxyType({"a": "Output of the activation"})

    def __init__(self, plan: StagePlan, site: Site, ends: Ends) -> None:
        super().__init__(plan, site, ends)
        self.activation = fitting(ACTIVATIONS[plan.activation], ends.x)
        self.activation_name = plan.activation
        # derivatives of a pre-activation stage are those of its inputs, which may be fewer or more
        fits = ends.x.shape == site.arrays.derivative.shape
        if fits:
            self.derivative = site.arrays.derivative
        else:
            self.derivative = np.zeros_like(ends.x)

    def forward(self) -> None:
        """a = f(u)."""
        self.activation.forward(self.x, self.y)

    def derivatives(self) -> None:
        """f′(u)."""
        self.activation.derivative(self.x, self.y, self.derivative)

    def backward(self, out: Array) -> None:
        """∂J/∂u = f′(u) ⊙ ∂J/∂a."""
        np.multiply(self.dy, self.derivative, out=out)

    def tell(self, way: WayBack) -> None:
        """f′(u)."""
        if not self.activation.linear:
            way.derivative(self.activation_name, self.derivative)

    def pull(self, samples: Samples, gradient: Floats) -> Floats:
        """By f′(u)."""
        return gradient * rows(self.derivative, samples)


class Prelu(Activate):
    """a = max(0, u) + a min(0, u) with one learned slope (He, Zhang, Ren and Sun 2015)."""

    def __init__(self, plan: StagePlan, site: Site, ends: Ends) -> None:
        super().__init__(plan, site, ends)
        self.below = np.zeros_like(ends.x)
        self._slope = self.own["a"][..., None]

    @staticmethod
    def shapes(plan: StagePlan, inputs: int, outputs: int) -> Shapes:
        """a, the slope left of zero."""
        return {"a": (1,)}

    @classmethod
    def start(
        cls, plan: StagePlan, rng: Generator, init: InitSpec, shapes: Shapes
    ) -> dict[str, Array]:
        """The slope that the activation begins with."""
        return {"a": np.full(shapes["a"], ACTIVATIONS[plan.activation].learned)}

    def forward(self) -> None:
        """a = max(0, u) + a min(0, u)."""
        np.minimum(self.x, 0, out=self.below)
        np.maximum(self.x, 0, out=self.y)
        self.y += self._slope * self.below

    def derivatives(self) -> None:
        """1 right of zero, the learned slope left of it."""
        self.derivative[...] = np.where(self.x > 0, self.derivative.dtype.type(1), self._slope)

    def parameter_gradients(self) -> None:
        """∂J/∂a = Σ over batch and units of min(0, u) ∂J/∂a."""
        np.vecdot(flat_rows(self.below), flat_rows(self.dy), out=self.gradients["a"][..., 0])


def activate(plan: StagePlan) -> type[Activate]:
    """The part that holds the activation of ``plan``."""
    if ACTIVATIONS[plan.activation].learned is None:
        return Activate
    return Prelu
