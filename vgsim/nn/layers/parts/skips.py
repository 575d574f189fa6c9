"""Paths around a stage: a sum with an earlier h, or a gate that mixes with it."""

from __future__ import annotations

import numpy as np

from vgsim.core.registry import Registry
from vgsim.nn.arrays import Array
from vgsim.nn.layers.base import Shapes, Site, StagePlan
from vgsim.nn.layers.parts.base import Ends, Part
from vgsim.nn.roles import Role


class Copy(Part):
    """y = x: the end of a stage whose last operation is its weights."""

    role = "weights"
    name = "c"

    def forward(self) -> None:
        """y = x."""
        np.copyto(self.y, self.x)

    def backward(self, out: Array) -> None:
        """∂J/∂x = ∂J/∂y."""
        np.copyto(out, self.dy)


class Skip(Part):
    """y = x + α s with s = h of an earlier stage (He, Zhang, Ren and Sun 2016)."""

    role = "skip"
    name = "s"

    def __init__(self, plan: StagePlan, site: Site, ends: Ends) -> None:
        super().__init__(plan, site, ends)
        assert site.source is not None  # the plan says that a path arrives here
        self.source = site.source
        self.scale = plan.scale
        self.scratch = np.zeros_like(ends.y)

    def forward(self) -> None:
        """y = x + α s."""
        np.multiply(self.source.h, self.scale, out=self.y)
        np.add(self.y, self.x, out=self.y)

    def backward(self, out: Array) -> None:
        """∂J/∂x = ∂J/∂y."""
        np.copyto(out, self.dy)

    def give(self) -> None:
        """∂J/∂s grows by α ∂J/∂y."""
        np.multiply(self.dy, self.scale, out=self.scratch)
        np.add(self.source.dh, self.scratch, out=self.source.dh)


class Highway(Skip):
    """y = t ⊙ x + (1 − t) ⊙ s with t = σ(s W_T + b_T) (Srivastava, Greff, Schmidhuber 2015)."""

    def __init__(self, plan: StagePlan, site: Site, ends: Ends) -> None:
        super().__init__(plan, site, ends)
        self.gate, self.dgate = np.zeros((2, *ends.y.shape), ends.y.dtype)

    @staticmethod
    def shapes(plan: StagePlan, inputs: int, outputs: int) -> Shapes:
        """W_T and b_T of the gate."""
        return {"W_T": (outputs, outputs), "b_T": (outputs,)}

    def forward(self) -> None:
        """t, then y = s + t ⊙ (x − s)."""
        t, s = self.gate, self.source.h
        np.dot(s, self.own["W_T"], t)
        np.add(t, self.own["b_T"], out=t)
        np.negative(t, out=t)
        np.exp(t, out=t)
        np.add(t, 1, out=t)
        np.reciprocal(t, out=t)
        np.subtract(self.x, s, out=self.y)
        np.multiply(self.y, t, out=self.y)
        np.add(self.y, s, out=self.y)

    def backward(self, out: Array) -> None:
        """∂J/∂x = t ⊙ ∂J/∂y."""
        np.multiply(self.dy, self.gate, out=out)
        self._gate_gradient()

    def give(self) -> None:
        """∂J/∂s grows by (1 − t) ⊙ ∂J/∂y and by what comes through the gate."""
        ds = self.source.dh
        np.subtract(1, self.gate, out=self.scratch)
        np.multiply(self.scratch, self.dy, out=self.scratch)
        np.add(ds, self.scratch, out=ds)
        np.dot(self.dgate, self.own["W_T"].T, self.scratch)
        np.add(ds, self.scratch, out=ds)

    def _gate_gradient(self) -> None:
        """∂J by the input of the gate's sigmoid: ∂J/∂y ⊙ (x − s) ⊙ t ⊙ (1 − t)."""
        np.subtract(1, self.gate, out=self.dgate)
        np.multiply(self.dgate, self.gate, out=self.dgate)
        np.multiply(self.dgate, self.dy, out=self.dgate)
        np.subtract(self.x, self.source.h, out=self.scratch)
        np.multiply(self.dgate, self.scratch, out=self.dgate)

    def parameter_gradients(self) -> None:
        """∂J/∂W_T and ∂J/∂b_T."""
        np.dot(self.source.h.T, self.dgate, self.gradients["W_T"])
        np.dot(self.ones, self.dgate, self.gradients["b_T"])


SKIPS: Registry[type[Part]] = Registry("skip path")
SKIPS.add("none", Copy, "every signal passes every stage", label="None")
SKIPS.add(
    "residual",
    Skip,
    "h = f(z) + α h of m stages below: nothing stands in the way of the sum",
    label="Residual, sum after f",
    uses=("network.skip_every", "network.skip_scale"),
)
SKIPS.add(
    "original",
    Skip,
    "h = f(z + α h of m stages below), as ResNet had it (He et al. 2015)",
    label="Residual, sum before f",
    uses=("network.skip_every", "network.skip_scale"),
)
SKIPS.add(
    "preactivation",
    Skip,
    "h = W f(norm(x)) + b + α h of m stages below (He et al. 2016)",
    label="Residual, pre-activation",
    role=Role.WAY_AROUND,
    uses=("network.skip_every", "network.skip_scale"),
)
SKIPS.add(
    "highway",
    Highway,
    "h = t f(z) + (1 − t) x with a learned gate t (Srivastava et al. 2015)",
    label="Highway gate",
    uses=("network.highway_bias",),
)
