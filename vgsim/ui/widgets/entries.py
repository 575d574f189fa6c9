"""A line one types into, and a list one chooses from."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QHideEvent, QKeyEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStylePainter,
)

from vgsim.ui.style.application import ui_font
from vgsim.ui.widgets.text import tool_tip

PAUSE_MS = 400
"""How long after the last key a text counts as entered."""
_NUDGES = {int(Qt.Key.Key_Up): 1, int(Qt.Key.Key_Down): -1}


class LineEntry(QLineEdit):
    """A line that says when its text has settled: on Return, on leaving, or after a pause."""

    settled = Signal()
    abandoned = Signal()
    """Escape was pressed."""
    nudged = Signal(int)
    """Up (+1) or Down (-1) was pressed."""

    def __init__(self) -> None:
        super().__init__()
        self.setFont(ui_font(12))
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.settled)
        self.textEdited.connect(self._wait)
        self.editingFinished.connect(self.settle)

    def pending(self) -> bool:
        """Whether what was typed has not been emitted yet."""
        return self._pause.isActive()

    def settle(self) -> None:
        """Tell now."""
        self._pause.stop()
        self.settled.emit()

    def show_text(self, text: str) -> None:
        """Replace the text, and forget what was typed and not emitted."""
        self._pause.stop()
        if text != self.text():
            self.setText(text)
            self.setCursorPosition(0 if not self.hasFocus() else len(text))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape, Up and Down are signals; the rest is typing."""
        key = event.key()  # any number: not every key has a name
        if key == Qt.Key.Key_Escape:
            self.abandoned.emit()
        elif key in _NUDGES:
            self.nudged.emit(_NUDGES[key])
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Drop what was typed and not emitted: its window is closing or its field went."""
        super().hideEvent(event)
        self._pause.stop()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The usual menu, and the actions of the row around."""
        menu = self.createStandardContextMenu()
        parent = self.parentWidget()
        menu.addSeparator()
        menu.addActions(parent.actions() if parent else [])
        menu.exec(event.globalPos())
        menu.deleteLater()

    def _wait(self) -> None:
        self._pause.start()


class Chooser(QComboBox):
    """A drop-down list of names; the text in it elides, its tool tip says all of it."""

    chosen = Signal(str)
    """The name that the user picked."""

    def __init__(self, items: Iterable[tuple[str, str, str]] = ()) -> None:
        super().__init__()
        self.setFont(ui_font(12, tabular=False))
        self.setItemDelegate(QStyledItemDelegate(self))  # the usual one ignores item padding
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(72)
        self.setMaxVisibleItems(16)
        self.activated.connect(self._tell)
        self.currentIndexChanged.connect(self._describe)
        self.set_items(items)

    def set_items(self, items: Iterable[tuple[str, str, str]]) -> None:
        """Offer (name, label, summary) each."""
        self.clear()
        for row, (name, label, summary) in enumerate(items):
            self.addItem(label, name)
            tip = tool_tip(label, summary)
            self.setItemData(row, tip, Qt.ItemDataRole.ToolTipRole)

    def name(self) -> str:
        """The name chosen now; empty for none."""
        return self.currentData() or ""

    def show_name(self, name: str) -> None:
        """Choose ``name`` without emitting a change; a name that is not offered chooses none."""
        self.setCurrentIndex(self.findData(name))

    def showPopup(self) -> None:
        """Open the list, as wide as its longest label."""
        view = self.view()
        bar = view.verticalScrollBar().sizeHint().width()
        view.setMinimumWidth(min(view.sizeHintForColumn(0) + 16 + bar, 420))
        super().showPopup()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the panel: scrolling it must not change an experiment."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """As usual, but with an elided text."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        box = QStyle.ComplexControl.CC_ComboBox
        field = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(box, option, field, self).width() - 4
        text = self.currentText() or self.placeholderText()
        elided = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
        option.currentText = elided
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()

    def _tell(self, row: int) -> None:
        self.chosen.emit(self.itemData(row))

    def _describe(self, row: int) -> None:
        self.setToolTip(self.itemData(row, Qt.ItemDataRole.ToolTipRole) or "")
