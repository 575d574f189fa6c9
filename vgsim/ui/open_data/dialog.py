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
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from vgsim.core.fields import Value
from vgsim.nn.datasets.tables import ColumnRole
from vgsim.nn.spec import DataSpec
from vgsim.ui.open_data.boxes import FieldBoxes
from vgsim.ui.open_data.column_list import ColumnList
from vgsim.ui.open_data.label_card import LabelCard
from vgsim.ui.open_data.made import counted_as
from vgsim.ui.open_data.model import (
    FEATURE,
    LABEL,
    NEXT_USE,
    TableReading,
    as_kind,
    boxes_of,
    counted,
    fields_of,
    guessed,
    reads,
    summary,
    table_kinds,
    use_of,
    with_use,
)
from vgsim.ui.open_data.preview import PreviewTable
from vgsim.ui.open_data.reader import TableReader
from vgsim.ui.style.application import ui_font
from vgsim.ui.style.theme import Theme
from vgsim.ui.widgets.card import Card, VerticalScroll
from vgsim.ui.widgets.entries import Chooser
from vgsim.ui.widgets.text import ElidedLabel, WrappedLabel

_BAR = 14
_FOUND = (
    "delimiter", "decimal", "thousands", "header", "comment", "encoding", "skip", "footer",
)  # fmt: skip
_READING = ("missing_values",)
_LEARNING = (
    "missing", "max_categories", "unequal", "length", "horizon", "held_out", "standardize",
    "standardize_targets",
)  # fmt: skip
_WIDE = {
    "delimiter": 11, "header": 8, "comment": 10, "encoding": 12, "skip": 7, "footer": 7,
    "missing": 14, "standardize_targets": 12, "held_out": 7, "length": 7, "horizon": 7,
}  # fmt: skip


class OpenDataDialog(QDialog):
    """Shows how the table that ``data`` names will be read, and what becomes of it.

    It begins with what is chosen in ``data``; what of it is to be guessed, if ``fresh``, is.
    ``chosen`` tells the path, the fields to open it with, and whether its labels are numbers.
    """

    chosen = Signal(str, object, bool)
    other_asked = Signal()
    """Another file is to be opened."""

    def __init__(
        self, data: DataSpec, theme: Theme, fresh: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Open data")
        self.setMinimumSize(760, 600)
        self.resize(900, 700)  # by itself it would be no larger than two thirds of the screen
        self.path = data.path
        self.data = data
        self._fresh = fresh
        self._untouched = True
        """Whether the keyboard may be led to the button."""
        self.reading: TableReading | None = None
        """The table as it would be opened now; None while nothing could be read."""
        self.kind = Chooser((name, label, "") for name, label in table_kinds())
        self.reading_boxes = FieldBoxes(_FOUND, _READING, _WIDE)
        self.learning_boxes = FieldBoxes((), _LEARNING, _WIDE)
        self.preview = PreviewTable(theme)
        self.columns = ColumnList()
        self.label = LabelCard(theme)
        self.problem = WrappedLabel("error", ui_font(12, tabular=False))
        self.button = QPushButton("Open")
        self.anew = QPushButton("Guess anew")
        self._about = ElidedLabel("", ui_font(12))
        self._rows = WrappedLabel("", ui_font(12, tabular=False))
        self._columns = WrappedLabel("muted", ui_font(12, tabular=False))
        self._lay_out()
        self._reader = TableReader(data.path, self)
        self._reader.read.connect(self._show)
        self._reader.refused.connect(self._refuse)
        self.kind.chosen.connect(self.choose_kind)
        for boxes in (self.reading_boxes, self.learning_boxes):
            boxes.changed.connect(self.choose)
            boxes.refused.connect(self._tell_problem)
        self.preview.role_asked.connect(self._next_use)
        self.columns.use_chosen.connect(self.choose_use)
        self.label.label_chosen.connect(partial(self._as, LABEL))
        self.label.task_chosen.connect(partial(self.choose, "task"))
        self._ask(data)

    def _lay_out(self) -> None:
        title = QLabel("Open data")
        title.setFont(ui_font(15, 600, tabular=False))
        self._about.setProperty("role", "muted")
        self._about.setText(Path(self.path).name)
        self.kind.setAccessibleName("Dataset")
        self.kind.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.kind.setFixedWidth(150)
        other = QPushButton("Another file…")
        other.clicked.connect(self._ask_other)
        self.anew.setToolTip("Forget what was chosen, and guess everything")
        self.anew.clicked.connect(self.guess_anew)
        cancel = QPushButton("Cancel")
        cancel.clicked.connect(self.reject)
        for button in (other, self.anew, cancel):
            button.setAutoDefault(False)
        self.button.setDefault(True)
        self.button.setEnabled(False)
        self.button.clicked.connect(self.open_table)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(title)
        head.addWidget(self._about, 1)
        head.addWidget(self.kind)
        head.addWidget(self.anew)
        head.addWidget(other)
        self._preview_card = Card("First rows", "as they will be read; a click changes the role")
        self._preview_card.body.addWidget(self.preview)
        self._columns_card = Card("Columns")
        scroll = VerticalScroll(self.columns, _BAR)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._columns_card.body.addWidget(scroll)
        below = QHBoxLayout()
        below.setSpacing(12)
        below.addWidget(self._columns_card, 5)
        below.addWidget(self.label, 3)
        said = QVBoxLayout()
        said.setSpacing(2)
        for words in (self.problem, self._rows, self._columns):
            said.addWidget(words)
        foot = QHBoxLayout()
        foot.setSpacing(10)
        foot.addLayout(said, 1)
        foot.addWidget(cancel)
        foot.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 14, 20, 14)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self.reading_boxes)
        column.addWidget(self._preview_card, 5)
        column.addLayout(below, 6)
        column.addWidget(self.learning_boxes)
        column.addLayout(foot)

    def choose(self, field: str, value: Value) -> None:
        """Choose what a field of the data section is to be."""
        changes: dict[str, Any] = {field: value}
        self._ask(replace(self.data, **changes))

    def choose_kind(self, kind: str) -> None:
        """Make another dataset of the same file."""
        plan = self.reading.plan if self.reading is not None else None
        self._ask(as_kind(self.data, kind, plan))

    def choose_use(self, index: int, use: str) -> None:
        """Say what a column is for."""
        if self.reading is not None:
            self._ask(with_use(self.reading, index, use))

    def guess_anew(self) -> None:
        """Forget what was chosen."""
        fresh = replace(DataSpec(), dataset=table_kinds()[0][0], path=self.path)
        self._fresh = True
        self._ask(fresh)

    def _as(self, use: str, index: int) -> None:
        self.choose_use(index, use)

    def _next_use(self, index: int) -> None:
        if self.reading is not None:
            now = use_of(self.reading, self.reading.plan.columns[index])
            self.choose_use(index, NEXT_USE.get(now, FEATURE))

    def _ask(self, data: DataSpec) -> None:
        self.data = data
        self.button.setEnabled(False)
        self._show_boxes(None if self.reading is None else self.reading)
        self._reader.ask(data)

    def _show(self, reading: TableReading) -> None:
        """Another reading has come."""
        if self._fresh and reading.whole:
            self._fresh = False
            better = guessed(reading.data, reading)
            if better != reading.data:
                self.reading = reading
                self._ask(better)
                return
        self.reading = reading
        plan = reading.plan
        self._show_boxes(reading)
        rows = f"{plan.rows:,} rows" if reading.whole else f"the first {plan.rows:,} rows"
        columns = counted_as(len(plan.columns), "column")
        self._about.setText(f"{Path(self.path).name} · {rows} · {columns}")
        self._preview_card.set_subtitle("as they will be read; a click changes the role")
        self._columns_card.set_subtitle(counted(plan))
        self.preview.show_plan(plan)
        self.columns.show_reading(reading)
        self.label.show_reading(reading)
        rows_told, inputs_told = summary(reading)
        self._rows.show_text(rows_told)
        self._columns.show_text(inputs_told)
        self._tell_problem("" if reading.refusal is None else str(reading.refusal))
        self.button.setText(f"Open {reading.opened:,} rows")
        fine = reading.made is not None
        self.button.setEnabled(fine)
        if fine and self._untouched:
            self.button.setFocus()
            self._untouched = False

    def _show_boxes(self, reading: TableReading | None) -> None:
        """Show what is chosen: they are there, too, for a file that cannot be read."""
        plan = None if reading is None else reading.plan
        grouped = plan is not None and bool(plan.having(ColumnRole.GROUP))
        self.kind.show_name(self.data.dataset)
        self.reading_boxes.show_data(self.data, partial(reads, self.data))
        self.reading_boxes.show_found(boxes_of(self.data, plan))
        self.learning_boxes.show_data(
            self.data, lambda field: reads(self.data, field) and (field != "unequal" or grouped)
        )

    def _tell_problem(self, sentence: str) -> None:
        self.problem.show_text(sentence)
        if sentence:
            self.button.setEnabled(False)
        self.reading_boxes.mark(sentence)
        self.learning_boxes.mark(sentence)

    def _refuse(self, sentence: str, lines: tuple[str, ...]) -> None:
        """The file cannot be read so: say why, show it as it is, and leave all to be mended."""
        self._show_boxes(None)
        self.preview.show_lines(lines)
        self._preview_card.set_subtitle("as they are in the file, which cannot be read so")
        self._rows.show_text("")
        self._columns.show_text("")
        self._tell_problem(sentence)

    def _ask_other(self) -> None:
        self.reject()
        self.other_asked.emit()

    def open_table(self) -> None:
        """Tell how the table is to be opened."""
        if self.reading is not None and self.button.isEnabled():
            numbers = self.reading.plan.task == "numbers" or self.reading.is_series
            self.chosen.emit(self.path, fields_of(self.data), numbers)
            self.accept()

    def done(self, result: int) -> None:
        """Let go of the file before the dialog goes."""
        self._reader.close()
        super().done(result)
