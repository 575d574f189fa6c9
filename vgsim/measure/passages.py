"""What goes through an activation: z of a stage, the gates of a timestep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vgsim.nn.activations import ACTIVATIONS, Activation
from vgsim.nn.arrays import Array, quiet
from vgsim.nn.cells.base import Cell
from vgsim.nn.layered import Layered
from vgsim.nn.layers import Layer
from vgsim.nn.network import Network
from vgsim.nn.unrolled import Unrolled


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """z and h = f(z) of one activation, (..., B, n); z of a gate, which is not kept, is None.

    ``left`` is the slope that a PReLU has learned for z < 0.
    """

    name: str
    activation: Activation
    z: Array | None
    h: Array
    left: float | None = None
    there: NDArray[np.bool_] | None = None
    """(..., B) which rows are no padding; None where all are."""

    def f(self, z: Array) -> Array:
        """f of any z."""
        if self.left is not None:
            return np.where(z > 0, z, self.left * z)
        out = np.empty_like(z)
        with quiet():
            self.activation.forward(z, out)
        return out

    def derivative(self, z: Array, h: Array) -> Array:
        """f′ of any z with h = f(z)."""
        if self.left is not None:
            return np.where(z > 0, 1.0, self.left).astype(z.dtype)
        out = np.empty_like(h)
        with quiet():
            self.activation.derivative(z, h, out)
        return out

    def derivatives(self) -> Array:
        """f′ of this pass, computed anew: the buffers have it only once the loss is known."""
        return self.derivative(self.h if self.z is None else self.z, self.h)

    def inputs(self) -> Array:
        """z; a gate's from its value, ±∞ where that is rounded to its limit, nan if unknown."""
        if self.z is not None:
            return self.z
        if self.activation.inverse is None:
            return np.full_like(self.h, np.nan)
        with quiet():
            return self.activation.inverse(self.h)


def passages(network: Network, stage: int) -> Sequence[Passage]:
    """Everything that goes through an activation in a stage (from 1)."""
    if isinstance(network, Layered):
        return [_of_layer(network.stages[stage - 1])]
    assert isinstance(network, Unrolled)
    there = network.there(stage - 1)
    if stage > network.steps:
        return [replace(_of_layer(network.readout), there=there)]
    return [_at(passage, stage - 1, there) for passage in _of_cell(network.top)]


def by_owner(network: Network, reached: int) -> list[Sequence[Passage]]:
    """The same for all stages up to ``reached``, timesteps as one, with T as their first axis."""
    if isinstance(network, Layered):
        return [[_of_layer(layer)] for layer in network.stages[:reached]]
    assert isinstance(network, Unrolled)
    times = slice(0, min(reached, network.steps))
    there = timesteps_there(network, times.stop)
    found: list[Sequence[Passage]] = [
        [_at(passage, times, there) for passage in _of_cell(network.top)]
    ]
    if reached > network.steps:
        last = replace(_of_layer(network.readout), there=network.there(network.steps))
        return [*found, [last]]
    return found


def timesteps_there(network: Network, steps: int) -> NDArray[np.bool_] | None:
    """(``steps``, B) which timesteps of the samples are no padding; None where all are."""
    return rows_there(network, 0, steps)


def rows_there(network: Network, first: int, stop: int) -> NDArray[np.bool_] | None:
    """(stages, B) the same of stages (from 0) whose buffers have equally many rows."""
    found = [network.there(at) for at in range(first, stop)]
    if all(rows is None for rows in found):
        return None
    every = np.ones(len(network.views[first].h), bool)
    return np.array([every if rows is None else rows for rows in found])


def _of_layer(layer: Layer) -> Passage:
    bent = layer.bent()
    learned = layer.activation.learned is not None
    left = float(layer.parameters["a"][0]) if learned else None
    return Passage("z", layer.activation, bent.z, bent.h, left)


def _of_cell(cell: Cell) -> list[Passage]:
    """Of all timesteps at once."""
    return [
        Passage(passed.name, ACTIVATIONS[passed.activation], passed.z, passed.h)
        for passed in cell.passed()
    ]


def _at(passage: Passage, times: int | slice, there: NDArray[np.bool_] | None) -> Passage:
    z = None if passage.z is None else passage.z[times]
    return Passage(passage.name, passage.activation, z, passage.h[times], there=there)
