"""The two tracks of the timeline: the moments of a pass, and the steps of a training."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QToolTip

from vgsim.engine.frame import Frame, Phase
from vgsim.present.scale import Scale
from vgsim.present.theme import Theme, mix, rgb
from vgsim.present.timeline import (
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
from vgsim.present.words import is_recurrent, moment_title
from vgsim.views.controls.text import tool_tip
from vgsim.views.plots.layer import Text, text_width

GUTTER = 88
"""Room at the left for what is under the playhead."""
THROTTLE_MS = 70
"""While one drags or holds a key, places are told so far apart, and the last at the end."""
LABELS, BAR = 15.0, 14.0
"""Heights of the names of the sections and of the moments under them."""
_LOW, _KNOB, _SPARE = 4.0, 5.5, 2.0
_ROUNDED = 14.0
_TOP = LABELS + _SPARE
_KEYS = {
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End,
    Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Up, Qt.Key.Key_Down,
}  # fmt: skip


class Track(QAbstractSlider):
    """A playhead on a line, moved by mouse or keyboard. A subclass lays it out and paints it.

    While a person moves it, what is shown from outside waits.
    """

    chosen = Signal(int)
    """Where a person moved the playhead to."""

    def __init__(self, theme: Theme, name: str, height: int) -> None:
        super().__init__()
        self.theme = theme
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(height)
        self.setAccessibleName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._waiting: int | None = None
        self._shown = 0
        self._pause = QTimer(self, singleShot=True, interval=THROTTLE_MS)
        self._pause.timeout.connect(self._end_pause)
        self.actionTriggered.connect(self._act)

    def show_place(self, place: int) -> None:
        """Move the playhead, unless a person holds it; then once it is let go."""
        self._shown = place
        if not self.held():
            self.setValue(place)

    def held(self) -> bool:
        """Whether a person moves the playhead now."""
        return self.isSliderDown() or self._pause.isActive()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in other colors."""
        self.theme = theme
        self.update()

    def place_at(self, x: float) -> int:
        """The place at a pixel."""
        raise NotImplementedError

    def words_at(self, place: int) -> tuple[str, ...]:
        """What a tool tip says of a place, by paragraph."""
        raise NotImplementedError

    def minimumSizeHint(self) -> QSize:
        """Narrower than this no moment can be hit."""
        return QSize(GUTTER + 120, self.height())

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(640, self.height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Bring the playhead under the mouse, and hold it there."""
        if event.button() is Qt.MouseButton.LeftButton and event.position().x() >= GUTTER - 8:
            self.setSliderDown(True)
            self._drag(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Take it along."""
        if self.isSliderDown():
            self._drag(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if self.isSliderDown() and event.button() is Qt.MouseButton.LeftButton:
            self.setSliderDown(False)
            self._flush()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolling over it must not move through an experiment."""
        event.ignore()

    def let_go(self) -> None:
        """Take the playhead out of the hand, and forget what was not told yet."""
        self._pause.stop()
        self._waiting = None
        self.setSliderDown(False)
        self.setValue(self._shown)

    def hideEvent(self, event: QHideEvent) -> None:
        """Let go."""
        self.let_go()
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Let go when nothing can be dragged any more."""
        if event.type() is QEvent.Type.EnabledChange and not self.isEnabled():
            self.let_go()
        super().changeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep the keys that move the playhead from the shortcuts; answer a resting mouse."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride:
            if event.key() in _KEYS:
                event.accept()
                return True
        elif isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            words = self.words_at(self.place_at(event.pos().x())) if self._over(event) else ()
            QToolTip.showText(event.globalPos(), tool_tip(*words), self)
            return True
        return super().event(event)

    def _over(self, event: QHelpEvent) -> bool:
        return event.pos().x() >= GUTTER - 8

    def _drag(self, x: float) -> None:
        place = self.place_at(x)
        if place != self.value():
            self.setSliderPosition(place)
            self._tell(place)

    def _act(self, _: int) -> None:
        """A key: the position is the new one already, the value is not."""
        if self.sliderPosition() != self.value():
            self._tell(self.sliderPosition())

    def _tell(self, place: int) -> None:
        """Tell now, or when the pause behind the last one is over."""
        if self._pause.isActive():
            self._waiting = place
        else:
            self._pause.start()
            self.chosen.emit(place)

    def _end_pause(self) -> None:
        if self._waiting is not None:
            self._flush()
        elif not self.isSliderDown():
            self.setValue(self._shown)

    def _flush(self) -> None:
        """Tell what waits; frames that were on their way still come a moment later."""
        if self._waiting is not None:
            place, self._waiting = self._waiting, None
            self._pause.start()
            self.chosen.emit(place)

    def _paint_focus(self, painter: QPainter, box: QRectF) -> None:
        if self.hasFocus():
            painter.setPen(QPen(QColor(self.theme.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    def _accent(self) -> QColor:
        """The color of the playhead."""
        return QColor(self.theme.accent if self.isEnabled() else self.theme.edge)

    def _say(self, painter: QPainter, text: str, y: float) -> None:
        """What is under the playhead, at the left."""
        size = next((size for size in (12, 11, 10) if text_width(text, size, 500) < GUTTER - 12), 9)
        color = self.theme.text if self.isEnabled() else self.theme.muted
        Text(text, 0, y, color, size, 500).paint(painter)


class MomentTrack(Track):
    """The moments of a pass: forward, loss, backward shaded by the gradient reached, update."""

    def __init__(self, theme: Theme, scale: Scale) -> None:
        super().__init__(theme, "Moments of the pass", round(LABELS + BAR + 2 * _SPARE))
        self._scale = scale
        self._frame: Frame | None = None
        self._reached = 0
        self._colors: NDArray[np.uint8] = np.zeros((0, 3), np.uint8)
        self._track = lay_out_pass(1, GUTTER, GUTTER + 120)
        self._recurrent = False

    def set_frame(self, frame: Frame) -> None:
        """Show where ``frame`` is, and the gradient that it has reached."""
        fresh = self._frame is None or self._frame.stages != frame.stages
        self._frame = frame
        self._recurrent = is_recurrent(frame.spec)
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
        words = moment_title(moment, self._track.stages, self._recurrent)
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)

    def place_at(self, x: float) -> int:
        """The position of the moment at a pixel."""
        return self._track.position(x)

    def words_at(self, place: int) -> tuple[str, ...]:
        """The moment's title, number and gradient."""
        return moment_tip(place, self._frame, self._recurrent) if self._frame else ()

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
        self._track = lay_out_pass(stages, GUTTER, self.width() - _SPARE - 1)

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
            self._say(painter, moment_name(moment), _TOP + BAR / 2)
        bar = QRectF(GUTTER - 5, LABELS - 1, self.width() - GUTTER + 5, BAR + 5)
        self._paint_focus(painter, bar)
        painter.end()

    def _paint_section(self, painter: QPainter, part: Section) -> None:
        if part.cell < LEAST_CELL:
            self._paint_pixels(painter, part)
            return
        low, outline = QColor(_low(self.theme)), QColor(self._outline())
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
        painter.fillRect(rest, QColor(_low(self.theme)))
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
        y, end = LABELS / 2 - 1, self.width() - _SPARE
        for part in self._track.sections:
            names = section_labels(part.phase, self._track.stages, self._recurrent)
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


class StepsTrack(Track):
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
        room = text_width(f"{self.maximum():,}") + 10 if self.maximum() else _KNOB
        return StepTrack(self.maximum(), GUTTER + _KNOB, self.width() - room - _KNOB)

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
        line(track.left, track.right, 3, _low(self.theme))
        self._say(painter, f"step {self.value():,}", middle)
        if latest:
            kept = mix(self.theme.surface, self.theme.accent, 0.45 if self.isEnabled() else 0.2)
            line(track.x(min(self._first, latest)), track.right, 5, kept)
            end = f"{latest:,}"
            Text(end, self.width() - _SPARE, middle, self.theme.muted, anchor=(1, 0.5)).paint(
                painter
            )
            painter.setPen(QPen(QColor(self.theme.surface), 2))
            painter.setBrush(self._accent())
            painter.drawEllipse(QPointF(track.x(self.value()), middle), _KNOB, _KNOB)
        else:
            words = Text(
                "no update yet", GUTTER + 4, middle, self.theme.muted, halo=self.theme.surface
            )
            words.paint(painter)
        self._paint_focus(painter, QRectF(GUTTER - 5, 1, self.width() - GUTTER + 5, 20))
        painter.end()


def _low(theme: Theme) -> str:
    """The color of what is not reached."""
    return mix(theme.border, theme.muted, 0.2 if theme.dark else 0.0)


def _bar(painter: QPainter, middle: float) -> Callable[[float, float, float, str], None]:
    """Paints rounded bars from left to right around one height."""

    def paint(left: float, right: float, high: float, color: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color))
        box = QRectF(left, middle - high / 2, max(right - left, high), high)
        painter.drawRoundedRect(box, high / 2, high / 2)

    return paint
