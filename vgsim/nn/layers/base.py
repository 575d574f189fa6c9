"""What one stage is: the arrays of one hop and the things that happen to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from vgsim.core.registry import Registry
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.arrays import Array, Floats, Generator, Place, Samples, rows
from vgsim.nn.layers.parts.base import Part
from vgsim.nn.layers.parts.skips import Skip
from vgsim.nn.layers.site import Cut, Shapes, Site, StagePlan
from vgsim.nn.precision import fitting

if TYPE_CHECKING:
    from vgsim.nn.spec import InitSpec, NetworkSpec

Three = tuple[Array, Array, Array]
"""Two factors and their product."""


@dataclass(frozen=True, slots=True)
class Bent:
    """The activation of a stage: its input and output with their names in a trace, and f′."""

    below: str
    above: str
    z: Array
    h: Array
    derivative: Array


class Layer:
    """One stage. Parameters and their gradients are views of the network's flat vectors.

    Buffers are (batch, units); those of stacked members have an axis for them before, and so have
    parameters. What is computed in every step is written for both.

    ``parts`` are its operations from the input up, none where it is weights and an activation and
    nothing else; ``path`` is the skip path that arrives here.
    """

    plain: ClassVar[bool] = False
    """Whether it is trained weights, a bias and an activation: neighbors are then worked on at
    once, and mean-field theory says what it does to a gradient."""
    buffers: ClassVar[int] = 7
    """About how many buffers (batch, units) it has, with what measuring it takes."""
    factor: ClassVar[str] = ""
    """What weights that training leaves alone are called in LaTeX; "" where they are trained."""

    parts: Sequence[Part] = ()
    path: Skip | None = None

    def __init__(self, plan: StagePlan, site: Site) -> None:
        self.plan = plan
        self.arrays = site.arrays
        self.parameters = site.parameters
        self.gradients = site.gradients
        self.running = site.running
        self.activation = fitting(ACTIVATIONS[plan.activation], site.arrays.h)

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

    def restart_each(self, networks: Sequence[NetworkSpec]) -> None:
        """The same of stacked members."""
        self.restart(networks[0])

    def vary(self, networks: Sequence[NetworkSpec]) -> None:
        """Take what each stacked member has for itself, of what no parameter holds."""

    def begin(self, rng: Generator, place: Place) -> None:
        """Draw what is random in the coming pass of the member at ``place``.

        Only asked of a stage that says ``random``.
        """

    @property
    def random(self) -> bool:
        """Whether a pass through this stage draws random numbers."""
        return False

    def forward(self) -> None:
        """x -> z -> h."""
        raise NotImplementedError

    def backward(self) -> None:
        """∂J/∂h -> ∂J/∂z, with the derivatives f′(z) computed before."""
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

    def derivatives(self) -> None:
        """z, h -> f′(z)."""
        arrays = self.arrays
        self.activation.derivative(arrays.z, arrays.h, arrays.derivative)

    def cuts(self) -> Sequence[Cut]:
        """∂J at every point between h and the input, from h down: what the gain budget reads."""
        return [("activation", self.arrays.dz)]

    def way(self) -> Array:
        """(batch, inputs) what the main path alone hands back to x, computed anew."""
        way: Array = self.arrays.dz @ self.edge_weights().T
        return way

    def derivative(self) -> list[Three]:
        """(∂J/∂a, f′(u), ∂J/∂u) of the activation: the third is the product of the others."""
        return [(self.arrays.dh, self.arrays.derivative, self.arrays.dz)]

    def return_way(self) -> list[Three]:
        """(∂J/∂z, W, ∂J/∂x): the third is the first times the transposed second."""
        return [(self.arrays.dz, self.edge_weights(), self.way())]

    @property
    def last_role(self) -> str:
        """The share of the gain budget that :meth:`way` has, from the last cut to x."""
        return "weights"

    def cut_names(self) -> list[str]:
        """What a trace calls the arrays between the parts, from the input ("x") up to "h"."""
        return ["x", *(part.name for part in self.parts[:-1]), "h"]

    def bent(self) -> Bent:
        """The activation."""
        arrays = self.arrays
        return Bent("z", "h", arrays.z, arrays.h, arrays.derivative)

    def weights_input(self) -> tuple[str, Array]:
        """What the weights are multiplied with, by its name in a trace; "" where that is x."""
        return "", self.arrays.x

    def words(self) -> Mapping[str, str]:
        """What the forward arrays of :meth:`inner` are, in plain words."""
        return {"z": "Pre-activation: weighted sum plus bias"}

    def pull(self, samples: Samples, gradient: Floats) -> dict[int, Floats]:
        """∂y/∂h -> ∂y/∂h of the stages below, by how many stages below they are.

        (S, rows, units) for any y with ``rows`` entries and each of ``samples`` (S,).
        """
        back = gradient * rows(self.arrays.derivative, samples)
        return {1: back @ self.edge_weights().astype(np.float64).T}

    def inner(self) -> dict[str, Array]:
        """Arrays within the stage by name, forward and ``d``..., for a trace."""
        arrays = self.arrays
        return {"z": arrays.z, "dz": arrays.dz}


LAYERS: Registry[type[Layer]] = Registry("layer")
