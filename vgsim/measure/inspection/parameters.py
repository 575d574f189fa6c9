"""Which parameters a stage has, where they lie in the flat vectors, and their gradients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vgsim.core.numbers import nth
from vgsim.measure.chain_rule import symbols as tex
from vgsim.nn.arrays import Array
from vgsim.nn.clipping import CLIPPINGS
from vgsim.nn.layered import Layered
from vgsim.nn.moments import Phase
from vgsim.nn.network import Network
from vgsim.nn.parameters import Segment
from vgsim.nn.unrolled import Unrolled

if TYPE_CHECKING:
    from vgsim.nn.experiment import Experiment


@dataclass(frozen=True, slots=True)
class Parameter:
    """W or b of a stage: its place, its names in LaTeX and in a trace.

    ``cell`` is the number of a cell below the top one, in LaTeX. ``gates`` lie side by side along
    the last axis; a single one has the name "". ``shared`` says that all timesteps share it, so
    that its gradient is known when the pass has come to the first.
    """

    segment: Segment
    tex: str
    trace: str
    gates: tuple[str, ...] = ("",)
    shared: bool = False
    cell: str = ""

    def index(self, unit: int, source: int | None = None, gate: int = 0) -> int:
        """Where one entry lies in the flat vectors; a bias has no ``source``."""
        *_, columns = self.segment.shape
        return self.segment.start + (source or 0) * columns + self.column(unit, gate)

    def column(self, unit: int, gate: int = 0) -> int:
        """Place of a unit along the last axis."""
        return gate * self.units + unit

    @property
    def units(self) -> int:
        """Units of the stage."""
        return self.segment.shape[-1] // len(self.gates)

    def place(self, unit: int, source: int | None = None, gate: int = 0) -> str:
        """The entry as a trace is indexed, "[2, 5]"."""
        column = self.column(unit, gate)
        if source is None:
            return f"[{column}]"
        return f"[{source}, {column}]"

    def written(self, unit: int, source: int | None = None, gate: int = 0) -> str:
        """The entry in LaTeX, "W_{4}[5, 2]"; of one of several gates "W_{h}^{f}[5, 2]".

        As the formula W h has it: the row is the unit, the column its input, both from 1.
        """
        raised = ",".join(filter(None, (self.cell, self.gates[gate])))
        name = f"{self.tex}^{{{raised}}}" if raised else self.tex
        if source is None:
            return f"{name}[{nth(unit)}]"
        return f"{name}[{nth(unit)}, {nth(source)}]"

    def values(self, vector: Array) -> Array:
        """The parameter in one of the flat vectors, a view."""
        return vector[self.segment.start : self.segment.stop].reshape(self.segment.shape)


def weights(network: Network, stage: int) -> Parameter | None:
    """The trained weights below ``stage`` (from 1); None where there are none (a fixed factor)."""
    if isinstance(network, Layered):
        fixed = network.stages[stage - 1].factor
        if fixed:
            return None
        return _of_stage(network, stage - 1, "W", stage)
    assert isinstance(network, Unrolled)  # there is no third kind of network
    if stage > network.steps:
        return _of_stage(network, len(network.cells), "W", stage)
    name, at = ("W_x", 0) if stage == 1 else ("W_h", len(network.cells) - 1)
    return _of_cell(network, at, name)


def bias(network: Network, stage: int) -> Parameter:
    """The biases of ``stage`` (from 1), of a timestep those of the top cell."""
    if isinstance(network, Layered):
        return _of_stage(network, stage - 1, "b", stage)
    assert isinstance(network, Unrolled)
    if stage > network.steps:
        return _of_stage(network, len(network.cells), "b", stage)
    return _of_cell(network, len(network.cells) - 1, "b")


def _of_stage(network: Network, part: int, name: str, stage: int) -> Parameter:
    return Parameter(network.flat.segment(part, name), tex.at(name, stage), f"{name}{stage}")


def _of_cell(network: Unrolled, at: int, name: str) -> Parameter:
    """A parameter of cell ``at`` (from 0); a trace gives cells below the top their number."""
    cell = network.cells[at]
    lower = at + 1 < len(network.cells)
    written = name.replace("_x", "_{x}").replace("_h", "_{h}")
    return Parameter(
        network.flat.segment(at, name),
        written,
        f"{name}_{at + 1}" if lower else name,
        cell.gates if cell.several_gates() else ("",),
        shared=True,
        cell=f"({at + 1})" if lower else "",
    )


def updated(experiment: Experiment) -> bool:
    """Whether the parameters have changed since the pass."""
    return experiment.moment.phase is Phase.UPDATE


def gradients(experiment: Experiment, stage: int, parameter: Parameter) -> Array | None:
    """∂J by ``parameter`` of ``stage`` (from 1) as the pass found it, a view; None if not yet.

    Computed anew where it was not computed so far, and where clipping has changed it.
    """
    network = experiment.network
    _, backward_from = experiment.moment.reached(experiment.stages)
    if backward_from > (1 if parameter.shared else stage):
        return None
    if not updated(experiment) or not CLIPPINGS[experiment.spec.training.clip].leaves:
        _owner(network, stage, parameter)()
    return parameter.values(network.flat.gradients)


def _owner(network: Network, stage: int, parameter: Parameter) -> Callable[[], None]:
    """What computes the gradients of the layer or cell that has ``parameter``."""
    if isinstance(network, Unrolled):
        part = parameter.segment.stage
        cells = network.cells
        owner = cells[part] if part < len(cells) else network.readout
        return owner.parameter_gradients
    assert isinstance(network, Layered)
    return network.stages[stage - 1].parameter_gradients
