"""The lessons: each with how far one has come, and the next one under a button."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout

from vgsim.ui.start.model.learn import LearnRow, done_words, next_row, next_words
from vgsim.ui.style.application import app_color, ui_font
from vgsim.ui.style.icons import icon
from vgsim.ui.style.theme import mix
from vgsim.ui.widgets.buttons import TextButton
from vgsim.ui.widgets.card import Card
from vgsim.ui.widgets.text import clamped, tool_tip

_PAD = 8
_MARK = 17
_GAP = 10
_WORDS_AT = _PAD + _MARK + 11
_ROUND = 5760
"""A whole turn in Qt's sixteenths of a degree."""


class LessonRow(QAbstractButton):
    """Mark, title and minutes; the next one also says what it is about."""

    def __init__(self, row: LearnRow, following: bool) -> None:
        super().__init__()
        self.row = row
        self._following = following
        weight = 600 if following else 400
        self._fonts = ui_font(13, weight, tabular=False), ui_font(12, tabular=False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        state = "done" if row.done else row.right
        self.setAccessibleName(f"Lesson {row.number}: {row.title}, {state}")
        self.setToolTip(tool_tip(row.title, row.about))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """A line; some more for the next one."""
        high, low = map(QFontMetrics, self._fonts)
        height = high.height() + 2 * _PAD
        if self._following:
            height += len(self._about()) * low.lineSpacing() + 3
        return QSize(200, height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What it is about may take another number of lines now."""
        super().resizeEvent(event)
        self.updateGeometry()

    def beside(self) -> str:
        """What stands at the right: minutes give way to the title, the page is only shortened."""
        high, low = map(QFontMetrics, self._fonts)
        room = self.width() - _WORDS_AT - _PAD - 2 - high.horizontalAdvance(self.row.title)
        said = (self.row.right, self.row.short)
        return next((text for text in said if low.horizontalAdvance(text) + _GAP <= room), said[1])

    def _about(self) -> list[str]:
        """What the next lesson is about, in lines."""
        room = max(self.width(), 200) - _WORDS_AT - _PAD - 2
        return clamped(self.row.about, self._fonts[1], room, 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The next one on a soft field; a ring around the one with the focus."""
        role = QPalette.ColorRole
        surface, accent = app_color(role.Base), app_color(role.Accent)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        field = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        fill = surface
        if self._following:
            fill = mix(surface, accent, 0.12)
        elif self.underMouse():
            fill = mix(surface, app_color(role.Text), 0.05)
        painter.setPen(QPen(QColor(accent if self.hasFocus() else fill), 1.0))
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(field, 7, 7)
        high, low = map(QFontMetrics, self._fonts)
        middle = _PAD + high.height() / 2
        self._paint_mark(painter, QPointF(_PAD + _MARK / 2, middle))
        left = _WORDS_AT
        room = self.width() - left - _PAD - 2
        beside = self.beside()
        right = low.horizontalAdvance(beside)
        base = _PAD + high.ascent()
        painter.setFont(self._fonts[1])
        painter.setPen(QColor(app_color(role.PlaceholderText)))
        painter.drawText(left + room - right, base, beside)
        if self._following:
            below = _PAD + high.height() + 3 + low.ascent()
            for number, line in enumerate(self._about()):
                painter.drawText(left, below + number * low.lineSpacing(), line)
        painter.setFont(self._fonts[0])
        painter.setPen(QColor(app_color(role.Text)))
        painter.drawText(left, base, _elided(high, self.row.title, room - right - _GAP))
        painter.end()

    def _paint_mark(self, painter: QPainter, center: QPointF) -> None:
        """A check where it is done, a part of a ring where it is begun, else its number."""
        role = QPalette.ColorRole
        surface, accent = app_color(role.Base), app_color(role.Accent)
        ring = QRectF(0, 0, _MARK, _MARK)
        ring.moveCenter(center)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.row.done:
            painter.setPen(QPen(QColor(accent), 1.0))
            painter.setBrush(QColor(accent))
            painter.drawEllipse(ring)
            check = icon("check", app_color(role.HighlightedText), 11)
            inner = QRectF(0, 0, 11, 11)
            inner.moveCenter(center)
            check.paint(painter, inner.toRect())
            return
        painter.setPen(QPen(QColor(mix(surface, app_color(role.PlaceholderText), 0.5)), 1.2))
        painter.drawEllipse(ring)
        if self.row.begun:
            painter.setPen(QPen(QColor(accent), 2.2))
            painter.drawArc(ring, _ROUND // 4, -round(self.row.share * _ROUND))
            return
        painter.setFont(ui_font(10, 500))
        painter.setPen(QColor(app_color(role.PlaceholderText)))
        painter.drawText(ring, Qt.AlignmentFlag.AlignCenter, str(self.row.number))

    def enterEvent(self, event: QEnterEvent) -> None:
        """Darken."""
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Lighten."""
        self.update()


class LearnPanel(Card):
    """All lessons. A press opens one; the button opens the next."""

    lesson_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__("Learn")
        self.rows: list[LessonRow] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(1)
        self.body.addLayout(self._list)
        self.body.addSpacing(4)
        self.button = TextButton("", "The next lesson")
        self.button.set_primary(True)
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self._ask_next)
        self.body.addWidget(self.button)
        self._next = ""

    def show_rows(self, rows: Sequence[LearnRow]) -> None:
        """Show these lessons."""
        following = next_row(rows)
        for old in self.rows:
            old.hide()
            old.deleteLater()
        self.rows = [LessonRow(row, row is following) for row in rows]
        for row in self.rows:
            row.clicked.connect(partial(self._ask, row.row.name))
            self._list.addWidget(row)
        self._next = "" if following is None else following.name
        self.set_subtitle(done_words(rows))
        words = next_words(rows)
        self.button.show_face("", words, words)

    def _ask(self, name: str, checked: bool = False) -> None:
        self.lesson_asked.emit(name)

    @Slot()
    def _ask_next(self) -> None:
        self.lesson_asked.emit(self._next)


def _elided(metrics: QFontMetrics, text: str, room: int) -> str:
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
