"""The first rows of a table as they will be read, under a header of names and roles."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from vgsim.nn.datasets.tables import ColumnRole, ColumnType, TableColumn, TablePlan
from vgsim.ui.open_data.model import is_missing
from vgsim.ui.style.application import ui_font
from vgsim.ui.style.theme import Theme
from vgsim.ui.widgets.figure_table import Index
from vgsim.ui.widgets.text import tool_tip

ROW_HEIGHT = 32
HEADER_HEIGHT = 50
PADDING = 10
_LEAST, _MOST = 70, 220
_NUMBERS = (ColumnType.NUMBER, ColumnType.WHOLE)
_Role = Qt.ItemDataRole


class PreviewModel(QAbstractTableModel):
    """The cells as they are written, column by column with its role."""

    def __init__(self) -> None:
        super().__init__()
        self.plan: TablePlan | None = None
        self.raw: tuple[str, ...] = ()
        """Lines as they are in the file, where there is no plan."""

    def set_plan(self, plan: TablePlan | None, raw: tuple[str, ...] = ()) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.plan = plan
        self.raw = raw
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        """Those of the preview."""
        if parent.isValid():
            return 0
        return len(self.raw) if self.plan is None else len(self.plan.preview)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        """All of the file."""
        if parent.isValid():
            return 0
        return 1 if self.plan is None else len(self.plan.columns)

    def data(self, index: Index, role: int = _Role.DisplayRole) -> object:
        """The text of a cell."""
        if role != _Role.DisplayRole:
            return None
        if self.plan is None:
            return f"{index.row() + 1}  {self.raw[index.row()]}"
        return self.plan.preview[index.row()][index.column()]

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole
    ) -> object:
        """The name of a column and its role, and why."""
        if self.plan is None or orientation is Qt.Orientation.Vertical:
            return None
        column = self.plan.columns[section]
        if role == _Role.DisplayRole:
            return f"{name_of(column)}\n{column.role.value}"
        if role == _Role.ToolTipRole:
            words = f"{column.type.value}, {column.role.value}: {column.reason}."
            return tool_tip(name_of(column), words, column.warning)
        return None


def name_of(column: TableColumn) -> str:
    """What a column is called; its number where it has no name."""
    return column.name or f"column {column.index + 1}"


class _RoleHeader(QHeaderView):
    """Names in the color of their role, the role below."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.theme = theme
        self.setSectionsClickable(True)
        self.setFixedHeight(HEADER_HEIGHT)
        self._name = ui_font(12, 600, tabular=False)
        self._role = ui_font(11, tabular=False)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """One name and its role."""
        model = self.model()
        assert isinstance(model, PreviewModel)
        if model.plan is None:
            painter.fillRect(rect, QColor(self.theme.raised))
            painter.setPen(QColor(self.theme.muted))
            painter.setFont(self._role)
            middle = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(rect.adjusted(PADDING, 0, 0, 0), middle, "Lines as they are")
            return
        column = model.plan.columns[logicalIndex]
        theme = self.theme
        label = column.role is ColumnRole.LABEL
        left_out = column.role is ColumnRole.LEFT_OUT
        painter.save()
        painter.fillRect(rect, QColor(theme.accent_soft if label else theme.raised))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(theme.border))
        side = Qt.AlignmentFlag.AlignLeft
        if column.type in _NUMBERS:
            side = Qt.AlignmentFlag.AlignRight
        room = rect.adjusted(PADDING, 8, -PADDING, 0)
        painter.setFont(self._name)
        painter.setPen(QColor(theme.muted if left_out else theme.text))
        name = painter.fontMetrics().elidedText(
            name_of(column), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, side | Qt.AlignmentFlag.AlignTop, name)
        painter.setFont(self._role)
        painter.setPen(QColor(theme.accent if label else theme.muted))
        room.translate(0, 19)
        painter.drawText(room, side | Qt.AlignmentFlag.AlignTop, column.role.value)
        painter.restore()


class _CellDelegate(QStyledItemDelegate):
    """Cells in the color of their column's role; what is missing on a tinted chip."""

    def __init__(self, theme: Theme, parent: QTableView) -> None:
        super().__init__(parent)
        self.theme = theme
        self._font = ui_font(12)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One cell."""
        model = index.model()
        assert isinstance(model, PreviewModel)
        theme = self.theme
        text = str(index.data() or "")
        room: QRect = option.rect
        if model.plan is None:
            painter.setFont(self._font)
            painter.setPen(QColor(theme.text))
            middle = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(room.adjusted(PADDING, 0, 0, 0), middle, text)
            return
        column = model.plan.columns[index.column()]
        painter.save()
        if column.role is ColumnRole.LABEL:
            painter.fillRect(room, QColor(theme.accent_soft))
        painter.fillRect(QRect(room.left(), room.bottom(), room.width(), 1), QColor(theme.border))
        painter.setFont(self._font)
        side = Qt.AlignmentFlag.AlignLeft
        if column.type in _NUMBERS:
            side = Qt.AlignmentFlag.AlignRight
        inner = room.adjusted(PADDING, 0, -PADDING, 0)
        if is_missing(model.plan, text) and column.role is not ColumnRole.LEFT_OUT:
            self._paint_chip(painter, inner, text or "empty", side)
        else:
            left_out = column.role is ColumnRole.LEFT_OUT
            painter.setPen(QColor(theme.muted if left_out else theme.text))
            metrics = painter.fontMetrics()
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
            painter.drawText(inner, side | Qt.AlignmentFlag.AlignVCenter, shown)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(theme.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(room.adjusted(0, 0, -1, -1))
        painter.restore()

    def _paint_chip(
        self, painter: QPainter, room: QRect, text: str, side: Qt.AlignmentFlag
    ) -> None:
        width = min(QFontMetricsF(self._font).horizontalAdvance(text) + 14, float(room.width()))
        left = room.left() - 4.0
        if side is Qt.AlignmentFlag.AlignRight:
            left = room.right() + 4.0 - width
        chip = QRectF(left, room.center().y() - 10.0, width, 20.0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.warning_soft))
        painter.drawRoundedRect(chip, 5, 5)
        painter.setPen(QColor(self.theme.warning))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)


class PreviewTable(QTableView):
    """The preview; ``role_asked`` tells the column whose role is to be the next one."""

    role_asked = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.preview = PreviewModel()
        self.setHorizontalHeader(_RoleHeader(theme))
        self.setModel(self.preview)
        self.setItemDelegate(_CellDelegate(theme, self))
        self.setProperty("figures", True)
        self.setAccessibleName("First rows")
        self.setShowGrid(False)
        self.setMinimumHeight(HEADER_HEIGHT + 2 * ROW_HEIGHT)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        self.horizontalHeader().sectionClicked.connect(self.role_asked)

    def show_lines(self, lines: tuple[str, ...]) -> None:
        """Show lines as they are in the file."""
        self.preview.set_plan(None, lines)
        if self.preview.columnCount():
            self.setColumnWidth(0, max(self.viewport().width(), _LEAST))

    def show_plan(self, plan: TablePlan) -> None:
        """Show these rows, at the place that was looked at."""
        at = self.horizontalScrollBar().value()
        current = self.currentIndex()
        place = current.row(), current.column()
        self.preview.set_plan(plan)
        self.setCurrentIndex(self.preview.index(*place))
        name = QFontMetricsF(ui_font(12, 600, tabular=False))
        cell = QFontMetricsF(ui_font(12))
        for column in plan.columns:
            words = [row[column.index] for row in plan.preview[:12]]
            widest = max(
                [name.horizontalAdvance(name_of(column)), *map(cell.horizontalAdvance, words)]
            )
            width = min(max(round(widest) + 2 * PADDING + 10, _LEAST), _MOST)
            self.setColumnWidth(column.index, width)
        self.horizontalScrollBar().setValue(at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space gives the column another role."""
        shown = self.preview.plan is not None and self.currentIndex().isValid()
        if event.key() == Qt.Key.Key_Space and shown:
            self.role_asked.emit(self.currentIndex().column())
            return
        super().keyPressEvent(event)
