"""Rounded buttons of which one is chosen, each with a count."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from vgsim.ui.style.application import app_color, ui_font
from vgsim.ui.style.theme import mix

_PAD = 9
_BETWEEN = 5
_HEIGHT = 26


class Chip(QAbstractButton):
    """A word and a count."""

    def __init__(self, word: str, count: int) -> None:
        super().__init__()
        self.setText(word)
        self._count = str(count)
        self.setCheckable(True)
        self.setFont(ui_font(12, 500, tabular=False))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(f"{word}, {count}")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Both texts with room at their sides."""
        advance = self.fontMetrics().horizontalAdvance
        wide = advance(self.text()) + _BETWEEN + advance(self._count) + 2 * _PAD
        return QSize(wide, max(_HEIGHT, self.fontMetrics().height() + 8))

    def paintEvent(self, event: QPaintEvent) -> None:
        """A soft field behind the chosen one, a ring around the one with the focus."""
        role = QPalette.ColorRole
        accent = app_color(role.Accent)
        surface = app_color(role.Base)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        field = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        chosen = self.isChecked()
        edge = accent if chosen or self.hasFocus() else app_color(role.Mid)
        fill = surface
        if chosen:
            fill = mix(surface, accent, 0.13)
        elif self.underMouse():
            fill = mix(surface, app_color(role.Text), 0.05)
        painter.setPen(QPen(QColor(edge), 1.5 if self.hasFocus() else 1.0))
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(field, field.height() / 2, field.height() / 2)
        painter.setFont(self.font())
        painter.setPen(QColor(accent if chosen else app_color(role.Text)))
        left = self.rect().adjusted(_PAD, 0, 0, 0)
        painter.drawText(left, Qt.AlignmentFlag.AlignVCenter, self.text())
        right = self.rect().adjusted(0, 0, -_PAD, 0)
        painter.setPen(QColor(accent if chosen else app_color(role.PlaceholderText)))
        painter.drawText(
            right, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._count
        )
        painter.end()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Darken."""
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Lighten."""
        self.update()


class Chips(QWidget):
    """A row of chips; ``chosen`` comes when the user chooses another one."""

    chosen = Signal(int)

    def __init__(self, words: Sequence[tuple[str, int]]) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 2)
        row.setSpacing(6)
        for number, (word, count) in enumerate(words):
            chip = Chip(word, count)
            self._group.addButton(chip, number)
            row.addWidget(chip)
        row.addStretch(1)
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(self._tell)

    @property
    def choice(self) -> int:
        """The number of the chosen one."""
        return self._group.checkedId()

    @Slot(int)
    def _tell(self, number: int) -> None:
        self.chosen.emit(number)
