"""A choice among few words that are all seen: one button in as many parts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from vgsim.ui.style.application import app_color, ui_font

_HEIGHT, _PAD, _RADIUS = 26, 10, 6.0


class _Segment(QAbstractButton):
    """One part; the chosen one is raised."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__()
        self.setText(text)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setCheckable(True)
        self.setFont(ui_font(12, 500, tabular=False))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """The text with room at its sides."""
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 2 * _PAD, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A soft field behind the chosen word, a ring around the one with the focus."""
        role = QPalette.ColorRole
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        field = QRectF(self.rect()).adjusted(2.5, 2.5, -2.5, -2.5)
        edge = role.Mid if self.isChecked() else role.AlternateBase
        edge = role.Highlight if self.hasFocus() else edge
        painter.setPen(QPen(QColor(app_color(edge)), 1.0))
        painter.setBrush(QColor(app_color(role.Base if self.isChecked() else role.AlternateBase)))
        painter.drawRoundedRect(field, _RADIUS - 2, _RADIUS - 2)
        strong = self.isChecked() or self.underMouse()
        painter.setPen(QColor(app_color(role.Text if strong else role.PlaceholderText)))
        painter.setFont(self.font())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Darken."""
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Lighten."""
        self.update()


class Segmented(QWidget):
    """Segments of which one is chosen; ``chosen`` tells which when a person changes it."""

    chosen = Signal(int)

    def __init__(self, texts: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        """``texts`` are pairs (word on the segment, what it means)."""
        super().__init__(parent)
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for number, (text, name) in enumerate(texts):
            segment = _Segment(text, name)
            self._group.addButton(segment, number)
            row.addWidget(segment)
        self.choose(0)
        self._group.idClicked.connect(self._tell)

    @property
    def choice(self) -> int:
        """The number of the chosen segment."""
        return self._group.checkedId()

    def choose(self, number: int) -> None:
        """Choose a segment without telling."""
        self._group.button(number).setChecked(True)

    def set_texts(self, texts: Sequence[str]) -> None:
        """Other words on the segments."""
        for number, text in enumerate(texts):
            self._group.button(number).setText(text)
            self._group.button(number).updateGeometry()

    @Slot(int)
    def _tell(self, number: int) -> None:
        self.chosen.emit(number)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The groove that holds the segments."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(app_color(QPalette.ColorRole.Mid)), 1.0))
        painter.setBrush(QColor(app_color(QPalette.ColorRole.AlternateBase)))
        field = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(field, _RADIUS, _RADIUS)
        painter.end()
