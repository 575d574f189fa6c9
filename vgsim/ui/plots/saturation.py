"""Saturation: z of a stage's units on the activation and on its slope, and every stage's share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vgsim.core.numbers import percent, plain, short
from vgsim.measure.frame import Frame
from vgsim.measure.saturation import Bend, Inputs, Saturation
from vgsim.text.empty import NO_LACK, Lack
from vgsim.ui.plots.axes import GAP, Axes, free, inside
from vgsim.ui.plots.base import PLOTS, Plot
from vgsim.ui.plots.layer import (
    Bars,
    Fill,
    Lines,
    Mark,
    Path,
    Symbols,
    Text,
    line_height,
    text_width,
)
from vgsim.ui.plots.model.geometry import Area, Box
from vgsim.ui.plots.model.saturation import (
    Density,
    curve,
    density,
    dots,
    flat_zones,
    function_name,
    half_width,
    saturation_words,
    slope_name,
    stage_words,
)
from vgsim.ui.plots.model.series import nice_ticks
from vgsim.ui.plots.model.table import NO_DATA, Columns, below, stages_of
from vgsim.ui.plots.model.words import stage_name, tick_labels
from vgsim.ui.plots.strip import stage_strip
from vgsim.ui.style.hues import hue
from vgsim.ui.style.theme import mix, rgb

FOOT = 17.0
"""Height of the line of figures at the bottom, in pixels."""
TICKS = 18.0
"""Height of the row of z labels, in pixels."""
STRIP = 56.0
"""Height of the bars of every stage with their names; left out of small plots, in pixels."""
STRIP_FROM = 215
"""Height of a plot from which there is room for them, in pixels."""
GATES_FROM = 110
"""Width of a panel from which the gates' names and the arguments have room, in pixels."""
MENTIONED = 0.01
"""Least share of z beyond an end of the axis that is written there."""
BETWEEN = 9.0
"""Pixels between f and f′."""


@dataclass(frozen=True, slots=True)
class Panel:
    """f above, f′ below it, over the same z."""

    bend: Bend
    upper: Area
    lower: Area


@PLOTS.register("saturation", "z of every unit on f and f′", label="Saturation")
class SaturationPlot(Plot):
    """The stage that the current hop crosses; two columns of curves for cells with gates."""

    title = "Saturation"
    subtitle = "z of every unit on f, and how often on f′"
    wants = (Saturation,)
    _half: tuple[int, int, float] | None = None

    def missing(self, frame: Frame | None) -> Lack:
        """A pass that has begun."""
        if frame is None or frame.reading(Saturation) is None:
            return Lack("No stage has a z yet", "Step (→) or train (T)")
        return NO_LACK

    def draw(self, frame: Frame) -> None:
        """Panels side by side, the strip of all stages, the line of figures."""
        found = self._found = self._reading(frame)
        self.set_subtitle(f"{saturation_words(found)} · z of every unit")
        half = self._axis(frame, found)
        strip = STRIP if self.height() >= STRIP_FROM and frame.stages > 1 else 0.0
        bottom = self.height() - FOOT - strip
        self._panels = self._lay_out_panels(found, half, bottom - TICKS)
        first, last = self._panels[0].upper.box, self._panels[-1].lower.box
        whole = Box(
            first.left, first.top, last.right - first.left, self.height() - FOOT - first.top
        )
        self.lay_out(Axes(grid=False), Area(whole, (0, 1), (0, 1)))
        under: list[Mark] = []
        over: list[Mark] = []
        for panel in self._panels:
            under += self._zones(panel, half)
            over += self._panel(panel, half)
        self._strip = Box(first.left, bottom + line_height() + 1, last.right - first.left, 22)
        if strip:
            over += stage_strip(self.theme, self._strip, found.by_stage, found.stage)
        self.under.set_marks(under)
        self.over.set_marks([*over, self._foot(frame, found)])

    @classmethod
    def data(cls, frame: Frame) -> Columns:
        """The share of every stage, then z of every unit of the stage that is drawn."""
        found = frame.reading(Saturation)
        if found is None:
            return NO_DATA
        groups = [(bend, group) for bend in found.bends for group in bend.inputs]
        return below([_shares(found), *(_units(found, *group) for group in groups)])

    def readout(self, x: float, y: float) -> str:
        """f and f′ at the z under the mouse, or the share of the stage under it."""
        assert self.frame is not None
        at, down = float(self.area.across(x)), float(self.area.down(y))
        if down > self._strip.top:
            return self._stage_readout(at)
        for panel in self._panels:
            if panel.upper.box.left <= at <= panel.upper.box.right:
                return _point_words(panel, panel.upper.value(at, down)[0])
        return ""

    @staticmethod
    def _reading(frame: Frame) -> Saturation:
        found = frame.reading(Saturation)
        assert found is not None  # else it would be missing
        return found

    def _axis(self, frame: Frame, found: Saturation) -> float:
        """Half the axis of z: kept for one stage of one run, as far as it can be."""
        key = (frame.generation, found.stage)
        kept = self._half[2] if self._half and self._half[:2] == key else None
        half = half_width(found.bends, kept)
        self._half = (*key, half)
        return half

    def _lay_out_panels(self, found: Saturation, half: float, bottom: float) -> list[Panel]:
        """One column for each activation, f a little higher than f′."""
        panels, right = [], 0.0
        each = self.width() / len(found.bends)
        high = (bottom - BETWEEN - 6) * 0.55
        for bend in found.bends:
            low, top = float(bend.f.min()), float(bend.f.max())
            if not bend.levels_off:
                _, f, _ = curve(bend, half)
                low, top = float(f.min()), float(f.max())
            pad = 0.06 * (top - low)
            labels = [*tick_labels(_ticks(low, top, high)), plain(bend.bound, 3), "0"]
            left = right + max(map(text_width, labels)) + GAP + 2
            right += each
            width = right - left - 8
            z = (-half, half)
            lower = Box(left, 6 + high + BETWEEN, width, bottom - 6 - high - BETWEEN)
            slopes = (min(0.0, float(bend.slope.min())) - 0.04 * bend.bound, 1.32 * bend.bound)
            panels.append(
                Panel(
                    bend,
                    Area(Box(left, 6, width, high), z, (low - pad, top + pad)),
                    Area(lower, z, slopes),
                )
            )
        return panels

    def _zones(self, panel: Panel, half: float) -> list[Mark]:
        """Where a unit counts as saturated, a little darker; base lines and the line z = 0."""
        upper, lower = panel.upper.box, panel.lower.box
        marks: list[Mark] = []
        boxes = []
        for low, high in flat_zones(panel.bend, half):
            left, right = panel.upper.across([low, high]).tolist()
            boxes += [Box(left, box.top, right - left, box.height) for box in (upper, lower)]
        marks.append(Bars(boxes, self.theme.raised if not self.theme.dark else self.theme.grid))
        zero = round(float(panel.upper.across(0.0))) + 0.5
        upright = [(zero, upper.top, zero, upper.bottom), (zero, lower.top, zero, lower.bottom)]
        base = round(float(panel.lower.down(0.0))) + 0.5
        level = round(float(panel.upper.down(0.0))) + 0.5
        flat = [(lower.left, base, lower.right, base), (upper.left, level, upper.right, level)]
        return [*marks, Lines(upright, self.theme.grid), Lines(flat, self.theme.border)]

    def _panel(self, panel: Panel, half: float) -> list[Mark]:
        """Densities, curves, bound, dots and labels."""
        bend, theme = panel.bend, self.theme
        z, f, slope = curve(bend, half)
        x = panel.upper.across(z)
        densities = [density(group, half) for group in bend.inputs]
        colors = [theme.accent, hue(theme, "green"), hue(theme, "violet")]
        marks = self._densities(panel, densities, colors)
        bound = float(panel.lower.down(bend.bound))
        left, right = panel.lower.box.left, panel.lower.box.right
        marks += [
            Lines([(left, bound, right, bound)], theme.muted, 1.0, (4, 4)),
            Path(x, panel.upper.down(f), theme.text, 1.8),
            Path(x, panel.lower.down(slope), theme.warning, 1.8),
        ]
        for group, color in zip(bend.inputs, colors, strict=False):
            at, values, _ = dots(bend, group, half)
            fills = np.tile(np.array(rgb(color), dtype=np.uint8), (len(at), 1))
            place = panel.upper.across(at), panel.upper.down(values)
            marks.append(Symbols(*place, fills, 3.0, theme.surface, 1.0))
        return [*marks, *self._labels(panel, half, densities, colors)]

    def _densities(self, panel: Panel, found: list[Density], colors: list[str]) -> list[Mark]:
        """How often each z occurs: filled for one group, outlines for several."""
        area = panel.lower
        base, reach = float(area.down(0.0)), 0.62 * float(area.down(0.0) - area.box.top)
        marks: list[Mark] = []
        for one, color in zip(found, colors, strict=False):
            x, y = area.across(one.z), base - one.heights * reach
            if len(found) > 1:
                marks.append(Path(x, y, color, 1.2))
            else:
                outline = np.r_[x[0], x, x[-1]], np.r_[base, y, base]
                marks.append(
                    Fill(*outline, mix(self.theme.surface, color, 0.45 if self.theme.dark else 0.3))
                )
        return marks

    def _labels(
        self, panel: Panel, half: float, found: list[Density], colors: list[str]
    ) -> list[Mark]:
        """Names at the left, the bound at the right, ticks, and what lies beyond the axis."""
        bend, theme, upper, lower = panel.bend, self.theme, panel.upper, panel.lower
        top = upper.box.top + line_height() / 2
        narrow = upper.box.width < GATES_FROM and bend.symbol
        name = bend.symbol if narrow else function_name(bend)
        texts = [Text(name, upper.box.left + 4, top, theme.text, weight=600)]
        if _gates(bend) and upper.box.width >= GATES_FROM:
            left = texts[0].box.right + GAP
            for group, color in zip(bend.inputs, colors, strict=False):
                texts.append(Text(group.name, left, top, color, weight=600))
                left = texts[-1].box.right + GAP
        most = f"max {short(bend.bound, 3)}"
        row = float(lower.down(bend.bound)) - line_height() / 2 - 1
        texts.append(Text(most, lower.box.right, row, theme.muted, anchor=(1, 0.5)))
        slope = f"{bend.symbol}′" if narrow else slope_name(bend)
        texts.append(Text(slope, lower.box.left + 4, row, theme.warning, weight=600))
        texts += self._ticks(panel, half)
        texts += self._beyond(panel, found)
        return list(free([], texts, 0))

    def _ticks(self, panel: Panel, half: float) -> list[Text]:
        """z below, values of f at the left, and 0 and the bound of f′."""
        upper, lower, muted = panel.upper, panel.lower, self.theme.muted
        row = lower.box.bottom + TICKS / 2
        most = max(2, int(lower.box.width / 40))
        places = nice_ticks(-half, half, most, whole=True)
        labels = tick_labels(places)
        bounds = lower.box.grown(5)._replace(height=lower.box.height + 2 * TICKS)
        found = [
            inside(Text(label, float(lower.across(at)), row, muted, anchor=(0.5, 0.5)), bounds)
            for at, label in zip(places, labels, strict=True)
        ]
        low, high = panel.bend.f.min(), panel.bend.f.max()
        low, high = max(float(low), upper.y[0]), min(float(high), upper.y[1])
        values = _ticks(low, high, upper.box.height)
        left = lower.box.left - GAP + 2
        found += [
            Text(label, left, float(upper.down(at)), muted, anchor=(1, 0.5))
            for at, label in zip(values, tick_labels(values), strict=True)
        ]
        for at in (0.0, panel.bend.bound):
            y = float(lower.down(at))
            found.append(Text(short(at, 3), left, y, muted, anchor=(1, 0.5)))
        return found

    def _beyond(self, panel: Panel, found: list[Density]) -> list[Text]:
        """Shares of z beyond either end of the axis."""
        box, halo = panel.lower.box, self.theme.halo
        y = box.top + 0.6 * box.height
        below = float(np.mean([one.below for one in found]))
        above = float(np.mean([one.above for one in found]))
        texts = []
        if below >= MENTIONED:
            words = f"← {percent(below)}"
            texts.append(Text(words, box.left + 5, y, self.theme.text, halo=halo))
        if above >= MENTIONED:
            words = f"{percent(above)} →"
            texts.append(Text(words, box.right - 5, y, self.theme.text, anchor=(1, 0.5), halo=halo))
        return texts

    def _stage_readout(self, at: float) -> str:
        count = len(self._found.by_stage)
        place = (at - self._strip.left) / self._strip.width * count
        stage = int(np.clip(place, 0, count - 1))
        return f"{stage_name(stage + 1)}: {percent(float(self._found.by_stage[stage]))} saturated"

    def _foot(self, frame: Frame, found: Saturation) -> Text:
        """The fullest line of figures that fits."""
        words = stage_words(frame, found)
        fitting = [text for text in words if text_width(text) <= self.width() - 8]
        text = fitting[0] if fitting else words[-1]
        return Text(text, 4, self.height() - FOOT / 2, self.theme.text)


def _ticks(low: float, high: float, height: float) -> list[float]:
    """Round values of f."""
    return nice_ticks(low, high, 3 if height >= 60 else 2)


def _gates(bend: Bend) -> bool:
    """Whether several gates, or one that has a name, go through an activation."""
    return len(bend.inputs) > 1 or bend.inputs[0].name != "z"


def _point_words(panel: Panel, z: float) -> str:
    """f, f′ and its share of the bound at ``z``."""
    bend = panel.bend
    f, slope = (float(np.interp(z, bend.z, values)) for values in (bend.f, bend.slope))
    share = f" ({percent(slope / bend.bound)} of the most)"
    lines = [f"z = {plain(z, 3)}", f"{function_name(bend)} = {plain(f, 3)}" if bend.symbol else ""]
    lines.append(f"{slope_name(bend)} = {plain(slope, 3)}{share}")
    return "\n".join(filter(None, lines))


def _shares(found: Saturation) -> Columns:
    """A row for each stage."""
    shares = 100.0 * found.by_stage
    stages = stages_of(len(shares))
    kind = np.full(len(shares), "stage")
    return {"row is of a": kind, "stage": stages, "saturated units (%)": shares}


def _units(found: Saturation, bend: Bend, group: Inputs) -> Columns:
    """A row for each unit and sample of one gate, or of a stage without gates."""
    z = np.asarray(group.z, dtype=np.float64)
    samples, units = (axis.ravel() for axis in np.indices(z.shape))
    return {
        "row is of a": np.full(z.size, "unit"),
        "stage": np.full(z.size, found.stage),
        "input": np.full(z.size, group.name),
        "sample": samples + 1,
        "unit": units + 1,
        "z": z.ravel(),
        "f(z)": np.interp(z.ravel(), bend.z, bend.f),
        "slope of f at z": np.interp(z.ravel(), bend.z, bend.slope),
    }
