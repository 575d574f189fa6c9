"""Drawing into a plot what one expects, before the true curve is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from vgsim.core.numbers import magnitude
from vgsim.text.stages import NUMBERED, stage_name
from vgsim.ui.plots.decades import label_along
from vgsim.ui.plots.layer import Mark, Path, Symbols, Text
from vgsim.ui.plots.model.geometry import Array, Box, trace
from vgsim.ui.plots.model.guess import NUDGE, ExpectedCurve
from vgsim.ui.style.theme import rgb

if TYPE_CHECKING:
    from vgsim.ui.plots.decades import DecadePlot

NOWHERE = np.empty(0)
RADIUS = 5.0
KEYS = {
    Qt.Key.Key_Left: (-1, 0.0), Qt.Key.Key_Right: (1, 0.0),
    Qt.Key.Key_Up: (0, NUDGE), Qt.Key.Key_Down: (0, -NUDGE),
}  # fmt: skip
"""What the arrow keys do while one draws: (stages further on, decades higher)."""


class GuessLayer(QObject):
    """The guess that belongs to one plot of magnitudes by stage: ``plot.guess``.

    For a curve: :meth:`ask` lets the user draw, ``changed`` tells of every stroke, ``complete``
    says whether every stage has its point, :meth:`settle` ends the drawing and leaves the guess
    where it is. For a single number, or a curve that was drawn another day: :meth:`show_value` and
    :meth:`show_values`. :meth:`clear` takes all away.

    While one draws, a drag or a click sets points instead of moving the view, the arrow keys
    choose a stage and raise or lower its point, and the plot keeps theory to itself; for a question
    of another kind :meth:`withhold` does that. The guess stands under the true curve, which runs
    over it as the pass goes on.
    """

    changed = Signal(object)
    """(N,) float64, the magnitudes drawn so far; nan where nothing is drawn yet."""

    def __init__(self, plot: DecadePlot) -> None:
        super().__init__(plot)
        self._plot = plot
        self._curve = ExpectedCurve.empty(0)
        self.asking = False
        """Whether one can draw now."""
        self.withheld = False
        """Whether theory keeps silent: while one draws, and while any other question is open."""

    @property
    def values(self) -> Array:
        """(N,) what is expected at every stage, nan where nothing is; empty without a guess."""
        return self._curve.values

    @property
    def complete(self) -> bool:
        """Whether every stage has its point."""
        return len(self._curve.levels) > 0 and self._curve.complete

    def ask(self, stages: int) -> None:
        """Let the user draw one point for each of ``stages`` stages, from nothing."""
        self._curve = ExpectedCurve.empty(stages)
        self._set_asking(True)

    def withhold(self, withheld: bool) -> None:
        """Keep theory, whose line would tell the answer, back while a question is open."""
        self.withheld = withheld
        self._plot.refresh()

    def settle(self) -> None:
        """End the drawing; what was drawn stays."""
        self._set_asking(False)

    def show_values(self, values: ArrayLike) -> None:
        """Show a guess that cannot be changed: (N,) magnitudes, nan where nothing is expected."""
        self._curve = ExpectedCurve.of(values, self._plot.scale)
        self._set_asking(False)

    def show_value(self, stage: int, value: float, stages: int) -> None:
        """Show what is expected at one of ``stages`` stages."""
        values = np.full(stages, np.nan)
        values[stage - 1] = value
        self.show_values(values)

    def clear(self) -> None:
        """No guess any more."""
        self._curve = ExpectedCurve.empty(0)
        self._set_asking(False)

    def stroke(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Draw from ``start`` to ``end``, both (stage, log10 of the magnitude)."""
        self._plot.setFocus(Qt.FocusReason.MouseFocusReason)  # so that the arrow keys go on from it
        self._change(self._curve.drawn(start, end, self._plot.scale))

    def press_key(self, event: QKeyEvent) -> bool:
        """Answer an arrow key; whether it was one that means something now."""
        found = KEYS.get(Qt.Key(event.key()))
        if not self.takes(event) or found is None:
            return False
        along, up = found
        if along:
            self._change(self._curve.moved(along))
        else:
            self._change(self._curve.raised(up, self._plot.scale))
        return True

    def takes(self, event: QKeyEvent) -> bool:
        """Whether a key is the guess's rather than the window's, where arrows step."""
        return self.asking and event.key() in KEYS

    def _change(self, curve: ExpectedCurve) -> None:
        self._curve = curve
        self._plot.refresh()
        self.changed.emit(self.values)

    def _set_asking(self, asking: bool) -> None:
        self.asking = asking
        self.withheld = asking
        self._plot.view_box.stroke = self.stroke if asking else None
        focus = Qt.FocusPolicy.StrongFocus if asking else Qt.FocusPolicy.NoFocus
        self._plot.setFocusPolicy(focus)
        if not asking:
            self._plot.clearFocus()
        cursor = Qt.CursorShape.CrossCursor if asking else Qt.CursorShape.ArrowCursor
        self._plot.view.viewport().setCursor(cursor)
        self._plot.refresh()

    def line(self) -> tuple[Array, Array]:
        """Pixels (x, y) of its points, in order; nan out of sight or not drawn."""
        levels = self._curve.levels
        return self._plot.pixels(np.arange(1.0, len(levels) + 1), levels)

    def ink(self) -> tuple[Array, Array]:
        """Pixels that it covers, for labels to keep clear of."""
        return trace(*_known(*self.line()))

    def marks(self, newest: tuple[float, float] | None) -> list[Mark]:
        """A dashed line through hollow diamonds; while one draws, the keyboard's stage as well.

        The line to a single diamond begins at the ``newest`` point of the true curve, in pixels.
        """
        theme = self._plot.theme
        x, y = _known(*self.line())
        marks: list[Mark] = []
        if self.asking and self._plot.hasFocus():
            box = self._plot.area.box
            across = float(self._plot.area.across(self._curve.stage))
            column = np.array([across, across])
            ends = np.array([box.top, box.bottom])
            marks.append(Path(column, ends, theme.accent, 1.0, (2.0, 3.0)))
        way = x, y
        if len(x) == 1 and newest is not None:
            way = np.append(x, newest[0]), np.append(y, newest[1])
        marks.append(Path(*way, theme.accent, 1.6, (4.0, 3.0)))
        fills = np.tile(np.array(rgb(theme.surface), dtype=np.uint8), (len(x), 1))
        marks.append(Symbols(x, y, fills, RADIUS, theme.accent, 1.6, "diamond"))
        return marks

    def texts(self, ink: tuple[Array, Array], taken: list[Box]) -> list[Text]:
        """Its name, with the number where it is one point, clear of ``ink`` and ``taken``."""
        plot = self._plot
        x, y = _known(*self.line())
        if not len(x):
            return []
        words = ["your guess"]
        if len(x) == 1:
            value = self.values[np.isfinite(self._curve.levels)][0]
            words.insert(0, f"your guess {magnitude(float(value))}")
        bounds = plot.area.box
        accent = plot.theme.accent
        return label_along(words, (x, y), ink, bounds, taken, plot.theme, accent, 600)

    def invitation(self) -> str:
        """What to do, while nothing is drawn yet; empty otherwise."""
        if not self.asking or np.isfinite(self._curve.levels).any():
            return ""
        subject = self._plot.frame.subject if self._plot.frame else NUMBERED
        last = stage_name(len(self._curve.levels), subject)
        first = stage_name(1, subject)
        return f"Draw what you expect: drag from {last} to {first}, or use the arrow keys"


def _known(x: Array, y: Array) -> tuple[Array, Array]:
    """Those of the points that there are."""
    known = np.isfinite(x) & np.isfinite(y)
    return x[known], y[known]
