"""What plots of magnitudes by stage share: decades, points with shades, edges for the rest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.ui.plots import graph
from vgsim.ui.plots.base import Plot
from vgsim.ui.plots.layer import Mark, Symbols, Text, line_height, text_width
from vgsim.ui.plots.model.geometry import Box, place, trace
from vgsim.ui.plots.model.series import Reach, decimate_at, near, runs
from vgsim.ui.plots.model.words import reach_label
from vgsim.ui.style.theme import Theme

if TYPE_CHECKING:
    from vgsim.ui.plots.graph import Curve, StageAxis, TickAxis

Array = NDArray[np.float64]
Kinds = NDArray[np.intp]

PAD = 14.0
"""Pixels left and right of the first and last stage."""

DENSE = 2.5
"""Radius in pixels under which points are no longer drawn one by one."""

APART = 90.0
"""Least pixels between two labels that say the same at an edge."""

UPPER = (Reach.ABOVE, Reach.OVERFLOW)
EDGES = {
    Reach.ZERO: "square",
    Reach.BELOW: "down",
    Reach.ABOVE: "up",
    Reach.OVERFLOW: "diamond",
}
"""Symbols of what the scale cannot show."""


@dataclass(frozen=True, slots=True)
class Points:
    """Magnitudes on the plot: (N,) kinds, pixels and fills (rgb).

    ``line`` is where the line through all of them goes, those out of sight included.
    """

    kinds: Kinds
    x: Array
    y: Array
    fills: NDArray[np.uint8]
    radius: float
    line: tuple[Array, Array]

    def reached(self) -> Kinds:
        """Indices of those that have a point."""
        return np.flatnonzero(self.kinds != Reach.UNREACHED)

    def symbols(self, at: Kinds, radius: float, outline: str, shape: str) -> Symbols:
        """Symbols of the points ``at``, without an outline if its color is empty."""
        width = 1.5 if outline else 0.0
        return Symbols(self.x[at], self.y[at], self.fills[at], radius, outline, width, shape)

    def inked(self) -> tuple[Array, Array]:
        """Pixels that the line and the points cover, for labels to keep clear of."""
        return trace(*self.line)


class DecadePlot(Plot):
    """Magnitudes over the fixed decades of the scale, with a row at each end for what is off it."""

    quantity = ""
    bottom: StageAxis

    def make_axes(self) -> tuple[TickAxis, TickAxis]:
        """Decades over stages."""
        return graph.DecadeAxis("left", self.scale), graph.StageAxis("bottom")

    def lay_out_decades(self, first: float, last: float, right: float = 4) -> None:
        """The decades, with a row below and above them for what lies outside."""
        self.left.set_title(self.quantity)
        self.left.setGrid(255)
        low = self.scale.low
        high = self.scale.high
        box = self.data_box((low, high), right)
        row = min(16.0, 0.12 * box.height)
        rise = (high - low) / (box.height - 2 * row) * row
        self.aside = rise / 2
        self.lay_out(box, padded(first, last, box), (low - rise, high + rise))

    def levels(self, values: NDArray[np.floating], kinds: Kinds) -> Array:
        """log10, with what lies outside the scale in the middle of its row at the edge."""
        low = self.scale.low
        high = self.scale.high
        levels = low + self.scale.fraction(values) * (high - low)
        levels[np.isin(kinds, UPPER)] = high + self.aside
        levels[np.isin(kinds, (Reach.ZERO, Reach.BELOW))] = low - self.aside
        return levels

    def draw_line(self, curve: Curve, x: Array, levels: Array, kinds: Kinds) -> None:
        """Through the points, broken at what has no place on a log scale."""
        broken = np.isin(kinds, (Reach.ZERO, Reach.OVERFLOW))
        line: Array = np.where(broken, np.nan, levels).astype(np.float64)
        shown = near(x, *self.area.x)
        x, line = x[shown], line[shown]
        kept = decimate_at(line, max(2, int(self.area.box.width / 2)))
        curve.set_points(x[kept], line[kept])

    def points(self, x: Array, levels: Array, kinds: Kinds, fills: NDArray[np.uint8]) -> Points:
        """The points in pixels, no larger than their distance allows.

        What a zoomed view leaves out counts as not reached: it has neither symbol nor label.
        """
        each = self.area.box.width / (self.area.x[1] - self.area.x[0])
        radius = float(np.clip(0.36 * each, 1.0, 5.0))
        across, down = self.pixels(x, levels)
        known = kinds != Reach.UNREACHED
        line = across[known], self.area.down(levels[known])
        if self.view_box.zoomed:
            kinds = np.where(np.isnan(down), Reach.UNREACHED, kinds)
        return Points(kinds, across, down, fills, radius, line)

    def symbols(self, points: Points, outline: str, shape: str = "dot") -> list[Mark]:
        """Points on the scale, and those at its edges, which are never tiny."""
        inside = np.flatnonzero(points.kinds == Reach.INSIDE)
        if points.radius < DENSE:  # too close for outlines: a band of color under the line
            at = apart(inside, points, 1.5)
            band = points.symbols(at, DENSE, "", shape)
            self.under.set_marks([*self.under.marks, band])
            marks: list[Mark] = []
        else:
            marks = [points.symbols(inside, points.radius, outline, shape)]
        radius = max(points.radius, 3.5)
        for kind, edge in EDGES.items():
            at = apart(np.flatnonzero(points.kinds == kind), points, 2 * radius + 3)
            marks.append(points.symbols(at, radius, outline, edge))
        return marks

    def edge_texts(self, points: Points, taken: Sequence[Text] = ()) -> list[Text]:
        """A label for every long stretch of points at an edge, as far as there is room."""
        texts: list[Text] = []
        outside = [run for run in runs(points.kinds) if run[0] in EDGES]
        for kind, first, last in sorted(outside, key=lambda run: run[1] - run[2]):
            words = reach_label(kind, self.scale)
            box, hidden = self._beside(words, kind, first, last, points, [*taken, *texts])
            near = [t for t in texts if t.text == words and abs(t.x - box.left) < APART]
            if hidden < 1000 and not near:
                halo = self.theme.halo if hidden else ""
                texts.append(Text(words, box.left, box.top, self.theme.text, 11, 500, (0, 0), halo))
        return texts

    def _beside(
        self, words: str, kind: int, first: int, last: int, points: Points, texts: list[Text]
    ) -> tuple[Box, int]:
        """Over the points at the lower edge, or under those at the upper one; else beside them."""
        width = text_width(words, weight=500)
        height = line_height(weight=500)
        y = points.y[first] + (6 if kind in UPPER else -6 - height)
        middle = (points.x[first] + points.x[last]) / 2 - width / 2
        lefts = [middle, *np.linspace(points.x[first] - width, points.x[last], 7)]
        candidates = [Box(float(left), float(y), width, height) for left in lefts]
        level = float(points.y[first]) - height / 2
        for left in (points.x[last] + 9, points.x[first] - 9 - width):
            candidates.append(Box(float(left), level, width, height))
        taken = [text.box.grown(6) for text in texts]
        return place(candidates, self.area.box, *points.inked(), taken, margin=1)


def padded(first: float, last: float, box: Box) -> tuple[float, float]:
    """The range from ``first`` to ``last`` with some pixels more on either side."""
    aside = (last - first) / max(box.width - 2 * PAD, 1) * PAD or 1.0
    return first - aside, last + aside


def apart(at: Kinds, points: Points, gap: float) -> Kinds:
    """Those of the indices ``at`` that lie at least ``gap`` pixels from the one kept before."""
    kept: list[int] = []
    last = (-math.inf, 0.0)
    places = zip(points.x[at].tolist(), points.y[at].tolist(), strict=True)
    for index, here in zip(at.tolist(), places, strict=True):
        if math.dist(here, last) >= gap:
            kept.append(index)
            last = here
    return np.array(kept, dtype=np.intp)


SHARES = (0.0, 0.15, 0.3, 0.5, 0.7, 0.85, 1.0)
"""Where along a line its name may stand, as shares of the way, best first."""


def label_along(
    choices: Sequence[str],
    line: tuple[Array, Array],
    ink: tuple[Array, Array],
    bounds: Box,
    taken: Sequence[Box],
    theme: Theme,
    color: str,
    weight: int = 400,
) -> list[Text]:
    """The first of the ``choices`` that has a place beside a line (x, y); none if none has.

    It keeps clear of the ``ink`` (x, y) as far as it can, and of what is ``taken`` always.
    """
    for words in choices:
        size = text_width(words, 11, weight), line_height(11, weight)
        candidates = _along(*line, *size)
        if not candidates or size[0] > bounds.width:
            continue
        box, hidden = place(candidates, bounds, *ink, taken, margin=1.5)
        if hidden < 1000:
            halo = theme.halo if hidden else ""
            return [Text(words, box.left, box.top, color, 11, weight, (0, 0), halo)]
    return []


def _along(x: Array, y: Array, width: float, height: float) -> list[Box]:
    """Places for a label beside a line, best first."""
    known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    places = []
    for share in SHARES if len(known) else ():
        at = known[round(share * (len(known) - 1))]
        across = float(x[at])
        down = float(y[at])
        for gap in (7, 16):
            for left in (across + 7, across - 7 - width, across - width / 2):
                places.append(Box(left, down + gap, width, height))
                places.append(Box(left, down - gap - height, width, height))
    return places
