"""Accuracy: the share of right answers over the steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vgsim.core.numbers import percent
from vgsim.measure.frame import Frame
from vgsim.nn.history import HistoryView
from vgsim.text.empty import EmptyState
from vgsim.ui.plots import graph
from vgsim.ui.plots.base import PLOTS, Place
from vgsim.ui.plots.curves import Array, CurvePlot
from vgsim.ui.plots.model.series import Range
from vgsim.ui.plots.model.table import NO_DATA, Columns, along, compared

if TYPE_CHECKING:
    from vgsim.ui.plots.graph import TickAxis


@PLOTS.register("accuracy", "training and held-out accuracy over the steps", label="Accuracy")
class AccuracyPlot(CurvePlot):
    """Right answers in percent, always on 0 to 100."""

    title = "Accuracy"
    question = "How often is the network right, in training and on held-out data?"
    place = Place.RIGHT
    narrow_place = Place.RIGHT
    rank = 1
    about = "training and held-out"
    widest = "100.0 %"
    subtitle = about
    needs = ("accuracy",)

    def missing(self, frame: Frame | None) -> EmptyState:
        """Recorded steps, and classes to be right about."""
        nothing = super().missing(frame)
        if not nothing and frame is not None and np.isnan(frame.horizon.history.accuracy).all():
            return EmptyState("This data has no classes to be right about")
        return nothing

    def values(self, history: HistoryView) -> tuple[Array, Array]:
        """The accuracies, in percent."""
        train = np.asarray(history.accuracy, dtype=np.float64)
        held = np.asarray(history.held_accuracy, dtype=np.float64)
        return 100.0 * train, 100.0 * held

    @classmethod
    def data(cls, frame: Frame) -> Columns:
        """Percent by step."""
        if np.isnan(frame.history.accuracy).all():
            return NO_DATA
        return compared(frame, _accuracies)

    def number(self, value: float) -> str:
        """One decimal; "·" where there is none."""
        return percent(value / 100, decimals=1)

    def make_y_axis(self) -> TickAxis:
        """Percent."""
        return graph.PercentAxis("left")

    def y_range(self, frame: Frame) -> Range:
        """0 to 100 %, with room for a line that lies on either end."""
        return -1.0, 101.0


def _accuracies(frame: Frame) -> Columns:
    history = frame.history
    return along("step", {
        "training accuracy (%)": (history.steps, 100.0 * history.accuracy),
        "held-out accuracy (%)": (history.held_steps, 100.0 * history.held_accuracy),
    })  # fmt: skip
