"""Gradient coherence: whether samples that agree at the top still agree further down."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from vgsim.core.numbers import fixed, short
from vgsim.measure.coherence import Coherence
from vgsim.measure.frame import Frame
from vgsim.text.empty import NOT_EMPTY, EmptyState
from vgsim.text.stages import NUMBERED, short_name, stage_name
from vgsim.ui.plots import graph
from vgsim.ui.plots.base import PLOTS, Plot
from vgsim.ui.plots.decades import DENSE, Array, label_along, padded
from vgsim.ui.plots.layer import Fill, Symbols, Text, line_height, text_width
from vgsim.ui.plots.model.geometry import Box, around, place, trace
from vgsim.ui.plots.model.table import NO_DATA, Columns
from vgsim.ui.style.theme import mix, rgb

if TYPE_CHECKING:
    from vgsim.ui.plots.graph import StageAxis, TickAxis

QUANTITY = "agreement of samples, ∂J/∂h"
LEAST_BAND = 3.0
"""Height of the band of noise, at the least, in pixels."""
MOST_TICKS = 6
Trace = tuple[Array, Array]
"""Pixels (x, y) that something covers."""


@PLOTS.register(
    "coherence",
    "whether samples that agree at the top agree further down",
    label="Gradient coherence",
)
class CoherencePlot(Plot):
    """Agreement kept: 1 where pairs of samples relate as at the top, 0 where it has shattered.

    The mean cosine is thinner, with the band that noise would have.
    """

    title = "Gradient coherence"
    question = "Do samples that agree at the top still agree further down?"
    subtitle = "1 kept, 0 shattered"
    wants = (Coherence,)

    bottom: StageAxis

    def make_axes(self) -> tuple[TickAxis, TickAxis]:
        """A cosine over stages."""
        left = graph.NumberAxis("left", 26, most=MOST_TICKS)
        left.set_title(QUANTITY)
        left.setGrid(255)
        return left, graph.StageAxis("bottom")

    def set_up(self) -> None:
        """Two lines; the points are marks."""
        self.mean = self.add_curve()
        self.kept = self.add_curve()

    def use_theme(self) -> None:
        """What is kept is as strong as text."""
        self.kept.set_ink(self.theme.text, 1.6 * self.pen_scale)
        self.mean.set_ink(self.theme.second, 1.2 * self.pen_scale)

    def missing(self, frame: Frame | None) -> EmptyState:
        """A gradient of two samples at least."""
        if frame is not None and frame.subject.batch == 1:
            return EmptyState("One sample alone has nothing to agree with")
        if frame is None or frame.measurement(Coherence) is None:
            return EmptyState("No gradient of two samples yet", "Step (→) or train (T)")
        return NOT_EMPTY

    @classmethod
    def data(cls, frame: Frame) -> Columns:
        """Cosine by stage, and the standard deviation of noise."""
        found = frame.measurement(Coherence)
        if found is None:
            return NO_DATA
        return {"stage": found.stages, "mean cosine": found.cosines, "noise": found.noise}

    def draw(self, frame: Frame) -> None:
        """Axes, the band of noise, lines, points, names, and the number at the newest one."""
        found = frame.measurement(Coherence)
        assert found is not None  # missing() has looked
        self._lay_out_axes(frame, found)
        top = stage_name(found.top, frame.subject)
        self.set_subtitle(f"{type(self).subtitle} · since {top}, {found.samples} samples")
        band = self._band(found)
        self.ground.set_marks([band])
        x = found.stages.astype(np.float64)
        self.kept.set_points(x, found.kept)
        self.mean.set_points(x, found.cosines)
        points = self._points(x, found.kept)
        marks = [points] if points.radius >= DENSE else []
        self.over.set_marks([*marks, *self._texts(found, band)])

    def readout(self, x: float, y: float) -> str:
        """The nearest stage that was measured, what was kept there, and the mean cosine."""
        assert self.frame is not None
        found = self.frame.measurement(Coherence)
        assert found is not None  # asked only while something is shown
        at = int(np.argmin(np.abs(found.stages - x)))
        name = stage_name(int(found.stages[at]), self.frame.subject)
        top = stage_name(found.top, self.frame.subject)
        kept = found.kept[at]
        words = [f"{name}: agreement kept since {top}: {fixed(float(kept), 2)}"]
        if math.isfinite(kept):
            words.append(f"1: two samples that pull {top} alike pull {name} alike")
            words.append("0: the one has nothing to do with the other")
        mean = fixed(float(found.cosines[at]), 2)
        return "\n".join(
            [*words, f"mean cosine {mean} (noise: 0 ± {short(float(found.noise[at]), 2)})"]
        )

    def _lay_out_axes(self, frame: Frame, found: Coherence) -> None:
        known = np.concatenate([found.kept, found.cosines])
        known = known[np.isfinite(known)]
        low = min(-0.1, math.floor(4 * known.min(initial=0.0) + 0.4) / 4)
        high = max(1.05, math.ceil(4 * known.max(initial=0.0) - 0.2) / 4)
        self.bottom.name_stages(frame.stages, frame.subject)
        box = self.data_box((low, high), 4)
        self.lay_out(box, padded(1, frame.stages, box), (low, high))

    def _band(self, found: Coherence) -> Fill:
        """0 ± what white noise of as many samples would show; wider under narrower stages."""
        least = LEAST_BAND / 2 * (self.area.y[1] - self.area.y[0]) / self.area.box.height
        half = np.repeat(np.maximum(found.noise, least), 2)
        middles = (found.stages[1:] + found.stages[:-1]) / 2
        ends = np.repeat(middles, 2)
        x = self.area.across(np.r_[found.stages[0] - 0.5, ends, found.stages[-1] + 0.5])
        x = x.clip(self.area.box.left, self.area.box.right)
        low, high = self.area.y
        upper = self.area.down(half.clip(low, high))
        lower = self.area.down((-half).clip(low, high))
        color = mix(self.theme.surface, self.theme.muted, 0.35)
        return Fill(np.r_[x, x[::-1]], np.r_[upper, lower[::-1]], color)

    def _points(self, x: Array, y: Array) -> Symbols:
        each = self.area.box.width / (self.area.x[1] - self.area.x[0])
        known = np.isfinite(y)
        fill = np.array([rgb(self.theme.text)] * int(known.sum()), dtype=np.uint8).reshape(-1, 3)
        radius = float(np.clip(0.3 * each, 1.0, 4.0))
        across = self.area.across(x[known])
        down = self.area.down(y[known])
        return Symbols(across, down, fill, radius, self.theme.surface)

    def _texts(self, found: Coherence, band: Fill) -> list[Text]:
        """The number of the stage that was reached last, and what the lines and the band are."""
        stages = found.stages.astype(np.float64)
        kept = self.pixels(stages, found.kept)
        mean = self.pixels(stages, found.cosines)
        parts = trace(*kept), trace(*mean), trace(band.x, band.y)
        ink = np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])
        texts = self._newest(found, kept, mean, ink)
        from_top = kept[0][::-1], kept[1][::-1]  # its name stands where it starts, if it can
        for line, choices, color, weight in (
            (from_top, ("agreement kept", "kept"), self.theme.text, 600),
            (mean, ("mean cosine of all pairs", "mean cosine"), self.theme.second, 600),
        ):
            taken = [text.box.grown(3) for text in texts]
            for words in choices:  # the short text rather than one that hides a point
                bounds = self.area.box
                name = label_along([words], line, ink, bounds, taken, self.theme, color, weight)
                if name and not name[0].halo:
                    break
            texts += name
        return texts + self._noise_label(band, ink, texts)

    def _newest(self, found: Coherence, kept: Trace, mean: Trace, inked: Trace) -> list[Text]:
        """The number of the stage that was reached last: what it kept, or its mean at the top."""
        values, (across, down), color = found.kept, kept, self.theme.text
        if not np.isfinite(found.kept).any():
            values, (across, down), color = found.cosines, mean, self.theme.second
        known = np.flatnonzero(np.isfinite(down))
        if not len(known):
            return []
        at = int(known[0])
        subject = self.frame.subject if self.frame else NUMBERED
        words = f"{short_name(int(found.stages[at]), subject)}  {fixed(float(values[at]), 2)}"
        size = text_width(words, 12, 600), line_height(12, 600)
        near = around(float(across[at]), float(down[at]), *size, 9)
        box, _ = place(near, self.area.box, *inked, margin=3)
        halo = self.theme.halo
        return [Text(words, box.left, box.top, color, 12, 600, (0, 0), halo)]

    def _noise_label(self, band: Fill, inked: Trace, taken: list[Text]) -> list[Text]:
        """What the band means, above or below it."""
        if np.ptp(band.y) < 1:  # the view is zoomed beside it
            return []
        words = "mean cosine of noise"
        width = text_width(words)
        height = line_height()
        tops = [float(band.y.max()) + 2, float(band.y.min()) - height - 2]
        bounds = self.area.box
        lefts = np.linspace(bounds.right - width - 4, bounds.left + 4, 6).tolist()
        boxes = [Box(left, top, width, height) for top in tops for left in lefts]
        box, hidden = place(boxes, bounds, *inked, [text.box.grown(3) for text in taken], margin=2)
        muted = self.theme.muted
        if hidden:
            return []
        return [Text(words, box.left, box.top, muted, anchor=(0, 0))]
