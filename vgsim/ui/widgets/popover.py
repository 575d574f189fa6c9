"""What a symbol is, in a small card beside it: title, symbol, words, what it is now, and a link."""

from __future__ import annotations

import html
from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from vgsim.text.glossary import GlossaryEntry
from vgsim.text.lit import LitRow
from vgsim.ui.style.application import app_color, set_look, ui_font
from vgsim.ui.widgets.buttons import SmallButton
from vgsim.ui.widgets.text import WrappedLabel, hairline
from vgsim.ui.widgets.typeset import paint_formula, typeset

WIDTH = 276
_GAP = 10
_EM = 17.0
_SYMBOL_MOST = 96.0
_ROWS = 4


class SymbolFace(QWidget):
    """A formula of ``em`` pixels an em, smaller where it would be wider than ``most``."""

    def __init__(self, em: float = _EM, most: float = _SYMBOL_MOST) -> None:
        super().__init__()
        self._tex = ""
        self._largest = em
        self._most = most
        self._em = em

    def set_tex(self, tex: str) -> None:
        """Show this; nothing where it is empty."""
        self._tex = tex
        self.setVisible(bool(tex))
        if tex:
            formula = typeset(tex)
            self._em = min(self._largest, self._most / max(formula.width, 0.1))
            height = (formula.ascent + formula.descent) * self._em
            self.setFixedSize(QSize(round(formula.width * self._em) + 2, round(height) + 4))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it on its baseline."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        baseline = typeset(self._tex).ascent * self._em + 2
        color = app_color(QPalette.ColorRole.WindowText)
        paint_formula(painter, self._tex, 1, baseline, self._em, color)
        painter.end()


class SymbolPopover(QFrame):
    """A card over the window that it belongs to. It takes the keyboard only where it is given it.

    ``asked`` tells the name of the entry whose link was pressed, ``closed`` that Escape was;
    ``walked`` tells +1 or −1 when Tab goes to the next or the last symbol.
    """

    asked = Signal(str)
    closed = Signal()
    walked = Signal(int)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setProperty("popover", True)
        self.setFixedWidth(WIDTH)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._name = ""
        self._said = ""
        self._title = WrappedLabel(font=ui_font(14, 600, tabular=False))
        self._symbol = SymbolFace()
        self._words = WrappedLabel(font=ui_font(12, tabular=False))
        self._number = WrappedLabel("muted", ui_font(11, tabular=False))
        self._line = hairline()
        self._rows = [self._row() for _ in range(_ROWS)]
        self._link = SmallButton("Every symbol ›", "Every symbol")
        self._link.setProperty("reference", True)
        self._link.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._link.clicked.connect(self._ask)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title, 1)
        head.addWidget(self._symbol, 0, Qt.AlignmentFlag.AlignTop)
        table = QGridLayout()
        table.setVerticalSpacing(2)
        table.setHorizontalSpacing(8)
        table.setColumnStretch(0, 1)
        for at, (words, number) in enumerate(self._rows):
            table.addWidget(words, at, 0)
            table.addWidget(number, at, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 11, 14, 9)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._words)
        column.addWidget(self._number)
        column.addWidget(self._line)
        column.addLayout(table)
        column.addWidget(self._link, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    @staticmethod
    def _row() -> tuple[QLabel, QLabel]:
        labels = QLabel(), QLabel()
        for label, weight in zip(labels, (400, 600), strict=True):
            label.setFont(ui_font(12, weight))
            label.setTextFormat(Qt.TextFormat.RichText)
        labels[0].setWordWrap(True)  # a stage may have many parts
        labels[1].setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return labels

    @property
    def name(self) -> str:
        """The entry that is shown."""
        return self._name

    @property
    def link(self) -> SmallButton:
        """The button that leads to the entry."""
        return self._link

    def show_entry(self, entry: GlossaryEntry, rows: Sequence[LitRow]) -> None:
        """Say what ``entry`` is, and what is known of it now."""
        self._name = entry.name
        self._said = f"{entry.words} Number: {entry.number}."
        self._title.show_text(entry.title)
        self._symbol.set_tex(entry.tex)
        self._words.show_text(entry.words)
        self._number.show_text(f"Number: {entry.number}")
        self.show_rows(rows)
        self.setAccessibleName(entry.title)
        self._link.setAccessibleName(f"Every symbol: {entry.title}")

    def show_rows(self, rows: Sequence[LitRow]) -> None:
        """What is known of it at this moment."""
        self.setAccessibleDescription(" ".join([self._said, *map(_spoken, rows)]))
        self._line.setVisible(bool(rows))
        for at, (words, number) in enumerate(self._rows):
            there = at < len(rows)
            words.setVisible(there)
            number.setVisible(there)
            if there:
                for label, text in (
                    (words, rows[at].words),
                    (number, html.escape(rows[at].number)),
                ):
                    set_look(label, "role", "muted" if rows[at].muted else "")
                    label.setText(text)

    def words(self) -> str:
        """All that it says, for tests and for those who hear it."""
        return f"{self.accessibleName()}. {self.accessibleDescription()}"

    def place(self, anchor: QRect, avoid: QRect) -> None:
        """Stand beside ``anchor``, in pixels of the window: right, left, below or above it.

        It keeps within the window, and clear of ``avoid`` where it can.
        """
        window = self.parentWidget()
        assert window is not None  # it was made with one
        height = (
            self.heightForWidth(WIDTH) if self.hasHeightForWidth() else self.sizeHint().height()
        )
        self.resize(WIDTH, height)
        self.move(popover_place(anchor, QSize(WIDTH, height), window.rect(), avoid))

    def _ask(self) -> None:
        self.asked.emit(self._name)

    def focusNextPrevChild(self, following: bool) -> bool:
        """Tab goes through the symbols."""
        self.walked.emit(1 if following else -1)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes, Enter follows the link."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._ask()
        else:
            super().keyPressEvent(event)


def popover_place(anchor: QRect, size: QSize, room: QRect, avoid: QRect) -> QPoint:
    """The first place that is within ``room`` and clear of ``avoid``; else the first, moved in."""
    top = anchor.center().y() - size.height() // 3
    left = anchor.center().x() - size.width() // 2
    right_of = QPoint(anchor.right() + _GAP, top)
    left_of = QPoint(anchor.left() - _GAP - size.width(), top)
    below = QPoint(left, anchor.bottom() + _GAP)
    above = QPoint(left, anchor.top() - _GAP - size.height())
    inside = room.adjusted(6, 6, -6, -6)
    moved_in = []
    for place, sideways in ((right_of, True), (left_of, True), (below, False), (above, False)):
        box = _within(QRect(place, size), inside, sideways)
        moved_in.append(_within(_within(box, inside, True), inside, False).topLeft())
        fits = inside.contains(box) and not box.intersects(anchor)
        if fits and not box.intersects(avoid):
            return box.topLeft()
    return moved_in[0]


def _within(box: QRect, room: QRect, upright: bool) -> QRect:
    """``box`` moved into ``room`` along one direction."""
    if upright:
        box.moveTop(max(room.top(), min(box.top(), room.bottom() - box.height() + 1)))
    else:
        box.moveLeft(max(room.left(), min(box.left(), room.right() - box.width() + 1)))
    return box


def _spoken(row: LitRow) -> str:
    """A row as plain words."""
    plain = html.unescape(row.words)
    for tag in ("<i>", "</i>", "<sub>", "</sub>", "<sup>", "</sup>"):
        plain = plain.replace(tag, "")
    return f"{plain}: {row.number}."
