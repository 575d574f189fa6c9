"""Rows of A and B: a label, two values, the better one bold."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from vgsim.ui.comparison.model import Better, PairRow
from vgsim.ui.style.application import ui_font
from vgsim.ui.widgets.text import ElidedLabel, hairline, tool_tip

WIDEST = "not in 999"
"""A value as wide as most; one that has no room ends in dots and says all of it in its tip."""
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class PairTable(QWidget):
    """A few rows that are made once and then given other words."""

    def __init__(self, headed: bool = True) -> None:
        super().__init__()
        self._fonts = {False: ui_font(12, 400), True: ui_font(12, 700)}
        self._rows: list[tuple[QWidget, ElidedLabel, ElidedLabel, QLabel]] = []
        self._width = QFontMetrics(self._fonts[False]).horizontalAdvance(WIDEST)
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(0, 1)
        if headed:
            for column, (letter, role) in enumerate((("A", ""), ("B", "second")), start=1):
                title = QLabel(letter)
                title.setFont(ui_font(12, 700))
                title.setProperty("role", role)
                title.setAlignment(_RIGHT)
                title.setMinimumWidth(self._width)
                grid.addWidget(title, 0, column)

    def set_rows(self, rows: Sequence[PairRow], labels: Sequence[QWidget] = ()) -> None:
        """Show these rows; ``labels`` take the place of the words at the left."""
        while len(self._rows) < len(rows):
            self._add_row(labels[len(self._rows)] if labels else None)
        for number, widgets in enumerate(self._rows):
            for widget in widgets:
                widget.setVisible(number < len(rows))
        for widgets, row in zip(self._rows, rows, strict=False):
            label, a, b, _ = widgets
            if isinstance(label, ElidedLabel):
                label.setText(row.label)
                label.set_tip(tool_tip(row.label, row.help))
            for cell, words, who in ((a, row.a, Better.A), (b, row.b, Better.B)):
                cell.setText(words)
                cell.setFont(self._fonts[row.better is who])
                cell.setAccessibleName(f"{row.label}, {who}: {words}")

    def texts(self) -> list[tuple[str, str]]:
        """The values of A and B that are shown, row by row."""
        return [(a.text(), b.text()) for _, a, b, _ in self._rows if not a.isHidden()]

    def _add_row(self, label: QWidget | None) -> None:
        if label is None:
            label = ElidedLabel("", ui_font(12, tabular=False))
            label.setProperty("role", "muted")
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        values = ElidedLabel("", self._fonts[False]), ElidedLabel("", self._fonts[False])
        line = hairline()
        at = 1 + 2 * len(self._rows)
        self._grid.addWidget(line, at, 0, 1, 3)
        self._grid.addWidget(label, at + 1, 0)
        for column, value in enumerate(values, start=1):
            value.setMinimumWidth(self._width)
            value.setAlignment(_RIGHT)
            self._grid.addWidget(value, at + 1, column)
        self._rows.append((label, *values, line))
