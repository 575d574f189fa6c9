"""The two tracks of the timeline: the moments of a pass, and the steps of a training."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QResizeEvent

from vgsim.measure.frame import Frame
from vgsim.nn.moments import Moment, Phase
from vgsim.text.moments import moment_title
from vgsim.text.pointed import Pointed
from vgsim.text.scale import Scale
from vgsim.text.stages import NUMBERED, short_name
from vgsim.ui.plots.layer import Text, text_width
from vgsim.ui.style.theme import Theme, mix, rgb
from vgsim.ui.timeline.model import (
    LEAST_CELL,
    PassTrack,
    Section,
    StepTrack,
    gradient_at,
    lay_out_pass,
    moment_at,
    moment_name,
    moment_tip,
    pixel_moments,
    section_labels,
    step_tip,
)
from vgsim.ui.timeline.track import BAR, GUTTER, KNOB, LABELS, SPARE, TimelineTrack, low_color
from vgsim.ui.widgets.spots import SymbolSpot

_LOW = 4.0
_ROUNDED = 14.0
_TOP = LABELS + SPARE


class MomentTrack(TimelineTrack):
    """The moments of a pass: forward, loss, backward shaded by the gradient reached, update."""

    def __init__(self, theme: Theme, scale: Scale) -> None:
        super().__init__(theme, "Moments of the pass", round(LABELS + BAR + 2 * SPARE))
        self._scale = scale
        self._frame: Frame | None = None
        self._reached = 0
        self._colors: NDArray[np.uint8] = np.zeros((0, 3), np.uint8)
        self._track = lay_out_pass(1, GUTTER, GUTTER + 120)
        self._subject = NUMBERED

    def set_frame(self, frame: Frame) -> None:
        """Show where ``frame`` is, and the gradient that it has reached."""
        fresh = self._frame is None or self._frame.stages != frame.stages
        self._frame = frame
        self._subject = frame.subject
        self._reached = frame.moment.position
        self._recolor()
        if fresh:
            self.setRange(0, 2 * frame.stages + 2)
            self.setPageStep(max(1, frame.stages // 5))
            self._lay_out()
        self.show_place(self._reached)
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in other colors."""
        super().set_theme(theme)
        self._recolor()

    def describe(self) -> None:
        """Say to a screen reader what is under the playhead."""
        moment = moment_at(self.value(), self._track.stages)
        words = moment_title(moment, self._track.stages, self._subject)
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)

    def place_at(self, x: float) -> int:
        """The position of the moment at a pixel."""
        return self._track.position(x)

    def words_at(self, place: int) -> tuple[str, ...]:
        """The moment's title, number and gradient."""
        if self._frame:
            return moment_tip(place, self._frame)
        return ()

    def symbol_spots(self) -> list[SymbolSpot]:
        """The sections by their names, and every moment where each has room."""
        spots = [SymbolSpot(Pointed("moment"), QRectF(0, 0, self.width(), LABELS))]
        for part in self._track.sections:
            if part.cell >= LEAST_CELL:
                places = range(part.first, part.last + 1)
                spots += [self._spot(part, position) for position in places]
        return spots

    def symbol_in_focus(self) -> Pointed | None:
        """What happens in the moment under the playhead."""
        return _shown_in(moment_at(self.value(), self._track.stages))

    def _spot(self, part: Section, position: int) -> SymbolSpot:
        left, right = part.span(position)
        pointed = _shown_in(moment_at(position, self._track.stages))
        return SymbolSpot(pointed, QRectF(left, _TOP, right - left, BAR), numbers=True)

    @property
    def track(self) -> PassTrack:
        """Where every moment is."""
        return self._track

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the moments out anew."""
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        stages = self._frame.stages if self._frame else 1
        self._track = lay_out_pass(stages, GUTTER, self.width() - SPARE - 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Names above, moments below, and the frame of the playhead around one of them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
        if self._frame is not None:
            for part in self._track.sections:
                self._paint_section(painter, part)
            self._paint_labels(painter)
            if self.isEnabled():
                self._paint_playhead(painter)
            moment = moment_at(self.value(), self._track.stages)
            named = moment.stage > 0 and bool(self._subject.named)
            name = short_name(moment.stage, self._subject) if named else moment_name(moment)
            self._say(painter, name, _TOP + BAR / 2)
        bar = QRectF(GUTTER - 5, LABELS - 1, self.width() - GUTTER + 5, BAR + 5)
        self._paint_focus(painter, bar)
        painter.end()

    def _paint_section(self, painter: QPainter, part: Section) -> None:
        if part.cell < LEAST_CELL:
            self._paint_pixels(painter, part)
            return
        low = QColor(low_color(self.theme))
        outline = QColor(self._outline())
        rounded = part.cell >= _ROUNDED or part.first == part.last
        painter.setPen(outline)
        for position in range(part.first, part.last + 1):
            left, right = part.span(position)
            left, width = round(left), round(right) - round(left) - 1
            if position > self._reached:
                painter.fillRect(QRectF(left, _TOP + (BAR - _LOW) / 2, width, _LOW), low)
                continue
            color = QColor(*self._colors[position].tolist())
            if rounded:
                painter.setBrush(color)
                painter.drawRoundedRect(QRectF(left + 0.5, _TOP + 0.5, width - 1, BAR - 1), 2, 2)
            else:  # round corners of many small ones cost more than they show
                painter.fillRect(QRectF(left, _TOP, width, BAR), outline)
                painter.fillRect(QRectF(left + 1, _TOP + 1, width - 2, BAR - 2), color)

    def _paint_pixels(self, painter: QPainter, part: Section) -> None:
        """More moments than pixels: every pixel shows the one at its middle."""
        positions = pixel_moments(part)
        done = int(np.searchsorted(positions, self._reached, side="right"))
        left = round(part.left)
        rest = QRectF(left + done, _TOP + (BAR - _LOW) / 2, len(positions) - done, _LOW)
        painter.fillRect(rest, QColor(low_color(self.theme)))
        if not done:
            return
        colors = self._colors[positions[:done]].astype(np.uint32)
        row = 0xFF000000 | colors[:, 0] << 16 | colors[:, 1] << 8 | colors[:, 2]
        row = np.ascontiguousarray(row, np.uint32)
        image = QImage(row.data, done, 1, 4 * done, QImage.Format.Format_RGB32)
        painter.drawImage(QRectF(left, _TOP, done, BAR), image)
        for y in (_TOP, _TOP + BAR - 1):  # a gradient that has faded away is reached all the same
            painter.fillRect(QRectF(left, y, done, 1), QColor(self._outline()))

    def _recolor(self) -> None:
        """A color for each moment: the heat of the gradient reached there, else a neutral one."""
        if self._frame is None:
            return
        gradient = gradient_at(self._frame)
        colors = self.theme.heat[self._scale.index(gradient)]
        colors[np.isnan(gradient)] = rgb(mix(self.theme.surface, self.theme.muted, 0.4))
        self._colors = colors

    def _outline(self) -> str:
        return mix(self.theme.border, self.theme.muted, 0.35)

    def _paint_labels(self, painter: QPainter) -> None:
        y = LABELS / 2 - 1
        end = self.width() - SPARE
        for part in self._track.sections:
            names = section_labels(part.phase, self._track.stages, self._subject.recurrent)
            if part.phase is Phase.UPDATE:
                Text(names[0], end, y, self.theme.muted, anchor=(1, 0.5)).paint(painter)
            elif part.phase is Phase.LOSS:
                middle = (part.left + part.right) / 2
                Text(names[0], middle, y, self.theme.muted, anchor=(0.5, 0.5)).paint(painter)
            else:
                room = part.right - part.left - 6
                if part.phase is Phase.BACKWARD:  # "update" reaches over its end
                    room -= text_width("update") - (end - part.right)
                name = next((name for name in names if text_width(name) <= room), "")
                Text(name, part.left, y, self.theme.muted).paint(painter)

    def _paint_playhead(self, painter: QPainter) -> None:
        left, right = self._track.span(self.value())
        half = max(right - left + 2, 8.0) / 2
        middle = min((left + right) / 2, self.width() - half - 1)
        box = QRectF(middle - half, _TOP - 1.5, 2 * half, BAR + 3)
        painter.setPen(QPen(self._accent(), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 3, 3)


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

    def symbol_spots(self) -> list[SymbolSpot]:
        """Every step is one update."""
        return [SymbolSpot(Pointed("update"), QRectF(self.rect()), numbers=True)]

    @property
    def track(self) -> StepTrack:
        """Where every step is."""
        if self.maximum():
            room = text_width(f"{self.maximum():,}") + 10
        else:
            room = KNOB
        return StepTrack(self.maximum(), GUTTER + KNOB, self.width() - room - KNOB)

    def place_at(self, x: float) -> int:
        """The step nearest to a pixel."""
        return self.track.step(x)

    def words_at(self, place: int) -> tuple[str, ...]:
        """The step, and whether it is kept."""
        if self.maximum():
            return step_tip(place, self._first, self.maximum())
        return ()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A line, its kept part, and a knob."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        track = self.track
        latest = self.maximum()
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


def _shown_in(moment: Moment) -> Pointed:
    """What a moment is about."""
    symbols = {
        Phase.FORWARD: "activation",
        Phase.LOSS: "loss",
        Phase.BACKWARD: "gradient",
        Phase.UPDATE: "update",
    }
    return Pointed(symbols.get(moment.phase, "moment"), stage=moment.stage)


def _bar(painter: QPainter, middle: float) -> Callable[[float, float, float, str], None]:
    """Paints rounded bars from left to right around one height."""

    def paint(left: float, right: float, high: float, color: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color))
        box = QRectF(left, middle - high / 2, max(right - left, high), high)
        painter.drawRoundedRect(box, high / 2, high / 2)

    return paint
