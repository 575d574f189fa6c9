"""The curves of a recording by step, in bounded memory: of many steps every second, fourth, … ."""

from __future__ import annotations

import math

import numpy as np

from vgsim.measure.recording.layout import Floats, Indices, RecordedLayout
from vgsim.measure.recording.passed import told
from vgsim.nn.history import HistoryView, capacity
from vgsim.record.reader import RecordedRun

LEAST_DECADES, MOST_DECADES = 4, 20
"""How many powers of ten a scale has; of more the smallest gradients are told to lie below it."""


class RecordedHistory:
    """Loss and RMS of ∂J/∂h by stage of the recorded steps; :meth:`extend` takes what has come.

    As in an experiment a row's number is that of the update which its pass led to, and the loss of
    a row is the mean over the recorded steps since the row before. ``rows`` are those of the
    recording that count: of steps that were recorded twice the last.
    """

    def __init__(self, run: RecordedRun, layout: RecordedLayout) -> None:
        self._run = run
        self._layout = layout
        self._most = capacity(layout.count)
        self._stride = 1
        self._kept: dict[int, Floats] = {}
        self._steps = np.empty(0, np.int64)
        self._loss = np.empty(0)
        self._dh = np.empty((0, layout.count))

    def extend(self, rows: Indices) -> None:
        """Read what is new among ``rows`` of the recording, one for each step, in order."""
        while len(rows) > self._most * self._stride:
            self._stride *= 2
        chosen = rows[:: self._stride]
        missing = [row for row in chosen.tolist() if row not in self._kept]
        self._kept |= self._read(missing)
        self._kept = {row: self._kept[row] for row in chosen.tolist()}
        self._steps = self._run.steps[chosen] + 1
        self._loss = self._means(rows)
        self._dh = np.array(list(self._kept.values())).reshape(len(chosen), self._layout.count)
        for made in (self._steps, self._loss, self._dh):
            made.setflags(write=False)

    def view(self, step: int) -> HistoryView:
        """What is known after ``step`` updates."""
        rows = slice(0, int(np.searchsorted(self._steps, step, side="right")))
        nothing = np.empty(0)
        return HistoryView(
            steps=self._steps[rows],
            loss=self._loss[rows],
            accuracy=np.full(rows.stop, np.nan),
            dh_rms=self._dh[rows],
            held_steps=nothing.astype(np.int64),
            held_loss=nothing,
            held_accuracy=nothing,
        )

    def decades(self) -> tuple[int, int] | None:
        """Powers of ten between which the gradients of all rows lie, :data:`MOST_DECADES` at most.

        None where there is none but 0, inf and nan.
        """
        sizes = self._dh[np.isfinite(self._dh) & (self._dh > 0)]
        if not len(sizes):
            return None
        high = math.ceil(np.log10(sizes.max()))
        low = math.floor(np.log10(sizes.min()))
        low = max(min(low, high - LEAST_DECADES), high - MOST_DECADES)
        return low, high

    def _means(self, rows: Indices) -> Floats:
        """The loss of each row, of thinned ones the mean since the row before."""
        if "loss" not in self._run:
            return np.full(len(rows[:: self._stride]), np.nan)
        loss = told(self._run["loss"])[rows]
        if self._stride == 1 or not len(rows):
            return loss
        ends = np.arange(0, len(rows), self._stride) + 1
        starts = np.append(0, ends[:-1])
        loss = loss[: ends[-1]]
        known = ~np.isnan(loss)
        sums = np.add.reduceat(np.where(known, loss, 0.0), starts)
        counts = np.add.reduceat(known.astype(np.float64), starts)
        return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)

    def _read(self, rows: list[int]) -> dict[int, Floats]:
        """RMS of ∂J/∂h by stage of the frames, by row of the recording."""
        if not rows:
            return {}
        layout = self._layout
        found = {row: np.full(layout.count, np.nan) for row in rows}
        whole = layout.rows < 0
        if "dh_rms" in self._run:
            for row, values in self._run.some_rows("dh_rms", rows).items():
                found[row][whole] = told(np.asarray(values, np.float64))[layout.stages[whole]]
        timesteps = np.flatnonzero(~whole)
        if len(timesteps) and "dh_t" in self._run:
            for row, tables in self._run.some_rows("dh_t", rows).items():
                for at in timesteps.tolist():
                    table = tables[layout.stages[at]]
                    assert table is None or isinstance(table, np.ndarray)
                    place = layout.rows[at], layout.times[at]
                    if table is not None and place < table.shape and place[1] < table.shape[1]:
                        found[row][at] = told(table[place].reshape(1))[0]
        return found
