"""Gradient histograms: |∂J/∂h| of every stage, on the same decades as everywhere else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.core.numbers import magnitude
from vgsim.measure.frame import Frame
from vgsim.measure.histograms import GradientHistograms
from vgsim.text.empty import NO_GRADIENT, NOT_EMPTY, EmptyState
from vgsim.ui.plots import graph
from vgsim.ui.plots.base import PLOTS
from vgsim.ui.plots.model.ridges import Ridges, gradient_ridges
from vgsim.ui.plots.model.table import NO_DATA, Columns
from vgsim.ui.plots.model.words import sampling_words
from vgsim.ui.plots.ridges import RidgePlot

if TYPE_CHECKING:
    from vgsim.ui.plots.graph import TickAxis


@PLOTS.register("gradients", "spread of |∂J/∂h| in every stage, now", label="Gradient histograms")
class GradientsPlot(RidgePlot):
    """A ridge for each stage that the gradient has come back to, shaded by its RMS."""

    title = "Gradient histograms"
    question = "How does the gradient vary among the units and samples of a stage?"
    subtitle = "|∂J/∂h| by sample and unit, log scale"
    wants = (GradientHistograms,)

    def missing(self, frame: Frame | None) -> EmptyState:
        """A gradient."""
        if frame is None or frame.measurement(GradientHistograms) is None:
            return NO_GRADIENT
        return NOT_EMPTY

    @classmethod
    def data(cls, frame: Frame) -> Columns:
        """Counts in bins of |∂J/∂h|; exactly 0, and inf with nan, have a bin of their own."""
        found = frame.measurement(GradientHistograms)
        if found is None:
            return NO_DATA
        stages, bins = found.counts.shape
        edges = 10.0 ** np.linspace(found.low, found.high, bins - 3)
        return {
            "stage": np.repeat(found.stages, bins),
            "gradient from": np.tile(np.r_[0.0, 0.0, edges, np.inf], stages),
            "gradient to": np.tile(np.r_[0.0, edges, np.inf, np.inf], stages),
            "count": found.counts.ravel(),
        }

    def ridges(self, frame: Frame) -> Ridges:
        """On the decades of the scale."""
        found = frame.measurement(GradientHistograms)
        assert found is not None  # else it would be missing
        return gradient_ridges(found, self.scale)

    def fills(self, frame: Frame, stages: NDArray[np.intp]) -> Sequence[str]:
        """The shade that the stage's RMS has everywhere."""
        shades = self.theme.heat[self.scale.index(frame.dh_rms[stages - 1])]
        return ["#{:02x}{:02x}{:02x}".format(*shade) for shade in shades.tolist()]

    def make_value_axis(self) -> TickAxis:
        """Decades."""
        return graph.DecadeAxis("bottom", self.scale)

    def value_words(self, x: float) -> str:
        """A gradient's size."""
        return magnitude(10.0**x)

    def about(self, frame: Frame, rows: int) -> str:
        """What, on what scale, and what of it."""
        found = frame.measurement(GradientHistograms)
        assert found is not None
        return type(self).subtitle + sampling_words(rows, frame.stages, found.every)
