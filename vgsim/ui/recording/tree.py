"""The tree of modules: name, kind, a bar on the scale of the diagram, a number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractItemModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
)

from vgsim.measure.frame import Frame
from vgsim.measure.subject import Subject
from vgsim.text.scale import OVERFLOW, UNREACHED, ZERO, Scale
from vgsim.ui.recording.model import NOT_RECORDED, ModuleTree, value_words, values_of
from vgsim.ui.style.application import ui_font
from vgsim.ui.style.theme import Theme

Index = QModelIndex | QPersistentModelIndex
ROW = 29
"""Height of a row."""
BAR_WIDE, BAR_HIGH = 46, 5
VALUE_ROOM = 58
"""Width kept for the number at the right."""
INDENT = 16
_GAP = 6
_LEAST_NAME = 44


class ModuleModel(QAbstractItemModel):
    """A tree of modules as Qt asks for it; those that a search leaves out are not there."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tree = ModuleTree(Subject())
        self.text = ""
        self.values: NDArray[np.float64] = np.empty(0)
        self.reached: NDArray[np.bool_] = np.empty(0, np.bool_)
        self._children: dict[int, list[int]] = {-1: []}
        self._rows: dict[int, int] = {}

    def set_tree(self, tree: ModuleTree) -> None:
        """Show the modules of another network."""
        self.beginResetModel()
        self.tree = tree
        self.values = np.full(len(tree.nodes), np.nan)
        self.reached = np.zeros(len(tree.nodes), np.bool_)
        self._arrange()
        self.endResetModel()

    def set_search(self, text: str) -> None:
        """Show only what has ``text`` in its name or kind, and what holds that."""
        if text != self.text:
            self.beginResetModel()
            self.text = text
            self._arrange()
            self.endResetModel()

    def set_frame(self, frame: Frame) -> None:
        """The numbers of a moment; they are asked for when they are painted."""
        self.values, self.reached = values_of(self.tree, frame)

    def _arrange(self) -> None:
        nodes = self.tree.nodes
        shown = self.tree.matching(self.text) if self.text.strip() else range(len(nodes))
        self._children = {-1: [place for place in self.tree.top if place in shown]}
        for place in shown:
            kept = [child for child in nodes[place].children if child in shown]
            self._children[place] = kept
        self._rows = {
            child: row for held in self._children.values() for row, child in enumerate(held)
        }

    def index_of(self, place: int) -> QModelIndex:
        """Where a module is; invalid where it is not shown."""
        if place not in self._rows:
            return QModelIndex()
        return self.createIndex(self._rows[place], 0, place)

    def place_of(self, index: Index) -> int:
        """The module at an index; −1 for none."""
        return int(index.internalId()) if index.isValid() else -1

    def index(self, row: int, column: int, parent: Index | None = None) -> QModelIndex:
        """The child of ``parent`` in a row."""
        held = self._children.get(self.place_of(parent or QModelIndex()), [])
        if column != 0 or not 0 <= row < len(held):
            return QModelIndex()
        return self.createIndex(row, 0, held[row])

    def parent(self, child: Index | None = None) -> Any:
        """What holds a module."""
        if child is None:
            return QObject.parent(self)
        place = self.place_of(child)
        if not 0 <= place < len(self.tree.nodes):
            return QModelIndex()
        return self.index_of(self.tree.nodes[place].parent)

    def rowCount(self, parent: Index | None = None) -> int:
        """How many children are shown."""
        return len(self._children.get(self.place_of(parent or QModelIndex()), []))

    def columnCount(self, parent: Index | None = None) -> int:
        """One: the delegate paints all of a row."""
        return 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The label; for screen readers and the tool tip all that the row says."""
        place = self.place_of(index)
        if not 0 <= place < len(self.tree.nodes):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.tree.nodes[place].label
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return ", ".join(filter(None, self._said(place)))
        return None

    def words(self, place: int) -> str:
        """The number at a module."""
        return value_words(float(self.values[place]), bool(self.reached[place]))

    def _said(self, place: int) -> Sequence[str]:
        node = self.tree.nodes[place]
        number = self.words(place)
        return node.name, self.tree.kind_of(place), f"RMS ∂J/∂output {number}" if number else ""


class ModuleDelegate(QStyledItemDelegate):
    """Paints a row; the name never gives way to the kind."""

    def __init__(self, theme: Theme, scale: Scale, parent: QObject) -> None:
        super().__init__(parent)
        self.theme = theme
        self._scale = scale
        self._name = ui_font(12, 500, tabular=False)
        self._kind = ui_font(12, tabular=False)
        self._value = ui_font(12, 600)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are of one height."""
        return QSize(160, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Name and kind at the left, bar and number at the right."""
        model = index.model()
        if not isinstance(model, ModuleModel):
            return
        place = model.place_of(index)
        room: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        words = model.words(place)
        right = room.right() - 8
        if words == NOT_RECORDED:
            left = right - self._text(painter, right, room, words, self._kind, self.theme.muted)
        else:
            self._text(painter, right, room, words, self._value, self.theme.text)
            left = right - VALUE_ROOM
            if room.width() >= VALUE_ROOM + BAR_WIDE + _LEAST_NAME + 20:
                left -= BAR_WIDE + _GAP
                self._bar(painter, QPointF(left, room.center().y() + 0.5), model.values[place])
        self._words(painter, model, place, QRect(room.left(), room.top(), left - room.left() - _GAP,
                                                 room.height()))  # fmt: skip
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(self.theme.accent), 1.2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(room).adjusted(-2, 1.5, -2, -1.5), 5, 5)
        painter.restore()

    def _text(
        self, painter: QPainter, right: int, room: QRect, words: str, look: Any, color: str
    ) -> int:
        """A text that ends at ``right``; its width."""
        painter.setFont(look)
        painter.setPen(QColor(color))
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        box = QRect(room.left(), room.top(), right - room.left(), room.height())
        painter.drawText(box, side, words)
        return painter.fontMetrics().horizontalAdvance(words)

    def _bar(self, painter: QPainter, at: QPointF, value: float) -> None:
        """How far up the scale a value is, in its shade there; beyond the ends all or nothing."""
        shade = int(self._scale.index(np.array([value]))[0])
        box = QRectF(at.x(), at.y() - BAR_HIGH / 2, BAR_WIDE, BAR_HIGH)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.border))
        painter.drawRoundedRect(box, BAR_HIGH / 2, BAR_HIGH / 2)
        if shade in (UNREACHED, ZERO):
            return
        share = float(np.clip(self._scale.fraction(np.array([value]))[0], 0.0, 1.0))
        if shade == OVERFLOW:
            share = 1.0
        box.setWidth(max(share * BAR_WIDE, BAR_HIGH))
        painter.setBrush(QColor(*map(int, self.theme.heat[shade])))
        painter.drawRoundedRect(box, BAR_HIGH / 2, BAR_HIGH / 2)

    def _words(self, painter: QPainter, model: ModuleModel, place: int, room: QRect) -> None:
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        metrics = QFontMetricsF(self._name)
        middle = Qt.TextElideMode.ElideMiddle
        name = metrics.elidedText(model.tree.nodes[place].label, middle, room.width())
        painter.setFont(self._name)
        painter.setPen(QColor(self.theme.text))
        painter.drawText(room, side, name)
        rest = room.adjusted(round(metrics.horizontalAdvance(name)) + _GAP, 0, 0, 0)
        kind = model.tree.kind_of(place)
        if rest.width() < min(_LEAST_NAME, QFontMetricsF(self._kind).horizontalAdvance(kind)):
            return
        painter.setFont(self._kind)
        painter.setPen(QColor(self.theme.muted))
        kind = painter.fontMetrics().elidedText(kind, Qt.TextElideMode.ElideRight, rest.width())
        painter.drawText(rest, side, kind)


class ModuleView(QTreeView):
    """The tree; ``picked`` tells the place of the module that the user has picked."""

    picked = Signal(int)

    def __init__(self, theme: Theme, scale: Scale) -> None:
        super().__init__()
        self.modules = ModuleModel(self)
        self._delegate = ModuleDelegate(theme, scale, self)
        self._telling = True
        self._open: list[int] = []
        self.setModel(self.modules)
        self.setItemDelegate(self._delegate)
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(INDENT)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("modules", True)
        self.setAccessibleName("Modules")
        self.setAllColumnsShowFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMinimumHeight(4 * ROW)
        self.selectionModel().currentChanged.connect(self._tell)

    def set_theme(self, theme: Theme) -> None:
        """Paint in other colors."""
        self._delegate.theme = theme
        self.viewport().update()

    def set_tree(self, tree: ModuleTree) -> None:
        """Show another network, with what holds few modules open."""
        self._telling = False
        self.modules.set_tree(tree)
        for place in tree.top:
            if len(tree.nodes[place].children) <= 12:
                self.expand(self.modules.index_of(place))
        self._telling = True

    def set_frame(self, frame: Frame) -> None:
        """Show the numbers of a moment."""
        self.modules.set_frame(frame)
        self.viewport().update()

    def search(self, text: str) -> None:
        """Show what has ``text`` in it, opened, or everything again with what was open."""
        self._telling = False
        chosen = self.place
        if not self.modules.text:
            self._open = [
                place
                for place in range(len(self.modules.tree.nodes))
                if self.isExpanded(self.modules.index_of(place))
            ]
        self.modules.set_search(text)
        if text:
            self.expandAll()
        else:
            for place in self._open:
                self.expand(self.modules.index_of(place))
        self.show_place(chosen)
        self._telling = True

    @property
    def place(self) -> int:
        """The module that is picked; −1 for none."""
        return self.modules.place_of(self.currentIndex())

    def nearest(self, place: int) -> int:
        """A stage, or the folded module around it whose output is its own: the outermost one."""
        nodes = self.modules.tree.nodes
        if place < 0:
            return place
        stage = nodes[place].stage
        found = place
        for around in self.modules.tree.ancestors(place):
            folded = not self.isExpanded(self.modules.index_of(around))
            if folded and nodes[around].stage == stage:
                found = around
        return found

    def show_place(self, place: int) -> None:
        """Mark a module, in sight and with all around it open, without telling anybody."""
        telling = self._telling
        self._telling = False
        index = self.modules.index_of(place)
        if index.isValid():
            self.selectionModel().setCurrentIndex(
                index, QItemSelectionModel.SelectionFlag.ClearAndSelect
            )
            self.scrollTo(index)
        else:
            self.selectionModel().clear()
        self._telling = telling

    def _tell(self, now: QModelIndex, before: QModelIndex) -> None:
        if self._telling and now.isValid():
            self.picked.emit(self.modules.place_of(now))

    def drawRow(self, painter: QPainter, options: QStyleOptionViewItem, index: Index) -> None:
        """A soft ground behind what is picked, across the whole width."""
        if self.selectionModel().isSelected(index):
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._delegate.theme.accent_soft))
            room = QRectF(options.rect)
            room.setLeft(1)
            room.setRight(self.viewport().width() - 1)
            painter.drawRoundedRect(room, 6, 6)
            painter.restore()
        super().drawRow(painter, options, index)

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:
        """An arrow where there is something to open, and no lines."""
        if not self.modules.rowCount(index):
            return
        x = rect.right() - 8.0
        y = rect.center().y() + 0.5
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._delegate.theme.muted), 1.4))
        if self.isExpanded(index):
            tips = [QPointF(x - 3.5, y - 1.8), QPointF(x, y + 1.8), QPointF(x + 3.5, y - 1.8)]
        else:
            tips = [QPointF(x - 1.8, y - 3.5), QPointF(x + 1.8, y), QPointF(x - 1.8, y + 3.5)]
        painter.drawPolyline(tips)
        painter.restore()
