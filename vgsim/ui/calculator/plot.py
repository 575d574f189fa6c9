"""The plot of the calculator: powers of a factor over the hops, on fixed decades."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from vgsim.core.numbers import decade, short
from vgsim.measure.frame import Frame
from vgsim.text.empty import NOT_EMPTY, EmptyState
from vgsim.text.scale import Scale
from vgsim.ui.calculator.model import FLOAT_ENDS, REFERENCES, Power, factor_words, own_factor
from vgsim.ui.plots import graph
from vgsim.ui.plots.axes import GAP
from vgsim.ui.plots.base import Plot
from vgsim.ui.plots.layer import Lines, Mark, Symbols, Text, line_height, text_width
from vgsim.ui.plots.model.geometry import Array, nudge
from vgsim.ui.plots.model.series import nice_ticks
from vgsim.ui.plots.model.table import NO_DATA, Columns
from vgsim.ui.plots.model.words import Ticks
from vgsim.ui.style.theme import Theme, rgb

if TYPE_CHECKING:
    from vgsim.ui.plots.graph import TickAxis

DECADES = Scale(-48, 18)
"""Fixed, so that the slope of a factor is the same in every calculator."""
MOST_HOPS = 100
BETWEEN_LABELS = (6, 12, 24)
"""Decades between two labels."""
ON_LINE = (0.7, 0.5, 0.35, 0.85)
"""Where the label of a line that leaves the plot may stand, as shares of the way, best first."""


class PowersPlot(Plot):
    """A straight line for every factor: on a log scale each hop is a step of the same height.

    It shows a ``power`` rather than a frame; of a frame it has the network's own factor.
    """

    title = "Powers of a factor"
    question = "How much is left of 1 after so many hops of the same factor?"
    subtitle = "what is left of 1, log scale"

    def __init__(
        self, theme: Theme, scale: Scale, pen_scale: float = 1.0, *, still: bool = False
    ) -> None:
        self.power = Power(0.5, 10)
        self.own = math.nan
        super().__init__(theme, scale, pen_scale, still=still)

    def make_axes(self) -> tuple[TickAxis, TickAxis]:
        """Decades over hops."""
        left = graph.TickAxis("left")
        left.rule = _decades
        bottom = graph.TickAxis("bottom")
        bottom.rule = _hops
        return left, bottom

    def set_up(self) -> None:
        """Lines: the references, the network's own, and the one that was chosen."""
        self.references = [self.add_curve() for _ in REFERENCES]
        self.own_curve = self.add_curve()
        self.curve = self.add_curve()

    def use_theme(self) -> None:
        """The chosen one in the accent color, the network's own in the second one."""
        for curve in self.references:
            curve.set_ink(self.theme.muted, 1.2 * self.pen_scale)
        self.own_curve.set_ink(self.theme.second, 1.4 * self.pen_scale, (4, 3))
        self.curve.set_ink(self.theme.accent, 2.0 * self.pen_scale)

    def missing(self, frame: Frame | None) -> EmptyState:
        """Nothing: it needs no frame."""
        return NOT_EMPTY

    def set_power(self, power: Power) -> None:
        """Show another factor or number of hops."""
        self.power = power
        self.refresh()

    def set_frame(self, frame: Frame | None) -> None:
        """Take over the network's own factor."""
        self.own = own_factor(frame)
        super().set_frame(frame)

    def refresh(self) -> None:
        """Lines, the point on the chosen one, and a label for each."""
        if self.width() < self.minimumSizeHint().width() // 2 or not self.height():
            return
        self._laying_out = True
        try:
            self._draw()
        finally:
            self._laying_out = False

    def _draw(self) -> None:
        self.left.set_title("")
        self.left.setGrid(255)
        span = float(DECADES.low), float(DECADES.high)
        right = text_width("0.00", 11, 600) + GAP
        self.lay_out(self.data_box(span, right), (0.0, float(MOST_HOPS)), span)
        lines = [(reference.factor, self.theme.muted) for reference in REFERENCES]
        lines.append((self.own, self.theme.second))
        lines.append((self.power.factor, self.theme.accent))
        curves = [*self.references, self.own_curve, self.curve]
        for (factor, _), curve in zip(lines, curves, strict=True):
            curve.set_points(*_line(factor))
        end = self._float_end()
        taken = [mark for mark in end if isinstance(mark, Text)]
        on_lines, beside = self._labels(lines, taken)
        self.over.set_marks([*end, *self._point(), *on_lines])
        self.around.set_marks([*beside])

    def _labels(
        self, lines: list[tuple[float, str]], taken: list[Text]
    ) -> tuple[list[Text], list[Text]]:
        """Each line's factor: on it where it leaves through floor or ceiling, or beside its end.

        They keep clear of what is ``taken``.
        """
        box = self.area.box
        on_lines: list[Text] = []
        ends = []
        told: set[str] = set()
        for factor, color in reversed(lines):
            words = factor_words(factor)
            level = Power(factor, MOST_HOPS).level
            if not math.isfinite(level) or words in told:
                continue
            told.add(words)
            if DECADES.low <= level <= DECADES.high:
                ends.append((float(self.area.down(level)), words, color))
            else:
                on_lines += self._on_line(words, level, color, [*taken, *on_lines])
        rows = nudge([end[0] for end in ends], line_height(11, 600), box.top, box.bottom)
        beside = []
        for row, (_, words, color) in zip(rows, ends, strict=True):
            beside.append(Text(words, box.right + GAP - 2, row, color, 11, 600))
        return on_lines, beside

    def _on_line(self, words: str, level: float, color: str, others: list[Text]) -> list[Text]:
        """A label on the line that gets to ``level`` at the last hop, clear of the others."""
        end = DECADES.low if level < 0 else DECADES.high
        for share in ON_LINE:
            x = float(self.area.across(share * end / level * MOST_HOPS))
            y = float(self.area.down(share * end))
            text = Text(words, x, y, color, 11, 600, (0.5, 0.5), self.theme.halo)
            room = text.box.grown(5)
            if room.left > self.area.box.left and not any(room.meets(o.box) for o in others):
                return [text]
        return []

    def _float_end(self) -> list[Mark]:
        """Where float32 has nothing smaller."""
        ends = FLOAT_ENDS[0]
        level = float(self.area.down(math.log10(ends.smallest)))
        box = self.area.box
        if not box.top < level < box.bottom:
            return []
        words = f"{ends.name} gives up"
        halo = self.theme.halo
        text = Text(words, box.left + 6, level - 3, self.theme.warning, 11, 500, (0, 1), halo)
        line = Lines([(box.left, level, box.right, level)], self.theme.warning, 1.2, (4, 3))
        return [line, text]

    def _point(self) -> list[Mark]:
        """The chosen number of hops."""
        level = self.power.level
        if not math.isfinite(level):
            return []
        x, y = self.pixels(np.array([float(self.power.hops)]), np.array([level]))
        if not self.area.box.grown(1).covers(x, y).all():
            return []
        fill = np.array([rgb(self.theme.surface)], dtype=np.uint8)
        return [Symbols(x, y, fill, 5.0, self.theme.accent, 2.0)]

    @classmethod
    def data(cls, frame: Frame) -> Columns:
        """Nothing of a frame."""
        return NO_DATA

    def readout(self, x: float, y: float) -> str:
        """What is left of the chosen factor after as many hops as lie under the mouse."""
        power = Power(self.power.factor, max(round(x), 0))
        return f"{short(power.factor)} after {power.hops} hops: {power.result()}"


def _line(factor: float) -> tuple[Array, Array]:
    """Its two ends, far enough for a view that is zoomed out; none of 0 and nan."""
    if not factor > 0:
        return np.empty(0), np.empty(0)
    hops = np.array([0.0, 2.0 * MOST_HOPS])
    return hops, hops * math.log10(factor)


def _decades(low: float, high: float, pixels: float) -> Ticks:
    """Powers of ten, 6, 12 or 24 decades from each other; closer in a zoomed view."""
    if high - low < 4 * BETWEEN_LABELS[0]:
        places = nice_ticks(low, high, max(2, int(pixels / 18)), whole=True)
        return [(at, decade(round(at))) for at in places]
    for every in BETWEEN_LABELS:
        if (high - low) / every * 18 <= pixels:
            break
    first = math.ceil(low / every)
    last = math.floor(high / every)
    return [(float(k * every), decade(k * every)) for k in range(first, last + 1)]


def _hops(low: float, high: float, pixels: float) -> Ticks:
    """Whole numbers of hops."""
    places = nice_ticks(max(low, 0.0), high, max(2, int(pixels / 60)), whole=True)
    ticks = [(at, f"{at:.0f}") for at in places]
    if ticks:
        ticks[-1] = (places[-1], f"{places[-1]:.0f} hops")
    return ticks
