"""The panel "This cell": its figures, and the way to its experiment."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from vgsim.ui.map.model.readout import Readout
from vgsim.ui.style.application import ui_font
from vgsim.ui.widgets.buttons import TextButton
from vgsim.ui.widgets.card import Card
from vgsim.ui.widgets.text import ElidedLabel, WrappedLabel, hairline

NOTHING = "Point at a cell"


class ReadoutPanel(Card):
    """What is known of one cell. ``open_asked`` when its experiment is wanted."""

    open_asked = Signal()

    def __init__(self) -> None:
        super().__init__("This cell")
        self.place = WrappedLabel("", ui_font(12, tabular=False))
        self.value = ElidedLabel("", ui_font(20, 600))
        self.about = ElidedLabel("", ui_font(12, tabular=False))
        self.about.setProperty("role", "muted")
        self.note = WrappedLabel("muted", ui_font(12, tabular=False))
        self.open_button = TextButton(
            "Open this experiment", "Open the experiment of this cell (Enter)", accented=True
        )
        self.open_button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.open_button.clicked.connect(self.open_asked)
        self._rows = QWidget()
        self._grid = QGridLayout(self._rows)
        self._grid.setContentsMargins(0, 2, 0, 2)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(0, 1)
        self._labels: list[tuple[QWidget, ElidedLabel, ElidedLabel]] = []
        self.body.setSpacing(3)
        for widget in (self.place, self.value, self.about, self.note, self._rows):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.body.addWidget(self.open_button)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.show_readout(None)

    def show_readout(self, readout: Readout | None) -> None:
        """Show the figures of a cell; None while there is none."""
        self.open_button.setEnabled(readout is not None and not readout.failed)
        if readout is None:
            self.set_subtitle("")
            self.place.show_text("")
            self.note.show_text(NOTHING)
            for label in (self.value, self.about):
                label.hide()
            self._show_rows(())
            return
        self.set_subtitle(readout.seeds)
        self.place.show_text(readout.place)
        self.value.setText(readout.value)
        self.about.setText(readout.about)
        known = not readout.note or bool(readout.seeds)
        for label in (self.value, self.about):
            label.setVisible(known)
        self.note.show_text(readout.note)
        self.note.setProperty("role", "error" if readout.failed else "muted")
        self.note.style().polish(self.note)
        self._show_rows(tuple((row.label, row.value) for row in readout.rows))

    def rows(self) -> list[tuple[str, str]]:
        """(what, how much) of each row that is shown."""
        return [
            (name.text(), value.text()) for line, name, value in self._labels if not line.isHidden()
        ]

    def _show_rows(self, rows: tuple[tuple[str, str], ...]) -> None:
        """Give the rows their texts; those that are too many wait hidden."""
        while len(self._labels) < len(rows):
            self._add_row()
        for at, parts in enumerate(self._labels):
            for part in parts:
                part.setVisible(at < len(rows))
            if at < len(rows):
                parts[1].setText(rows[at][0])
                parts[2].setText(rows[at][1])

    def _add_row(self) -> None:
        at = 2 * len(self._labels)
        name = ElidedLabel("", ui_font(12, tabular=False))
        name.setProperty("role", "muted")
        value = ElidedLabel("", ui_font(12, 600))
        line = hairline()
        for label in (name, value):
            label.setMinimumHeight(23)
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(line, at, 0, 1, 2)
        self._grid.addWidget(name, at + 1, 0)
        self._grid.addWidget(value, at + 1, 1)
        self._labels.append((line, name, value))
