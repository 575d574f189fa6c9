"""What one stage has to show at a moment: its arrays by their names in a trace, and what is known.

Everything asks here whether the pass has come so far; what it has not reached is nan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.measure.chain_rule import symbols as tex
from vgsim.measure.chain_rule.product import Floats, Pick
from vgsim.measure.inspection import parameters
from vgsim.measure.request import Focus
from vgsim.nn.arrays import Array
from vgsim.nn.cells.base import Cell
from vgsim.nn.layered import Layered
from vgsim.nn.layers import Layer
from vgsim.nn.network import Network
from vgsim.nn.norms import rms
from vgsim.nn.unrolled import Unrolled

if TYPE_CHECKING:
    from vgsim.nn.experiment import Experiment


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its name.

    ``symbol`` is LaTeX ("f'(z)"), ``about`` says in plain words what it is. ``trace`` is where
    ``vgsim trace`` has the same number, "dh3[0, 5]", empty where it is a mean or a norm of those.
    nan where the pass has not come so far.
    """

    symbol: str
    value: float
    about: str
    trace: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Inspection:
    """Every figure of ``focus``, and the history of the one that matters most.

    ``title`` is plain text, "Stage 3", "Unit 5 of stage 3", "Edge 2 → 5 below stage 3".
    ``steps`` and ``values`` (H,) are the history of ``history_of`` (plain text with its unit).
    ``signed`` says that the history is of values with a sign, not of magnitudes.
    """

    focus: Focus
    title: str
    sample: int | None
    figures: tuple[Figure, ...]
    history_of: str
    steps: NDArray[np.int64]
    values: NDArray[np.float64]
    signed: bool = False


NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Activated:
    """The activation of a stage: its name, the arrays below and above it, and f′.

    ``below`` is in LaTeX; ``above`` is the name of an array, empty where none is f of ``below``.
    """

    activation: str
    below: str
    above: str
    derivative: Array


class StageLook:
    """One stage (from 1) of an experiment at its present moment, of one sample or the mean."""

    def __init__(self, experiment: Experiment, stage: int, sample: int | None) -> None:
        self.experiment = experiment
        self.stage = stage
        self.network: Network = experiment.network
        self.pick = Pick.of(sample, len(self.network.x))
        self.forward_to, self.backward_from = experiment.moment.reached(experiment.stages)
        self.forward = stage <= self.forward_to
        self.backward = stage >= self.backward_from
        self.lost = experiment.moment.position > experiment.stages
        self.updated = parameters.updated(experiment)
        self.handed = stage > self.backward_from or (stage == 1 and self.backward)
        self.layer, self.cell = _owners(self.network, stage)

    @property
    def when(self) -> str:
        """What a parameter's name needs at an update: all else there is of the pass before it."""
        return " after the update" if self.updated else ""

    @property
    def units(self) -> int:
        """Units of the stage."""
        return self.network.widths[self.stage - 1]

    def arrays(self) -> dict[str, Array]:
        """(rows, units) each, forward and ``d``…, as the trace calls them without the number."""
        views = self.network.views[self.stage - 1]
        inner = self.cell.inner(self.stage - 1) if self.cell else {}
        inner = self.layer.inner() if self.layer else inner
        return {"h": views.h, **inner, "dh": views.dh}

    def known(self, name: str) -> bool:
        """Whether the pass has come to the array called ``name``."""
        if is_gradient(name):
            return self.backward
        return self.forward

    def entry(self, name: str, values: Array, column: int) -> tuple[float, str]:
        """One entry of an array of this stage and its name in a trace, empty for a mean."""
        known = self.known(name)
        return self.one(values, column, known), self.place(f"{name}{self.stage}", values, column)

    def one(self, values: Array, column: int, known: bool) -> float:
        """The sample's number, or the mean over the batch."""
        there = self.network.there(self.stage - 1)
        rows = self.pick.rows(values[:, column : column + 1])
        if not known:
            return NAN
        if there is None:
            return float(rows.mean())
        there = there[-self.pick.batch :]
        if self.pick.sample is not None:
            return float(rows.mean()) if there[self.pick.sample] else NAN
        return float(rows[there].mean()) if there.any() else NAN

    def place(self, name: str, values: Array, column: int) -> str:
        """The sample's entry as a trace is indexed."""
        if self.pick.sample is None:
            return ""
        return f"{name}[{self.pick.row(values)}, {column}]"

    def size(self, values: Array, known: bool) -> float:
        """RMS over the batch, padding left out, which is 0 in every one of these."""
        shares = self.network.shares()
        if not known or (shares is not None and not shares[self.stage - 1]):
            return NAN
        root = 1.0 if shares is None else float(np.sqrt(shares[self.stage - 1]))
        return rms(values) / root

    def activated(self) -> Activated:
        """The activation of the stage."""
        if self.cell:
            above = "" if self.cell.equations else "h"
            derivative = self.cell.derivative[self.stage - 1]
            at = self.cell.derivative_at
            if self.cell.plan.norm_state:
                at = f"{tex.norm(self.cell.plan.norm)}({at})"
            return Activated(self.cell.plan.activation, at, above, derivative)
        assert self.layer is not None  # a stage is a timestep of a cell, or a layer
        bent = self.layer.bent()
        return Activated(self.layer.plan.activation, bent.below, bent.above, bent.derivative)

    def source(self) -> tuple[str, Array, bool]:
        """Lower ends of the edges: name in a trace, (batch, inputs), whether they are known."""
        name, x = self.layer.weights_input() if self.layer else ("", None)
        if name and x is not None:
            return f"{name}{self.stage}", x, self.forward
        if isinstance(self.network, Unrolled) and self.stage > self.network.steps:
            below = self.network.readout.arrays.x[-self.network.batch :]
            known = self.stage - 1 <= self.forward_to
            return f"{'u' if self.network.lifts else 'h'}{self.stage - 1}", below, known
        if self.stage > 1:
            below = self.network.views[self.stage - 2].h
            return f"h{self.stage - 1}", below, self.stage - 1 <= self.forward_to
        if isinstance(self.network, Unrolled):
            return "x[0", self.network.x_by_step[0], self.forward_to > 0
        return "x", self.network.x, self.forward_to > 0

    def figure(self, name: str, values: Array, column: int, symbol: str, about: str) -> Figure:
        """One entry as a figure."""
        value, trace = self.entry(name, values, column)
        return Figure(symbol, value, about, trace)


def _owners(network: Network, stage: int) -> tuple[Layer | None, Cell | None]:
    """The layer or the cell that is this stage."""
    if isinstance(network, Layered):
        return network.stages[stage - 1], None
    assert isinstance(network, Unrolled)  # there is no third kind of network
    if stage > network.steps:
        return (network.readout, None)
    return (None, network.top)


def is_gradient(name: str) -> bool:
    """Whether a name of a trace is ∂J by an array; "d" itself is the output of dropout."""
    return name.startswith("d") and len(name) > 1


def partial(of: str) -> str:
    """∂J by something, on one line."""
    return rf"\partial J/\partial {of}"


def applied(activated: Activated, prime: str = "") -> str:
    """f or f′ of what it is taken of."""
    return f"{tex.function(activated.activation) or 'f'}{prime}({activated.below})"


def ratio(after: float, before: float) -> float:
    """``after`` / ``before``; nan where ``before`` is 0."""
    if before:
        return after / before
    return NAN


def remembered(experiment: Experiment, indices: list[int]) -> tuple[NDArray[np.int64], Floats]:
    """(H,) steps and (entries, H) values of parameters after the last updates, up to now."""
    kept = [experiment.checkpoints.values_of(index, experiment.step) for index in indices]
    steps = kept[0][0]
    flat = experiment.network.flat.values
    past = steps < experiment.step
    pairs = zip(kept, indices, strict=True)
    table = [np.append(values[past], flat[at]) for (_, values), at in pairs]
    return np.append(steps[past], experiment.step), np.array(table, dtype=np.float64)
