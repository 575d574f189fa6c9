"""Saturation: z of a stage's units on f and its derivative, and the share of every stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vgsim.core.numbers import magnitude, percent, short
from vgsim.measure.frame import Frame
from vgsim.measure.saturation import ActivationCurves, Inputs, Saturation
from vgsim.text.empty import NOT_EMPTY, EmptyState
from vgsim.text.stages import stage_name
from vgsim.ui.plots import graph
from vgsim.ui.plots.axes import GAP, free
from vgsim.ui.plots.base import PLOTS, Place, Plot
from vgsim.ui.plots.layer import (
    Bars,
    Fill,
    Lines,
    Mark,
    Path,
    Symbols,
    Text,
    Within,
    line_height,
    text_width,
)
from vgsim.ui.plots.model.geometry import Area, Box
from vgsim.ui.plots.model.saturation import (
    Density,
    curve,
    density,
    derivative_name,
    dots,
    flat_zones,
    function_name,
    half_width,
    saturation_words,
    stage_words,
)
from vgsim.ui.plots.model.series import nice_ticks
from vgsim.ui.plots.model.table import NO_DATA, Columns, below, stages_of
from vgsim.ui.plots.model.words import Ticks, tick_labels
from vgsim.ui.plots.strip import stage_strip
from vgsim.ui.style.theme import Theme, hue, mix, rgb

if TYPE_CHECKING:
    from vgsim.ui.plots.graph import Panel, TickAxis

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
FAR_BEYOND = 3.0
"""The line of the bound reaches as far as one can zoom out, in half axes of z."""
BETWEEN = 9.0
"""Pixels between f and f′."""


class Column:
    """One activation: f above, f′ with its bound below it, over the same z."""

    def __init__(self, upper: Panel, lower: Panel) -> None:
        self.curves: ActivationCurves | None = None
        self.upper = upper
        self.lower = lower
        upper.left.rule = self._values
        lower.left.rule = self._derivatives
        upper.bottom.rule = _no_ticks
        lower.bottom.rule = _whole_numbers
        self.f = graph.Curve(smooth=True)
        self.derivative = graph.Curve(smooth=True)
        self.bound = graph.Curve()
        upper.add(self.f)
        lower.add(self.bound)
        lower.add(self.derivative)
        lower.bottom.has_line = False  # there is one at f′ = 0
        for panel in (upper, lower):
            panel.view_box.share(0)

    def set_theme(self, theme: Theme, pen_scale: float) -> None:
        """Paint the curves in other colors."""
        self.f.set_ink(theme.text, 1.8 * pen_scale)
        self.derivative.set_ink(theme.warning, 1.8 * pen_scale)
        self.bound.set_ink(theme.muted, pen_scale, (4, 4))

    def set_visible(self, visible: bool) -> None:
        """Show or hide it."""
        self.upper.set_visible(visible)
        self.lower.set_visible(visible)
        self.upper.bottom.setVisible(False)

    def show(self, curves: ActivationCurves, half: float) -> None:
        """Give the curves their points."""
        self.curves = curves
        z, f, derivative = curve(curves, half)
        self.f.set_points(z, f)
        self.derivative.set_points(z, derivative)
        self.bound.set_points(FAR_BEYOND * np.array([-half, half]), np.full(2, curves.bound))

    def _values(self, low: float, high: float, pixels: float) -> Ticks:
        """Round values that f takes."""
        if self.curves is None:
            return ()
        low = max(float(self.curves.f.min()), low)
        high = min(float(self.curves.f.max()), high)
        return _labelled(_ticks(low, high, pixels))

    def _derivatives(self, low: float, high: float, pixels: float) -> Ticks:
        """0 and the bound; round values where a zoomed view shows neither."""
        if self.curves is None:
            return ()
        ends = [(at, short(at, 3)) for at in (0.0, self.curves.bound) if low <= at <= high]
        return ends or _labelled(_ticks(low, high, pixels))


@PLOTS.register("saturation", "z of every unit on f and f′", label="Saturation")
class SaturationPlot(Plot):
    """The stage that the current hop crosses; two columns of curves for cells with gates."""

    title = "Saturation"
    question = "Where on its activation does a stage work, and how much of it is stuck?"
    place = Place.RIGHT
    narrow_place = Place.RIGHT
    rank = 2
    subtitle = "z of every unit on f, and how often on f′"
    wants = (Saturation,)
    _half: tuple[int, int, float] | None = None

    def make_axes(self) -> tuple[TickAxis, TickAxis]:
        """Of f, in the first column."""
        return graph.TickAxis("left"), graph.TickAxis("bottom")

    def set_up(self) -> None:
        """One column; more are made when a cell has more activations."""
        self._columns = [Column(self.first_panel(), self._new_panel())]

    def _new_panel(self) -> Panel:
        return self.add_panel(graph.TickAxis("left"), graph.TickAxis("bottom"))

    def use_theme(self) -> None:
        """The curves of every column."""
        for column in self._columns:
            column.set_theme(self.theme, self.pen_scale)

    def _show_columns(self, count: int) -> None:
        """So many columns."""
        while len(self._columns) < count:
            column = Column(self._new_panel(), self._new_panel())
            column.set_theme(self.theme, self.pen_scale)
            self._columns.append(column)
        for at, column in enumerate(self._columns):
            column.set_visible(at < count)

    def missing(self, frame: Frame | None) -> EmptyState:
        """A pass that has begun."""
        if frame is None or frame.measurement(Saturation) is None:
            return EmptyState("No stage has a z yet", "Step (→) or train (T)")
        return NOT_EMPTY

    def draw(self, frame: Frame) -> None:
        """Panels side by side, the strip of all stages, the line of figures."""
        found = self._found = self._measured(frame)
        if not found.curves:
            self._draw_shares(frame, found)
            return
        self.set_subtitle(f"{saturation_words(found)} · z of every unit")
        half = self._axis(frame, found)
        if self.height() >= STRIP_FROM and frame.stages > 1:
            strip = STRIP
        else:
            strip = 0.0
        bottom = self.height() - FOOT - strip
        self._show_columns(len(found.curves))
        self._panels = self._columns[: len(found.curves)]
        self._lay_out_panels(found, half, bottom - TICKS)
        first = self._panels[0].upper.area.box
        last = self._panels[-1].lower.area.box
        whole = Box(
            first.left, first.top, last.right - first.left, self.height() - FOOT - first.top
        )
        self.area = Area(whole, (0, 1), (0, 1))
        self.renew_axes()
        under: list[Mark] = []
        over: list[Mark] = []
        texts: list[Mark] = []
        for column, curves in zip(self._panels, found.curves, strict=True):
            densities = [density(group, half) for group in curves.inputs]
            under += self._zones(column, curves, half) + self._densities(column, densities)
            over += self._dots(column, curves, half)
            texts += self._labels(column, curves, densities)
        self.plot_item.autoBtn.setPos(first.left + 2, first.bottom - 16)
        self._strip = Box(first.left, bottom + line_height() + 1, last.right - first.left, 22)
        if strip:
            texts += stage_strip(
                self.theme, self._strip, found.by_stage, found.stage, frame.subject
            )
        self.under.set_marks(under)
        self.over.set_marks(over)
        self.around.set_marks([*texts, self._foot(frame, found)])

    def _draw_shares(self, frame: Frame, found: Saturation) -> None:
        """The bars of all stages alone, as high as there is room."""
        self.set_subtitle("saturated share of every activation")
        self._show_columns(0)
        self._panels = []
        top = line_height() + 4
        self._strip = Box(8, top, self.width() - 16, self.height() - FOOT - line_height() - top - 4)
        self.area = Area(self._strip, (0, 1), (1, 0))
        subject = frame.subject
        marks = stage_strip(self.theme, self._strip, found.by_stage, found.stage, subject)
        self.under.set_marks([])
        self.over.set_marks([])
        self.around.set_marks([*marks, self._foot(frame, found)])

    @classmethod
    def data(cls, frame: Frame) -> Columns:
        """The share of every stage, then z of every unit of the stage that is drawn."""
        found = frame.measurement(Saturation)
        if found is None:
            return NO_DATA
        groups = [(curves, group) for curves in found.curves for group in curves.inputs]
        return below([_shares(found), *(_units(found, *group) for group in groups)])

    def readout(self, x: float, y: float) -> str:
        """f and f′ at the z under the mouse, or the share of the stage under it."""
        assert self.frame is not None
        at = float(self.area.across(x))
        down = float(self.area.down(y))
        if down > self._strip.top:
            return self._stage_readout(at)
        for column in self._panels:
            area = column.upper.area
            if column.curves is not None and area.box.left <= at <= area.box.right:
                return _point_words(column.curves, area.value(at, down)[0])
        return ""

    @staticmethod
    def _measured(frame: Frame) -> Saturation:
        found = frame.measurement(Saturation)
        assert found is not None  # else it would be missing
        return found

    def _axis(self, frame: Frame, found: Saturation) -> float:
        """Half the axis of z: kept for one stage of one run, as far as it can be."""
        key = (frame.generation, found.stage)
        if self._half and self._half[:2] == key:
            kept = self._half[2]
        else:
            kept = None
        half = half_width(found.curves, kept)
        self._half = (*key, half)
        return half

    def _lay_out_panels(self, found: Saturation, half: float, bottom: float) -> None:
        """One column for each activation, f a little higher than f′."""
        right = 0.0
        each = self.width() / len(found.curves)
        high = (bottom - BETWEEN - 6) * 0.55
        z = (-half, half)
        for column, curves in zip(self._panels, found.curves, strict=True):
            column.show(curves, half)
            values = _values(curves, half)
            derivatives = (
                min(0.0, float(curves.derivative.min())) - 0.04 * curves.bound,
                1.32 * curves.bound,
            )
            low = bottom - 6 - high - BETWEEN
            upper_labels = column.upper.left.room(*column.upper.view_box.seen(1, values), high)
            lower_labels = column.lower.left.room(*column.lower.view_box.seen(1, derivatives), low)
            room = max(upper_labels, lower_labels)
            left = right + room
            right += each
            width = right - left - 8
            column.upper.lay_out(Box(left, 6, width, high), z, values, (room, 0.0))
            below = Box(left, 6 + high + BETWEEN, width, low)
            column.lower.lay_out(below, z, derivatives, (room, TICKS), spill=5)

    def _within(self, area: Area, marks: list[Mark]) -> list[Mark]:
        """Marks of one data rectangle, which end at its edges once the view is zoomed."""
        zoomed = any(box.zoomed for box in self.view_box.together)
        if zoomed:
            return [Within(area.box, marks)]
        return marks

    def _zones(self, column: Column, curves: ActivationCurves, half: float) -> list[Mark]:
        """Where a unit counts as saturated, a little darker; base lines and the line z = 0."""
        marks: list[Mark] = []
        zones = flat_zones(curves, half)
        if self.theme.dark:
            color = self.theme.grid
        else:
            color = self.theme.raised
        for area in (column.upper.area, column.lower.area):
            box = area.box
            boxes = []
            for low, high in zones:
                left, right = area.across([low, high]).tolist()
                boxes.append(Box(left, box.top, right - left, box.height))
            zero = round(float(area.across(0.0))) + 0.5
            level = round(float(area.down(0.0))) + 0.5
            upright = Lines([(zero, box.top, zero, box.bottom)], self.theme.grid)
            flat = Lines([(box.left, level, box.right, level)], self.theme.border)
            marks += self._within(area, [Bars(boxes, color), upright, flat])
        return marks

    def _colors(self) -> list[str]:
        """Of the gates that go through one activation."""
        return [self.theme.accent, hue(self.theme, "green"), hue(self.theme, "violet")]

    def _dots(self, column: Column, curves: ActivationCurves, half: float) -> list[Mark]:
        """Where the units of the first sample lie on f."""
        area = column.upper.area
        marks: list[Mark] = []
        for group, color in zip(curves.inputs, self._colors(), strict=False):
            at, values, _ = dots(curves, group, half)
            fills = np.tile(np.array(rgb(color), dtype=np.uint8), (len(at), 1))
            place = area.across(at), area.down(values)
            marks.append(Symbols(*place, fills, 3.0, self.theme.surface, 1.0))
        return self._within(area, marks)

    def _densities(self, column: Column, found: list[Density]) -> list[Mark]:
        """How often each z occurs: filled for one group, outlines for several."""
        area = column.lower.area
        home_low, home_high = column.lower.view_box.home[1]
        share = 0.62 * (home_high / (home_high - home_low))
        base = float(area.down(0.0))
        reach = share * area.box.height * (home_high - home_low) / (area.y[1] - area.y[0])
        marks: list[Mark] = []
        for one, color in zip(found, self._colors(), strict=False):
            x = area.across(one.z)
            y = base - one.heights * reach
            if len(found) > 1:
                marks.append(Path(x, y, color, 1.2))
            else:
                outline = np.r_[x[0], x, x[-1]], np.r_[base, y, base]
                fill = mix(self.theme.surface, color, 0.45 if self.theme.dark else 0.3)
                marks.append(Fill(*outline, fill))
        return self._within(area, marks)

    def _labels(self, column: Column, curves: ActivationCurves, found: list[Density]) -> list[Mark]:
        """Names at the left, the bound at the right, and what lies beyond the axis."""
        theme = self.theme
        upper = column.upper.area
        lower = column.lower.area
        top = upper.box.top + line_height() / 2
        narrow = upper.box.width < GATES_FROM and curves.symbol
        name = curves.symbol if narrow else function_name(curves)
        texts = [Text(name, upper.box.left + 4, top, theme.text, weight=600)]
        if _gates(curves) and upper.box.width >= GATES_FROM:
            left = texts[0].box.right + GAP
            for group, color in zip(curves.inputs, self._colors(), strict=False):
                texts.append(Text(group.name, left, top, color, weight=600))
                left = texts[-1].box.right + GAP
        row = float(lower.down(curves.bound)) - line_height() / 2 - 1
        row = min(max(row, lower.box.top + line_height() / 2), lower.box.bottom)
        if lower.y[0] <= curves.bound <= lower.y[1]:
            most = f"max {short(curves.bound, 3)}"
            texts.append(Text(most, lower.box.right, row, theme.muted, anchor=(1, 0.5)))
        if narrow:
            derivative = f"{curves.symbol}′"
        else:
            derivative = derivative_name(curves)
        texts.append(Text(derivative, lower.box.left + 4, row, theme.warning, weight=600))
        texts += self._beyond(lower.box, found) if not column.lower.view_box.zoomed else []
        return list(free([], texts, 0))

    def _beyond(self, box: Box, found: list[Density]) -> list[Text]:
        """Shares of z beyond either end of the axis."""
        halo = self.theme.halo
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
        assert self.frame is not None  # asked only while something is shown
        name = stage_name(stage + 1, self.frame.subject)
        return f"{name}: {percent(float(self._found.by_stage[stage]))} saturated"

    def _foot(self, frame: Frame, found: Saturation) -> Text:
        """The fullest line of figures that fits."""
        words = stage_words(frame, found)
        fitting = [text for text in words if text_width(text) <= self.width() - 8]
        text = fitting[0] if fitting else words[-1]
        return Text(text, 4, self.height() - FOOT / 2, self.theme.text)


def _ticks(low: float, high: float, height: float) -> list[float]:
    """Round values of f."""
    return nice_ticks(low, high, 3 if height >= 60 else 2)


def _labelled(values: list[float]) -> Ticks:
    return list(zip(values, tick_labels(values), strict=True))


def _whole_numbers(low: float, high: float, pixels: float) -> Ticks:
    """z; between whole numbers where a zoomed view shows less than two of them."""
    most = max(2, int(pixels / 40))
    return _labelled(nice_ticks(low, high, most, whole=high - low >= 2))


def _no_ticks(low: float, high: float, pixels: float) -> Ticks:
    return ()


def _values(curves: ActivationCurves, half: float) -> tuple[float, float]:
    """The range of f, with some room."""
    low = float(curves.f.min())
    top = float(curves.f.max())
    if not curves.levels_off:
        _, f, _ = curve(curves, half)
        low = float(f.min())
        top = float(f.max())
    pad = 0.06 * (top - low)
    return low - pad, top + pad


def _gates(curves: ActivationCurves) -> bool:
    """Whether several gates, or one that has a name, go through an activation."""
    return len(curves.inputs) > 1 or curves.inputs[0].name != "z"


def _point_words(curves: ActivationCurves, z: float) -> str:
    """f, f′ and its share of the bound at ``z``."""
    f = float(np.interp(z, curves.z, curves.f))
    derivative = float(np.interp(z, curves.z, curves.derivative))
    share = f" ({percent(derivative / curves.bound)} of the most)"
    lines = [f"z = {magnitude(z)}"]
    if curves.symbol:
        lines.append(f"{function_name(curves)} = {magnitude(f)}")
    lines.append(f"{derivative_name(curves)} = {magnitude(derivative)}{share}")
    return "\n".join(lines)


def _shares(found: Saturation) -> Columns:
    """A row for each stage."""
    shares = 100.0 * found.by_stage
    stages = stages_of(len(shares))
    kind = np.full(len(shares), "stage")
    return {"row is of a": kind, "stage": stages, "saturated units (%)": shares}


def _units(found: Saturation, curves: ActivationCurves, group: Inputs) -> Columns:
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
        "f(z)": np.interp(z.ravel(), curves.z, curves.f),
        "derivative of f at z": np.interp(z.ravel(), curves.z, curves.derivative),
    }
