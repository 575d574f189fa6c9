"""Singular values: what every hop stretches and shrinks, and what all of them do together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vgsim.core.numbers import power_of_ten
from vgsim.measure.frame import Frame
from vgsim.measure.singular import Singular
from vgsim.text.empty import NOT_EMPTY, EmptyState
from vgsim.text.stages import stage_name
from vgsim.ui.plots.base import PLOTS
from vgsim.ui.plots.decades import Array, DecadePlot, Kinds, Points, label_along
from vgsim.ui.plots.layer import Lines, Mark, Symbols, Text
from vgsim.ui.plots.model.geometry import trace
from vgsim.ui.plots.model.series import Reach, reach
from vgsim.ui.plots.model.table import NO_DATA, Columns, along
from vgsim.ui.plots.model.words import sample_words
from vgsim.ui.style.theme import mix, rgb

Trace = tuple[Array, Array]
"""Pixels (x, y) of a line."""
ROOMY = 200
"""Height in pixels from which there is room for all the labels."""


@PLOTS.register(
    "singular", "singular values of each hop and of all hops so far", label="Singular values"
)
class SingularPlot(DecadePlot):
    """A bar from the smallest to the largest one of each hop; a line for the product."""

    title = "Singular values"
    question = "What does every hop stretch and shrink, and what do all of them together?"
    subtitle = "hops ∂hₖ₊₁/∂hₖ, log scale"
    quantity = "singular values"
    wants = (Singular,)

    def set_up(self) -> None:
        """The line where nothing is gained or lost, and those of the product."""
        self.unit = self.add_curve()
        self.least = self.add_curve()
        self.curve = self.add_curve()

    def use_theme(self) -> None:
        """The product is as strong as text."""
        self.curve.set_ink(self.theme.text, 1.6 * self.pen_scale)
        self.least.set_ink(self.theme.text, 1.2 * self.pen_scale, (3, 3))
        self.unit.set_ink(self.theme.muted, self.pen_scale, (1, 3))

    def missing(self, frame: Frame | None) -> EmptyState:
        """A forward pass through two stages at least."""
        if frame is not None and frame.stages < 2:
            return EmptyState("A single stage has no hop to another")
        if frame is None or frame.measurement(Singular) is None:
            return EmptyState(
                "Slopes are known once the forward pass is over",
                "Step (→) to the loss or train (T)",
            )
        return NOT_EMPTY

    @classmethod
    def data(cls, frame: Frame) -> Columns:
        """log₁₀, as products may leave what a number can hold; a hop is that to ``stage``."""
        found = frame.measurement(Singular)
        if found is None:
            return NO_DATA
        hops = zip(("largest", "middle", "smallest"), found.hops.T, strict=True)
        products = zip(("largest", "smallest"), found.product.T, strict=True)
        named = {f"log10 {name} of the hop": (found.hop_stages, row) for name, row in hops}
        whole = {
            f"log10 {name} of the product": (found.product_stages, row) for name, row in products
        }
        return along("stage", {**named, **whole})

    def draw(self, frame: Frame) -> None:
        """Decades, a bar for each hop, the product, and their names."""
        found = frame.measurement(Singular)
        assert found is not None  # missing() has looked
        self.bottom.name_stages(frame.stages, frame.subject)
        self.lay_out_decades(1, frame.stages)
        self.set_subtitle(_words(found, frame.stages - 1))
        self.unit.set_points(np.array(self.area.x), np.zeros(2))
        hops, smallest = self._hops(found)
        product, largest, least = self._product(found)
        texts = self.edge_texts(largest)
        if self.height() >= ROOMY:
            texts += self.edge_texts(smallest, texts)
        texts += self._named(found, smallest, largest, least, texts)
        self.over.set_marks([*hops, *product, *texts])

    def readout(self, x: float, y: float) -> str:
        """The nearest hop and the product down to the stage below it."""
        assert self.frame is not None
        found = self.frame.measurement(Singular)
        assert found is not None  # asked only while something is shown
        subject = self.frame.subject
        words = []
        if len(found.hop_stages):
            at = int(np.argmin(np.abs(found.hop_stages + 0.5 - x)))
            k = int(found.hop_stages[at])
            largest, middle, smallest = (_figure(value) for value in found.hops[at].tolist())
            words.append(f"hop {stage_name(k + 1, subject)} → {stage_name(k, subject)}")
            words.append(f"largest {largest}, middle {middle}, smallest {smallest}")
        if len(found.product_stages):
            at = int(np.argmin(np.abs(found.product_stages - x)))
            below = stage_name(int(found.product_stages[at]), subject)
            largest, smallest = (_figure(value) for value in found.product[at].tolist())
            words.append(f"product to {below}: largest {largest}, smallest {smallest}")
        return "\n".join(words)

    def _places(self, decades: Array) -> tuple[Array, Kinds]:
        """(levels on the axis, kinds) of log10 values."""
        sizes = _sizes(decades)
        kinds = reach(sizes, self.scale)
        return self.levels(sizes, kinds), kinds

    def _hops(self, found: Singular) -> tuple[list[Mark], Points]:
        """Bars with a dot at the middle value; their lower ends."""
        color = mix(self.theme.surface, self.theme.second, 0.5)
        levels, kinds = self._places(found.hops)
        x = self.area.across(found.hop_stages + 0.5)
        y = self.area.down(levels)
        if self.view_box.zoomed:
            seen = (x >= self.area.box.left) & (x <= self.area.box.right)
            x = x[seen]
            y = y[seen]
            kinds = kinds[seen]
            for side in (0, 2):
                hidden = ~self.area.box.covers(x, y[:, side])
                kinds[hidden, side] = Reach.UNREACHED
        each = self.area.box.width / (self.area.x[1] - self.area.x[0])
        width = float(np.clip(0.3 * each, 1.0, 5.0))
        bars = list(zip(x.tolist(), y[:, 0].tolist(), x.tolist(), y[:, 2].tolist(), strict=True))
        marks: list[Mark] = [Lines(bars, color, width)]
        fill = np.tile(np.array(rgb(self.theme.second), dtype=np.uint8), (len(x), 1))
        radius = float(np.clip(0.22 * each, 1.2, 3.5))
        marks.append(Symbols(x, y[:, 1], fill, radius, "", 0.0))
        self.tops = y[:, 0]
        marks += [self._edge(x, y[:, side], kinds[:, side], fill, width) for side in (0, 2)]
        return marks, Points(kinds[:, 2], x, y[:, 2], fill, radius, (x, y[:, 2]))

    def _edge(
        self, x: Array, y: Array, kinds: Kinds, fill: NDArray[np.uint8], width: float
    ) -> Mark:
        """A mark where the end of a bar is exactly zero: it is not just small."""
        zero = np.flatnonzero(kinds == Reach.ZERO)
        radius = max(width / 2 + 0.5, 2.0)
        return Symbols(x[zero], y[zero], fill[zero], radius, self.theme.surface, 1.0, "square")

    def _product(self, found: Singular) -> tuple[list[Mark], Points, Trace]:
        """The line of the largest, with points, and the dashed one of the smallest."""
        stages = found.product_stages.astype(np.float64)
        levels, kinds = self._places(found.product)
        self.draw_line(self.curve, stages, levels[:, 0], kinds[:, 0])
        fills = np.tile(np.array(rgb(self.theme.text), dtype=np.uint8), (len(stages), 1))
        points = self.points(stages, levels[:, 0], kinds[:, 0], fills)
        points = replace(points, radius=min(points.radius, 4.0))
        hidden = np.isin(kinds[:, 1], (Reach.ZERO, Reach.OVERFLOW))
        if np.array_equal(levels[:, 0], levels[:, 1]):  # a single output has one value alone
            hidden[:] = True
        low = np.where(hidden, np.nan, levels[:, 1])
        self.least.set_points(stages, low)
        return self.symbols(points, self.theme.surface), points, self.pixels(stages, low)

    def _named(
        self, found: Singular, hops: Points, product: Points, least: Trace, taken: list[Text]
    ) -> list[Text]:
        """What the bars and the lines are."""
        top = np.where(self.area.box.covers(hops.x, self.tops), self.tops, np.nan)
        ink = [trace(product.x, product.y), trace(*least), _bars(hops.x, self.tops, hops.y)]
        x, y = (np.concatenate(parts) for parts in zip(*ink, strict=True))
        last = stage_name(self.frame.stages, self.frame.subject) if self.frame else ""
        texts: list[Text] = []
        named = [
            ((f"product from {last}", "product"), (product.x, product.y), self.theme.text, 600),
            (("each hop", "hops"), (hops.x, top), self.theme.second, 600),
            (("its smallest",), least, self.theme.muted, 400),
        ]
        for choices, line, color, weight in named if self.height() >= ROOMY else named[:2]:
            boxes = [text.box.grown(3) for text in [*taken, *texts]]
            bounds = self.area.box
            texts += label_along(choices, line, (x, y), bounds, boxes, self.theme, color, weight)
        return texts


def _bars(x: Array, top: Array, bottom: Array) -> tuple[Array, Array]:
    """Pixels that the bars cover."""
    shares = np.linspace(0, 1, 24)
    return np.repeat(x, len(shares)), (top[:, None] + shares * (bottom - top)[:, None]).ravel()


def _sizes(decades: Array) -> Array:
    """10^decades, with what a float cannot hold at its ends; unresolved ones count as tiny."""
    known = np.where(np.isnan(decades), -300.0, decades)
    lost = np.isnan(decades[:, :1])  # not even the largest one is a number
    sizes = np.where(np.isneginf(known), 0.0, 10.0 ** np.clip(known, -300, 300))
    found: Array = np.where(lost, np.inf, sizes)
    return found


def _figure(decades: float) -> str:
    """A singular value from its log10, also where a float cannot hold it."""
    if np.isnan(decades):
        return "below rounding"
    return power_of_ten(decades, 2)


def _words(found: Singular, hops: int) -> str:
    """Whose figures these are, and what must be known besides."""
    parts = [sample_words(found.samples)]
    if found.state != "h":
        parts.append(f"state {found.state}")
    if found.chosen:
        parts.append(f"{len(found.hop_stages)} of {hops} hops")
    return " · ".join([*parts, *filter(None, [found.note]), "hops ∂hₖ₊₁/∂hₖ, log scale"])
