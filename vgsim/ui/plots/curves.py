"""What loss and accuracy share: two curves over the steps, named where they end."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from vgsim.measure.frame import Frame, PinnedRun
from vgsim.nn.history import HistoryView
from vgsim.text.empty import NO_UPDATE, NOT_EMPTY, EmptyState
from vgsim.text.specs import compared_names, fitting
from vgsim.ui.plots import graph
from vgsim.ui.plots.axes import GAP
from vgsim.ui.plots.base import Plot
from vgsim.ui.plots.ghosts import Ghost, GhostLayer
from vgsim.ui.plots.here import here_line
from vgsim.ui.plots.layer import Mark, Symbols, Text, line_height, text_width
from vgsim.ui.plots.model.geometry import Area, nudge, trace
from vgsim.ui.plots.model.series import Range, bucket_means, bucket_size, near
from vgsim.ui.plots.model.words import bucket_words
from vgsim.ui.style.theme import mix, rgb

if TYPE_CHECKING:
    from vgsim.ui.plots.graph import TickAxis

Array = NDArray[np.float64]

NOTHING = np.empty(0)
NAMES = ("training", "held-out")
HEADING = 130.0
"""Pixels that title and buttons take beside the subtitle, about."""
POINTS = 160
"""Most points of a curve: wide antialiased lines cost by the point."""
FAINT = 0.5
"""How strong the held-out curve of a compared experiment is beside its training curve."""


@dataclass(frozen=True, slots=True)
class Series:
    """One curve: its name, that name's color, its own color, and buckets (x, y)."""

    name: str
    ink: str
    color: str
    x: Array
    y: Array


class CurvePlot(Plot):
    """Training and held-out values over the steps, means of buckets once they are many.

    The experiment that this one is compared with (B) has two more, in the second color.
    """

    about: ClassVar[str] = ""
    widest: ClassVar[str] = ""
    """A number as wide as any that stands beside a curve."""
    _compared = False

    def make_axes(self) -> tuple[TickAxis, TickAxis]:
        """A quantity over the steps."""
        bottom = graph.StepAxis("bottom")
        bottom.set_title("step")
        return self.make_y_axis(), bottom

    def make_y_axis(self) -> TickAxis:
        """The axis at the left."""
        raise NotImplementedError

    def set_up(self) -> None:
        """Two curves for each experiment, the ones that matter most on top."""
        curves = [self.add_curve() for _ in range(4)]
        self.curves = tuple(reversed(curves))
        self.drawn: list[Series] = []
        self.ghosts = GhostLayer(self)

    def use_theme(self) -> None:
        """Every curve in its color."""
        self._color(self._compared)

    def _color(self, compared: bool) -> None:
        self._compared = compared
        for curve, color in zip(self.curves, self.colors(compared), strict=True):
            curve.set_ink(color, 1.6 * self.pen_scale)
        self.ghosts.use_theme()

    def colors(self, compared: bool) -> tuple[str, str, str, str]:
        """Of training and held-out, then those of B."""
        theme = self.theme
        faint, second = (mix(theme.surface, c, FAINT) for c in (theme.text, theme.second))
        return theme.text, faint if compared else theme.second, theme.second, second

    def set_frame(self, frame: Frame | None) -> None:
        """Show all curves of the run; of a recording also those after the frame's moment."""
        super().set_frame(frame.entire if frame is not None else None)

    def missing(self, frame: Frame | None) -> EmptyState:
        """Recorded steps."""
        recorded = frame is not None and len(frame.horizon.history.steps) > 0
        if recorded:
            return NOT_EMPTY
        return NO_UPDATE

    def values(self, history: HistoryView) -> tuple[Array, Array]:
        """Training values, as many as ``steps``, and held-out ones, as many as ``held_steps``."""
        raise NotImplementedError

    def y_range(self, frame: Frame) -> Range:
        """The range of the y axis."""
        raise NotImplementedError

    def number(self, value: float) -> str:
        """A value as it stands at the end of its curve."""
        raise NotImplementedError

    def said(self, value: float) -> str:
        """A value as it is read at the mouse."""
        return self.number(value)

    def y_title(self, frame: Frame) -> str:
        """Quantity and unit of the y axis."""
        return ""

    def extras(self, frame: Frame, taken: list[Text]) -> list[Mark]:
        """Further marks, which keep clear of the ``taken`` texts."""
        return []

    def draw(self, frame: Frame) -> None:
        """Axes, curves, and their names where they end."""
        self._lay_out_axes(frame)
        area = self.area
        if self._compared is not (frame.other is not None):
            self._color(frame.other is not None)
        self.drawn = self._drawn(frame, max(2, min(POINTS, int(area.box.width / 2))))
        room = 100 * (area.y[1] - area.y[0])  # a line to 1e300 would not be painted at all
        for curve, series in zip_longest(self.curves, self.drawn):
            x, y = (NOTHING, NOTHING) if series is None else (series.x, series.y)
            curve.set_points(x, y.clip(area.y[0] - room, area.y[1] + room))
        self.ghosts.draw([self._ghost(pin) for pin in frame.pins])
        names = self._names(area)
        extras = self.extras(frame, [*self.axis_texts(), *names])
        texts = [mark for mark in extras if isinstance(mark, Text)]
        boxes = [text.box for text in (*texts, *self.axis_texts(), *names)]
        extras = [*extras, *self.ghosts.texts(self._ink(area), boxes)]
        here = here_line(frame, area, self.theme)
        self.over.set_marks([*here, *extras, *self._ends(area)])
        self.around.set_marks(list(names))

    def _ghost(self, pin: PinnedRun) -> Ghost:
        """The training curve of a pinned run, in buckets like the others."""
        steps = pin.history.steps
        if not len(steps):
            return Ghost(pin.name, NOTHING, NOTHING)
        columns = max(2, min(POINTS, int(self.area.box.width / 2)))
        size = bucket_size(int(self.area.x[0]), int(self.area.x[1]), columns)
        return Ghost(pin.name, *bucket_means(steps, self.values(pin.history)[0], size))

    def _ink(self, area: Area) -> tuple[Array, Array]:
        """Pixels along every curve."""
        room = area.box.height
        low, high = area.box.top - room, area.box.bottom + room
        traces = [trace(area.across(s.x), area.down(s.y).clip(low, high)) for s in self.drawn]
        return np.concatenate([t[0] for t in traces]), np.concatenate([t[1] for t in traces])

    def readout(self, x: float, y: float) -> str:
        """Step and numbers of every curve."""
        assert self.frame is not None
        words = []
        for prefix, history in histories(self.frame):
            steps = history.steps, history.held_steps
            for name, known, values in zip(NAMES, steps, self.values(history), strict=True):
                if len(known):
                    at = int(np.argmin(np.abs(known - x)))
                    number = self.said(float(values[at]))
                    words.append(f"{prefix}{name} {number} at step {known[at]:,}")
        return "\n".join(words)

    def _lay_out_axes(self, frame: Frame) -> None:
        known = [history.steps for _, history in histories(frame.horizon)]
        steps = [steps for steps in known if len(steps)]
        first = min(int(s[0]) for s in steps)
        pinned = [pin.history.steps for pin in frame.pins]
        last = max(int(s[-1]) for s in (*steps, *pinned) if len(s))
        y = self.y_range(frame)
        self.left.set_title(self.y_title(frame))
        self.left.setGrid(255)
        names = [prefix + name for prefix, _ in histories(frame) for name in NAMES]
        right = max(text_width(words, weight=600) for words in (*names, self.widest)) + GAP
        self.lay_out(self.data_box(y, right), (first, max(last, first + 1)), y)

    def _drawn(self, frame: Frame, columns: int) -> list[Series]:
        """The curves in buckets; the subtitle says how large those of the first one are."""
        found: list[Series] = []
        colors = self.colors(frame.other is not None)
        for (prefix, history), (_, whole) in zip(
            histories(frame), histories(frame.horizon), strict=True
        ):
            steps = whole.steps[near(whole.steps, *self.area.x)]
            if len(steps):
                size = bucket_size(int(steps[0]), int(steps[-1]), columns)
            else:
                size = 1
            if history is frame.history:
                apart = frame.track.every if frame.track is not None else 1
                thinned = size if size > apart else 1  # else each bucket has one recorded step
                self.set_subtitle(self._words(frame) + bucket_words("mean of", thinned))
            known = history.steps, history.held_steps
            for name, at, values in zip(NAMES, known, self.values(history), strict=True):
                color = colors[len(found)]
                # a faint curve can be followed, but faint letters cannot be read
                if frame.other is None:
                    ink = color
                else:
                    ink = colors[len(found) // 2 * 2]
                left, right = self.area.x
                shown = near(at, left - size, right + size)  # whole buckets at the edges, too
                buckets = bucket_means(at[shown], values[shown], size)
                found.append(Series(prefix + name, ink, color, *buckets))
        return found

    def _words(self, frame: Frame) -> str:
        """What the curves are; what A and B are, as far as there is room."""
        if frame.other is None:
            if frame.track is not None and not len(frame.history.held_steps):
                return NAMES[0]
            return self.about
        names = compared_names(frame)
        for room in ((self.width() - HEADING) / 2, 0.45 * self.width()):
            short = [fitting(name, room, text_width) for name in (names.a, names.b)]
            if all(" " in name for name in short):  # more than their letters
                break
        return " · ".join(short)

    def _ends(self, area: Area) -> list[Mark]:
        """A dot where each curve ends, so that even a single point shows."""
        marks: list[Mark] = []
        for series in self.drawn:
            if len(series.y) and area.y[0] <= series.y[-1] <= area.y[1]:
                fill = np.array([rgb(series.color)], dtype=np.uint8)
                end = area.across(series.x[-1:]), area.down(series.y[-1:])
                marks.append(Symbols(*end, fill, 2.8, self.theme.surface))
        return marks

    def _names(self, area: Area) -> list[Text]:
        """Name and last value of each curve, in the margin beside its end."""
        ends = []
        for series in self.drawn:
            finite = series.y[np.isfinite(series.y)]
            if len(finite):
                at = float(np.clip(area.down(finite[-1]), area.box.top, area.box.bottom))
                ends.append((at, series.name, self.number(float(series.y[-1])), series.ink))
        line = line_height()
        full = area.box.height >= 2 * len(ends) * line + GAP
        size = 2 * line + 2 if full else line
        low = area.box.top - 4
        high = area.box.bottom + 4
        if len(ends) * size > high - low:  # no room for all: B's held-out and A's go first
            ends = sorted(ends, key=lambda end: NAMES[1] in end[1])[: int((high - low) // size)]
        centers = nudge([end[0] for end in ends], size, low, high)
        left = area.box.right + GAP - 2
        texts = []
        for center, (_, name, number, color) in zip(centers, ends, strict=True):
            offset = line / 2 + 0.25 if full else 0.0
            faint = len(self.drawn) > 2 and name.endswith(NAMES[1])
            weight = 400 if faint else 600
            texts.append(Text(name, left, center - offset, color, weight=weight))
            if full:
                texts.append(Text(number, left, center + offset, self.theme.muted))
        return texts


def histories(frame: Frame) -> list[tuple[str, HistoryView]]:
    """The history of the frame, and of the one that it is compared with, with their letters."""
    if frame.other is None:
        return [("", frame.history)]
    return [("A ", frame.history), ("B ", frame.other.history)]
