"""What one stage is: the arrays of one hop and the four things that happen to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from vgsim.engine.activations import ACTIVATIONS
from vgsim.engine.arrays import Array, Generator
from vgsim.registry import Registry

if TYPE_CHECKING:
    from vgsim.engine.spec import InitSpec, NetworkSpec


@dataclass(frozen=True, slots=True)
class StagePlan:
    """One stage before it is built: its layer kind, units below and here, and activation."""

    layer: str
    inputs: int
    outputs: int
    activation: str


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


class Layer:
    """One stage. Parameters and their gradients are views of the network's flat vectors."""

    weights: ClassVar[str] = "W"

    def __init__(
        self,
        plan: StagePlan,
        arrays: StageArrays,
        parameters: Mapping[str, Array],
        gradients: Mapping[str, Array],
        network: NetworkSpec,
    ) -> None:
        self.plan = plan
        self.arrays = arrays
        self.parameters = parameters
        self.gradients = gradients
        self.activation = ACTIVATIONS[plan.activation]

    @staticmethod
    def shapes(plan: StagePlan) -> dict[str, tuple[int, ...]]:
        """Shape of each trained parameter, by name."""
        raise NotImplementedError

    @staticmethod
    def start(plan: StagePlan, rng: Generator, init: InitSpec) -> dict[str, Array]:
        """Initial value of each trained parameter, by name, in float64."""
        raise NotImplementedError

    def forward(self) -> None:
        """x -> z -> h."""
        raise NotImplementedError

    def backward(self) -> None:
        """∂J/∂h -> ∂J/∂z, with the slopes f′(z) computed before."""
        raise NotImplementedError

    def hand_back(self) -> None:
        """∂J/∂z -> ∂J/∂x, which is ∂J/∂h of the stage below."""
        raise NotImplementedError

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


LAYERS: Registry[type[Layer]] = Registry("layer")


def edge_signal(layer: Layer) -> Array:
    """(inputs, outputs): |w| · RMS over the batch of ∂J/∂z, what each edge hands back.

    inf where it overflowed.
    """
    dz = layer.arrays.dz.astype(np.float64)
    handed = np.abs(layer.edge_weights()) * np.sqrt(np.mean(dz * dz, axis=0))
    finite: Array = np.nan_to_num(handed, nan=np.inf, posinf=np.inf)
    return finite
