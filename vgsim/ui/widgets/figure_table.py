"""Figures in rows: symbol, words, value. They can be selected and copied."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QAction,
    QColor,
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QKeySequence,
    QPainter,
    QResizeEvent,
    QStaticText,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from vgsim.measure.inspection.look import Figure, Inspection
from vgsim.text.glossary import meant, meant_by_tex
from vgsim.text.inspection import figure_tip, figure_tsv, figures_tsv, value_text
from vgsim.text.latex import plain_symbol, rich_symbol
from vgsim.text.pointed import Pointed
from vgsim.ui.style.application import ui_font
from vgsim.ui.style.theme import Theme
from vgsim.ui.widgets.spots import SymbolSource, SymbolSpot
from vgsim.ui.widgets.text import tool_tip

ROW_HEIGHT = 23
SYMBOL, ABOUT, VALUE = range(3)
_LEAST_ABOUT = 60
_GAP = 12
Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_ROLES = {
    _Role.DisplayRole, _Role.ToolTipRole, _Role.FontRole, _Role.TextAlignmentRole,
    _Role.ForegroundRole,
}  # fmt: skip


class FigureModel(QAbstractTableModel):
    """The figures of one inspection; the values change, the symbols seldom."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.figures: tuple[Figure, ...] = ()
        self.theme = theme
        self._fonts = {SYMBOL: ui_font(14), ABOUT: ui_font(12, tabular=False), VALUE: ui_font(13)}
        self._dot = ui_font(18, 600)

    def set_figures(self, figures: tuple[Figure, ...]) -> None:
        """Show these; where only values changed, selection and scrolling stay."""
        if list(map(_words, figures)) != list(map(_words, self.figures)):
            self.beginResetModel()
            self.figures = figures
            self.endResetModel()
            return
        self.figures = figures
        if figures:
            self.dataChanged.emit(self.index(0, VALUE), self.index(len(figures) - 1, VALUE))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        """One for each figure."""
        if parent.isValid():
            return 0
        return len(self.figures)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        """Symbol, words, value."""
        return 0 if parent.isValid() else 3

    def data(self, index: Index, role: int = _Role.DisplayRole) -> object:
        """Text, tool tip, and look of one cell."""
        if role not in _ROLES:  # views ask for many more
            return None
        figure = self.figures[index.row()]
        column = index.column()
        missing = math.isnan(figure.value)
        if role == _Role.DisplayRole:
            return _text(figure, column)
        if role == _Role.ToolTipRole:
            return tool_tip(*figure_tip(figure))
        if role == _Role.FontRole:
            if column == VALUE and missing:
                return self._dot
            return self._fonts[column]
        if role == _Role.TextAlignmentRole:
            if column == VALUE:
                side = Qt.AlignmentFlag.AlignRight
            else:
                side = Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        pale = column == ABOUT or (column == VALUE and missing)
        return QColor(self.theme.muted if pale else self.theme.text)


def _words(figure: Figure) -> tuple[str, str]:
    return figure.symbol, figure.about


def _text(figure: Figure, column: int) -> str:
    words = {SYMBOL: plain_symbol(figure.symbol), ABOUT: figure.about}
    if column in words:
        return words[column]
    return value_text(figure.value)


class SymbolDelegate(QStyledItemDelegate):
    """Paints a symbol with real sub- and superscripts, smaller where it would not fit."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The cell without its plain text, then the rich text over it."""
        model = index.model()
        shown = QStyleOptionViewItem(option)
        assert isinstance(model, FigureModel)
        self.initStyleOption(shown, index)
        shown.text = ""
        style = shown.widget.style()
        style.drawControl(style.ControlElement.CE_ItemViewItem, shown, painter, shown.widget)
        text = symbol_text(model.figures[index.row()].symbol)
        painter.setPen(QColor(model.theme.text))
        painter.setFont(_symbol_font())
        size = text.size()
        room = shown.rect.width() - _GAP
        shrunk = min(room / max(size.width(), 1.0), 1.0)
        painter.save()
        painter.translate(shown.rect.left() + 2, shown.rect.center().y() + 1)
        painter.scale(shrunk, shrunk)
        painter.drawStaticText(QPointF(0, -size.height() / 2), text)
        painter.restore()


@lru_cache(maxsize=1)
def _symbol_font() -> QFont:
    return ui_font(14)


@lru_cache(maxsize=256)
def symbol_text(tex: str) -> QStaticText:
    """A symbol laid out once."""
    text = QStaticText(f"<p style='white-space:nowrap; margin:0'>{rich_symbol(tex)}</p>")
    text.setTextFormat(Qt.TextFormat.RichText)
    text.prepare(font=_symbol_font())
    return text


class FigureTable(QTableView, SymbolSource):
    """The figures of one inspection. The words give way first when it is narrow."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.figures = FigureModel(theme)
        self.setModel(self.figures)
        self.setItemDelegateForColumn(SYMBOL, SymbolDelegate(self))
        self.setProperty("figures", True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalHeader().hide()
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        self._inspection: Inspection | None = None
        self._add_actions()

    def _add_actions(self) -> None:
        self.copy_value = QAction("Copy value", self)
        self.copy_value.setShortcut(QKeySequence.StandardKey.Copy)
        self.copy_value.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.copy_value.triggered.connect(self._copy_value)
        self.copy_all = QAction("Copy all as TSV", self)
        self.copy_all.triggered.connect(self._copy_all)
        self.addActions([self.copy_value, self.copy_all])
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    lights = False

    def symbol_spots(self) -> list[SymbolSpot]:
        """The rows in sight, each by its symbol, or by its words where that is none."""
        spots = []
        corner = QPointF(self.viewport().pos())
        for row, figure in enumerate(self.figures.figures):
            pointed = meant_by_tex(figure.symbol) or meant(figure.about)
            box = QRectF(0, self.rowViewportPosition(row), self.viewport().width(), ROW_HEIGHT)
            seen = box.intersected(QRectF(self.viewport().rect()))
            if pointed is not None and not seen.isEmpty():
                spots.append(SymbolSpot(pointed, seen.translated(corner), numbers=True))
        return spots

    def symbol_in_focus(self) -> Pointed | None:
        """The row that is selected."""
        row = self.currentIndex().row()
        if not 0 <= row < len(self.figures.figures):
            return None
        return meant_by_tex(self.figures.figures[row].symbol)

    def set_inspection(self, inspection: Inspection | None) -> None:
        """Show its figures, or none."""
        self._inspection = inspection
        self.figures.set_figures(inspection.figures if inspection else ())
        self._share_width()

    def set_theme(self, theme: Theme) -> None:
        """Paint in other colors."""
        self.figures.theme = theme
        self.viewport().update()

    def sizeHint(self) -> QSize:
        """Room for all figures."""
        return QSize(238, ROW_HEIGHT * max(len(self.figures.figures), 3) + 2)

    def minimumSizeHint(self) -> QSize:
        """Room for three figures."""
        return QSize(170, ROW_HEIGHT * 3)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the words what symbols and values leave."""
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        figures = self.figures.figures
        symbol = max((symbol_text(f.symbol).size().width() for f in figures), default=0) + _GAP
        value = max((_value_width(value_text(f.value)) for f in figures), default=0) + 14
        symbol = min(symbol, self.viewport().width() - value)
        rest = self.viewport().width() - round(symbol) - round(value)
        self.setColumnHidden(ABOUT, rest < _LEAST_ABOUT)
        narrow = self.isColumnHidden(ABOUT)
        for column, width in ((SYMBOL, symbol), (ABOUT, rest), (VALUE, value)):
            grown = max(rest, 0) if narrow and column == VALUE else 0
            if self.columnWidth(column) != round(width) + grown:
                self.setColumnWidth(column, round(width) + grown)

    def _copy_value(self) -> None:
        chosen = self.selectionModel().selectedRows()
        figures = [self.figures.figures[index.row()] for index in chosen]
        if len(figures) == 1:
            QGuiApplication.clipboard().setText(repr(float(figures[0].value)))
        elif figures:
            QGuiApplication.clipboard().setText("\n".join(map(figure_tsv, figures)))

    def _copy_all(self) -> None:
        if self._inspection is not None:
            QGuiApplication.clipboard().setText(figures_tsv(self._inspection))


@lru_cache(maxsize=512)
def _value_width(text: str) -> float:
    return QFontMetricsF(ui_font(13)).horizontalAdvance(text)
