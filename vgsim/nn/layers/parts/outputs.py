"""What an output stage may end with, between its weighted sums and the loss.

As a rule nothing: the losses for classes take the sums themselves. Networks that put a sigmoid or
softmax before a squared error, or a softmax before a loss that has one of its own, learn through a
derivative more, which is shown as part of the output's hop.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from vgsim.core.registry import Entry, Registry
from vgsim.nn.activations import ACTIVATIONS, Activation
from vgsim.nn.arrays import Array, Floats, Samples, row_peaks, rows
from vgsim.nn.layers.parts.base import Ends, Part, WayBack
from vgsim.nn.layers.site import Site, StagePlan


class Softmax(Part):
    """y = exp(x) over its sum in each sample: every output feels all the sums.

    ∂y/∂x = diag(y) − y yᵀ, which is its own transpose.
    """

    role = "activation"
    name = "p"
    words = MappingProxyType({"p": "Softmax: shares that add up to 1"})

    def __init__(self, plan: StagePlan, site: Site, ends: Ends) -> None:
        super().__init__(plan, site, ends)
        self.of_sample = np.zeros((*ends.y.shape[:-1], 1), ends.y.dtype)
        self.scratch = np.zeros_like(ends.y)

    def forward(self) -> None:
        """y, in a form that does not overflow."""
        np.subtract(self.x, row_peaks(self.x), out=self.y)
        np.exp(self.y, out=self.y)
        np.sum(self.y, axis=-1, keepdims=True, out=self.of_sample)
        np.divide(self.y, self.of_sample, out=self.y)

    def backward(self, out: Array) -> None:
        """∂J/∂x = y ⊙ (∂J/∂y − y · ∂J/∂y)."""
        np.multiply(self.dy, self.y, out=self.scratch)
        np.sum(self.scratch, axis=-1, keepdims=True, out=self.of_sample)
        np.subtract(self.dy, self.of_sample, out=out)
        np.multiply(out, self.y, out=out)

    def tell(self, way: WayBack) -> None:
        """∂y/∂x."""
        way.jacobian(self.matrix)

    def matrix(self, row: int) -> Floats:
        """(n, n) transposed Jacobian for one sample."""
        y = self.y[row].astype(np.float64)
        return np.diag(y) - np.outer(y, y)

    def pull(self, samples: Samples, gradient: Floats) -> Floats:
        """By diag(y) − y yᵀ."""
        y = rows(self.y, samples)
        back: Floats = y * (gradient - (gradient * y).sum(axis=-1, keepdims=True))
        return back


@dataclass(frozen=True, slots=True)
class OutputEnd:
    """What comes after the weighted sums of an output stage.

    Either an ``activation``, unit by unit, by its name; or a ``part`` of its own, in a formula
    ``symbol``.
    """

    activation: str = "identity"
    part: type[Part] | None = None
    symbol: str = ""


OUTPUTS: Registry[OutputEnd] = Registry("output")


def _unit_by_unit(activation: Entry[Activation]) -> None:
    OUTPUTS.add(
        activation.name,
        OutputEnd(activation.name),
        activation.summary,
        label=activation.label,
        uses=tuple(activation.uses),
        pytorch=activation.pytorch,
    )


ACTIVATIONS.follow(_unit_by_unit)
OUTPUTS.add(
    "softmax",
    OutputEnd(part=Softmax, symbol="softmax"),
    "shares that add up to 1; a loss that has a softmax of its own then takes it twice",
    label="Softmax",
    pytorch="nn.Softmax(dim=-1)",
)
