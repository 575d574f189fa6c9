"""The dialog *Open data*: what was guessed of a table, to be looked at and changed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vgsim.nn.datasets.tables import ColumnRole, TableChoices, TablePlan
from vgsim.ui.open_data.column_list import ColumnList
from vgsim.ui.open_data.label_card import LabelCard
from vgsim.ui.open_data.model import (
    NEXT_ROLE,
    TableReading,
    boxes_of,
    counted,
    fields_of,
    summary,
    with_role,
)
from vgsim.ui.open_data.preview import PreviewTable
from vgsim.ui.open_data.reader import TableReader
from vgsim.ui.style.application import ui_font
from vgsim.ui.style.theme import Theme
from vgsim.ui.widgets.card import Card, VerticalScroll
from vgsim.ui.widgets.entries import Chooser
from vgsim.ui.widgets.text import ElidedLabel, WrappedLabel

_BAR = 14


class OpenDataDialog(QDialog):
    """Shows how the table at ``path`` will be read.

    ``chosen`` tells the path, the fields to open it with, and whether its labels are numbers.
    """

    chosen = Signal(str, object, bool)
    other_asked = Signal()
    """Another file is to be opened."""

    def __init__(
        self, path: str, theme: Theme, held_out: float, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Open data")
        self.setMinimumSize(760, 600)
        self.resize(900, 700)  # by itself it would be no larger than two thirds of the screen
        self.path = path
        self._held_out = held_out
        self.choices = TableChoices()
        self.reading: TableReading | None = None
        """The table as it would be opened now; None while nothing could be read."""
        self.boxes: dict[str, Chooser] = {}
        self.missing = QLineEdit()
        self.preview = PreviewTable(theme)
        self.columns = ColumnList()
        self.label = LabelCard(theme)
        self.problem = WrappedLabel("error", ui_font(12, tabular=False))
        self.button = QPushButton("Open")
        self._about = ElidedLabel("", ui_font(12))
        self._summary = WrappedLabel("muted", ui_font(12, tabular=False))
        self._boxes = QHBoxLayout()
        self._lay_out()
        self._reader = TableReader(path, self)
        self._reader.read.connect(self._show)
        self._reader.refused.connect(self._refuse)
        self.preview.role_asked.connect(self._next_role)
        self.columns.role_chosen.connect(self.choose_role)
        self.label.label_chosen.connect(partial(self._as, ColumnRole.LABEL))
        self.label.task_chosen.connect(partial(self._choose, "task"))
        self._reader.ask(self.choices)

    def _lay_out(self) -> None:
        title = QLabel("Open data")
        title.setFont(ui_font(15, 600, tabular=False))
        self._about.setProperty("role", "muted")
        other = QPushButton("Another file…")
        other.setAutoDefault(False)
        other.clicked.connect(self._ask_other)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(title)
        head.addWidget(self._about, 1)
        head.addWidget(other)
        self._boxes.setSpacing(12)
        self._make_boxes()
        rows = Card("First rows", "as they will be read; a click on a header changes its role")
        rows.body.addWidget(self.preview)
        self._columns_card = Card("Columns")
        scroll = VerticalScroll(self.columns, _BAR)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._columns_card.body.addWidget(scroll)
        below = QHBoxLayout()
        below.setSpacing(12)
        below.addWidget(self._columns_card, 5)
        below.addWidget(self.label, 3)
        cancel = QPushButton("Cancel")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.button.setDefault(True)
        self.button.setEnabled(False)
        self.button.clicked.connect(self.open_table)
        foot = QHBoxLayout()
        foot.setSpacing(10)
        said = QVBoxLayout()
        said.addWidget(self.problem)
        said.addWidget(self._summary)
        foot.addLayout(said, 1)
        foot.addWidget(cancel)
        foot.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 14, 20, 14)
        column.setSpacing(12)
        column.addLayout(head)
        column.addLayout(self._boxes)
        column.addWidget(rows, 5)
        column.addLayout(below, 6)
        column.addLayout(foot)
        self._about.setText(Path(self.path).name)

    def _make_boxes(self) -> None:
        """The boxes above: they are there for a file, too, that cannot be read by guess."""
        for box in boxes_of(self.choices, None):
            chooser = Chooser()
            chooser.setAccessibleName(box.label)
            chooser.chosen.connect(partial(self._choose, box.field))
            self.boxes[box.field] = chooser
            self._add_box(box.label, chooser)
        self.missing.setFont(ui_font(12))
        self.missing.setPlaceholderText("empty, NA, ?, …")
        self.missing.setToolTip("Further words and numbers that stand for no value, with commas")
        self.missing.setAccessibleName("Also missing")
        self.missing.editingFinished.connect(self._choose_missing)
        self._add_box("Also missing", self.missing)

    def _add_box(self, label: str, widget: QWidget) -> None:
        above = QLabel(label)
        above.setFont(ui_font(11, tabular=False))
        above.setProperty("role", "muted")
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(above)
        column.addWidget(widget)
        self._boxes.addLayout(column, 1)

    def choose_role(self, index: int, role: ColumnRole) -> None:
        """Give a column another role."""
        if self.reading is not None:
            self._ask(with_role(self.reading.plan, index, role))

    def _as(self, role: ColumnRole, index: int) -> None:
        self.choose_role(index, role)

    def _next_role(self, index: int) -> None:
        if self.reading is not None:
            self.choose_role(index, NEXT_ROLE[self.reading.plan.columns[index].role])

    def _choose(self, field: str, value: str) -> None:
        changes: dict[str, Any] = {field: value}
        self._ask(replace(self.choices, **changes))

    def _choose_missing(self) -> None:
        if self.missing.text() != self.choices.missing_values:
            self._choose("missing_values", self.missing.text())

    def _ask(self, choices: TableChoices) -> None:
        self.choices = choices
        self.button.setEnabled(False)
        self._reader.ask(choices)

    def _show(self, reading: TableReading) -> None:
        """Another reading has come."""
        self.reading = reading
        plan = reading.plan
        self.problem.show_text("")
        self._show_boxes(plan)
        words = f"{Path(self.path).name} · {plan.rows:,} rows · {len(plan.columns):,} columns"
        self._about.setText(words)
        self._columns_card.set_subtitle(counted(plan))
        self.preview.show_plan(plan)
        self.columns.show_plan(plan)
        self.label.show_reading(reading)
        self._summary.show_text(summary(reading, self._held_out))
        self.button.setText(f"Open {reading.labeled:,} rows")
        self.button.setEnabled(True)
        self.button.setFocus()

    def _show_boxes(self, plan: TablePlan | None) -> None:
        for box in boxes_of(self.choices, plan):
            items = ((value, name, "") for value, name in box.options)
            self.boxes[box.field].set_items(items)
            self.boxes[box.field].show_name(box.value)

    def _refuse(self, sentence: str) -> None:
        """The file cannot be read so: say why, and leave what was chosen to be mended."""
        self._show_boxes(None)
        self.problem.show_text(sentence)
        self.button.setEnabled(False)

    def _ask_other(self) -> None:
        self.reject()
        self.other_asked.emit()

    def open_table(self) -> None:
        """Tell how the table is to be opened."""
        if self.reading is not None and self.button.isEnabled():
            fields = fields_of(self.choices) | {"data.missing": self.label.missing.name()}
            numbers = self.reading.plan.task == "numbers"
            self.chosen.emit(self.path, fields, numbers)
            self.accept()

    def done(self, result: int) -> None:
        """Let go of the file before the dialog goes."""
        self._reader.close()
        super().done(result)
