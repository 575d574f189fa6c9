"""Loss: training and held-out J over the steps, against chance."""

from __future__ import annotations

import math

import numpy as np

from vgsim.engine.frame import Frame, HistoryView
from vgsim.present.plot_data import NO_DATA, Columns, along, compared
from vgsim.present.plot_geometry import Box, place, trace
from vgsim.present.plot_words import chance_label, loss_title, tick_labels
from vgsim.present.scale import OVERFLOW
from vgsim.present.series import Range, loss_bounds, nice_ticks, steady_range
from vgsim.present.words import magnitude, plain
from vgsim.views.plots.base import PLOTS
from vgsim.views.plots.curves import Array, CurvePlot, histories
from vgsim.views.plots.layer import Lines, Mark, Symbols, Text, line_height, text_width


@PLOTS.register("loss", "training and held-out loss over the steps", label="Loss")
class LossPlot(CurvePlot):
    """J over the steps; the range of its axis moves only when it must."""

    title = "Loss"
    about = "training and held-out"
    subtitle = about
    _range: tuple[tuple[int, bool], Range] | None = None

    def values(self, history: HistoryView) -> tuple[Array, Array]:
        """The losses."""
        return np.asarray(history.loss), np.asarray(history.held_loss)

    @classmethod
    def data(cls, frame: Frame) -> Columns:
        """J by step, and what guessing costs."""
        return compared(frame, _losses) if len(frame.history.steps) else NO_DATA

    def y_title(self, frame: Frame) -> str:
        """Which loss."""
        return loss_title(frame.spec)

    def number(self, value: float) -> str:
        """Four figures, or fewer with an exponent; ∞ whether it ended as inf or nan."""
        if not math.isfinite(value):
            return "∞"
        return plain(value) if value == 0 or 1e-2 <= abs(value) < 1e5 else magnitude(value)

    def y_axis(self, frame: Frame) -> tuple[Range, list[tuple[float, str]]]:
        """From zero to a round number; the same while one run goes on, as far as it can be."""
        key = frame.generation, frame.other is not None
        kept = self._range[1] if self._range and self._range[0] == key else None
        span = steady_range(kept, *self._bounds(frame))
        self._range = (key, span)
        ticks = nice_ticks(*span, max(2, int((self.height() - 44) / 30)))
        return span, list(zip(ticks, tick_labels(ticks), strict=True))

    def _bounds(self, frame: Frame) -> Range:
        """What the axis must span, for every run that is shown; one may leave the top."""
        runs = [history for _, history in histories(frame) if len(history.steps)]
        spans = [
            loss_bounds(np.concatenate(self.values(history)), frame.chance_loss) for history in runs
        ]
        high = min(max(high for _, high in spans), 10 * min(high for _, high in spans))
        return min(low for low, _ in spans), high

    def extras(self, frame: Frame, taken: list[Text]) -> list[Mark]:
        """Where the loss broke, and what guessing would cost."""
        broken: list[Mark] = []
        for prefix, history in histories(frame):
            broken += self._broken(prefix, history, len(broken) * 8.0)
        boxes = [mark.box for mark in [*taken, *broken] if isinstance(mark, Text)]
        return [*broken, *self._chance(frame.chance_loss, boxes)]

    def _broken(self, prefix: str, history: HistoryView, lower: float) -> list[Mark]:
        """A symbol at the top where the loss first stops being a number."""
        bad = np.flatnonzero(~np.isfinite(history.loss))
        if not len(bad):
            return []
        step = int(history.steps[bad[0]])
        x, y = float(self.area.across(step)), self.area.box.top + 6 + lower
        words = f"{prefix}∞ at step {step:,}"
        width = text_width(words, weight=600)
        left = x + 9 if x + 9 + width <= self.area.box.right else x - 9 - width
        fill = self.theme.heat[[OVERFLOW]]
        return [
            Symbols(np.array([x]), np.array([y]), fill, 5, self.theme.text, 1.0, "diamond"),
            Text(words, left, y, self.theme.text, weight=600, halo=self.theme.surface),
        ]

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
        halo = self.theme.surface if hidden else ""
        label = Text(words, box.left, box.top, self.theme.muted, anchor=(0, 0), halo=halo)
        return [dashes, label] if hidden < 1000 else [dashes]

    def _free(self, words: str, y: float, taken: list[Box]) -> tuple[Box, int]:
        """Above or below the line, where it covers least of the curves."""
        bounds = self.area.box
        width, height = text_width(words), line_height()
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


def _losses(frame: Frame) -> Columns:
    history = frame.history
    training, held = (history.steps, history.loss), (history.held_steps, history.held_loss)
    columns = along("step", {"training loss": training, "held-out loss": held})
    if not columns or math.isnan(frame.chance_loss):
        return columns
    return {**columns, "loss of guessing": np.full(len(columns["step"]), frame.chance_loss)}
