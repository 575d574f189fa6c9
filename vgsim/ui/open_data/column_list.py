"""The columns of a table: each with its role, and the reason for it in words."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from vgsim.nn.datasets.tables import ColumnRole, TableColumn
from vgsim.ui.open_data.model import TableReading, about_column, use_of, uses_of
from vgsim.ui.open_data.preview import name_of
from vgsim.ui.style.application import ui_font
from vgsim.ui.widgets.entries import Chooser
from vgsim.ui.widgets.text import ElidedLabel

MOST = 50
"""Columns that get a row; a table of pixels has thousands, all alike."""
NAME_WIDTH, ROLE_WIDTH = 88, 92


class ColumnList(QWidget):
    """One row a column; ``use_chosen`` tells the number of a column and what it is to be for."""

    use_chosen = Signal(int, str)

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(2, 1)
        self._grid.setColumnMinimumWidth(1, ROLE_WIDTH)
        self.choosers: list[Chooser] = []

    def show_reading(self, reading: TableReading) -> None:
        """Show the columns of another reading; what had the keyboard keeps it."""
        plan = reading.plan
        focused = next((at for at, box in enumerate(self.choosers) if box.hasFocus()), None)
        for widget in self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self.choosers = []
        for column in plan.columns[:MOST]:
            self._add(reading, column)
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        hidden = len(plan.columns) - MOST
        if hidden > 0:
            more = ElidedLabel(f"{hidden:,} columns more, in the preview")
            more.setProperty("role", "muted")
            self._grid.addWidget(more, MOST, 0, 1, 4)
        if focused is not None and focused < len(self.choosers):
            self.choosers[focused].setFocus()

    def _add(self, reading: TableReading, column: TableColumn) -> None:
        row = column.index
        left_out = column.role is ColumnRole.LEFT_OUT
        weight = 400 if left_out else 600
        name = ElidedLabel(name_of(column), ui_font(12, weight, tabular=False))
        name.setProperty("role", "muted" if left_out else "")
        name.setFixedWidth(NAME_WIDTH)  # long names give way to the reasons
        role = Chooser(uses_of(reading, column))
        role.setFixedWidth(ROLE_WIDTH)
        role.show_name(use_of(reading, column))
        role.setAccessibleName(f"Role of {name_of(column)}")
        role.chosen.connect(partial(self._choose, row))
        words = column.warning or about_column(column)
        about = ElidedLabel(words, ui_font(12))
        about.setProperty("role", "warning" if column.warning else "muted")
        missing = QLabel(f"{column.missing:,} missing" if column.missing else "")
        missing.setFont(ui_font(12))
        missing.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for at, widget in enumerate((name, role, about, missing)):
            self._grid.addWidget(widget, row, at)
        self.choosers.append(role)

    def _choose(self, index: int, name: str) -> None:
        self.use_chosen.emit(index, name)
