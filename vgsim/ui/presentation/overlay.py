"""What lies over the picture: the pointer, a few words, and the black screen."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QRadialGradient
from PySide6.QtWidgets import QWidget

from vgsim.ui.style.application import ui_font
from vgsim.ui.style.theme import Theme

HINT_MS = 5000
FADE_MS = 600
TICK_MS = 40
"""How long words are shown, how long they take to fade, and how often they are painted then."""
_RADIUS = 0.024
"""Of the pointer, as a share of the height."""
_LEAST_RADIUS = 14.0


class Overlay(QWidget):
    """Paints the pointer and the words; the mouse goes through it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._theme = theme
        self._pointer: QPointF | None = None
        self.words = ""
        self._strength = 1.0
        self._stay = QTimer(self, singleShot=True, interval=HINT_MS)
        self._stay.timeout.connect(self._begin_to_fade)
        self._fade = QTimer(self, interval=TICK_MS)
        self._fade.timeout.connect(self._fade_on)

    def set_theme(self, theme: Theme) -> None:
        """Paint in other colors."""
        self._theme = theme
        self.update()

    @property
    def pointer(self) -> QPointF | None:
        """Where the pointer is shown, in pixels."""
        return self._pointer

    def point_at(self, where: QPointF | None) -> None:
        """Show the pointer there, or none."""
        for place in (self._pointer, where):
            if place is not None:
                self.update(self._around(place))
        self._pointer = where

    def say(self, words: str) -> None:
        """Show ``words`` at the bottom for a while; none at once when they are empty."""
        self.words, self._strength = words, 1.0
        self._fade.stop()
        if words:
            self._stay.start()
        else:
            self._stay.stop()
        self.update()

    def stop(self) -> None:
        """Nothing moves from now on."""
        self.say("")
        self.point_at(None)

    @Slot()
    def _begin_to_fade(self) -> None:
        self._fade.start()

    @Slot()
    def _fade_on(self) -> None:
        self._strength -= TICK_MS / FADE_MS
        if self._strength <= 0:
            self.say("")
        self.update(self._plate().toAlignedRect())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Words, and over them the pointer."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.words:
            self._paint_words(painter)
        if self._pointer is not None:
            self._paint_pointer(painter, self._pointer)
        painter.end()

    def _around(self, place: QPointF) -> QRect:
        reach = self._radius() + 3
        corner = QPointF(reach, reach)
        return QRectF(place - corner, place + corner).toAlignedRect()

    def _radius(self) -> float:
        return max(_LEAST_RADIUS, _RADIUS * self.height())

    def _paint_pointer(self, painter: QPainter, place: QPointF) -> None:
        """A disc that grows faint toward the middle, so that what it points at can be read."""
        radius = self._radius()
        color = QColor(self._theme.accent)
        glow = QRadialGradient(place, radius)
        for at, alpha in ((0.0, 40), (0.72, 70), (1.0, 120)):
            color.setAlpha(alpha)
            glow.setColorAt(at, color)
        color.setAlpha(230)
        painter.setPen(QPen(color, max(2.0, 0.1 * radius)))
        painter.setBrush(glow)
        painter.drawEllipse(place, radius, radius)

    def _paint_words(self, painter: QPainter) -> None:
        plate = self._plate()
        painter.setOpacity(max(self._strength, 0.0))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.text))
        painter.drawRoundedRect(plate, 10, 10)
        painter.setPen(QColor(self._theme.surface))
        painter.setFont(self._font())
        painter.drawText(plate, int(_FLAGS), self.words)
        painter.setOpacity(1.0)

    def _font(self) -> QFont:
        return ui_font(max(13, round(0.021 * self.height())), 500, tabular=False)

    def _plate(self) -> QRectF:
        """Where the words stand: low in the middle, as wide as they are."""
        metrics = QFontMetricsF(self._font())
        most = QRectF(0, 0, 0.9 * self.width(), self.height())
        size = metrics.boundingRect(most, int(_FLAGS), self.words).size()
        width = size.width() + 2 * metrics.height()
        height = size.height() + metrics.height()
        top = self.height() - height - 0.03 * self.height()
        return QRectF((self.width() - width) / 2, top, width, height)


_FLAGS = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap


class Blank(QWidget):
    """Black over everything."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.setAccessibleName("Blank screen, any key brings the picture back")
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        painter.end()
