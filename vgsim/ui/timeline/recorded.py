"""The track of recorded steps: a cell for each, in the shade of the gradient at the first stage."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen

from vgsim.core.numbers import magnitude
from vgsim.measure.frame import Frame, RecordedSteps
from vgsim.text.moments import place_of
from vgsim.text.pointed import Pointed
from vgsim.text.scale import Scale
from vgsim.text.stages import clipped_name, stage_name
from vgsim.ui.plots.layer import Text, text_width
from vgsim.ui.style.theme import Theme, mix
from vgsim.ui.timeline.model import CellTrack, cell_tip, labeled_rows
from vgsim.ui.timeline.track import BAR, GUTTER, LABELS, SPARE, TimelineTrack, low_color
from vgsim.ui.widgets.spots import SymbolSpot

_LABEL_ROOM = 70
"""Pixels for the number of one step."""
_TOP, _LOW_TOP = 5.0, 4.0
"""Room for the frame of the playhead above the cells."""
_ROUNDED = 9.0
_THIN = 4.0
"""Height of a step that nothing is known of."""


class RecordedTrack(TimelineTrack):
    """The recorded steps in their order; the slider counts them from 0."""

    def __init__(self, theme: Theme, scale: Scale) -> None:
        super().__init__(theme, "Recorded steps", round(_TOP + BAR + LABELS + SPARE))
        self.low = False
        self._scale = scale
        self._steps: RecordedSteps | None = None
        self._at = ""
        self.setRange(0, 0)

    def set_frame(self, frame: Frame, steps: RecordedSteps) -> None:
        """Show the steps that there are, and which of them ``frame`` is of."""
        if steps is not self._steps:
            self._steps = steps
            self.setRange(0, len(steps.steps) - 1)
            self.setPageStep(max(1, len(steps.steps) // 10))
        self._at = f"at {clipped_name(stage_name(steps.stage, frame.subject))}"
        self.show_place(steps.row(place_of(frame)[0]))
        self.tip.refresh()
        self.update()

    def set_low(self, low: bool) -> None:
        """Leave the line under the cells out: the numbers of steps, and whose gradient it is."""
        if low != self.low:
            self.low = low
            self.setFixedHeight(round(_TOP + BAR + SPARE + (0.0 if low else LABELS)))
            self.update()

    @property
    def _top(self) -> float:
        """Where the cells begin."""
        return _LOW_TOP if self.low else _TOP

    @property
    def track(self) -> CellTrack:
        """Where every recorded step is."""
        return CellTrack(self.maximum() + 1, GUTTER, self.width() - SPARE - 1)

    def step(self, row: int) -> int:
        """The number of a recorded step."""
        return int(self._steps.steps[row]) if self._steps is not None else 0

    def describe(self) -> None:
        """Say to a screen reader what is under the playhead."""
        if self._steps is None:
            return
        size = float(self._steps.gradient[self.value()])
        shown = "not recorded" if np.isnan(size) else magnitude(size)
        words = f"Recorded step {self.step(self.value()):,}, gradient {self._at} {shown}"
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)

    def symbol_spots(self) -> list[SymbolSpot]:
        """Every recorded step is one update."""
        return [SymbolSpot(Pointed("update"), QRectF(self.rect()), numbers=True)]

    def place_at(self, x: float) -> int:
        """The recorded step at a pixel."""
        return self.track.row(x)

    def words_at(self, place: int) -> tuple[str, ...]:
        """Which step it is, and its gradient."""
        if self._steps is None:
            return ()
        return cell_tip(self.track, place, self._steps)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The cells, numbers of some below them, and the frame of the playhead."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._steps is not None:
            track = self.track
            self._paint_cells(painter, track, self._steps)
            self._paint_playhead(painter, track)
            self._say(painter, f"step {self.step(self.value()):,}", self._top + BAR / 2)
            if not self.low:
                self._paint_numbers(painter, track, self._steps)
                below = _TOP + BAR + LABELS / 2
                Text(self._at, 0, below, self.theme.muted, 11).paint(painter)
        high = min(_TOP + BAR + 4, self.height() - 1)
        bar = QRectF(GUTTER - 5, 1, self.width() - GUTTER + 5, high)
        self._paint_focus(painter, bar)
        painter.end()

    def _paint_cells(self, painter: QPainter, track: CellTrack, steps: RecordedSteps) -> None:
        values = track.values(steps.gradient)
        top = self._top
        colors = self.theme.heat[self._scale.index(values)]
        outline = QColor(mix(self.theme.border, self.theme.muted, 0.35))
        low = QColor(low_color(self.theme))
        for cell in range(track.cells):
            left, right = track.span(cell)
            left, width = round(left), round(right) - round(left) - 1
            if np.isnan(values[cell]):
                painter.fillRect(QRectF(left, top + (BAR - _THIN) / 2, width, _THIN), low)
                continue
            color = QColor(*colors[cell].tolist())
            if width >= _ROUNDED:
                painter.setPen(outline)
                painter.setBrush(color)
                painter.drawRoundedRect(QRectF(left + 0.5, top + 0.5, width - 1, BAR - 1), 2, 2)
            else:
                painter.fillRect(QRectF(left, top, width, BAR), outline)
                painter.fillRect(QRectF(left, top + 1, width, BAR - 2), color)

    def _paint_numbers(self, painter: QPainter, track: CellTrack, steps: RecordedSteps) -> None:
        y = _TOP + BAR + LABELS / 2
        room = int((track.right - track.left) / _LABEL_ROOM)
        free = self.width() - SPARE
        for row in reversed(labeled_rows(steps.steps, steps.every, room)):
            words = f"{int(steps.steps[row]):,}"
            wide = text_width(words)
            middle = sum(track.span(track.cell(row))) / 2
            left = min(max(middle - wide / 2, track.left), free - wide)
            if left + wide <= free and left >= track.left:
                Text(words, left, y, self.theme.muted).paint(painter)
                free = left - 14

    def _paint_playhead(self, painter: QPainter, track: CellTrack) -> None:
        left, right = track.span(track.cell(self.value()))
        half = max(right - left + 2, 8.0) / 2
        middle = min(max((left + right) / 2, GUTTER + half - 2), self.width() - half - 1)
        painter.setPen(QPen(self._accent(), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(middle - half, self._top - 1.5, 2 * half, BAR + 3), 3, 3)
