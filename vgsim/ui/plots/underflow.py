"""Underflow: what of the gradient narrower number types cannot hold, stage by stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vgsim.core.numbers import percent
from vgsim.measure.frame import Frame
from vgsim.measure.underflow import Underflow
from vgsim.text.empty import NO_GRADIENT, NOT_EMPTY, EmptyState
from vgsim.text.stages import stage_name
from vgsim.text.underflow import underflow_words
from vgsim.ui.plots import graph
from vgsim.ui.plots.base import PLOTS, Plot
from vgsim.ui.plots.decades import DENSE, Array, label_along, padded
from vgsim.ui.plots.layer import Mark, Symbols, Text
from vgsim.ui.plots.model.geometry import trace
from vgsim.ui.plots.model.table import NO_DATA, Columns
from vgsim.ui.style.theme import hue, rgb

if TYPE_CHECKING:
    from vgsim.ui.plots.graph import Curve, StageAxis, TickAxis

MOST = 4
"""Lines at most: every number type that ends above another one, and what is 0 now."""


@PLOTS.register(
    "underflow", "the share of ∂J/∂h that number types cannot hold, now", label="Underflow"
)
class UnderflowPlot(Plot):
    """A line for each number type that ends above the experiment's own, and one for what is 0."""

    title = "Underflow"
    question = "How much of the gradient is too small for a number type?"
    subtitle = "share of ∂J/∂h"
    wants = (Underflow,)

    bottom: StageAxis

    def make_axes(self) -> tuple[TickAxis, TickAxis]:
        """Percent over stages."""
        left = graph.PercentAxis("left")
        left.setGrid(255)
        return left, graph.StageAxis("bottom")

    def set_up(self) -> None:
        """Lines; the points are marks."""
        self.curves: list[Curve] = [self.add_curve() for _ in range(MOST)]

    def use_theme(self) -> None:
        """What is 0 now is as strong as text, and lies below the others."""
        for curve, color in zip(self.curves, self._colors(), strict=True):
            curve.set_ink(color, 1.6 * self.pen_scale)

    def _colors(self) -> list[str]:
        theme = self.theme
        return [theme.text, theme.warning, theme.second, hue(theme, "violet")]

    def missing(self, frame: Frame | None) -> EmptyState:
        """A gradient."""
        if frame is None or frame.measurement(Underflow) is None:
            return NO_GRADIENT
        return NOT_EMPTY

    @classmethod
    def data(cls, frame: Frame) -> Columns:
        """Percent by stage."""
        found = frame.measurement(Underflow)
        if found is None:
            return NO_DATA
        named = {f"would be 0 in {kind} (%)": 100 * found.would[row] for row, kind in
                 enumerate(found.kinds)}  # fmt: skip
        return {"stage": found.stages, "exactly 0 (%)": 100 * found.zero, **named}

    def draw(self, frame: Frame) -> None:
        """Axes, lines, points, and the names of the lines."""
        found = frame.measurement(Underflow)
        assert found is not None  # missing() has looked
        self.bottom.name_stages(frame.stages, frame.subject)
        box = self.data_box((0.0, 100.0), 4)
        self.lay_out(box, padded(1, frame.stages, box), (-2.0, 104.0))
        self.set_subtitle(underflow_words(found, frame.stages, frame.subject))
        x = found.stages.astype(np.float64)
        lines = [("exactly 0 now", 100 * found.zero)]
        for kind, shares in zip(found.kinds, found.would, strict=True):
            lines.append((f"0 in {kind}", 100 * shares))
        for curve in self.curves[len(lines) :]:
            curve.set_points(np.empty(0), np.empty(0))
        for curve, (_, shares) in zip(self.curves, lines, strict=False):
            curve.set_points(x, shares)
        self.over.set_marks([*self._points(x, lines), *self._names(x, lines)])

    def readout(self, x: float, y: float) -> str:
        """The nearest stage that was measured, and every share there."""
        assert self.frame is not None
        found = self.frame.measurement(Underflow)
        assert found is not None  # asked only while something is shown
        at = int(np.argmin(np.abs(found.stages - x)))
        name = stage_name(int(found.stages[at]), self.frame.subject)
        words = [f"{name}: {_share(found.zero[at])} exactly 0"]
        for kind, shares in zip(found.kinds, found.would, strict=True):
            words.append(f"of the rest {_share(shares[at])} would be 0 in {kind}")
        return "\n".join(words)

    def _points(self, x: Array, lines: list[tuple[str, Array]]) -> list[Mark]:
        each = self.area.box.width / (self.area.x[1] - self.area.x[0])
        radius = float(np.clip(0.3 * each, 1.0, 4.0))
        if radius < DENSE:
            return []
        marks: list[Mark] = []
        for (_, shares), color in zip(lines, self._colors(), strict=False):
            across, down = self.pixels(x, shares)
            known = np.isfinite(down)
            fill = np.tile(np.array(rgb(color), dtype=np.uint8), (int(known.sum()), 1))
            marks.append(Symbols(across[known], down[known], fill, radius, self.theme.surface))
        return marks

    def _names(self, x: Array, lines: list[tuple[str, Array]]) -> list[Text]:
        """Each beside its line, where one has room."""
        drawn = [self.pixels(x, shares) for _, shares in lines]
        parts = [trace(*line) for line in drawn]
        ink = np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])
        texts: list[Text] = []
        for (words, _), line, color in zip(lines, drawn, self._colors(), strict=False):
            taken = [text.box.grown(3) for text in texts]
            bounds = self.area.box
            texts += label_along([words], line, ink, bounds, taken, self.theme, color, 600)
        return texts


def _share(value: float) -> str:
    return percent(float(value), decimals=1)
