"""A part of the guide to every symbol in a page: each with its words and what it is now."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import ClassVar

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)

from vgsim.core.errors import refuse
from vgsim.text.glossary import GlossaryEntry, glossary
from vgsim.text.lit import lit_now, settled
from vgsim.text.pointed import Pointed, lit
from vgsim.ui.guide.figures.base import FIGURES, LessonFigureView, Setting
from vgsim.ui.plots.layer import Text, line_height, text_width
from vgsim.ui.style.application import ui_font
from vgsim.ui.widgets.typeset import paint_formula, typeset

COLUMN = 74.0
"""Width kept for the symbols, in pixels."""
PADDING, RADIUS = 8.0, 6.0
TITLE, WORDS = 13, 12
"""Sizes of type."""
EM = 16.0
_HIGHEST = 40.0
_WAYS = {int(Qt.Key.Key_Up): -1, int(Qt.Key.Key_Down): 1}
_TAGS = re.compile(r"<[^>]*>")


@FIGURES.register("symbols", "what the symbols of one group are, each lit when it is pointed at")
class SymbolsFigure(LessonFigureView):
    """A row for each entry of a ``group`` of the guide: symbol, title, words, and what it is now.

    A row that the mouse or the keyboard is on is pointed at in the whole window.
    """

    defaults: ClassVar[Mapping[str, Setting]] = {"group": "The signal"}

    @classmethod
    def check(cls, settings: Mapping[str, Setting]) -> None:
        """There must be a group of that title."""
        groups = dict.fromkeys(entry.group for entry in glossary().values())
        if settings["group"] not in groups:
            raise refuse("group", settings["group"], "one of " + ", ".join(groups))

    def set_up(self) -> None:
        """The entries of the group."""
        group = str(self.settings["group"])
        self.entries = [entry for entry in glossary().values() if entry.group == group]
        self._points: tuple[Pointed, ...] = ()
        self._row = -1
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(f"Symbols: {group}")

    def set_pointed(self, points: tuple[Pointed, ...]) -> None:
        """Frame the rows that are about what is pointed at."""
        self._points = points
        self.update()

    def now_of(self, entry: GlossaryEntry) -> str:
        """What an entry is in the present frame: "×0.21"; empty where it has no number."""
        rows = lit_now(settled(Pointed(entry.name), self.frame), self.frame)
        return rows[0].number if rows else ""

    def heightForWidth(self, width: int) -> int:
        """All rows, one below the other."""
        return round(sum(self._heights(width)))

    def sizeHint(self) -> QSize:
        """As wide as a page."""
        return QSize(380, self.heightForWidth(380))

    def _heights(self, width: int) -> list[float]:
        return [self._height(entry, width) for entry in self.entries]

    def _height(self, entry: GlossaryEntry, width: int) -> float:
        metrics = QFontMetricsF(ui_font(WORDS, tabular=False))
        room = QRectF(0, 0, max(width - COLUMN - 2 * PADDING, 60), 1e4)
        words = metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), entry.words)
        return max(line_height(TITLE, 600) + words.height() + 2, _HIGHEST) + 2 * PADDING

    def _boxes(self) -> list[QRectF]:
        top = 0.0
        boxes = []
        for height in self._heights(self.width()):
            boxes.append(QRectF(0, top, self.width(), height))
            top += height
        return boxes

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at the row below the mouse."""
        place = event.position()
        rows = [row for row, box in enumerate(self._boxes()) if box.contains(place)]
        self._choose(rows[0] if rows else -1)

    def leaveEvent(self, event: QEvent) -> None:
        """On none any more."""
        self._choose(-1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin with the first row."""
        super().focusInEvent(event)
        self._choose(max(self._row, 0))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """On none any more."""
        super().focusOutEvent(event)
        self._choose(-1)

    def event(self, event: QEvent) -> bool:
        """Keep the keys that go from row to row from the shortcuts of the window."""
        override = event.type() is QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() in _WAYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down."""
        if event.key() in _WAYS:
            row = self._row + _WAYS[event.key()]
            self._choose(min(max(row, 0), len(self.entries) - 1))
        else:
            super().keyPressEvent(event)

    def _choose(self, row: int) -> None:
        if row == self._row:
            return
        self._row = row
        if row < 0:
            self.setAccessibleDescription("")
            self.pointed.emit(Pointed())
        else:
            entry = self.entries[row]
            self.setAccessibleDescription(f"{entry.title}. {entry.words} {self.now_of(entry)}")
            self.pointed.emit(Pointed(entry.name))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Every row; what is pointed at has a frame."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row, (entry, box) in enumerate(zip(self.entries, self._boxes(), strict=True)):
            if QRectF(event.rect()).intersects(box):
                self._paint_row(painter, entry, box, row == self._row)
        painter.end()

    def _paint_row(self, painter: QPainter, entry: GlossaryEntry, box: QRectF, under: bool) -> None:
        theme = self.theme
        if under or lit(self._points, Pointed(entry.name)):
            painter.setPen(QPen(QColor(theme.accent), 1.4))
            painter.setBrush(QColor(theme.accent_soft))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        self._paint_symbol(painter, entry, box)
        left = box.left() + COLUMN
        line = line_height(TITLE, 600)
        top = box.top() + PADDING
        Text(entry.title, left, top, theme.text, TITLE, 600, (0, 0)).paint(painter)
        now = html.unescape(_TAGS.sub("", self.now_of(entry)))
        right = box.right() - PADDING
        if now and text_width(now, TITLE, 600) < right - left - text_width(entry.title, TITLE, 600):
            Text(now, right, top, theme.accent, TITLE, 600, (1, 0)).paint(painter)
        room = QRectF(left, top + line + 2, right - left, box.bottom() - top - line)
        painter.setPen(QColor(theme.muted))
        painter.setFont(ui_font(WORDS, tabular=False))
        painter.drawText(room, int(Qt.TextFlag.TextWordWrap), entry.words)

    def _paint_symbol(self, painter: QPainter, entry: GlossaryEntry, box: QRectF) -> None:
        if not entry.tex:
            return
        formula = typeset(entry.tex)
        high = formula.ascent + formula.descent
        em = min(EM, (COLUMN - 2 * PADDING) / max(formula.width, 0.1), _HIGHEST / high)
        baseline = box.top() + PADDING + formula.ascent * em
        paint_formula(painter, entry.tex, box.left() + PADDING, baseline, em, self.theme.text)
