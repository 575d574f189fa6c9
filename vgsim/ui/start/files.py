"""Where a file begins: one's own data, or something that vgsim has written."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from vgsim.ui.style.application import app_color, ui_font
from vgsim.ui.style.theme import mix
from vgsim.ui.widgets.buttons import PushButton
from vgsim.ui.widgets.text import ElidedLabel, WrappedLabel, hairline

_HEIGHT = 50


class DropZone(QWidget):
    """A dashed field that takes a file; ``dropped`` has its path."""

    dropped = Signal(str)

    def __init__(self, words: str, button: QWidget) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self._over = False
        self.setMinimumHeight(_HEIGHT)
        label = ElidedLabel(words, ui_font(12, tabular=False))
        label.setProperty("role", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.addWidget(label, 1)
        row.addWidget(button)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A dashed frame, filled while a file is over it."""
        role = QPalette.ColorRole
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = role.Accent if self._over else role.PlaceholderText
        pen = QPen(QColor(mix(app_color(role.Base), app_color(edge), 0.6)), 1.0)
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        if self._over:
            painter.setBrush(QColor(mix(app_color(role.Base), app_color(role.Accent), 0.1)))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.end()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
            self._show_over(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """As before."""
        self._show_over(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell the path of the first file that was dropped."""
        self._show_over(False)
        event.acceptProposedAction()
        self.dropped.emit(event.mimeData().urls()[0].toLocalFile())

    def _show_over(self, over: bool) -> None:
        self._over = over
        self.update()


class FilesPanel(QFrame):
    """My data, and files that vgsim made. It says what is wanted and opens nothing."""

    data_asked = Signal()
    data_dropped = Signal(str)
    open_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.setAccessibleName("My data and files")
        self.data_button = PushButton("folder", "Open data…", "Choose a file with your data")
        self.open_button = PushButton("file", "Open a file…", "Open a file that vgsim made")
        self.zone = DropZone("Drop a file, or", self.data_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(15, 11, 15, 14)
        column.setSpacing(6)
        column.addWidget(_title("My data"))
        column.addWidget(_line("A CSV, NPZ or IDX file becomes the task of this network."))
        column.addWidget(self.zone)
        column.addSpacing(4)
        column.addWidget(hairline())
        column.addSpacing(2)
        column.addWidget(_title("My files"))
        column.addWidget(
            _line("A picture, table or experiment that vgsim wrote opens at its very moment.")
        )
        row = QHBoxLayout()
        row.addWidget(self.open_button)
        row.addStretch(1)
        column.addLayout(row)
        self.data_button.clicked.connect(self.data_asked)
        self.open_button.clicked.connect(self.open_asked)
        self.zone.dropped.connect(self.data_dropped)


def _title(text: str) -> ElidedLabel:
    return ElidedLabel(text, ui_font(14, 600, tabular=False))


def _line(text: str) -> WrappedLabel:
    label = WrappedLabel("muted", ui_font(12, tabular=False))
    label.show_text(text)
    return label
