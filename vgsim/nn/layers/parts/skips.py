"""Paths around a stage: a sum with an earlier h, or a gate that mixes with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from vgsim.core.numbers import short
from vgsim.core.registry import Registry
from vgsim.nn.arrays import (
    Array,
    Floats,
    Generator,
    Samples,
    by_sample,
    flat_rows,
    rows,
    transposed,
)
from vgsim.nn.initializers import initial_weights
from vgsim.nn.layers.parts.base import Ends, Part, WayBack
from vgsim.nn.layers.site import Shapes, Site, StagePlan
from vgsim.nn.roles import Role

if TYPE_CHECKING:
    from vgsim.nn.spec import InitSpec, NetworkSpec


PROJECTION = "W_P"
"""The trained matrix of a path whose ends have other widths, or that is asked to have one."""


class Copy(Part):
    """y = x: the end of a stage whose last operation is its weights."""

    role = "weights"
    name = "c"
    adds = True

    def forward(self) -> None:
        """y = x."""
        np.copyto(self.y, self.x)

    def backward(self, out: Array) -> None:
        """∂J/∂x = ∂J/∂y."""
        np.copyto(out, self.dy)

    def pull(self, samples: Samples, gradient: Floats) -> Floats:
        """Unchanged."""
        return gradient


class Multiplier(Part):
    """y = κ x: one trained factor on all that a skip path goes around, before the sum.

    SkipInit starts it at 0, so that a deep network begins as the paths alone (De and Smith 2020,
    who call it α, which here is the factor on the path); Fixup has one that starts at 1.
    """

    role = "multiplier"
    name = "m"
    words = MappingProxyType({"m": "What the skip path goes around, times κ"})

    @staticmethod
    def shapes(plan: StagePlan, inputs: int, outputs: int) -> Shapes:
        """κ."""
        return {"kappa": (1,)}

    @classmethod
    def start(
        cls, plan: StagePlan, rng: Generator, init: InitSpec, shapes: Shapes
    ) -> dict[str, Array]:
        """``init.multiplier``."""
        return {"kappa": np.full(shapes["kappa"], init.multiplier)}

    def __init__(self, plan: StagePlan, site: Site, ends: Ends) -> None:
        super().__init__(plan, site, ends)
        self._kappa = self.own["kappa"][..., None]

    def forward(self) -> None:
        """y = κ x."""
        np.multiply(self.x, self._kappa, out=self.y)

    def backward(self, out: Array) -> None:
        """∂J/∂x = κ ∂J/∂y."""
        np.multiply(self.dy, self._kappa, out=out)

    def parameter_gradients(self) -> None:
        """∂J/∂κ = Σ over batch and units of x ∂J/∂y."""
        np.vecdot(flat_rows(self.x), flat_rows(self.dy), out=self.gradients["kappa"][..., 0])

    def tell(self, way: WayBack) -> None:
        """κ."""
        factor = float(self.own["kappa"][0])
        way.scaled(rf"\kappa_{{{way.stage}}} I", factor, f"κ = {short(factor)}")

    def pull(self, samples: Samples, gradient: Floats) -> Floats:
        """By κ."""
        return gradient * float(self.own["kappa"][0])


class SkipPlace(Enum):
    """Where in a stage the signal of an earlier one arrives."""

    LAST = auto()
    """At the end, after weights and activation."""
    BEFORE_ACTIVATION = auto()
    """Between the weights and the activation."""
    AFTER_WEIGHTS = auto()
    """At the end, the activation being before the weights."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A factor from 0 to 1 by its symbol, t, or 1 − t."""

    symbol: str
    complement: bool = False


class Skip(Part):
    """y = x + α s with s = h of an earlier stage (He, Zhang, Ren and Sun 2016)."""

    role = "skip"
    name = "s"
    adds = True
    words = MappingProxyType({"s": "Sum with the skipped signal"})
    absent: ClassVar[bool] = False
    """Whether it is the absence of a path."""
    place: ClassVar[SkipPlace] = SkipPlace.LAST
    spans: ClassVar[bool] = True
    """Whether the path may go around several stages, ``network.skip_every``."""
    main_gate: ClassVar[Gate | None] = None
    """What x is multiplied with, if by a gate."""
    skip_gate: ClassVar[Gate | None] = None
    """What s is multiplied with, if by a gate; by α otherwise."""
    learned_gate: ClassVar[bool] = False
    """Whether the gate is made from s, so that it hands a gradient back, too."""

    def __init__(self, plan: StagePlan, site: Site, ends: Ends) -> None:
        super().__init__(plan, site, ends)
        assert site.source is not None  # the plan says that a path arrives here
        self.source = site.source
        self.scale = plan.scale
        self.factor: float | Array = plan.scale
        self.scratch = np.zeros_like(ends.y)
        self.projection = site.parameters.get(PROJECTION)
        if self.projection is not None:
            self.projected = np.zeros_like(ends.y)
            self.down = np.zeros_like(site.source.dh)

    @staticmethod
    def shapes(plan: StagePlan, inputs: int, outputs: int) -> Shapes:
        """W_P (units where the path begins, outputs) where the path is projected."""
        if plan.projected:
            return {PROJECTION: (plan.projected, outputs)}
        return {}

    @classmethod
    def start(
        cls, plan: StagePlan, rng: Generator, init: InitSpec, shapes: Shapes
    ) -> dict[str, Array]:
        """W_P as other weights start, for an identity; what a kind has of its own at 0."""
        values = super().start(plan, rng, init, shapes)
        if PROJECTION in shapes:
            rows, columns = shapes[PROJECTION]
            values[PROJECTION] = initial_weights(rng, (rows, columns), init, "identity")
        return values

    @classmethod
    def around_cells(cls) -> bool:
        """Whether it may go around cells of a stack: a sum at the end, without a gate."""
        return cls.adds and cls.place is SkipPlace.LAST

    def vary(self, networks: Sequence[NetworkSpec]) -> None:
        """α."""
        scales = [network.skip_scale for network in networks]
        self.factor = np.array(scales)[:, None, None].astype(self.y.dtype)

    def forward(self) -> None:
        """y = x + α s, or x + α s W_P."""
        skipped = self.source.h
        if self.projection is not None:
            skipped = self.projected
            self.product(self.source.h, self.projection, skipped)
        np.multiply(skipped, self.factor, out=self.y)
        np.add(self.y, self.x, out=self.y)

    def backward(self, out: Array) -> None:
        """∂J/∂x = ∂J/∂y."""
        np.copyto(out, self.dy)

    def give(self) -> None:
        """∂J/∂s grows by α ∂J/∂y, or α ∂J/∂y W_Pᵀ."""
        handed = self.scratch
        np.multiply(self.dy, self.factor, out=handed)
        if self.projection is not None:
            handed = self.down
            self.product(self.scratch, transposed(self.projection), handed)
        np.add(self.source.dh, handed, out=self.source.dh)

    def parameter_gradients(self) -> None:
        """∂J/∂W_P = α sᵀ ∂J/∂y, where there is one."""
        if self.projection is not None:
            np.multiply(self.dy, self.factor, out=self.scratch)
            self.product(transposed(self.source.h), self.scratch, self.gradients[PROJECTION])

    def pull(self, samples: Samples, gradient: Floats) -> Floats:
        """Unchanged."""
        return gradient

    def ways(self) -> Mapping[str, Callable[[WayBack], None]]:
        """The factors from ∂J/∂y to ∂J/∂s, of each way there by its name."""
        return {"skip": self._scaled}

    def _scaled(self, way: WayBack) -> None:
        way.scaled(r"\alpha I", self.scale, f"α = {self.scale:g}")
        if self.projection is not None:
            way.matrix(f"W_{{P,{way.stage}}}", self.projection)

    def pull_aside(self, samples: Samples, gradient: Floats) -> Floats:
        """∂v/∂y -> ∂v/∂s, (S, rows, units)."""
        if self.projection is not None:
            back: Floats = gradient @ (self.projection.astype(np.float64).T * self.scale)
            return back
        return gradient * self.scale


class Original(Skip):
    """The sum comes before the activation, as ResNet had it at first (He et al. 2015)."""

    place = SkipPlace.BEFORE_ACTIVATION


class Preactivation(Skip):
    """The sum comes after the weights, the activation before them (He et al. 2016)."""

    place = SkipPlace.AFTER_WEIGHTS


class NoSkip(Skip):
    """The absence of a path."""

    absent = True
    adds = False
    spans = False


class Highway(Skip):
    """y = t ⊙ x + (1 − t) ⊙ s with t = σ(s W_T + b_T) (Srivastava, Greff, Schmidhuber 2015)."""

    adds = False
    spans = False
    main_gate = Gate("t")
    skip_gate = Gate("t", complement=True)
    learned_gate = True
    words = MappingProxyType({**Skip.words, "t": "Highway gate"})

    def __init__(self, plan: StagePlan, site: Site, ends: Ends) -> None:
        super().__init__(plan, site, ends)
        self.gate = np.zeros_like(ends.y)
        self.dgate = np.zeros_like(ends.dy)
        self._gate_bias = by_sample(self.own["b_T"])

    @staticmethod
    def shapes(plan: StagePlan, inputs: int, outputs: int) -> Shapes:
        """W_T and b_T of the gate."""
        return {"W_T": (outputs, outputs), "b_T": (outputs,)}

    @classmethod
    def start(
        cls, plan: StagePlan, rng: Generator, init: InitSpec, shapes: Shapes
    ) -> dict[str, Array]:
        """W_T as other weights start, for a sigmoid."""
        inputs, outputs = shapes["W_T"]
        weights = initial_weights(rng, (inputs, outputs), init, "sigmoid")
        return {"W_T": weights, "b_T": np.zeros(shapes["b_T"])}

    def restart(self, network: NetworkSpec) -> None:
        """The gate starts at ``network.highway_bias``."""
        self.own["b_T"][...] = network.highway_bias

    def restart_each(self, networks: Sequence[NetworkSpec]) -> None:
        """That of each member."""
        biases = [network.highway_bias for network in networks]
        self.own["b_T"][...] = np.array(biases)[:, None]

    def inner(self) -> dict[str, Array]:
        """The gate."""
        return {"t": self.gate}

    def forward(self) -> None:
        """t, then y = s + t ⊙ (x − s)."""
        t, s = self.gate, self.source.h
        self.product(s, self.own["W_T"], t)
        np.add(t, self._gate_bias, out=t)
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
        self.product(self.dgate, transposed(self.own["W_T"]), self.scratch)
        np.add(ds, self.scratch, out=ds)

    def _gate_gradient(self) -> None:
        """∂J by the input of the gate's sigmoid: ∂J/∂y ⊙ (x − s) ⊙ t ⊙ (1 − t)."""
        np.subtract(1, self.gate, out=self.dgate)
        np.multiply(self.dgate, self.gate, out=self.dgate)
        np.multiply(self.dgate, self.dy, out=self.dgate)
        np.subtract(self.x, self.source.h, out=self.scratch)
        np.multiply(self.dgate, self.scratch, out=self.dgate)

    def tell(self, way: WayBack) -> None:
        """t."""
        way.diagonal(f"t_{{{way.stage}}}", self.gate)

    def ways(self) -> Mapping[str, Callable[[WayBack], None]]:
        """Past the stage by 1 − t, and through the gate itself."""
        return {"carry": self._carry, "gate": self._through_gate}

    def _carry(self, way: WayBack) -> None:
        way.diagonal(f"1 - t_{{{way.stage}}}", 1 - self.gate)

    def _through_gate(self, way: WayBack) -> None:
        t = f"t_{{{way.stage}}}"
        derivative = self.gate * (1 - self.gate) * (self.x - self.source.h)
        way.diagonal(rf"{t} \odot (1 - {t}) \odot ({way.x} - {way.source})", derivative)
        way.matrix(f"W_{{T,{way.stage}}}", self.own["W_T"])

    def pull(self, samples: Samples, gradient: Floats) -> Floats:
        """By t."""
        return gradient * rows(self.gate, samples)

    def pull_aside(self, samples: Samples, gradient: Floats) -> Floats:
        """By 1 − t, and through the gate."""
        t = rows(self.gate, samples)
        difference = rows(self.x, samples) - rows(self.source.h, samples)
        weights = self.own["W_T"].astype(np.float64)
        through_gate = (gradient * (difference * t * (1 - t))) @ weights.T
        back: Floats = gradient * (1 - t) + through_gate
        return back

    def parameter_gradients(self) -> None:
        """∂J/∂W_T and ∂J/∂b_T."""
        self.product(transposed(self.source.h), self.dgate, self.gradients["W_T"])
        self.product(self.ones, self.dgate, self.gradients["b_T"])


_USES = (
    "network.skip_every", "network.skip_scale", "network.projection", "network.multiplier",
    "init.multiplier",
)  # fmt: skip

SKIPS: Registry[type[Skip]] = Registry("skip path")
SKIPS.add("none", NoSkip, "every signal passes every stage", label="None")
SKIPS.add(
    "residual",
    Skip,
    "h = f(z) + α h of m stages below: nothing stands in the way of the sum",
    label="Residual, sum after f",
    uses=_USES,
)
SKIPS.add(
    "original",
    Original,
    "h = f(z + α h of m stages below), as ResNet had it (He et al. 2015)",
    label="Residual, sum before f",
    uses=_USES,
)
SKIPS.add(
    "preactivation",
    Preactivation,
    "h = W f(norm(x)) + b + α h of m stages below (He et al. 2016)",
    label="Residual, pre-activation",
    role=Role.WAY_AROUND,
    uses=_USES,
)
SKIPS.add(
    "highway",
    Highway,
    "h = t f(z) + (1 − t) x with a learned gate t (Srivastava et al. 2015)",
    label="Highway gate",
    uses=("network.highway_bias",),
)
