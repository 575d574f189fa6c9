"""Where the numbers of a recording first became too large or too small to hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from vgsim.measure.recording.layout import Floats, RecordedLayout
from vgsim.measure.recording.passed import told
from vgsim.nn.anomalies import SMALL, Anomaly
from vgsim.record.reader import RecordedRun

TINY = {"bfloat16": 2.0**-126, "float16": 2.0**-14, "float32": 2.0**-126}
"""The smallest normal number of a type; of others that of float64."""
AT_ONCE = 256
"""Recorded steps that are looked through at once."""


class RecordedAnomalies:
    """The first overflow, denormal and underflow of a recording, each once.

    Looks through the recorded steps in their order, as far as it is asked for.
    """

    def __init__(self, run: RecordedRun, layout: RecordedLayout) -> None:
        self._run = run
        self._layout = layout
        self._found: list[Anomaly] = []
        self._scanned = 0
        dtypes = [run.stage_list[at].dtype for at in layout.stages]
        self._smallest = np.array([TINY.get(dtype, 2.0**-1022) for dtype in dtypes])

    def until(self, rows: Sequence[int], step: int) -> tuple[Anomaly, ...]:
        """Those of the passes that led to ``step`` updates or fewer; ``rows`` lie before them."""
        while self._scanned < len(rows):
            some = rows[self._scanned : self._scanned + AT_ONCE]
            self._scanned += len(some)
            self._scan(some)
        return tuple(found for found in self._found if found.step <= step)

    def _scan(self, rows: Sequence[int]) -> None:
        known = {found.kind for found in self._found}
        steps = self._run.steps[list(rows)] + 1
        dh = self._by_stage("dh_rms", rows)
        if "overflow" not in known:
            self._scan_overflow(rows, steps, dh)
        if not known >= {"denormal", "underflow"}:
            self._scan_small(rows, steps, dh, known)

    def _scan_overflow(self, rows: Sequence[int], steps: NDArray[np.int64], dh: Floats) -> None:
        """In the order of the pass: h upwards, ∂J/∂h and ∂J/∂w downwards, at last the loss."""
        parameters, stages = self._layout.all_parameters
        dW = np.zeros((self._layout.count, len(rows)), bool)
        norms = self._table("dW_norm", rows, len(self._run.parameter_list))
        np.logical_or.at(dW, stages, np.isinf(norms[:, parameters]).T)
        loss = np.isinf(self._table("loss", rows, 1)[:, 0])
        h = np.isinf(self._by_stage("h_rms", rows))
        gradients = np.isinf(dh)
        for row in np.flatnonzero(h.any(1) | gradients.any(1) | dW.any(0) | loss):
            if h[row].any():
                at = int(np.flatnonzero(h[row])[0])
            elif gradients[row].any():
                at = int(np.flatnonzero(gradients[row])[-1])
            elif dW[:, row].any():
                at = int(np.flatnonzero(dW[:, row])[-1])
            else:
                at = self._layout.count - 1
            self._found.append(Anomaly("overflow", at + 1, int(steps[row])))
            return

    def _scan_small(
        self, rows: Sequence[int], steps: NDArray[np.int64], dh: Floats, known: Iterable[str]
    ) -> None:
        """Denormal: values that have lost digits. Underflow: none is left where the stage above,
        whose largest is next to nothing, has some; what an activation makes 0 is no underflow.
        """
        scale = self._table("loss_scale", rows, 1)
        scale[~(np.isfinite(scale) & (scale > 0))] = 1.0
        limits = SMALL * self._smallest / scale
        low = dh < limits
        if "denormal" not in known and low.any():
            self._scan_denormal(rows, steps, low)
        largest = self._by_stage("dh_max", rows)
        largest = np.where(np.isnan(largest), dh, largest)
        above = largest[:, 1:]
        gone = (largest[:, :-1] == 0) & (above > 0) & (above < limits[:, 1:])
        if "underflow" not in known and gone.any():
            row = int(np.flatnonzero(gone.any(1))[0])
            at = int(np.flatnonzero(gone[row])[-1])
            self._found.append(Anomaly("underflow", at + 1, int(steps[row])))

    def _scan_denormal(
        self, rows: Sequence[int], steps: NDArray[np.int64], low: NDArray[np.bool_]
    ) -> None:
        subnormal = self._by_stage("dh_subnormal", rows)
        some = (subnormal > 0) & low
        if some.any():
            row = int(np.flatnonzero(some.any(1))[0])
            at = int(np.flatnonzero(some[row])[-1])
            self._found.append(Anomaly("denormal", at + 1, int(steps[row])))

    def _by_stage(self, name: str, rows: Sequence[int]) -> Floats:
        """(rows, N) of a figure, nan for timesteps and where it was not recorded."""
        table = self._table(name, rows, len(self._run.stage_list))[:, self._layout.stages]
        table[:, self._layout.rows >= 0] = np.nan
        return table

    def _table(self, name: str, rows: Sequence[int], width: int) -> Floats:
        """(rows, width) of a figure, as frames have it."""
        table = np.full((len(rows), width), np.nan)
        if name in self._run.figures:
            place = {row: at for at, row in enumerate(rows)}
            for row, values in self._run.some_rows(name, rows).items():
                table[place[row]] = told(np.asarray(values, np.float64))
        return table
