"""What a recorded step tells: its figures by stage and by parameter, nan where there are none."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vgsim.diagnosis.findings import NAN
from vgsim.record.reader import RecordedRun, RecordedStep

Floats = NDArray[np.floating]


class StepFigures:
    """The figures of the ``row``-th recorded step."""

    def __init__(self, run: RecordedRun, row: int) -> None:
        self.run = run
        self.row = row
        self.step: RecordedStep = run.at_row(row)
        self.sizes = self.by_stage("dh_rms")

    def by_stage(self, name: str) -> Floats:
        """(stages,) in the order of execution."""
        if name in self.step:
            return np.asarray(self.step[name], float)
        return np.full(len(self.run.stages), NAN)

    def by_parameter(self, name: str) -> Floats:
        """(parameters,) in the order of declaration."""
        if name in self.step:
            return np.asarray(self.step[name], float)
        return np.full(len(self.run.parameter_list), NAN)

    def rate(self) -> float:
        """The highest learning rate of all groups."""
        if "learning_rate" not in self.step:
            return NAN
        rates = [float(it) for it in self.step["learning_rate"] if math.isfinite(it)]
        return max(rates, default=NAN)

    def scale(self) -> float:
        """What the loss was multiplied by, 1 where nothing was recorded."""
        scale = self.step.number("loss_scale")
        return scale if scale > 0 else 1.0
