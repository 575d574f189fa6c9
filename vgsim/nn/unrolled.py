"""Timesteps as stages: cells unrolled over a sequence, then a linear readout.

Stage t is timestep t, its h that of the top cell; the last stage is the readout. All timesteps
share their parameters, so ∂J/∂W is the sum of what each contributes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vgsim.nn.arrays import Array, Generator, Place
from vgsim.nn.cells.base import CELLS, Bottom, Cell
from vgsim.nn.cells.lift import Lift
from vgsim.nn.cells.timesteps import by_step, joined
from vgsim.nn.draws import redrawn
from vgsim.nn.layered import Stack
from vgsim.nn.layers import LAYERS, Site, StagePlan
from vgsim.nn.layers.site import Cut
from vgsim.nn.network import LossGradient, Network, Product, StageTable, as_measured
from vgsim.nn.norms import Floats, edge_signal, exact_norm
from vgsim.nn.parameters import FlatParameters
from vgsim.nn.streams import Stream, generator

if TYPE_CHECKING:
    from vgsim.nn.spec import Spec


class Unrolled(Network):
    """``plans`` are the cells from the bottom up and the readout; ``steps`` timesteps.

    ``x`` is (batch, steps · features). With the loss at every timestep ``output`` is
    (steps · batch, outputs), the first timestep's rows first, else (batch, outputs). Of stacked
    ``members`` both have an axis for them in front.
    """

    def __init__(
        self,
        spec: Spec,
        plans: Sequence[StagePlan],
        batch: int,
        steps: int,
        flat: FlatParameters | None = None,
        training: bool = True,
        members: int | None = None,
        shared: bool = False,
    ) -> None:
        self.flat = flat or FlatParameters(
            [shapes(plan) for plan in plans], spec.training.precision, members=members
        )
        lead = self.flat.lead
        self.every = spec.training.loss_at == "every"
        self.truncate = spec.training.truncate
        self.steps = steps
        self.batch = batch
        self.features = plans[0].inputs
        own = () if shared else lead
        self._entry = self.flat.numbers.zeros(*own, batch, steps * self.features)
        self._by_sample = np.moveaxis(self._entry.reshape(*own, batch, steps, self.features), -2, 0)
        x1 = by_step(self._entry, steps, own, batch, self.features + 1)
        x1[...] = 1
        self._x_by_step = x1[..., :-1]
        self.x, self._x1 = self._entry, x1
        if shared:
            self.x = np.broadcast_to(self._entry, (*lead, *self._entry.shape), subok=True)
            self._x1 = np.broadcast_to(x1[:, None], (steps, *lead, *x1.shape[1:]), subok=True)
        self.x_by_step = self._x1[..., :-1]
        self.lifts: list[Lift] = []
        self.cells = self._cells(spec, plans[:-1], training)
        self.top = self.cells[-1]
        self._seeds = [spec.training.seed]
        self._random = training and any(plan.dropout for plan in plans)
        self._add_readout(spec, plans[-1])
        self._describe(plans)

    @property
    def entry(self) -> Array:
        """What inputs are written into."""
        return self._entry

    def _cells(self, spec: Spec, plans: Sequence[StagePlan], training: bool) -> list[Cell]:
        vectors = (self.flat.values, self.flat.gradients)
        bottom = Bottom(joined(self._x1), *(self.flat.joined(vector, 0) for vector in vectors))
        cells: list[Cell] = []
        below = self.x_by_step
        lifted = any(plan.source or (plan.dropout and not plan.variational) for plan in plans)
        for at, plan in enumerate(plans):
            own, gradients = (self.flat.views(vector, at) for vector in vectors)
            place = (own, gradients, spec.network, None if at else bottom, training)
            cells.append(CELLS[plan.layer](plan, below, *place))
            below = cells[-1].h
            if lifted:
                source = self.lifts[at - plan.source] if plan.source else None
                drops = training and plan.dropout > 0 and not plan.variational
                self.lifts.append(
                    Lift(plan, below, source, drops and plan is not plans[-1], cells[-1].dh)
                )
                below = self.lifts[-1].u
        return cells

    def _add_readout(self, spec: Spec, plan: StagePlan) -> None:
        """A dense stage over the last timestep's h, or over all of them as one long batch."""
        top, at = self.top, len(self.cells)
        handed = self.lifts[-1].u if self.lifts else top.h
        if self.every:
            rows = joined(handed)
        else:
            rows = handed[-1]
        # ∂J/∂h of the last timestep has no other source, so it is written in place
        if self.every:
            self.from_loss = self.flat.numbers.gradients(*rows.shape)
        elif self.lifts:
            self.from_loss = self.lifts[-1].du[-1]
        else:
            self.from_loss = top.dh[-1]
        self._table = Stack(self.steps, 1, rows.shape[:-1], plan.outputs, self.flat.numbers)
        arrays = self._table.arrays(0, rows, self.from_loss)
        own = self.flat.views(self.flat.values, at)
        gradients = self.flat.views(self.flat.gradients, at)
        self.readout = LAYERS[plan.layer](plan, Site(arrays, own, gradients, spec.network))
        self.readout.derivatives()
        self.output = np.asarray(arrays.h)

    def _describe(self, plans: Sequence[StagePlan]) -> None:
        top = self.top
        times = StageTable(0, top.z, top.h, top.derivative, top.dh, top.dz)
        self.stacks = (times, self._table)
        below = [None, *self.top.dh[:-1]]
        views = [times.arrays(t, top.before[t], below[t]) for t in range(self.steps)]
        self.views = [as_measured(view) for view in (*views, self.readout.arrays)]
        self.owners = np.array([len(self.cells) - 1] * self.steps + [len(self.cells)])
        self.widths = tuple(view.h.shape[-1] for view in self.views)
        self.input_width = self.features
        units = plans[-2].outputs
        self.edges = units * (self.features + (self.steps - 1) * units + plans[-1].outputs)

    def initialize(self, *specs: Spec, plans: Sequence[Sequence[StagePlan]] = ()) -> None:
        """Cell c (from 1) draws from stream c, the readout from stream 0, as an output does."""
        draw = redrawn().at if self.flat.lead else generator
        for place, spec in zip(self.flat.places, specs, strict=True):
            self._start(place, spec, draw)
        self._seeds = [spec.training.seed for spec in specs]

    def _start(self, place: Place, spec: Spec, draw: Callable[..., Generator]) -> None:
        init = spec.init
        if not init.longest:
            init = replace(init, longest=self.steps)
        for at, cell in enumerate(self.cells):
            rng = draw(spec.training.seed, Stream.WEIGHTS, at + 1)
            for name, value in type(cell).start(cell.plan, rng, init).items():
                cell.own[name][place] = value
        rng = draw(spec.training.seed, Stream.WEIGHTS, 0)
        plan = self.readout.plan
        for name, value in LAYERS[plan.layer].start(plan, rng, spec.init).items():
            self.readout.parameters[name][place] = value

    def begin(self, step: int) -> None:
        """Draw the masks of all cells; each draws from a stream of its own."""
        if not self._random:
            return
        for place, seed in zip(self.flat.places, self._seeds, strict=True):
            for at, cell in enumerate(self.cells):
                rng = generator(seed, Stream.DROPOUT, step, at)
                cell.begin(rng, place)
                for lift in self.lifts[at : at + 1]:
                    lift.begin(rng, place)

    def forward(self, stage: int) -> None:
        """One timestep of every cell from the bottom up, or the readout."""
        if stage == self.steps:
            self.readout.forward()
            return
        if stage == 0:
            np.copyto(self._x_by_step, self._by_sample)
            self.cells[0].project()
        for at, cell in enumerate(self.cells):
            if at:
                cell.project_step(stage)
            cell.forward(stage)
            if self.lifts:
                self.lifts[at].forward(stage)

    def derivatives(self) -> None:
        """All derivatives that the forward pass alone decides."""
        for cell in self.cells:
            cell.derivatives()
        if not self.readout.activation.linear:
            self.readout.derivatives()

    def backward(self, stage: int, loss: LossGradient) -> None:
        """∂J/∂h and ∂J/∂z of the readout, or of one timestep of every cell from the top down."""
        if stage == self.steps:
            arrays = self.readout.arrays
            loss.gradient(arrays.h, arrays.dh)
            self.readout.backward()
            for cell in self.cells:
                cell.begin_back()
            return
        if stage == self.steps - 1:
            self.readout.hand_back()
        collect = self._collect_lifted if self.lifts else self._collect
        for at in reversed(range(len(self.cells))):
            collect(at, stage)
            self.cells[at].backward(stage)
            if self.cells[at].from_h is not None:
                self.cells[at].backward_sides(stage)

    def _collect(self, at: int, t: int) -> None:
        """∂J/∂h of cell ``at`` at timestep ``t``: from the next timestep, and from above."""
        cell = self.cells[at]
        top = at + 1 == len(self.cells)
        if t + 1 < self.steps and not self.cuts_below(t + 1):
            cell.hand_back(t + 1, cell.dh[t])
        elif not (top and t + 1 == self.steps and not self.every):
            cell.cut()
            cell.dh[t].fill(0)
        if not top:
            self.cells[at + 1].hand_down(t, cell.dh[t])
        elif self.every:
            np.add(cell.dh[t], self._loss_share(t), out=cell.dh[t])

    def _collect_lifted(self, at: int, t: int) -> None:
        """The same where u goes up: ∂J/∂u first, from above, then from the next timestep."""
        cell, lift = self.cells[at], self.lifts[at]
        if at + 1 < len(self.cells):
            self.cells[at + 1].hand_down(t, lift.du[t])
        else:
            for lower in self.lifts[:-1]:
                lower.du[t].fill(0)
            if self.every:
                np.copyto(lift.du[t], self._loss_share(t))
        if t + 1 < self.steps and not self.cuts_below(t + 1):
            cell.hand_back(t + 1, cell.dh[t])
        else:
            cell.cut()
            cell.dh[t].fill(0)
        lift.backward(t, cell.dh[t])

    def _loss_share(self, t: int) -> Array:
        """(batch, units) what the loss at timestep ``t`` itself hands to h of the top cell."""
        share: Array = self.from_loss[..., t * self.batch : (t + 1) * self.batch, :]
        return share

    def cuts_below(self, t: int) -> bool:
        """Whether truncation stops the gradient between timestep ``t`` (from 0) and the one before.

        Every ``truncate``-th boundary, counted from the end (Williams and Peng 1990).
        """
        return self.truncate > 0 and 0 < t < self.steps and (self.steps - t) % self.truncate == 0

    def parameter_gradients(self) -> None:
        """Every gradient, summed over the timesteps."""
        for cell in self.cells:
            cell.parameter_gradients()
        self.readout.parameter_gradients()

    def products(self, stage: int) -> Sequence[Product]:
        """The readout's and a simple cell's; other cells' gates add up too much to be one."""
        if stage == self.steps:
            return [Product(*three, stage) for three in self.readout.derivative()]
        found = []
        top, view = self.top, self.views[stage]
        if not top.equations:
            found.append(Product(view.dh, view.derivative, view.dz, stage))
        if stage + 1 < self.steps and not self.cuts_below(stage + 1):
            below = np.empty_like(view.dh)
            np.dot(top.into_h[stage + 1], top.own["W_h"].T, below)
            above = top.into_h[stage + 1]
            found.append(Product(above, top.own["W_h"], below, stage, matrix=True))
        return found

    def cuts(self, stage: int, taken: bool) -> list[Cut]:
        """Activation (or gates), weights; then what goes past them, is cut, or the loss adds."""
        arrays = self.views[stage]
        if stage == self.steps:
            found = [("h", arrays.dh), ("activation", arrays.dz)]
            if taken:
                return [*found, ("weights", self.views[stage - 1].dh)]
            return found
        found = [("h", arrays.dh), ("activation", self.top.dz_h[stage])]
        if taken:
            found += self._way(stage)
        return found

    def _way(self, stage: int) -> list[Cut]:
        """From ∂J/∂z of a timestep to ∂J/∂h of the one before."""
        found = self.top.cuts(stage)
        back = found[-1][1]
        if self.top.carries():
            whole = np.empty_like(back)
            self.top.hand_back(stage, whole)
            found.append(("skip", whole))
        if self.cuts_below(stage):
            found.append(("truncation", np.zeros_like(back)))
        below = self.views[stage - 1].dh
        if self.every:
            found.append(("loss", below))
        else:
            found[-1] = (found[-1][0], below)
        return found

    def edge_weights(self, stage: int) -> Array:
        """W of the readout, W_h, or W_x of the bottom cell below the first timestep.

        With several gates the root of their sum of squares.
        """
        if stage == self.steps:
            return self.readout.edge_weights()
        if stage:
            weights = self.top.own["W_h"]
        else:
            weights = self.cells[0].own["W_x"]
        return _merged(weights, len(self.top.gates))

    def edge_signal(self, stage: int) -> Array:
        """|w| · RMS of ∂J/∂z, over the gates the root of the sum of squares."""
        if stage == self.steps:
            return edge_signal(self.edge_weights(stage), self.readout.arrays.dz)
        cell, name = (self.top, "W_h") if stage else (self.cells[0], "W_x")
        dz = cell.into_h[stage] if stage else cell.into_x[0]
        return _merged(edge_signal(cell.own[name], dz), len(cell.gates))

    def parameter_norms(self, first: int, known: bool) -> tuple[Floats, Floats]:
        """Each timestep's own share of the top cell's ∂J/∂W and ∂J/∂b."""
        found = np.zeros((2, self.steps + 1))
        for t in range(first, self.steps):
            found[:, t] = [exact_norm(values) for values in self.top.contribution(t)]
        self.readout.parameter_gradients()
        gradients = self.readout.gradients
        found[:, self.steps] = [exact_norm(gradients[name]) for name in ("W", "b")]
        return found[0], found[1]

    def trace(self) -> dict[str, Array]:
        """x by timestep, the top cell's arrays, those of cell c below it ending in _c: W_x_1."""
        found = {"x": self.x_by_step}
        for at, cell in enumerate(self.cells, start=1):
            suffix = "" if cell is self.top else f"_{at}"
            found |= {f"{name}{suffix}": value for name, value in cell.own.items()}
            found |= {f"d{name}{suffix}": value for name, value in cell.gradients.items()}
            masks = cell.masks()
            found |= {f"{name}{suffix}": value for name, value in masks.items()}
            for t in range(self.steps):
                inner = {"h": cell.h[t], "dh": cell.dh[t], **cell.inner(t), **cell.normalized(t)}
                if self.lifts:
                    inner |= self.lifts[at - 1].inner(t)
                found |= {f"{name}{t + 1}{suffix}": value for name, value in inner.items()}
        return found | self._trace_readout()

    def _trace_readout(self) -> dict[str, Array]:
        n, layer = self.steps + 1, self.readout
        found = {f"{name}{n}": value for name, value in layer.parameters.items()}
        found |= {f"d{name}{n}": value for name, value in layer.gradients.items()}
        arrays = layer.arrays
        return found | {f"{name}{n}": getattr(arrays, name) for name in ("z", "h", "dh", "dz")}


def shapes(plan: StagePlan) -> dict[str, tuple[int, ...]]:
    """Shape of each parameter of a cell or of the readout."""
    if plan.layer in CELLS:
        return CELLS[plan.layer].shapes(plan)
    return LAYERS[plan.layer].shapes(plan)


def _merged(weights: Array, gates: int) -> Array:
    """(inputs, gates · units) -> (inputs, units); the weights themselves for one gate."""
    if gates == 1:
        return weights
    by_gate = weights.reshape(len(weights), gates, -1)
    merged: Array = exact_norm(by_gate, axis=1).astype(weights.dtype)
    return merged
