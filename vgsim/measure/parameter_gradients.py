"""The gradient of every named parameter: RMS by stage."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.measure.collectors import collector, recorded_collector
from vgsim.measure.recording.passed import RecordedMoment, told
from vgsim.measure.request import Request
from vgsim.nn.arrays import Array
from vgsim.nn.cells.base import Cell
from vgsim.nn.clipping import CLIPPINGS
from vgsim.nn.layered import Layered
from vgsim.nn.moments import Phase
from vgsim.nn.network import Network
from vgsim.nn.norms import norms, segment_norms
from vgsim.nn.unrolled import Unrolled

if TYPE_CHECKING:
    from vgsim.nn.experiment import Experiment


@dataclass(frozen=True, slots=True, eq=False)
class ParameterGradients:
    """RMS of ∂J/∂θ over the entries of each parameter θ, of one gate for gated cells.

    ``names`` are those of the rows, "W", "b", "gamma", "W_x" or by gate "W_x i". ``owners`` are
    those of the columns: the number of a stage, "cell" (with its number when there are several)
    or "readout". ``values`` (rows, columns); nan where the pass has not come: the cells' are
    known at the end of it, as all timesteps share them. ``exists`` says which owner has which.
    Of a recording names and owners are those of the program that was recorded, "weight" and
    "layers.0.fc".
    """

    names: tuple[str, ...]
    owners: tuple[str, ...]
    values: NDArray[np.float64]
    exists: NDArray[np.bool_]


Column = dict[str, float]


@collector(ParameterGradients)
def parameters(experiment: Experiment, request: Request) -> ParameterGradients | None:
    """Of the stages that the backward pass has reached; None before it has reached any.

    The gradients are computed anew unless they are there: clipping changes them at the update.
    """
    network = experiment.network
    count = experiment.stages
    first = 2 * count + 1 - min(experiment.moment.position, 2 * count + 1)
    if first >= count:
        return None
    untouched = CLIPPINGS[experiment.spec.training.clip].leaves
    if experiment.moment.phase is not Phase.UPDATE or not untouched:
        _compute(network, first)
    if isinstance(network, Layered):
        return _table(_of_layers(network, first))
    assert isinstance(network, Unrolled)  # there is no third kind of network
    return _table(_of_cells(network, known=first == 0))


def _compute(network: Network, first: int) -> None:
    """Gradients of the stages from ``first`` on; of cells when they are all known."""
    if isinstance(network, Layered):
        for layer in network.stages[first:]:
            layer.parameter_gradients()
    elif isinstance(network, Unrolled):
        network.readout.parameter_gradients()
        for cell in network.cells if first == 0 else ():
            cell.parameter_gradients()


def _of_layers(network: Layered, first: int) -> dict[str, Column]:
    flat = network.flat
    sizes = np.diff(flat.starts, append=flat.size)
    found: dict[str, Column] = {str(at + 1): {} for at in range(len(network.stages))}
    rms = segment_norms(flat.gradients, flat.starts) / np.sqrt(sizes)
    for segment, value in zip(flat.segments, rms.tolist(), strict=True):
        known = segment.stage >= first
        found[str(segment.stage + 1)][segment.name] = value if known else float("nan")
    return found


def _of_cells(network: Unrolled, known: bool) -> dict[str, Column]:
    several = len(network.cells) > 1
    found = {
        f"cell {at}" if several else "cell": _column(_by_gate(cell), known)
        for at, cell in enumerate(network.cells, start=1)
    }
    found["readout"] = _column(network.readout.gradients, known=True)
    return found


def _by_gate(cell: Cell) -> dict[str, Array]:
    """The gradients of a cell, those that several gates share cut into the gates'."""
    if not cell.several_gates():
        return dict(cell.gradients)
    found: dict[str, Array] = {}
    units = cell.plan.outputs
    for name, values in cell.gradients.items():
        if values.shape[-1] == units:  # of one gate alone
            found[name] = values
            continue
        parts = np.split(values, len(cell.gates), axis=-1)
        found |= {f"{name} {gate}": part for gate, part in zip(cell.gates, parts, strict=True)}
    return found


def _column(gradients: Mapping[str, Array], known: bool) -> Column:
    return {
        name: float(norms(values, None) / np.sqrt(values.size)) if known else float("nan")
        for name, values in gradients.items()
    }


@recorded_collector(ParameterGradients, "dW_norm")
def recorded_parameters(here: RecordedMoment, request: Request) -> ParameterGradients | None:
    """Of the stages that the backward pass has reached; None before it has reached any."""
    passed = here.passed
    if here.backward_from > here.layout.count or "dW_norm" not in passed.step:
        return None
    norms_now = told(np.asarray(passed.step["dW_norm"], np.float64))
    lowest: dict[str, int] = {}
    for at in reversed(range(here.layout.count)):
        lowest[here.run.stages[here.layout.stages[at]]] = at + 1
    columns: dict[str, Column] = {}
    for stage in sorted(lowest, key=lambda name: lowest[name]):
        for number, parameter in enumerate(here.run.parameter_list):
            if parameter.stage != stage:
                continue
            value = float("nan")
            if lowest[stage] >= here.backward_from:
                value = float(norms_now[number] / np.sqrt(max(math.prod(parameter.shape), 1)))
            name = parameter.name.removeprefix(f"{stage}.")
            columns.setdefault(stage, {})[name] = value
    if not columns:
        return None
    return _table(columns)


def _table(columns: Mapping[str, Column]) -> ParameterGradients:
    """One row for each name, in the order in which the names first come up."""
    names = tuple(dict.fromkeys(name for column in columns.values() for name in column))
    absent = float("nan")
    values = np.array([[c.get(name, absent) for c in columns.values()] for name in names])
    exists = np.array([[name in column for column in columns.values()] for name in names])
    for made in (values, exists):
        made.setflags(write=False)
    return ParameterGradients(names, tuple(columns), values, exists)
