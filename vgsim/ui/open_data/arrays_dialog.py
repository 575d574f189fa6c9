"""The dialog *Open data* for a file of arrays in which it is open which are the samples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from vgsim.core.fields import Value
from vgsim.nn.spec import DataSpec
from vgsim.ui.latest import Call, LatestAnswer, Outdated
from vgsim.ui.open_data.arrays import ArraysReading, about_arrays, array_boxes, read_arrays
from vgsim.ui.open_data.boxes import FieldBoxes
from vgsim.ui.open_data.label_card import ShareBars
from vgsim.ui.open_data.made import chance_sentence
from vgsim.ui.open_data.model import fields_of, listed_shares, reads
from vgsim.ui.style.application import ui_font
from vgsim.ui.style.theme import Theme
from vgsim.ui.widgets.card import Card
from vgsim.ui.widgets.text import ElidedLabel, WrappedLabel

_CHOSEN = ("x_array", "y_array")
_WHICH = ("labels", "label")
_LEARNING = ("held_out", "standardize", "standardize_targets")


class ArraysDialog(QDialog):
    """Offers what is in the file; ``chosen`` is as that of a table's dialog."""

    chosen = Signal(str, object, bool)

    def __init__(self, data: DataSpec, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Open data")
        self.setMinimumSize(640, 420)
        self.data = data
        self.reading: ArraysReading | None = None
        self.arrays = FieldBoxes(_CHOSEN, _WHICH, {"x_array": 16, "y_array": 16, "labels": 20})
        self.learning = FieldBoxes((), _LEARNING, {})
        self.problem = WrappedLabel("error", ui_font(12, tabular=False))
        self.button = QPushButton("Open")
        self._there = WrappedLabel("", ui_font(12))
        self._bars = ShareBars(theme)
        self._about = WrappedLabel("muted", ui_font(12, tabular=False))
        self._told = WrappedLabel("", ui_font(12, tabular=False))
        self._lay_out()
        self._latest = LatestAnswer(self)
        for boxes in (self.arrays, self.learning):
            boxes.changed.connect(self.choose)
            boxes.refused.connect(self._tell_problem)
        self._ask(data)

    def _lay_out(self) -> None:
        title = QLabel("Open data")
        title.setFont(ui_font(15, 600, tabular=False))
        name = ElidedLabel(Path(self.data.path).name, ui_font(12))
        name.setProperty("role", "muted")
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(title)
        head.addWidget(name, 1)
        there = Card("Arrays", "what the file holds")
        there.body.addWidget(self._there)
        there.body.addStretch(1)
        label = Card("Label", "what the network is to predict")
        label.body.addWidget(self._bars)
        label.body.addWidget(self._about)
        label.body.addStretch(1)
        cards = QHBoxLayout()
        cards.setSpacing(12)
        cards.addWidget(there, 1)
        cards.addWidget(label, 1)
        cancel = QPushButton("Cancel")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.button.setDefault(True)
        self.button.clicked.connect(self.open_arrays)
        said = QVBoxLayout()
        said.addWidget(self.problem)
        said.addWidget(self._told)
        foot = QHBoxLayout()
        foot.setSpacing(10)
        foot.addLayout(said, 1)
        foot.addWidget(cancel)
        foot.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 14, 20, 14)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self.arrays)
        column.addLayout(cards, 1)
        column.addWidget(self.learning)
        column.addLayout(foot)

    def choose(self, field: str, value: Value) -> None:
        """Choose what a field of the data section is to be."""
        changes: dict[str, Any] = {field: value}
        self._ask(replace(self.data, **changes))

    def _ask(self, data: DataSpec) -> None:
        self.data = data
        self.button.setEnabled(False)
        for boxes in (self.arrays, self.learning):
            boxes.show_data(data, partial(reads, data))
        self._latest.ask(partial(self._answers, data))

    def _answers(self, data: DataSpec, outdated: Outdated) -> Iterator[Call]:
        yield partial(self._show, read_arrays(data))

    def _show(self, reading: ArraysReading) -> None:
        self.reading = reading
        self.arrays.show_found(array_boxes(reading))
        self._there.show_text("\n".join(reading.arrays.values()))
        found = reading.made
        self._bars.show_shares(listed_shares(found) if found is not None else ())
        self._about.show_text(chance_sentence(found, ()) if found is not None else "")
        self._told.show_text(about_arrays(reading))
        self._tell_problem("" if reading.refusal is None else str(reading.refusal))
        if found is not None:
            self.button.setText(f"Open {found.samples:,} samples")
            self.button.setEnabled(True)

    def _tell_problem(self, sentence: str) -> None:
        self.problem.show_text(sentence)
        if sentence:
            self.button.setEnabled(False)
        self.arrays.mark(sentence)
        self.learning.mark(sentence)

    def open_arrays(self) -> None:
        """Tell how the file is to be opened."""
        if self.reading is not None and self.reading.made is not None and self.button.isEnabled():
            numbers = not self.reading.made.shares
            self.chosen.emit(self.data.path, fields_of(self.data), numbers)
            self.accept()

    def done(self, result: int) -> None:
        """Let go of the file before the dialog goes."""
        self._latest.close()
        super().done(result)
