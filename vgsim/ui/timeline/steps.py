"""The track of the steps of a training."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPaintEvent,
    QPen,
)

from vgsim.ui.plots.layer import Text, text_width
from vgsim.ui.style.theme import Theme, mix
from vgsim.ui.timeline.model import (
    StepTrack,
    step_tip,
)
from vgsim.ui.timeline.track import GUTTER, KNOB, SPARE, TimelineTrack, low_color


class StepsTrack(TimelineTrack):
    """The steps of a training; those that one can go back to at once are drawn stronger."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Training steps", 22)
        self._first = 0
        self.setRange(0, 0)

    def set_reach(self, first_kept: int, latest: int) -> None:
        """Steps 0 to ``latest`` were run; from ``first_kept`` to the present they are kept."""
        self._first = first_kept
        if latest != self.maximum():
            self.setMaximum(latest)
            self.setPageStep(max(1, latest // 10))
        self.update()

    def set_step(self, step: int) -> None:
        """Show where one is."""
        if step > self.maximum():
            self.setMaximum(step)
        self.show_place(step)

    def describe(self) -> None:
        """Say to a screen reader what is under the playhead."""
        words = f"Step {self.value():,} of {self.maximum():,}"
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)

    @property
    def track(self) -> StepTrack:
        """Where every step is."""
        room = text_width(f"{self.maximum():,}") + 10 if self.maximum() else KNOB
        return StepTrack(self.maximum(), GUTTER + KNOB, self.width() - room - KNOB)

    def place_at(self, x: float) -> int:
        """The step nearest to a pixel."""
        return self.track.step(x)

    def words_at(self, place: int) -> tuple[str, ...]:
        """The step, and whether it is kept."""
        return step_tip(place, self._first, self.maximum()) if self.maximum() else ()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A line, its kept part, and a knob."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, track, latest = self.height() / 2, self.track, self.maximum()
        line = _bar(painter, middle)
        line(track.left, track.right, 3, low_color(self.theme))
        self._say(painter, f"step {self.value():,}", middle)
        if latest:
            kept = mix(self.theme.surface, self.theme.accent, 0.45 if self.isEnabled() else 0.2)
            line(track.x(min(self._first, latest)), track.right, 5, kept)
            end = f"{latest:,}"
            Text(end, self.width() - SPARE, middle, self.theme.muted, anchor=(1, 0.5)).paint(
                painter
            )
            painter.setPen(QPen(QColor(self.theme.surface), 2))
            painter.setBrush(self._accent())
            painter.drawEllipse(QPointF(track.x(self.value()), middle), KNOB, KNOB)
        else:
            words = Text(
                "no update yet", GUTTER + 4, middle, self.theme.muted, halo=self.theme.surface
            )
            words.paint(painter)
        self._paint_focus(painter, QRectF(GUTTER - 5, 1, self.width() - GUTTER + 5, 20))
        painter.end()


def _bar(painter: QPainter, middle: float) -> Callable[[float, float, float, str], None]:
    """Paints rounded bars from left to right around one height."""

    def paint(left: float, right: float, high: float, color: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color))
        box = QRectF(left, middle - high / 2, max(right - left, high), high)
        painter.drawRoundedRect(box, high / 2, high / 2)

    return paint
