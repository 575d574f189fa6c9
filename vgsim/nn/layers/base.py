"""What one stage is: the arrays of one hop and the things that happen to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vgsim.core.registry import Registry
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.arrays import Array, Generator

if TYPE_CHECKING:
    from vgsim.nn.spec import InitSpec, NetworkSpec

Shapes = dict[str, tuple[int, ...]]
Cut = tuple[str, Array]
"""(part of the gain budget that led here, ∂J by the array at this point of a stage)."""

Three = tuple[Array, Array, Array]
"""Two factors and their product."""


@dataclass(frozen=True, slots=True)
class StagePlan:
    """One stage before it is built: its layer kind, units below and here, and what it is made of.

    ``source`` is how many stages below the skip path begins, 0 for none; ``skip`` and ``norm``
    are names in SKIPS and NORMS.
    """

    layer: str
    inputs: int
    outputs: int
    activation: str
    norm: str = "none"
    norm_first: bool = True
    skip: str = "none"
    source: int = 0
    scale: float = 1.0
    dropout: float = 0.0


@dataclass(frozen=True, slots=True)
class StageArrays:
    """Buffers of one stage, each (batch, outputs); ``x`` and ``dx`` are (batch, inputs).

    ``x`` is h of the stage below, ``dx`` its ∂J/∂h (absent for the first stage).
    """

    x: Array
    dx: Array | None
    z: Array
    h: Array
    slope: Array
    dh: Array
    dz: Array


@dataclass(frozen=True, slots=True)
class Site:
    """Where a stage is built: its buffers, and views of the network's flat vectors.

    ``running`` are numbers that training keeps without a gradient. ``source`` is the stage where
    a skip path begins. Outside ``training`` running statistics are read and nothing is dropped.
    """

    arrays: StageArrays
    parameters: Mapping[str, Array]
    gradients: Mapping[str, Array]
    network: NetworkSpec
    running: Mapping[str, Array] = field(default_factory=dict)
    source: StageArrays | None = None
    training: bool = True


class Layer:
    """One stage. Parameters and their gradients are views of the network's flat vectors."""

    def __init__(self, plan: StagePlan, site: Site) -> None:
        self.plan = plan
        self.arrays = site.arrays
        self.parameters = site.parameters
        self.gradients = site.gradients
        self.running = site.running
        self.activation = ACTIVATIONS[plan.activation]

    @staticmethod
    def shapes(plan: StagePlan) -> Shapes:
        """Shape of each trained parameter, by name."""
        raise NotImplementedError

    @staticmethod
    def running_shapes(plan: StagePlan) -> Shapes:
        """Shape of each number kept without a gradient, by name."""
        return {}

    @staticmethod
    def start(plan: StagePlan, rng: Generator, init: InitSpec) -> dict[str, Array]:
        """Initial value of each trained parameter, by name, in float64."""
        raise NotImplementedError

    def restart(self, network: NetworkSpec) -> None:
        """Set what does not come from the initializer: running statistics, gate biases."""

    def begin(self, rng: Generator) -> None:
        """Draw what is random in the coming pass; only asked of a stage that says ``random``."""

    @property
    def random(self) -> bool:
        """Whether a pass through this stage draws random numbers."""
        return False

    def forward(self) -> None:
        """x -> z -> h."""
        raise NotImplementedError

    def backward(self) -> None:
        """∂J/∂h -> ∂J/∂z, with the slopes f′(z) computed before."""
        raise NotImplementedError

    def hand_back(self) -> None:
        """∂J/∂z -> ∂J/∂x, which is ∂J/∂h of the stage below."""
        raise NotImplementedError

    def give(self) -> None:
        """Add what the skip path hands back to ∂J/∂h of the stage where it begins."""

    def finish(self) -> None:
        """Take what the pass says into the running statistics; once a step, at its end."""

    def parameter_gradients(self) -> None:
        """∂J/∂z -> the gradient of each trained parameter."""
        raise NotImplementedError

    def edge_weights(self) -> Array:
        """(inputs, outputs) weights that a diagram draws as edges."""
        raise NotImplementedError

    def slopes(self) -> None:
        """z, h -> f′(z)."""
        arrays = self.arrays
        self.activation.slope(arrays.z, arrays.h, arrays.slope)

    def cuts(self) -> Sequence[Cut]:
        """∂J at every point between h and the input, from h down: what the gain budget reads."""
        return [("activation", self.arrays.dz)]

    def way(self) -> Array:
        """(batch, inputs) what the main path alone hands back to x, computed anew."""
        way: Array = self.arrays.dz @ self.edge_weights().T
        return way

    def derivative(self) -> list[Three]:
        """(∂J/∂a, f′(u), ∂J/∂u) of the activation: the third is the product of the others."""
        return [(self.arrays.dh, self.arrays.slope, self.arrays.dz)]

    def return_way(self) -> list[Three]:
        """(∂J/∂z, W, ∂J/∂x): the third is the first times the transposed second."""
        return [(self.arrays.dz, self.edge_weights(), self.way())]

    @property
    def last_role(self) -> str:
        """The share of the gain budget that :meth:`way` has, from the last cut to x."""
        return "weights"

    def inner(self) -> dict[str, Array]:
        """Arrays within the stage by name, forward and ``d``..., for a trace."""
        arrays = self.arrays
        return {"z": arrays.z, "dz": arrays.dz}


LAYERS: Registry[type[Layer]] = Registry("layer")
