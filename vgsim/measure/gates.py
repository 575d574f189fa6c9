"""How far the gates of a recurrent cell are open, timestep by timestep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.measure.collectors import collector
from vgsim.measure.passages import timesteps_there
from vgsim.measure.request import Request
from vgsim.measure.saturation import mean_where
from vgsim.nn.arrays import quiet
from vgsim.nn.unrolled import Unrolled

if TYPE_CHECKING:
    from vgsim.nn.experiment import Experiment

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class OpenGates:
    """Of the top cell: mean over batch and units of each gate, 0 shut and 1 open.

    ``means`` (gates, T) are in the order of ``names``; nan where the pass has not come.
    """

    names: tuple[str, ...]
    means: Floats


@collector(OpenGates)
def open_gates(experiment: Experiment, request: Request) -> OpenGates | None:
    """Of the timesteps that the pass has reached; None without gates or before the first."""
    network = experiment.network
    reached = min(experiment.moment.position, experiment.stages - 1)
    if not isinstance(network, Unrolled) or not network.top.valves() or not reached:
        return None
    means = np.full((len(network.top.valves()), network.steps), np.nan)
    means[:, :reached] = gate_means(network, reached)
    means.setflags(write=False)
    return OpenGates(network.top.valves(), means)


def gate_means(network: Unrolled, reached: int) -> Floats:
    """(gates, ``reached``) means over batch and units, gates as :meth:`Cell.valves` has them."""
    cell = network.top
    there = timesteps_there(network, reached)
    arrays = cell.arrays()
    with quiet():
        rows = [mean_where(arrays[name][:reached], there) for name in cell.valves()]
    return np.array(rows).reshape(-1, reached)
