"""The figures of one recorded step, stage by stage as frames have them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.measure.recording.layout import Floats, Indices, RecordedLayout
from vgsim.record.coding import ABSENT, absent
from vgsim.record.reader import RecordedRun, RecordedStep

if TYPE_CHECKING:
    from vgsim.nn.history import HistoryView
    from vgsim.nn.moments import Moment

NAN = float("nan")


def told(values: Floats) -> Floats:
    """As frames have it: nan where nothing was recorded, inf for what was measured as nan."""
    measured = np.isnan(values) & ~absent(values)
    return np.where(measured, np.inf, np.where(np.isnan(values), np.nan, values))


class RecordedPass:
    """What was recorded of one step: arrays (N,) by stage of ``layout``, nan where nothing was."""

    def __init__(self, run: RecordedRun, layout: RecordedLayout, step: RecordedStep) -> None:
        self.run = run
        self.layout = layout
        self.step = step
        self.h_rms = self.by_stage("h_rms", "h_t")
        self.dh_rms = self.by_stage("dh_rms", "dh_t")
        self.dh_norm = self._gradient_norm()
        self.dW_norm = self.by_parameters("dW_norm", layout.weights)
        self.db_norm = self.by_parameters("dW_norm", layout.biases)
        self.weight_norm = self.by_parameters("W_norm", layout.all_parameters)
        self.update_norm = self.by_parameters("update_norm", layout.all_parameters)
        self.node_h = self._nodes("h_units", self.h_rms)
        self.node_dh = self._nodes("dh_units", self.dh_rms)

    def by_stage(self, name: str, by_timestep: str = "") -> Floats:
        """(N,) of a figure; of timesteps that of their tables, if there is any."""
        layout = self.layout
        found = np.full(layout.count, NAN)
        if name in self.step:
            found[:] = told(np.asarray(self.step[name], np.float64))[layout.stages]
        timesteps = np.flatnonzero(layout.rows >= 0)
        found[timesteps] = NAN
        if by_timestep in self.step:
            tables = self.step.tables(by_timestep)
            for at in timesteps.tolist():
                found[at] = _entry(tables[layout.stages[at]], layout.rows[at], layout.times[at])
        return found

    def by_parameters(self, name: str, pairs: tuple[Indices, Indices]) -> Floats:
        """(N,) L2 norm of all the parameters that ``pairs`` count to each stage."""
        found = np.full(self.layout.count, NAN)
        if name not in self.step:
            return found
        values = told(np.asarray(self.step[name], np.float64))
        parameters, stages = pairs
        known = ~np.isnan(values[parameters])
        found[stages[known]] = 0.0
        np.hypot.at(found, stages[known], values[parameters][known])
        return found

    def gradient_counts(self) -> NDArray[np.int64] | None:
        """(N, bins) histograms of log10 |∂J/∂h|, a row of −1 where none was recorded."""
        if "dh_histogram" not in self.step:
            return None
        counts = np.asarray(self.step["dh_histogram"]).astype(np.int64)[self.layout.stages]
        counts[self.layout.rows >= 0] = -1
        return counts

    @property
    def loss_scale(self) -> float:
        """What the loss was multiplied by; 1 where nothing is said of it."""
        scale = self.number("loss_scale")
        if np.isfinite(scale) and scale > 0:
            return scale
        return 1.0

    def number(self, name: str) -> float:
        """A figure of the step itself: nan where it was not recorded, inf for a measured nan."""
        return float(told(np.array([self.step.number(name)]))[0])

    def _gradient_norm(self) -> Floats:
        """L2 norms of ∂J/∂h, of RMS and size where they were not recorded themselves."""
        if "dh_norm" in self.step:
            norms = self.by_stage("dh_norm")
        else:
            norms = self.dh_rms * np.sqrt(self.by_stage("dh_size"))
        sizes = self._timestep_sizes()
        return np.where(np.isnan(norms), self.dh_rms * np.sqrt(sizes), norms)

    def _timestep_sizes(self) -> Floats:
        """Values in h of one timestep; nan for stages that are none, and packed sequences."""
        layout = self.layout
        found = np.full(layout.count, NAN)
        if "h_size" not in self.step or "h_t" not in self.step:
            return found
        tables = self.step.tables("h_t")
        sizes = self.step["h_size"]
        for at in np.flatnonzero(layout.rows >= 0).tolist():
            stage = layout.stages[at]
            table, shape = tables[stage], self.run.stage_list[stage].shape
            if table is not None and (len(shape) == 3 or shape[:1] == table.shape[1:]):
                found[at] = float(sizes[stage]) / table.shape[1] / layout.directions[stage]
        return found

    def _nodes(self, name: str, whole: Floats) -> tuple[Floats, ...]:
        """By stage the RMS of each recorded unit; of a stage without, its own."""
        layout = self.layout
        nodes = np.full(sum(layout.widths), ABSENT)
        ends = np.cumsum(layout.widths)
        tables = self.step.tables(name) if name in self.step else [None] * len(self.run.stages)
        places = zip(layout.stages.tolist(), layout.rows.tolist(), layout.widths, strict=True)
        alone = []
        for at, (stage, row, width) in enumerate(places):
            begin = int(ends[at]) - width
            table = tables[stage] if row < 0 else None
            if table is not None:
                given = table.reshape(-1)[:width]
                nodes[begin : begin + len(given)] = given
            elif width == 1:
                alone.append(at)
        nodes = told(nodes)
        nodes[ends[alone] - 1] = whole[alone]
        nodes.setflags(write=False)
        return tuple(np.split(nodes, ends[:-1]))


def _entry(table: NDArray[np.float64] | None, row: int, time: int) -> float:
    if table is None or row >= table.shape[0] or time >= table.shape[1]:
        return NAN
    return float(told(table[row, time].reshape(1))[0])


@dataclass(frozen=True, slots=True, eq=False)
class RecordedMoment:
    """A moment of a recorded step: what a recorded collector makes measurements of.

    What lies beyond ``forward_to`` and before ``backward_from`` (stages from 1) the pass has not
    reached. ``step`` is the number of the recorded step: the updates made before it. ``updated`` is
    the recorded pass that led to the last update before this moment, None for none; ``history`` are
    the RMS of ∂J/∂h by stage so far.
    """

    passed: RecordedPass
    moment: Moment
    step: int
    updated: RecordedPass | None
    history: HistoryView

    @property
    def run(self) -> RecordedRun:
        """The recording."""
        return self.passed.run

    @property
    def layout(self) -> RecordedLayout:
        """Its stages as frames have them."""
        return self.passed.layout

    @property
    def forward_to(self) -> int:
        """The last stage that the pass has come through."""
        return self.moment.reached(self.layout.count)[0]

    @property
    def backward_from(self) -> int:
        """The first stage that the gradient has come back to; N + 1 for none."""
        return self.moment.reached(self.layout.count)[1]

    def until_forward(self, values: Floats) -> Floats:
        """A copy, nan from the stage on that the pass has not come to."""
        return _masked(values, slice(self.forward_to, None))

    def until_backward(self, values: Floats) -> Floats:
        """A copy, nan before the stage that the gradient has come back to."""
        return _masked(values, slice(0, self.backward_from - 1))


def _masked(values: Floats, hidden: slice) -> Floats:
    copy = np.array(values)
    copy[hidden] = NAN
    copy.setflags(write=False)
    return copy
