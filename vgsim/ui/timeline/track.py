"""What both tracks of the timeline are: a slider of places, dragged or moved by keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy

from vgsim.ui.plots.layer import Text, text_width
from vgsim.ui.style.theme import Theme, mix
from vgsim.ui.widgets.spots import SymbolSource
from vgsim.ui.widgets.text import LiveTip, tool_tip

GUTTER = 88
"""Room at the left for what is under the playhead."""
THROTTLE_MS = 70
"""While one drags or holds a key, places are emitted this far apart, and the last at the end."""
LABELS, BAR = 15.0, 14.0
"""Heights of the names of the sections and of the moments under them."""
KNOB, SPARE = 5.5, 2.0
"""Radius of the step's playhead, and room at the edges."""
_KEYS = {
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End,
    Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Up, Qt.Key.Key_Down,
}  # fmt: skip


class TimelineTrack(QAbstractSlider, SymbolSource):
    """A playhead on a line, moved by mouse or keyboard. A subclass lays it out and paints it.

    While the user moves it, what is shown from outside waits.
    """

    chosen = Signal(int)
    """Where the user moved the playhead to."""

    def __init__(self, theme: Theme, name: str, height: int) -> None:
        super().__init__()
        self.theme = theme
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(height)
        self.setAccessibleName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.tip = LiveTip(self, self._tip_at)
        self._waiting: int | None = None
        self._shown = 0
        self._pause = QTimer(self, singleShot=True, interval=THROTTLE_MS)
        self._pause.timeout.connect(self._end_pause)
        self.actionTriggered.connect(self._act)

    def show_place(self, place: int) -> None:
        """Move the playhead, unless the user holds it; then once it is let go."""
        self._shown = place
        if not self.held():
            self.setValue(place)

    def held(self) -> bool:
        """Whether the user moves the playhead now."""
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
        """End a drag, and forget the place that was not emitted yet."""
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
            self.tip.show(event)
            return True
        return super().event(event)

    def _tip_at(self, where: QPoint) -> str:
        if where.x() < GUTTER - 8:
            return ""
        return tool_tip(*self.words_at(self.place_at(where.x())))

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
        """Tell now, or when the pause after the last one is over."""
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
            place = self._waiting
            self._waiting = None
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
        if self.isEnabled():
            color = self.theme.text
        else:
            color = self.theme.muted
        Text(text, 0, y, color, size, 500).paint(painter)


def low_color(theme: Theme) -> str:
    """The color of what is not reached."""
    return mix(theme.border, theme.muted, 0.2 if theme.dark else 0.0)
