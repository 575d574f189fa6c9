"""What is to be predicted: which column, as classes or a number, and how often each class is."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from vgsim.core.numbers import percent
from vgsim.nn.datasets.tables import ColumnRole
from vgsim.ui.open_data.model import (
    TableReading,
    about_column,
    chance,
    listed_shares,
    reads,
)
from vgsim.ui.open_data.preview import name_of
from vgsim.ui.open_data.window_strip import WindowStrip
from vgsim.ui.style.application import ui_font
from vgsim.ui.style.theme import Theme
from vgsim.ui.widgets.buttons import Segmented
from vgsim.ui.widgets.card import Card, VerticalScroll
from vgsim.ui.widgets.entries import Chooser
from vgsim.ui.widgets.text import WrappedLabel

_ROW = 24
_BAR = 14
_TASKS = ("classes", "numbers")
_MOST_BARS = 5


class LabelCard(Card):
    """``label_chosen`` tells the number of a column, ``task_chosen`` "classes" or "numbers"."""

    label_chosen = Signal(int)
    task_chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__("Label", "what the network is to predict")
        self.column = Chooser()
        self.column.setAccessibleName("Column to predict")
        self.column.chosen.connect(self._choose)
        self.task = Segmented(
            [("Classes", "One of several kinds"), ("A number", "How large something is")]
        )
        self.task.chosen.connect(self._choose_task)
        self._bars = ShareBars(theme)
        self._windows = WindowStrip(theme)
        self._about = WrappedLabel("muted", ui_font(12, tabular=False))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.column, 1)
        row.addWidget(self.task)
        self.body.addLayout(row)
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self._bars, self._windows, self._about):
            column.addWidget(widget)
        column.addStretch(1)
        scroll = VerticalScroll(shown, _BAR)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body.addWidget(scroll, 1)

    def show_reading(self, reading: TableReading) -> None:
        """The label of another reading."""
        plan = reading.plan
        labels = plan.having(ColumnRole.LABEL)
        self.column.set_items(
            (str(column.index), name_of(column), column.type.value) for column in plan.columns
        )
        self.column.setPlaceholderText(f"{len(labels)} columns")
        self.column.show_name(str(labels[0].index) if len(labels) == 1 else "")
        self.task.choose(_TASKS.index(plan.task))
        self.task.setVisible(reads(reading.data, "task"))
        found = reading.made
        most = _MOST_BARS if found is None or not found.lengths else _MOST_BARS - 2
        self._bars.show_shares(listed_shares(found, most) if found is not None else ())
        self._windows.show_made(found, reading.data)
        words = chance(reading)
        if not words:
            words = ". ".join(f"{name_of(column)}: {about_column(column)}" for column in labels)
        self._about.show_text(words)

    def _choose(self, name: str) -> None:
        self.label_chosen.emit(int(name))

    def _choose_task(self, number: int) -> None:
        self.task_chosen.emit(_TASKS[number])


class ShareBars(QWidget):
    """A bar for every class, its count and its share beside it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shares: tuple[tuple[str, int], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_shares(self, shares: tuple[tuple[str, int], ...]) -> None:
        """Other classes."""
        self._shares = shares
        self.setAccessibleDescription(", ".join(f"{name} {count}" for name, count in shares))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """A row for each."""
        return QSize(220, _ROW * len(self._shares))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Name, bar, figures."""
        total = sum(count for _, count in self._shares)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(ui_font(12))
        metrics = painter.fontMetrics()
        figures = [f"{count:,} · {percent(count / total)}" for _, count in self._shares]
        right = max([metrics.horizontalAdvance(words) for words in figures], default=0)
        widest = max([metrics.horizontalAdvance(name) for name, _ in self._shares], default=0)
        left = min(widest + 2, self.width() // 3)
        room = self.width() - left - right - 24
        for row, (name, count) in enumerate(self._shares):
            top = row * _ROW
            middle = Qt.AlignmentFlag.AlignVCenter
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, left)
            painter.setPen(QColor(self._theme.text))
            painter.drawText(QRectF(0, top, left, _ROW), middle, shown)
            words = QRectF(self.width() - right, top, right, _ROW)
            painter.drawText(words, middle | Qt.AlignmentFlag.AlignRight, figures[row])
            groove = QRectF(left + 12, top + 6, room, _ROW - 12)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.raised))
            painter.drawRoundedRect(groove, 3, 3)
            groove.setWidth(room * count / self._shares[0][1])
            painter.setBrush(QColor(self._theme.accent))
            painter.drawRoundedRect(groove, 3, 3)
        painter.end()
