"""The list of pinned runs, each with a dotted line like its curves and a button that lets it go."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from vgsim.measure.frame import PinnedRun
from vgsim.ui.comparison.model import PinLine
from vgsim.ui.style.application import app_color, ui_font
from vgsim.ui.widgets.buttons import IconButton
from vgsim.ui.widgets.text import ElidedLabel


class Dots(QWidget):
    """A piece of the line in which pinned runs are drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(QSize(24, 12))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dots in the muted color."""
        painter = QPainter(self)
        pen = QPen(QColor(app_color(QPalette.ColorRole.PlaceholderText)), 2.0)
        pen.setDashPattern([1.0, 1.5])
        painter.setPen(pen)
        painter.drawLine(1, 6, self.width() - 1, 6)
        painter.end()


class PinRow(QWidget):
    """One pinned run."""

    unpinned = Signal(object)
    """The :class:`PinnedRun` to let go of."""

    def __init__(self) -> None:
        super().__init__()
        self._run: PinnedRun | None = None
        self.name = ElidedLabel("", ui_font(12, 600, tabular=False))
        self.about = ElidedLabel("", ui_font(11))
        self.about.setProperty("role", "muted")
        self.close_button = IconButton("close", "Unpin", 14)
        self.close_button.clicked.connect(self._unpin)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        words = QGridLayout()
        words.setSpacing(0)
        words.addWidget(self.name, 0, 0)
        words.addWidget(self.about, 1, 0)
        row.addWidget(Dots(), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self.close_button)

    def show_run(self, run: PinnedRun, line: PinLine) -> None:
        """Show another run."""
        self._run = run
        self.name.setText(line.name)
        self.about.setText(line.about)
        self.close_button.setAccessibleName(f"Unpin {line.name}")

    def _unpin(self) -> None:
        if self._run is not None:
            self.unpinned.emit(self._run)


class PinList(QWidget):
    """As many rows as there are pinned runs."""

    unpinned = Signal(object)
    """The :class:`PinnedRun` to let go of."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[PinRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)

    def set_runs(self, runs: list[tuple[PinnedRun, PinLine]]) -> None:
        """Show these, the oldest first."""
        while len(self.rows) < len(runs):
            row = PinRow()
            row.unpinned.connect(self.unpinned)
            self.rows.append(row)
            self._column.addWidget(row)
        for number, row in enumerate(self.rows):
            row.setVisible(number < len(runs))
        for row, (run, line) in zip(self.rows, runs, strict=False):
            row.show_run(run, line)
