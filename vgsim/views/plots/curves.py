"""What loss and accuracy share: two curves over the steps, named where they end."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from vgsim.engine.frame import Frame, HistoryView
from vgsim.present.plot_geometry import Area, nudge
from vgsim.present.plot_words import bucket_words, step_label
from vgsim.present.series import bucket_means, bucket_size, nice_ticks
from vgsim.present.theme import rgb
from vgsim.views.plots.axes import GAP, Axes
from vgsim.views.plots.base import Plot
from vgsim.views.plots.canvas import Curve
from vgsim.views.plots.layer import Mark, Symbols, Text, line_height, text_width

Array = NDArray[np.float64]

NAMES = ("training", "held-out")
POINTS = 160
"""Most points of a curve: wide antialiased lines cost by the point."""


class CurvePlot(Plot):
    """Training and held-out values over the steps, means of buckets once they are many."""

    about: ClassVar[str] = ""

    def set_up(self) -> None:
        """Two curves."""
        self.curves = (Curve(), Curve())
        for curve in reversed(self.curves):
            self.canvas.add(curve)

    def use_theme(self) -> None:
        """Training as strong as text, held-out in the second color."""
        for curve, color in zip(self.curves, self.colors(), strict=True):
            curve.set_pen(color, 1.6 * self.pen_scale)

    def colors(self) -> tuple[str, str]:
        """Of training and held-out."""
        return self.theme.text, self.theme.second

    def missing(self, frame: Frame | None) -> str:
        """Recorded steps."""
        recorded = frame is not None and len(frame.history.steps) > 0
        return "" if recorded else "Train (T) to fill this"

    def values(self, history: HistoryView) -> tuple[Array, Array]:
        """Training values, as many as ``steps``, and held-out ones, as many as ``held_steps``."""
        raise NotImplementedError

    def y_axis(self, frame: Frame) -> tuple[tuple[float, float], list[tuple[float, str]]]:
        """The range of the y axis and its ticks."""
        raise NotImplementedError

    def number(self, value: float) -> str:
        """A value as it stands at the end of its curve."""
        raise NotImplementedError

    def y_title(self, frame: Frame) -> str:
        """Quantity and unit of the y axis."""
        return ""

    def extras(self, frame: Frame, taken: list[Text]) -> list[Mark]:
        """Further marks, which keep clear of the ``taken`` texts."""
        return []

    def draw(self, frame: Frame) -> None:
        """Axes, curves, and their names where they end."""
        area, axes = self._area(frame)
        marks = self.lay_out(axes, area)
        self.drawn = self._drawn(frame.history, max(2, min(POINTS, int(area.box.width / 2))))
        room = 100 * (area.y[1] - area.y[0])  # a line to 1e300 would not be painted at all
        for curve, (x, y) in zip(self.curves, self.drawn, strict=True):
            curve.set_data(x, y.clip(area.y[0] - room, area.y[1] + room))
        names = self._names(area)
        extras = self.extras(frame, [*(m for m in marks if isinstance(m, Text)), *names])
        self.over.set_marks([*marks, *extras, *self._ends(area), *names])

    def readout(self, x: float, y: float) -> str:
        """Step and numbers of both curves."""
        assert self.frame is not None
        history = self.frame.history
        words = []
        pairs = zip(NAMES, (history.steps, history.held_steps), self.values(history), strict=True)
        for name, steps, values in pairs:
            if len(steps):
                at = int(np.argmin(np.abs(steps - x)))
                words.append(f"{name} {self.number(float(values[at]))} at step {steps[at]:,}")
        return "\n".join(words)

    def _area(self, frame: Frame) -> tuple[Area, Axes]:
        first, last = int(frame.history.steps[0]), int(frame.history.steps[-1])
        y_range, y_ticks = self.y_axis(frame)
        title = self.y_title(frame)
        right = max(text_width(words, weight=600) for words in (*NAMES, "100.0 %")) + GAP
        box = self.data_box(Axes(y=y_ticks, y_title=title), right)
        most = int(box.width / (text_width(step_label(last)) + 3 * GAP)) + 1
        steps = nice_ticks(first, last, most, whole=True) or [float(first)]
        axes = Axes([(step, step_label(step)) for step in steps], y_ticks, "step", title)
        return Area(box, (first, max(last, first + 1)), y_range), axes

    def _drawn(self, history: HistoryView, columns: int) -> list[tuple[Array, Array]]:
        size = bucket_size(int(history.steps[0]), int(history.steps[-1]), columns)
        self.set_subtitle(self.about + bucket_words("mean of", size))
        train, held = self.values(history)
        return [
            bucket_means(history.steps, train, size),
            bucket_means(history.held_steps, held, size),
        ]

    def _ends(self, area: Area) -> list[Mark]:
        """A dot where each curve ends, so that even a single point shows."""
        marks: list[Mark] = []
        for (x, y), color in zip(self.drawn, self.colors(), strict=True):
            if len(y) and area.y[0] <= y[-1] <= area.y[1]:
                fill = np.array([rgb(color)], dtype=np.uint8)
                end = area.across(x[-1:]), area.down(y[-1:])
                marks.append(Symbols(*end, fill, 2.8, self.theme.surface))
        return marks

    def _names(self, area: Area) -> list[Text]:
        """Name and last value of each curve, in the margin beside its end."""
        ends = []
        for (_, y), name, color in zip(self.drawn, NAMES, self.colors(), strict=True):
            finite = y[np.isfinite(y)]
            if len(finite):
                at = float(np.clip(area.down(finite[-1]), area.box.top, area.box.bottom))
                ends.append((at, name, self.number(float(y[-1])), color))
        line = line_height()
        full = area.box.height >= 2 * len(ends) * line + GAP
        size = 2 * line + 2 if full else line
        centers = nudge([end[0] for end in ends], size, area.box.top - 4, area.box.bottom + 4)
        left, texts = area.box.right + GAP - 2, []
        for center, (_, name, number, color) in zip(centers, ends, strict=True):
            offset = line / 2 + 0.25 if full else 0.0
            texts.append(Text(name, left, center - offset, color, weight=600))
            if full:
                texts.append(Text(number, left, center + offset, self.theme.muted))
        return texts
