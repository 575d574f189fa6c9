"""Activation histograms: h of every stage on one axis that stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.core.numbers import magnitude
from vgsim.measure.frame import Frame
from vgsim.measure.histograms import ActivationHistograms, Spread
from vgsim.text.empty import NOT_EMPTY, EmptyState
from vgsim.ui.plots import graph
from vgsim.ui.plots.axes import GAP
from vgsim.ui.plots.base import PLOTS
from vgsim.ui.plots.layer import text_width
from vgsim.ui.plots.model.ridges import Ridges, activation_ridges, place_words, spans_decades
from vgsim.ui.plots.model.series import Range, nice_ticks
from vgsim.ui.plots.model.table import NO_DATA, Columns, below
from vgsim.ui.plots.model.words import Ticks, sampling_words, tick_labels
from vgsim.ui.plots.ridges import RidgePlot
from vgsim.ui.style.theme import mix

if TYPE_CHECKING:
    from vgsim.ui.plots.graph import TickAxis


@PLOTS.register("activations", "spread of h in every stage, now", label="Activation histograms")
class ActivationsPlot(RidgePlot):
    """A ridge for each stage that the pass has come through."""

    title = "Activation histograms"
    question = "Which values do the units of every stage take?"
    subtitle = "h by sample and unit, linear scale"
    wants = (ActivationHistograms,)
    _kept: tuple[int, bool, Range] | None = None

    def missing(self, frame: Frame | None) -> EmptyState:
        """A pass that has begun."""
        if frame is None or frame.measurement(ActivationHistograms) is None:
            return EmptyState("No stage has been active yet", "Step (→) or train (T)")
        return NOT_EMPTY

    @classmethod
    def data(cls, frame: Frame) -> Columns:
        """Counts in bins of h: even ones, then bins that are even in log₁₀ |h|."""
        found = frame.measurement(ActivationHistograms)
        if found is None:
            return NO_DATA
        linear = _bins(found, found.linear, "linear", _edges(found.linear))
        signs = _edges(found.decades)
        sizes = np.where(signs == 0, 0.0, 10.0 ** (np.abs(signs) - found.below))
        return below([linear, _bins(found, found.decades, "log", np.sign(signs) * sizes)])

    def ridges(self, frame: Frame) -> Ridges:
        """On an axis that stays while one run goes on, as far as it can."""
        found = self._measured(frame)
        kept = self._kept if self._kept and self._kept[0] == frame.generation else None
        decades = spans_decades(found, frame.h_rms, bool(kept and kept[1]))
        previous = kept[2] if kept and kept[1] == decades else self._ahead(frame, decades)
        ridges = activation_ridges(found, decades, previous)
        self._kept = (frame.generation, decades, ridges.span)
        return ridges

    def _ahead(self, frame: Frame, decades: bool) -> Range | None:
        """The axis that an animation's last picture will need, so that its first has it, too."""
        ahead = frame.ahead
        if ahead is None or self.missing(ahead):
            return None
        return activation_ridges(self._measured(ahead), decades, None).span

    def fills(self, frame: Frame, stages: NDArray[np.intp]) -> Sequence[str]:
        """One color for every ridge: the shape is what matters."""
        return [mix(self.theme.surface, self.theme.accent, 0.35)] * len(stages)

    def edge(self) -> str:
        """The accent color, as of what can be pressed."""
        return self.theme.accent

    def make_value_axis(self) -> TickAxis:
        """Round values, or powers of ten with their signs."""
        axis = graph.TickAxis("bottom")
        axis.rule = self._ticks
        return axis

    def _ticks(self, low: float, high: float, pixels: float) -> Ticks:
        if not self._decades():
            ticks = nice_ticks(low, high, max(2, int(pixels / 48)))
            return list(zip(ticks, tick_labels(ticks), strict=True))
        most = max(2, int(pixels / (text_width("−10⁻⁸") + 2 * GAP)))
        ticks = nice_ticks(low, high, most, whole=True)
        return [(at, place_words(at, self._below())) for at in ticks]

    def value_words(self, x: float) -> str:
        """A value of h."""
        if not self._decades():
            return magnitude(x)
        size = magnitude(10.0 ** (abs(x) - self._below()))
        return f"−{size}" if x < 0 else size

    def about(self, frame: Frame, rows: int) -> str:
        """The quantity, its scale, and the stages or samples that are counted."""
        scale = "signed log scale" if self._decades() else "linear scale"
        every = self._measured(frame).every
        return f"h by sample and unit, {scale}" + sampling_words(rows, frame.stages, every)

    def _decades(self) -> bool:
        return bool(self._kept and self._kept[1])

    def _below(self) -> float:
        assert self.frame is not None
        return self._measured(self.frame).below

    @staticmethod
    def _measured(frame: Frame) -> ActivationHistograms:
        found = frame.measurement(ActivationHistograms)
        assert found is not None  # or missing() would have said so
        return found


def _edges(spread: Spread) -> NDArray[np.float64]:
    """(bins + 1,) the ends of the bins."""
    return np.linspace(-spread.half, spread.half, spread.counts.shape[1] + 1)


def _bins(
    found: ActivationHistograms, spread: Spread, scale: str, edges: NDArray[np.float64]
) -> Columns:
    """A row for each stage and bin."""
    stages, bins = spread.counts.shape
    return {
        "stage": np.repeat(found.stages, bins),
        "bins": np.full(stages * bins, scale),
        "h from": np.tile(edges[:-1], stages),
        "h to": np.tile(edges[1:], stages),
        "count": spread.counts.ravel(),
        "exactly 0 in the stage (%)": np.repeat(100.0 * found.zero, bins),
        "inf or nan in the stage (%)": np.repeat(100.0 * found.overflow, bins),
    }
