"""Every symbol and word in a list that can be searched, and what the chosen one is beside it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from vgsim.text.glossary import GlossaryEntry, glossary
from vgsim.text.lit import LitRow
from vgsim.ui.style.application import app_color, ui_font
from vgsim.ui.widgets.popover import SymbolFace
from vgsim.ui.widgets.text import WrappedLabel
from vgsim.ui.widgets.typeset import paint_formula, typeset

NAME = Qt.ItemDataRole.UserRole
_ROW, _GROUP = 34, 28
_SYMBOL_ROOM = 78.0
_EM = 15.0
_LARGE = 26.0
Index = QModelIndex | QPersistentModelIndex


def matching(wanted: str, entries: Iterable[GlossaryEntry]) -> list[GlossaryEntry]:
    """The entries that have every word of ``wanted`` in their symbol, title or text."""
    words = wanted.casefold().split()
    found = []
    for entry in entries:
        said = f"{entry.plain} {entry.title} {entry.name} {entry.words}".casefold()
        if all(word in said for word in words):
            found.append(entry)
    return found


class _EntryDelegate(QStyledItemDelegate):
    """A row: the symbol, typeset, and its title; a group has its title alone."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Rows of symbols are higher than those of groups."""
        return QSize(120, _ROW if index.data(NAME) else _GROUP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The ground of the row as the style has it, then symbol and title."""
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        text, shown.text = shown.text, ""
        style = shown.widget.style()
        style.drawControl(style.ControlElement.CE_ItemViewItem, shown, painter, shown.widget)
        box = QRectF(shown.rect)
        name = index.data(NAME)
        painter.save()
        if name:
            self._paint_symbol(painter, box, glossary()[name])
            box.setLeft(box.left() + _SYMBOL_ROOM + 18)
            painter.setFont(ui_font(13, tabular=False))
            painter.setPen(QColor(app_color(QPalette.ColorRole.WindowText)))
        else:
            box.setLeft(box.left() + 8)
            painter.setFont(ui_font(11, 600, tabular=False))
            painter.setPen(QColor(app_color(QPalette.ColorRole.PlaceholderText)))
        metrics = QFontMetricsF(painter.font())
        line = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width() - 6)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), line)
        painter.restore()

    def _paint_symbol(self, painter: QPainter, box: QRectF, entry: GlossaryEntry) -> None:
        if not entry.tex:
            return
        formula = typeset(entry.tex)
        high = formula.ascent + formula.descent
        em = min(_EM, _SYMBOL_ROOM / max(formula.width, 0.1), (_ROW - 4) / high)
        baseline = box.center().y() + (formula.ascent - formula.descent) * em / 2
        color = app_color(QPalette.ColorRole.WindowText)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_formula(painter, entry.tex, box.left() + 10, baseline, em, color)


class SymbolDetail(QFrame):
    """One entry in full: what it says, what its number is, where it stands, what it is now."""

    def __init__(self) -> None:
        super().__init__()
        self._title = WrappedLabel(font=ui_font(15, 600, tabular=False))
        self._symbol = SymbolFace(_LARGE, 220.0)
        self._words = WrappedLabel(font=ui_font(14, tabular=False))
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(12)
        self._facts.setVerticalSpacing(6)
        self._facts.setColumnStretch(1, 1)
        self._values = [self._fact(row, name) for row, name in enumerate(("Number", "Where"))]
        self._now = QLabel()
        self._now.setFont(ui_font(13))
        self._now.setTextFormat(Qt.TextFormat.RichText)
        self._now.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 12, 8)
        column.setSpacing(10)
        column.addWidget(self._title)
        column.addWidget(self._symbol)
        column.addWidget(self._words)
        column.addLayout(self._facts)
        column.addWidget(self._now)
        column.addStretch(1)

    def _fact(self, row: int, name: str) -> WrappedLabel:
        label = QLabel(name)
        label.setFont(ui_font(12, tabular=False))
        label.setProperty("role", "muted")
        value = WrappedLabel(font=ui_font(12, tabular=False))
        self._facts.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        self._facts.addWidget(value, row, 1)
        return value

    def show_entry(self, entry: GlossaryEntry, rows: Iterable[LitRow] = ()) -> None:
        """Show ``entry`` and what is known of it now."""
        self._title.show_text(entry.title)
        self._symbol.set_tex(entry.tex)
        self._words.show_text(entry.words)
        for label, text in zip(self._values, (entry.number, entry.place), strict=True):
            label.show_text(text)
        self.show_rows(rows)
        self.setAccessibleName(entry.title)
        said = f"{entry.words} Number: {entry.number}. Where: {entry.place}."
        self.setAccessibleDescription(said)

    def show_rows(self, rows: Iterable[LitRow]) -> None:
        """What is known of it at this moment."""
        lines = [f"{row.words} <b>{row.number}</b>" for row in rows]
        self._now.setText("<br>".join(lines))
        self._now.setVisible(bool(lines))


class SymbolList(QWidget):
    """A line to search in, the list, and the entry that is chosen.

    ``chosen`` tells its name, by mouse or keyboard.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search symbols and words")
        self.search.setAccessibleName("Search symbols and words")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._fill)
        self.list = QListWidget()
        self.list.setAccessibleName("Symbols and words")
        self.list.setItemDelegate(_EntryDelegate(self.list))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(self._choose)
        self.detail = SymbolDetail()
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        halves = QHBoxLayout(self)
        halves.setContentsMargins(0, 0, 0, 0)
        halves.setSpacing(12)
        halves.addLayout(column, 1)
        halves.addWidget(self.detail, 1)
        self._fill("")

    @property
    def current(self) -> str:
        """The name of the chosen entry; empty where none is found."""
        item = self.list.currentItem()
        return "" if item is None else str(item.data(NAME) or "")

    def show_name(self, name: str) -> None:
        """Choose an entry by its name, whatever is searched for."""
        if not any(item.data(NAME) == name for item in self._items()):
            self.search.clear()
        for item in self._items():
            if item.data(NAME) == name:
                self.list.setCurrentItem(item)
                self.list.scrollToItem(item, QListWidget.ScrollHint.PositionAtCenter)

    def names(self) -> list[str]:
        """The entries in the list."""
        return [str(item.data(NAME)) for item in self._items() if item.data(NAME)]

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(row) for row in range(self.list.count())]

    def _fill(self, wanted: str) -> None:
        """The entries that are found, below the titles of their groups; the first is chosen."""
        before = self.current
        self.list.blockSignals(True)
        self.list.clear()
        group = ""
        for entry in matching(wanted, glossary().values()):
            if entry.group != group:
                group = entry.group
                heading = QListWidgetItem(group)
                heading.setFlags(Qt.ItemFlag.NoItemFlags)
                self.list.addItem(heading)
            item = QListWidgetItem(entry.title)
            item.setData(NAME, entry.name)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{entry.title}, {entry.plain}")
            self.list.addItem(item)
        self.list.blockSignals(False)
        names = self.names()
        if names:
            self.show_name(before if before in names else names[0])

    def _choose(self) -> None:
        if self.current:
            self.detail.show_entry(glossary()[self.current])
            self.chosen.emit(self.current)
