"""Running text with formulas, values and links in its lines.

Qt's own text sets what stands in a line on its lower edge; a formula with a subscript would stand
too high. So words and formulas are set here, on one baseline.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from vgsim.lessons.lesson import Inline, InlineFormula, LessonLink, Prose, Quoted, Target
from vgsim.lessons.quoting import PENDING
from vgsim.text.latex import plain_symbol
from vgsim.text.marked import marked
from vgsim.text.pointed import Pointed
from vgsim.ui.style.application import app_color, ui_font
from vgsim.ui.widgets.spots import SymbolSource, SymbolSpot, formula_spots
from vgsim.ui.widgets.typeset import paint_formula, typeset

SIZE = 14
"""Pixels of the text of a page."""
LEADING = 1.42
"""Lines from baseline to baseline, in text sizes, where nothing is higher."""
FORMULA = 1.12
"""Size of a formula's em against the text's: its font is smaller than it says."""
_WORD = re.compile(r"\n|[^\S\n]+|[^\s]+")


@dataclass(slots=True)
class _Piece:
    """One word or formula: what it is, how large, and where it was put."""

    text: str = ""
    tex: str = ""
    font: QFont | None = None
    link: LessonLink | None = None
    width: float = 0.0
    ascent: float = 0.0
    descent: float = 0.0
    space: float = 0.0
    """Room before it, unless it begins a line."""
    breaks: bool = False
    """Whether a new line begins before it."""
    glued: bool = False
    """Whether it must stay with the one before: "(" and a formula."""
    x: float = 0.0
    baseline: float = 0.0


class FlowText(QWidget, SymbolSource):
    """A paragraph of a lesson, as wide as there is room.

    ``link_asked`` (LessonLink) is emitted when one is clicked or chosen by keyboard,
    ``link_rested`` (LessonLink or None) when the mouse comes onto one or leaves.
    """

    link_asked = Signal(object)
    link_rested = Signal(object)

    def __init__(
        self, parts: Sequence[Inline], size: int = SIZE, weight: int = 400, role: str = "text"
    ) -> None:
        super().__init__()
        self._parts = tuple(parts)
        self._size = size
        self._weight = weight
        self._role = _ROLES[role]
        self._values: Mapping[Quoted, str] = {}
        self._pieces: list[_Piece] = []
        self._laid_out = -1
        self._height = 0
        self._under: LessonLink | None = None
        self._focus = 0
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMouseTracking(True)
        if self.links():
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.set_values({})

    def set_values(self, values: Mapping[Quoted, str]) -> None:
        """Write what stands for the values; one that is not known yet is "…"."""
        self._values = values
        self._pieces = self._make_pieces()
        self._laid_out = -1
        before = self._height
        self._lay_out(self.width())
        if self._height != before:
            self.updateGeometry()
        self.setAccessibleName(self.plain())
        self.update()

    def quoted(self) -> list[Quoted]:
        """The values in it."""
        found = []
        for part in self._parts:
            inner = part.words if isinstance(part, LessonLink) else (part,)
            found += [each for each in inner if isinstance(each, Quoted)]
        return found

    def links(self) -> list[LessonLink]:
        """The links in it."""
        return [part for part in self._parts if isinstance(part, LessonLink)]

    def plain(self) -> str:
        """The whole text, for a screen reader and for the clipboard."""
        return "".join(self._plain(part) for part in self._parts)

    def _plain(self, part: Inline) -> str:
        if isinstance(part, Prose):
            return part.text
        if isinstance(part, InlineFormula):
            return plain_symbol(part.tex)
        if isinstance(part, Quoted):
            return self._values.get(part, PENDING)
        return "".join(self._plain(each) for each in part.words)

    def _make_pieces(self) -> list[_Piece]:
        pieces: list[_Piece] = []
        space = 0.0
        breaks = False
        glued = False
        for part in self._parts:
            link = part if isinstance(part, LessonLink) else None
            inner = part.words if isinstance(part, LessonLink) else (part,)
            for each in inner:
                for piece in self._pieces_of(each):
                    if piece.text == "\n":
                        breaks = True
                    elif piece.text.isspace():
                        space = piece.width
                        glued = False
                        continue
                    else:
                        piece.space = space
                        piece.breaks = breaks
                        piece.glued = glued and not breaks and bool(pieces)
                        piece.link = link
                        pieces.append(piece)
                        breaks = False
                    space = 0.0
                    glued = piece.text != "\n"
        return pieces

    def _pieces_of(self, part: Prose | InlineFormula | Quoted) -> list[_Piece]:
        if isinstance(part, InlineFormula):
            tex = marked(part.tex)
            formula = typeset(tex)
            em = self._size * FORMULA
            return [
                _Piece(
                    tex=tex, width=formula.width * em, ascent=formula.ascent * em,
                    descent=formula.descent * em,
                )
            ]  # fmt: skip
        if isinstance(part, Quoted):
            font = ui_font(self._size, max(self._weight, 600))
            return [_word(self._values.get(part, PENDING), font)]
        weight = max(self._weight, 600) if part.strong else self._weight
        font = ui_font(self._size, weight, part.emphasis, tabular=False)
        if part.code:
            font.setFamily("monospace")
        return self._words(part.text, font)

    def _words(self, text: str, font: QFont) -> list[_Piece]:
        pieces = []
        for word in _WORD.findall(text):
            piece = _word(word, font)
            if word == "\n":
                piece.width = 0.0
            elif word.isspace():
                piece.width = QFontMetricsF(font).horizontalAdvance(" ")
            pieces.append(piece)
        return pieces

    def _lay_out(self, width: int) -> None:
        """Put every piece into its line."""
        if width == self._laid_out:
            return
        self._laid_out = width
        top = 0.0
        for line in self._lines(max(width, 1)):
            ascent = max((piece.ascent for piece in line), default=0.0)
            descent = max((piece.descent for piece in line), default=0.0)
            room = self._size * LEADING
            extra = max(room - ascent - descent, 0.0)
            baseline = round(top + extra / 2 + ascent)
            x = 0.0
            for at, piece in enumerate(line):
                x += piece.space if at else 0.0
                piece.x = x
                piece.baseline = baseline
                x += piece.width
            top = baseline + descent + extra / 2
        self._height = round(top) + 1

    def _lines(self, width: int) -> list[list[_Piece]]:
        """The pieces line by line: words that are glued together stay so."""
        lines: list[list[_Piece]] = []
        line: list[_Piece] = []
        x = 0.0
        for group in _groups(self._pieces):
            needed = sum(piece.width for piece in group)
            space = group[0].space if line else 0.0
            if line and (group[0].breaks or x + space + needed > width):
                lines.append(line)
                line = []
                x = 0.0
                space = 0.0
            line += group
            x += space + needed
        if line:
            lines.append(line)
        return lines

    def hasHeightForWidth(self) -> bool:
        """It wraps."""
        return True

    def heightForWidth(self, width: int) -> int:
        """As many lines as it takes."""
        self._lay_out(width)
        return self._height

    def sizeHint(self) -> QSize:
        """At the width that it has."""
        width = self.width() or 360
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """One line: how many there are, :meth:`heightForWidth` says."""
        return QSize(40, round(self._size * LEADING))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew."""
        self._lay_out(self.width())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Words and formulas, links in the accent color and underlined under the mouse."""
        self._lay_out(self.width())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plain = QColor(app_color(self._role))
        accent = QColor(app_color(QPalette.ColorRole.Accent))
        focused = self.links()[self._focus] if self.hasFocus() and self.links() else None
        for piece in self._pieces:
            color = accent if piece.link is not None else plain
            if piece.tex:
                size = self._size * FORMULA
                paint_formula(painter, piece.tex, piece.x, piece.baseline, size, color)
            elif piece.font is not None:
                painter.setPen(color)
                painter.setFont(piece.font)
                painter.drawText(QPointF(piece.x, piece.baseline), piece.text)
            if piece.link is not None and piece.link in (self._under, focused):
                painter.setPen(QPen(accent, 1.0))
                line = piece.baseline + 2.5
                painter.drawLine(QPointF(piece.x, line), QPointF(piece.x + piece.width, line))
        painter.end()

    def link_at(self, where: QPointF) -> LessonLink | None:
        """The link at a place."""
        for piece in self._pieces:
            if piece.link is not None and _box(piece).contains(where):
                return piece.link
        return None

    def link_boxes(self) -> list[tuple[LessonLink, QRectF]]:
        """Where the words of the links stand."""
        return [(piece.link, _box(piece)) for piece in self._pieces if piece.link is not None]

    def symbol_spots(self) -> list[SymbolSpot]:
        """The symbols of its formulas, and links to symbols."""
        spots = []
        for piece in self._pieces:
            if piece.link is not None and piece.link.target is Target.SYMBOL:
                spots.append(SymbolSpot(Pointed(piece.link.name), _box(piece)))
            elif piece.tex:
                em = self._size * FORMULA
                spots += formula_spots(piece.tex, piece.x, piece.baseline, em)
        return spots

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show what can be clicked."""
        self._rest_on(self.link_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the mouse."""
        self._rest_on(None)

    def _rest_on(self, link: LessonLink | None) -> None:
        if link != self._under:
            self._under = link
            if link is not None:
                self.setCursor(Qt.CursorShape.PointingHandCursor)
            else:
                self.unsetCursor()
            self.link_rested.emit(link)
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Follow a link."""
        link = self.link_at(event.position())
        if link is not None and event.button() is Qt.MouseButton.LeftButton:
            self.link_asked.emit(link)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter follows the link with the focus."""
        links = self.links()
        if links and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.link_asked.emit(links[self._focus])
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, next_one: bool) -> bool:
        """Tab goes from link to link, then on."""
        at = self._focus + (1 if next_one else -1)
        if self.hasFocus() and 0 <= at < len(self.links()):
            self._focus = at
            self.update()
            return True
        return super().focusNextPrevChild(next_one)


_ROLES = {
    "text": QPalette.ColorRole.WindowText,
    "muted": QPalette.ColorRole.PlaceholderText,
    "accent": QPalette.ColorRole.Accent,
}


def _word(text: str, font: QFont) -> _Piece:
    """Text that stays in one line; a number and its unit are not torn apart."""
    metrics = QFontMetricsF(font)
    width = metrics.horizontalAdvance(text)
    return _Piece(text, "", font, None, width, metrics.ascent(), metrics.descent())


def _groups(pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    """Pieces that no line may part."""
    groups: list[list[_Piece]] = []
    for piece in pieces:
        if piece.glued and groups:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def _box(piece: _Piece) -> QRectF:
    top = piece.baseline - piece.ascent
    return QRectF(
        piece.x - piece.space / 2, top, piece.width + piece.space, piece.ascent + piece.descent
    )
