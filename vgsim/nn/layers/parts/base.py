"""One part of a stage: from the cut below it to the cut above, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Protocol

import numpy as np

from vgsim.nn.arrays import Array, Floats, Generator, Samples, product
from vgsim.nn.layers.site import Shapes, Site, StagePlan

if TYPE_CHECKING:
    from vgsim.nn.spec import InitSpec, NetworkSpec


@dataclass(frozen=True, slots=True)
class Ends:
    """The arrays on both sides of a part, (…, batch, units) each: ``y`` = part(``x``).

    ``dx`` and ``dy`` are ∂J by them; ``dx`` is absent below the first stage.
    """

    x: Array
    y: Array
    dx: Array | None
    dy: Array


class WayBack(Protocol):
    """Takes down which factors a gradient is multiplied with on its way back through a part.

    ``stage`` is the number of the part's stage; ``x``, ``y`` and ``source`` are, in LaTeX, its
    input, its output and h of the stage where a skip path begins. Names are LaTeX, too.
    """

    stage: int
    x: str
    y: str
    source: str

    def diagonal(self, name: str, values: Array) -> None:
        """Entry by entry, by ``values`` (batch, units)."""

    def derivative(self, activation: str, values: Array) -> None:
        """Entry by entry, by f′(x) of an activation, which is ``values`` (batch, units)."""

    def matrix(self, name: str, values: Array) -> None:
        """By the transposed ``values`` (inputs, outputs), which every sample shares."""

    def scaled(self, name: str, by: float, note: str) -> None:
        """All entries by one number."""

    def jacobian(self, of_row: Callable[[int], Floats] | None) -> None:
        """By the transposed ∂y/∂x, (units, units) for a row; None where it mixes the samples."""


class Part:
    """One operation of a stage.

    ``role`` is the share of the gain budget it has, ``name`` what its output is called in a trace
    when it is not the last. What others say of a part they read from its class and its methods.
    """

    role: ClassVar[str]
    name: ClassVar[str]
    adds: ClassVar[bool] = False
    """Whether y is x and what else arrives here, added up: it does nothing to a gradient."""
    words: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """What its output and the arrays of :meth:`inner` are, in plain words."""

    def __init__(self, plan: StagePlan, site: Site, ends: Ends) -> None:
        self.x = ends.x
        self.y = ends.y
        self.dx = ends.dx
        self.dy = ends.dy
        self.product = product(ends.y)
        rows = ends.y.shape[-2]
        self.ones = np.ones_like(ends.y, shape=rows)  # times a batch is its sum, but faster
        self.own: Mapping[str, Array] = site.parameters
        self.gradients: Mapping[str, Array] = site.gradients

    @staticmethod
    def shapes(plan: StagePlan, inputs: int, outputs: int) -> Shapes:
        """Shape of each trained parameter; ``inputs`` and ``outputs`` are this part's units."""
        return {}

    @staticmethod
    def running_shapes(units: int) -> Shapes:
        """Shape of each number that is kept without a gradient."""
        return {}

    @classmethod
    def start(
        cls, plan: StagePlan, rng: Generator, init: InitSpec, shapes: Shapes
    ) -> dict[str, Array]:
        """Initial value of each trained parameter, whose ``shapes`` are those of this part."""
        return {name: np.zeros(shape) for name, shape in shapes.items()}

    def restart(self, network: NetworkSpec) -> None:
        """Set what does not come from the initializer, before training begins."""

    def restart_each(self, networks: Sequence[NetworkSpec]) -> None:
        """The same of stacked members, which may differ as :meth:`vary` says."""
        self.restart(networks[0])

    def vary(self, networks: Sequence[NetworkSpec]) -> None:
        """Take what each stacked member has for itself, of what no parameter holds.

        That may be ``network.skip_scale``, ``highway_bias`` and ``dropout``; all else is alike.
        """

    def forward(self) -> None:
        """x -> y."""
        raise NotImplementedError

    def backward(self, out: Array) -> None:
        """∂J/∂y -> ∂J/∂x, into ``out``."""
        raise NotImplementedError

    def parameter_gradients(self) -> None:
        """∂J/∂y -> the gradient of each trained parameter of this part."""

    def finish(self) -> None:
        """Take what the pass says into the running numbers; only asked where there are some."""

    def inner(self) -> dict[str, Array]:
        """Forward arrays besides its output, by their names in a trace."""
        return {}

    def tell(self, way: WayBack) -> None:
        """The factors from ∂J/∂y to ∂J/∂x; none where it is handed on as it is."""

    def pull(self, samples: Samples, gradient: Floats) -> Floats:
        """∂v/∂y -> ∂v/∂x, (S, rows, units), for any v with ``rows`` entries and each sample."""
        raise NotImplementedError
