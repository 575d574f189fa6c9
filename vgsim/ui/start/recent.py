"""What was opened lately, newest first; a click opens it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QLabel, QSizePolicy, QVBoxLayout, QWidget

from vgsim.core.errors import SpecError
from vgsim.nn.presets import preset_card
from vgsim.ui.start.model.recent import RecentItem, RecentKind, when_words
from vgsim.ui.style.application import app_color, ui_font
from vgsim.ui.style.icons import icon
from vgsim.ui.style.theme import mix
from vgsim.ui.widgets.buttons import SmallButton
from vgsim.ui.widgets.card import Card, VerticalScroll
from vgsim.ui.widgets.text import tool_tip

_PAD = 6
_LEAST_HEIGHT = 96


class RecentRow(QAbstractButton):
    """Icon, name, what it is, and when it was opened."""

    def __init__(self, item: RecentItem, now: datetime) -> None:
        super().__init__()
        self.item = item
        self._title, self._kind, self._picture = _described(item)
        self._when = when_words(item.opened, now)
        self._fonts = ui_font(13, 500, tabular=False), ui_font(11, tabular=False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{self._title}, {self._kind}, {self._when}")
        self.setToolTip(tool_tip(self._title, "" if _is_preset(item) else item.what))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Two lines."""
        self.ensurePolished()
        high = sum(self._metrics(at).height() for at in (0, 1))
        return QSize(160, high + 2 * _PAD + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Name and kind elide; the time never does."""
        role = QPalette.ColorRole
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        field = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self.underMouse() or self.hasFocus():
            edge = app_color(role.Accent) if self.hasFocus() else "#00000000"
            painter.setPen(QPen(QColor(edge), 1.0))
            painter.setBrush(QColor(mix(app_color(role.Base), app_color(role.Text), 0.05)))
            painter.drawRoundedRect(field, 7, 7)
        middle = (self.height() - 18) // 2
        picture = icon(self._picture, app_color(role.PlaceholderText), 18)
        picture.paint(painter, QRect(_PAD, middle, 18, 18))
        self._paint_texts(painter)
        painter.end()

    def _paint_texts(self, painter: QPainter) -> None:
        role = QPalette.ColorRole
        left = _PAD + 18 + 10
        room = self.width() - left - _PAD
        high, low = self._metrics(0), self._metrics(1)
        time_width = low.horizontalAdvance(self._when)
        painter.setFont(self._fonts[0])
        painter.setPen(QColor(app_color(role.Text)))
        elide = Qt.TextElideMode.ElideMiddle
        title = high.elidedText(self._title, elide, room - time_width - 10)
        painter.drawText(left, _PAD + high.ascent(), title)
        painter.setFont(self._fonts[1])
        painter.setPen(QColor(app_color(role.PlaceholderText)))
        painter.drawText(self.width() - _PAD - time_width, _PAD + high.ascent(), self._when)
        kind = low.elidedText(self._kind, Qt.TextElideMode.ElideRight, room)
        painter.drawText(left, _PAD + high.height() + 2 + low.ascent(), kind)

    def _metrics(self, which: int) -> QFontMetrics:
        return QFontMetrics(self._fonts[which])

    def enterEvent(self, event: QEnterEvent) -> None:
        """Darken."""
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Lighten."""
        self.update()


class _RowScroll(VerticalScroll):
    """As high as its rows where there is room, and scrolled where there is not."""

    def __init__(self, content: QWidget) -> None:
        super().__init__(content, room=8)
        self._rows = content

    def sizeHint(self) -> QSize:
        """All rows."""
        return QSize(160, self._rows.sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Two or so."""
        return QSize(160, min(self._rows.sizeHint().height(), _LEAST_HEIGHT))


class RecentPanel(Card):
    """The rows; *Clear* forgets them."""

    preset_asked = Signal(str)
    file_asked = Signal(str)
    data_asked = Signal(str)
    cleared = Signal()

    def __init__(self) -> None:
        super().__init__("Recent")
        self.clear_button = SmallButton("Clear", "Forget what was opened")
        self.clear_button.clicked.connect(self.cleared)
        self.add_header_widget(self.clear_button)
        self._empty = QLabel("Nothing has been opened yet.")
        self._empty.setFont(ui_font(12, tabular=False))
        self._empty.setProperty("role", "muted")
        content = QWidget()
        self._list = QVBoxLayout(content)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self._list.addWidget(self._empty)
        self._list.addStretch(1)
        self._scroll = _RowScroll(content)
        self.body.addWidget(self._scroll)
        self.rows: list[RecentRow] = []

    def show_items(self, items: Sequence[RecentItem], now: datetime) -> None:
        """Show these."""
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = [RecentRow(item, now) for item in items]
        for row in self.rows:
            row.clicked.connect(partial(self._ask, row.item))
            self._list.insertWidget(self._list.count() - 1, row)
        self._empty.setVisible(not items)
        self.clear_button.setVisible(bool(items))
        self._scroll.updateGeometry()

    def _ask(self, item: RecentItem, checked: bool = False) -> None:
        told = {
            RecentKind.PRESET: self.preset_asked,
            RecentKind.FILE: self.file_asked,
            RecentKind.DATA: self.data_asked,
            RecentKind.LESSON: self.file_asked,
        }
        told[item.kind].emit(item.what)


_KINDS = {
    ".toml": ("Experiment", "network"),
    ".csv": ("Table", "table"), ".npz": ("Table", "table"), ".jsonl": ("Table", "table"),
}  # fmt: skip
"""What a file is by its suffix: words and icon. Whatever else can be opened is a picture."""


def _is_preset(item: RecentItem) -> bool:
    return item.kind is RecentKind.PRESET


def _described(item: RecentItem) -> tuple[str, str, str]:
    """(title, kind, icon) of something that was opened."""
    if _is_preset(item):
        try:
            return preset_card(item.what).title, "Network of the gallery", "network"
        except SpecError:  # of another version of vgsim
            return item.what, "Network of the gallery", "network"
    if item.kind is RecentKind.DATA:
        return item.label, "Data", "table"
    if item.kind is RecentKind.LESSON:
        return item.label, "Lesson", "file"
    kind, picture = _KINDS.get(Path(item.what).suffix.lower(), ("Picture", "picture"))
    return item.label, kind, picture
