"""Gradient coherence: whether the samples of the batch pull a stage the same way."""

from __future__ import annotations

import math

import numpy as np

from vgsim.engine.frame import Frame
from vgsim.engine.readings import Coherence
from vgsim.present.plot_data import NO_DATA, Columns
from vgsim.present.plot_geometry import Area, Box, around, place, trace
from vgsim.present.plot_words import stage_name
from vgsim.present.series import nice_ticks
from vgsim.present.theme import mix, rgb
from vgsim.views.plots.axes import Axes
from vgsim.views.plots.base import PLOTS, Plot
from vgsim.views.plots.canvas import Curve
from vgsim.views.plots.decades import DENSE, Array, stage_labels
from vgsim.views.plots.layer import Fill, Mark, Symbols, Text, line_height, text_width

QUANTITY = "mean cosine of ∂J/∂h"
PAD = 14.0
LEAST_BAND = 3.0
"""Height of the band of noise, at the least, in pixels."""


@PLOTS.register(
    "coherence", "mean cosine of ∂J/∂h between samples, by stage", label="Gradient coherence"
)
class CoherencePlot(Plot):
    """1 where all samples want the same, 0 where they are as unrelated as noise."""

    title = "Gradient coherence"
    subtitle = "between samples, 1 = all alike"
    wants = (Coherence,)

    def set_up(self) -> None:
        """One line; the points are marks."""
        self.curve = Curve()
        self.canvas.add(self.curve)

    def use_theme(self) -> None:
        """The line is as strong as text."""
        self.curve.set_pen(self.theme.text, 1.6 * self.pen_scale)

    def missing(self, frame: Frame | None) -> str:
        """A gradient of two samples at least."""
        if frame is not None and frame.spec.training.batch == 1:
            return "One sample alone has nothing to agree with"
        if frame is None or frame.reading(Coherence) is None:
            return "Nothing has come back from two samples yet\nStep (→) or train (T)"
        return ""

    @classmethod
    def data(cls, frame: Frame) -> Columns:
        """Cosine by stage, and the standard deviation of noise."""
        found = frame.reading(Coherence)
        if found is None:
            return NO_DATA
        return {"stage": found.stages, "mean cosine": found.cosines, "noise": found.noise}

    def draw(self, frame: Frame) -> None:
        """Axes, the band of noise, line, points, and the number at the newest one."""
        found = frame.reading(Coherence)
        assert found is not None  # missing() has looked
        self.set_subtitle(f"between {found.samples} samples, 1 = all alike")
        area, axes = self._area(frame, found)
        marks = self.lay_out(axes, area)
        band = self._band(found)
        self.under.set_marks([band, *self.under.marks])
        x, y = found.stages.astype(np.float64), found.cosines
        self.curve.set_data(x, y)
        points = self._points(x, y)
        marks += [points] if points.radius >= DENSE else []
        inked = trace(points.x, points.y)
        newest = self._newest(found, points, inked)
        self.over.set_marks([*marks, *newest, *self._noise_label(band, inked, newest)])

    def readout(self, x: float, y: float) -> str:
        """The nearest stage that was measured, and its number."""
        assert self.frame is not None
        found = self.frame.reading(Coherence)
        assert found is not None  # asked only while something is shown
        at = int(np.argmin(np.abs(found.stages - x)))
        words = f"{stage_name(int(found.stages[at]))}: {_number(float(found.cosines[at]))}"
        return f"{words}\nnoise: 0 ± {found.noise[at]:.2g}"

    def _area(self, frame: Frame, found: Coherence) -> tuple[Area, Axes]:
        known = found.cosines[np.isfinite(found.cosines)]
        low = -1.0 if len(known) and known.min() < -0.1 else -0.1
        most = max(2, int((self.height() - 60) / 26))
        ticks = [(tick, _number(tick, 1)) for tick in nice_ticks(low, 1.0, most)]
        axes = Axes(y=ticks, y_title=QUANTITY)
        box = self.data_box(axes, 4)
        aside = (frame.stages - 1) / max(box.width - 2 * PAD, 1) * PAD or 1.0
        area = Area(box, (1 - aside, frame.stages + aside), (low, 1.05))
        return area, Axes(stage_labels(area, frame.stages), ticks, "", QUANTITY)

    def _band(self, found: Coherence) -> Fill:
        """0 ± what white noise of as many samples would show; wider under narrower stages."""
        least = LEAST_BAND / 2 * (self.area.y[1] - self.area.y[0]) / self.area.box.height
        half = np.repeat(np.maximum(found.noise, least), 2)
        middles = (found.stages[1:] + found.stages[:-1]) / 2
        ends = np.repeat(middles, 2)
        x = self.area.across(np.r_[found.stages[0] - 0.5, ends, found.stages[-1] + 0.5])
        x = x.clip(self.area.box.left, self.area.box.right)
        upper = self.area.down(half.clip(max=self.area.y[1]))
        lower = self.area.down((-half).clip(min=self.area.y[0]))
        color = mix(self.theme.surface, self.theme.muted, 0.35)
        return Fill(np.r_[x, x[::-1]], np.r_[upper, lower[::-1]], color)

    def _points(self, x: Array, y: Array) -> Symbols:
        each = self.area.box.width / (self.area.x[1] - self.area.x[0])
        known = np.isfinite(y)
        fill = np.array([rgb(self.theme.text)] * int(known.sum()), dtype=np.uint8).reshape(-1, 3)
        radius = float(np.clip(0.3 * each, 1.0, 4.0))
        across, down = self.area.across(x[known]), self.area.down(y[known])
        return Symbols(across, down, fill, radius, self.theme.surface)

    def _newest(self, found: Coherence, points: Symbols, inked: tuple[Array, Array]) -> list[Text]:
        """The number of the stage that was reached last."""
        known = np.flatnonzero(np.isfinite(found.cosines))
        if not len(known):
            return []
        at = int(known[0])
        words = f"{stage_name(int(found.stages[at]))}  {_number(float(found.cosines[at]))}"
        size = text_width(words, 12, 600), line_height(12, 600)
        near = around(float(points.x[0]), float(points.y[0]), *size, 9)
        box, _ = place(near, self.area.box, *inked, margin=3)
        halo = self.theme.surface
        return [Text(words, box.left, box.top, self.theme.text, 12, 600, (0, 0), halo)]

    def _noise_label(self, band: Fill, inked: tuple[Array, Array], taken: list[Text]) -> list[Mark]:
        """What the band means, above or below it."""
        words = "as noise"
        width, height = text_width(words), line_height()
        tops = [float(band.y.min()) - height - 2, float(band.y.max()) + 2]
        bounds = self.area.box
        lefts = np.linspace(bounds.right - width - 4, bounds.left + 4, 6).tolist()
        boxes = [Box(left, top, width, height) for left in lefts for top in tops]
        room = Box(bounds.left, bounds.top, bounds.width, bounds.height)
        box, hidden = place(boxes, room, *inked, [text.box.grown(3) for text in taken], margin=2)
        if hidden >= 1000:
            return []
        halo = self.theme.surface if hidden else ""
        return [Text(words, box.left, box.top, self.theme.muted, anchor=(0, 0), halo=halo)]


def _number(value: float, digits: int = 3) -> str:
    """A cosine; "·" where there is none."""
    return f"{value:.{digits}f}".replace("-", "−") if math.isfinite(value) else "·"
