"""Normalizations: y = γ ⊙ x̂ + β, with x̂ the input brought to one scale.

Batch norm (Ioffe and Szegedy 2015), layer norm (Ba, Kiros and Hinton 2016) and RMS norm (Zhang and
Sennrich 2019), with the conventions of PyTorch.
"""

from __future__ import annotations

import math
from copy import copy
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from vgsim.core.registry import Registry
from vgsim.nn.arrays import Array, Floats, Generator, Samples, by_sample, rows
from vgsim.nn.layers.parts.base import Ends, Part, WayBack
from vgsim.nn.layers.site import Shapes, Site, StagePlan
from vgsim.nn.roles import Role

if TYPE_CHECKING:
    from vgsim.nn.spec import InitSpec, NetworkSpec


class Norm(Part):
    """What normalizations share: x̂ = (x − mean) · ``rate``, γ, β, and the sums they need.

    ``axis`` is the one that statistics are taken over: -2 the batch, -1 the units.
    """

    role = "normalization"
    name = "n"
    words = MappingProxyType({"n": "Output of the normalization"})
    absent: ClassVar[bool] = False
    """Whether it is the absence of a normalization."""
    symbol: ClassVar[str]
    """What it is called in a formula."""
    mixes: ClassVar[bool] = False
    """Whether what becomes of a sample depends on the others of its batch."""
    growth: ClassVar[float] = math.nan
    """By what theory says a gradient grows in each ReLU layer without skips; nan where it may not
    grow."""
    axis: ClassVar[int] = -1
    centered: ClassVar[bool] = True

    def __init__(self, plan: StagePlan, site: Site, ends: Ends) -> None:
        super().__init__(plan, site, ends)
        self.epsilon = site.network.norm_epsilon
        self.unit = np.zeros_like(ends.x)
        self.scratch = np.zeros_like(ends.x)
        shape = list(ends.x.shape)
        shape[self.axis] = 1
        # a product with these is a mean, and several times faster than one
        over = ends.x.shape[self.axis]
        self.over_units = self.axis == -1
        self.share = np.full((over, 1) if self.over_units else (1, over), 1.0 / over, ends.x.dtype)
        four = np.zeros_like(ends.x, shape=(4, *shape))
        self.mean, self.variance, self.rate, self.sum = four

    @staticmethod
    def shapes(plan: StagePlan, inputs: int, outputs: int) -> Shapes:
        """γ and β, one each a unit."""
        return {"gamma": (inputs,), "beta": (inputs,)}

    @classmethod
    def start(
        cls, plan: StagePlan, rng: Generator, init: InitSpec, shapes: Shapes
    ) -> dict[str, Array]:
        """γ = 1, β = 0; by ``init.zero_gamma`` γ = 0 where a path arrives (Goyal et al. 2017)."""
        gamma = 0.0 if init.zero_gamma and plan.source else 1.0
        return {
            name: np.full(shape, gamma if name == "gamma" else 0.0)
            for name, shape in shapes.items()
        }

    def of_rows(self, rows: slice) -> Norm:
        """The same normalization of some rows alone, in the same buffers; not where rows mix."""
        part = copy(self)
        for name in ("x", "y", "dy", "unit", "scratch", "mean", "variance", "rate", "sum"):
            setattr(part, name, getattr(self, name)[..., rows, :])
        return part

    def _average(self, values: Array, out: Array) -> None:
        if self.over_units:
            self.product(values, self.share, out)
        else:
            self.product(self.share, values, out)

    def statistics(self) -> None:
        """Mean, variance and x − mean (in ``unit``) of this pass."""
        self._average(self.x, self.mean)
        np.subtract(self.x, self.mean, out=self.unit)
        np.multiply(self.unit, self.unit, out=self.scratch)
        self._average(self.scratch, self.variance)

    def forward(self) -> None:
        """y = γ ⊙ x̂ + β."""
        self.statistics()
        np.add(self.variance, self.epsilon, out=self.rate)
        np.sqrt(self.rate, out=self.rate)
        np.reciprocal(self.rate, out=self.rate)
        np.multiply(self.unit, self.rate, out=self.unit)
        np.multiply(self.unit, by_sample(self.own["gamma"]), out=self.y)
        if "beta" in self.own:
            np.add(self.y, by_sample(self.own["beta"]), out=self.y)

    def backward(self, out: Array) -> None:
        """∂J/∂x = rate · (g − mean g − x̂ · mean (g ⊙ x̂)) with g = γ ⊙ ∂J/∂y."""
        g, scratch = out, self.scratch
        np.multiply(self.dy, by_sample(self.own["gamma"]), out=g)
        np.multiply(g, self.unit, out=scratch)
        self._average(scratch, self.sum)
        np.multiply(self.unit, self.sum, out=scratch)
        if self.centered:
            self._average(g, self.sum)
            np.subtract(g, self.sum, out=g)
        np.subtract(g, scratch, out=g)
        np.multiply(g, self.rate, out=g)

    def parameter_gradients(self) -> None:
        """∂J/∂γ = Σ ∂J/∂y ⊙ x̂ and ∂J/∂β = Σ ∂J/∂y over the batch."""
        np.multiply(self.dy, self.unit, out=self.scratch)
        self.product(self.ones, self.scratch, self.gradients["gamma"])
        if "beta" in self.own:
            self.product(self.ones, self.dy, self.gradients["beta"])

    def tell(self, way: WayBack) -> None:
        """∂y/∂x."""
        way.jacobian(None if self.mixes else self.matrix)

    def matrix(self, row: int) -> Floats:
        """(n, n) transposed Jacobian for one sample, where that does not mix them.

        rate · (1 − 1 1ᵀ / n − x̂ x̂ᵀ / n) diag(γ), without the second where nothing is centered.
        """
        unit = self.unit[row].astype(np.float64)
        matrix: Floats = np.eye(len(unit)) - np.outer(unit, unit) / len(unit)
        if self.centered:
            matrix -= 1 / len(unit)
        matrix *= float(self.rate[row, 0])
        return matrix * self.own["gamma"].astype(np.float64)

    def pull(self, samples: Samples, gradient: Floats) -> Floats:
        """The mean and the scale feel each unit of the sample."""
        unit = rows(self.unit, samples)
        g = gradient * self.own["gamma"].astype(np.float64)
        change = g - unit * (g * unit).mean(axis=-1, keepdims=True)
        if self.centered:
            change = change - g.mean(axis=-1, keepdims=True)
        back: Floats = change * rows(self.rate, samples)
        return back


class LayerNorm(Norm):
    """Statistics over the units of each sample (Ba, Kiros and Hinton 2016)."""

    symbol = "LN"


class RMSNorm(Norm):
    """Only the scale, over the units of each sample; no β (Zhang and Sennrich 2019)."""

    symbol = "RMS"
    centered = False

    @staticmethod
    def shapes(plan: StagePlan, inputs: int, outputs: int) -> Shapes:
        """γ alone."""
        return {"gamma": (inputs,)}

    def statistics(self) -> None:
        """The mean square; nothing is subtracted."""
        np.copyto(self.unit, self.x)
        np.multiply(self.x, self.x, out=self.scratch)
        self._average(self.scratch, self.variance)


class BatchNorm(Norm):
    """Statistics over the batch, running ones when not training (Ioffe and Szegedy 2015).

    running ← (1 − m) running + m · batch with the unbiased variance, as in PyTorch; m is
    ``network.norm_momentum``.
    """

    symbol = "BN"
    mixes = True
    growth = 1.21
    axis = -2

    def __init__(self, plan: StagePlan, site: Site, ends: Ends) -> None:
        super().__init__(plan, site, ends)
        self.training = site.training
        self.running = site.running
        self.momentum = site.network.norm_momentum

    @staticmethod
    def running_shapes(units: int) -> Shapes:
        """Running mean and variance."""
        return {"mean": (units,), "variance": (units,)}

    def restart(self, network: NetworkSpec) -> None:
        """Running mean 0 and variance 1."""
        self.running["mean"][...] = 0
        self.running["variance"][...] = 1

    def statistics(self) -> None:
        """Those of the batch in training, the running ones otherwise."""
        if self.training:
            super().statistics()
        else:
            np.copyto(self.variance, by_sample(self.running["variance"]))
            np.subtract(self.x, by_sample(self.running["mean"]), out=self.unit)

    def pull(self, samples: Samples, gradient: Floats) -> Floats:
        """For one sample the statistics of its batch count as constants."""
        scale = self.own["gamma"] * self.rate[0]
        back: Floats = gradient * scale.astype(np.float64)
        return back

    def finish(self) -> None:
        """Take this batch into the running statistics."""
        batch = self.x.shape[-2]
        mean, variance = self.mean[..., 0, :], self.variance[..., 0, :]
        unbiased = variance * (batch / max(batch - 1, 1))
        for name, new in (("mean", mean), ("variance", unbiased)):
            running = self.running[name]
            running += self.momentum * (new - running)


class NoNorm(Norm):
    """The absence of a normalization."""

    absent = True
    symbol = ""


NORMS: Registry[type[Norm]] = Registry("normalization")
_USES = ("network.norm_position", "network.norm_epsilon", "init.zero_gamma")
NORMS.add("none", NoNorm, "nothing is normalized", label="None")
NORMS.add(
    "batch",
    BatchNorm,
    "each unit to mean 0, variance 1 over the batch (Ioffe and Szegedy 2015)",
    label="Batch norm",
    uses=(*_USES, "network.norm_momentum"),
    pytorch="nn.BatchNorm1d({units})",
)
NORMS.add(
    "layer",
    LayerNorm,
    "each sample to mean 0, variance 1 over the units (Ba, Kiros and Hinton 2016)",
    label="Layer norm",
    role=Role.SAME_SCALE,
    uses=_USES,
    pytorch="nn.LayerNorm({units})",
)
NORMS.add(
    "rms",
    RMSNorm,
    "each sample to mean square 1 over the units (Zhang and Sennrich 2019)",
    label="RMS norm",
    uses=_USES,
    pytorch="nn.RMSNorm({units})",
)
