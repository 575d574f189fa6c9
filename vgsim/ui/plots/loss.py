"""Loss: training and held-out J over the steps, against chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from vgsim.core.numbers import plain
from vgsim.measure.frame import Frame
from vgsim.nn.history import HistoryView
from vgsim.text.own_units import brief_error, errors_told
from vgsim.text.scale import OVERFLOW
from vgsim.text.stages import loss_words
from vgsim.ui.plots import graph
from vgsim.ui.plots.base import PLOTS, Place
from vgsim.ui.plots.curves import NAMES, Array, CurvePlot, histories
from vgsim.ui.plots.layer import Lines, Mark, Symbols, Text, line_height, text_width
from vgsim.ui.plots.model.geometry import Box, place, trace
from vgsim.ui.plots.model.series import Range, loss_bounds, steady_range
from vgsim.ui.plots.model.table import NO_DATA, Columns, along, compared
from vgsim.ui.plots.model.words import chance_label
from vgsim.ui.style.theme import rgb

if TYPE_CHECKING:
    from vgsim.ui.plots.graph import TickAxis

MOST_TICKS = 12
MOST = 3.0
"""The axis goes at most so much further than the lower of two runs needs it to."""


@PLOTS.register("loss", "training and held-out loss over the steps", label="Loss")
class LossPlot(CurvePlot):
    """J over the steps; the range of its axis moves only when it must."""

    title = "Loss"
    question = "Does the network learn, and how far is it from guessing?"
    place = Place.RIGHT
    narrow_place = Place.RIGHT
    about = "training and held-out"
    widest = "1.234e−5"
    subtitle = about
    needs = ("loss",)
    _range: tuple[tuple[int, bool], Range] | None = None

    def values(self, history: HistoryView) -> tuple[Array, Array]:
        """The losses."""
        return np.asarray(history.loss), np.asarray(history.held_loss)

    @classmethod
    def data(cls, frame: Frame) -> Columns:
        """J by step, and what guessing costs."""
        if len(frame.history.steps):
            return compared(frame, _losses)
        return NO_DATA

    def y_title(self, frame: Frame) -> str:
        """Which loss."""
        return loss_words(frame.subject)

    def number(self, value: float) -> str:
        """Four figures; ∞ whether it ended as inf or nan."""
        if not math.isfinite(value):
            return "∞"
        return plain(value)

    def said(self, value: float) -> str:
        """J, and what it means in the data's own units."""
        number = self.number(value)
        assert self.frame is not None
        errors = self.frame.errors
        if errors is None or math.isnan(errors.factor) or self.frame.other is not None:
            return number
        own = errors_told(errors.names, [math.sqrt(value) * errors.factor])
        return f"{number}, typical error {own}"

    def _words(self, frame: Frame) -> str:
        """What the curves are, and how far the last outputs were off in the data's own units."""
        words = super()._words(frame)
        if frame.other is not None:
            return words
        return brief_error(frame.errors) or words  # the curves have their names beside them

    def make_y_axis(self) -> TickAxis:
        """Round numbers."""
        return graph.NumberAxis("left", 30, most=MOST_TICKS)

    def y_range(self, frame: Frame) -> Range:
        """From zero to a round number; the same while one run goes on, as far as it can be."""
        key = frame.generation, frame.other is not None
        if self._range and self._range[0] == key:
            kept = self._range[1]
        else:
            kept = None
        span = steady_range(kept, *self._bounds(frame))
        self._range = (key, span)
        return span

    def _bounds(self, frame: Frame) -> Range:
        """What the axis must span, for every run that is shown; one may leave the top."""
        runs = [history for _, history in histories(frame.horizon) if len(history.steps)]
        spans = [
            loss_bounds(np.concatenate(self.values(history)), frame.chance_loss) for history in runs
        ]
        high = min(max(high for _, high in spans), MOST * min(high for _, high in spans))
        return min(low for low, _ in spans), high

    def extras(self, frame: Frame, taken: list[Text]) -> list[Mark]:
        """Where the loss broke or left the top, and what guessing would cost."""
        above: list[Mark] = []
        for prefix, history in histories(frame):
            above += self._above(frame, prefix, history, len(above) * 8.0)
        boxes = [mark.box for mark in [*taken, *above] if isinstance(mark, Text)]
        return [*above, *self._chance(frame.chance_loss, boxes)]

    def _above(self, frame: Frame, prefix: str, history: HistoryView, lower: float) -> list[Mark]:
        """A symbol at the top where the loss first stops being a number, or is above it most."""
        bad = np.flatnonzero(~np.isfinite(history.loss))
        name = ""
        step = 0
        loss = 0.0
        when = "at"
        if len(bad):
            step = int(history.steps[bad[0]])
            loss = math.inf
            if bad[0] and step - history.steps[bad[0] - 1] > 1:
                when = "by"  # a row of a thinned history is also of the steps before it
        else:
            name, step, loss = _highest(history)
            if loss <= self.view_box.home[1][1]:
                return []
        if not self.area.x[0] <= step <= self.area.x[1]:  # the view is zoomed
            return []
        shape = "diamond"
        fill = self.theme.heat[[OVERFLOW]]
        if not len(bad):
            color = self.colors(frame.other is not None)[2 if history is not frame.history else 0]
            shape = "up"
            fill = np.array([rgb(color)], dtype=np.uint8)
        x = float(self.area.across(step))
        y = self.area.box.top + 6 + lower
        number = f"{prefix}{name}{self.number(loss)}"
        symbol = Symbols(np.array([x]), np.array([y]), fill, 5, self.theme.text, 1.0, shape)
        return [symbol, *self._beside(x, y, [f"{number} {when} step {step:,}", number])]

    def _beside(self, x: float, y: float, choices: Sequence[str]) -> list[Text]:
        """The first of the ``choices`` that fits beside a symbol at the top; none if none does."""
        box = self.area.box
        for words in choices:
            width = text_width(words, weight=600)
            for left in (x + 9, x - 9 - width):
                if left >= box.left and left + width <= box.right:
                    halo = self.theme.halo
                    return [Text(words, left, y, self.theme.text, weight=600, halo=halo)]
        return []

    def _chance(self, chance: float, taken: list[Box]) -> list[Mark]:
        area = self.area
        if math.isnan(chance) or not area.y[0] <= chance <= area.y[1]:
            return []
        y = float(area.down(chance))
        dashes = Lines([(area.box.left, y, area.box.right, y)], self.theme.muted, 1.2, (4, 4))
        dashed = Box(area.box.left, y - 1, area.box.width, 2)
        for words in (chance_label(chance), "chance"):  # the short one where room is scarce
            box, hidden = self._free(words, y, [*taken, dashed])
            if not hidden:
                break
        halo = self.theme.halo if hidden else ""
        label = Text(words, box.left, box.top, self.theme.muted, anchor=(0, 0), halo=halo)
        if hidden < 1000:
            return [dashes, label]
        return [dashes]

    def _free(self, words: str, y: float, taken: list[Box]) -> tuple[Box, int]:
        """Above or below the line, where it covers least of the curves."""
        bounds = self.area.box
        width = text_width(words)
        height = line_height()
        lefts = np.linspace(bounds.right - width - 2, bounds.left + 4, 5).tolist()
        rows = (y - height - 1, y + 3, y - 2 * height - 4, y + height + 6)
        candidates = [Box(left, top, width, height) for top in rows for left in lefts]
        traces = [trace(self.area.across(s.x), self._seen(s.y)) for s in self.drawn]
        across, down = (np.concatenate(parts) for parts in zip(*traces, strict=True))
        return place(candidates, bounds, across, down, taken, margin=1.5)

    def _seen(self, y: Array) -> Array:
        """Pixels of the values, those far outside brought near."""
        box = self.area.box
        return self.area.down(y).clip(box.top - 10, box.bottom + 10)


def _highest(history: HistoryView) -> tuple[str, int, float]:
    """Name, step and value of the highest loss: "held-out " or, of training, ""."""
    found = [("", 0, -math.inf)]
    for name, steps, losses in (
        ("", history.steps, history.loss),
        (f"{NAMES[1]} ", history.held_steps, history.held_loss),
    ):
        if np.isfinite(losses).any():
            at = int(np.nanargmax(np.where(np.isfinite(losses), losses, np.nan)))
            found.append((name, int(steps[at]), float(losses[at])))
    return max(found, key=lambda one: one[2])


def _losses(frame: Frame) -> Columns:
    history = frame.history
    training, held = (history.steps, history.loss), (history.held_steps, history.held_loss)
    parts = {"training loss": training, "held-out loss": held}
    errors = frame.errors
    if errors is not None and not math.isnan(errors.factor):
        for part, (steps, losses) in (("training", training), ("held-out", held)):
            parts[f"{part} error ({errors.names[0]})"] = steps, np.sqrt(losses) * errors.factor
    columns = along("step", parts)
    if not columns or math.isnan(frame.chance_loss):
        return columns
    return {**columns, "loss of guessing": np.full(len(columns["step"]), frame.chance_loss)}
