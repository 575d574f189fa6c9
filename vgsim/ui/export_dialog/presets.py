"""Presets of the Export dialog: chosen, kept under a name, deleted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from vgsim.ui.export_dialog.fields import LABEL_WIDTH
from vgsim.ui.style.application import set_look, ui_font
from vgsim.ui.widgets.buttons import SmallButton
from vgsim.ui.widgets.entries import Chooser, LineEntry
from vgsim.ui.widgets.text import WrappedLabel


class PresetBar(QWidget):
    """A list of names with two buttons; in place of the list one types the name to keep."""

    chosen = Signal(str)
    kept = Signal(str)
    dropped = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._own: frozenset[str] = frozenset()
        self.box = Chooser()
        self.box.setPlaceholderText("None")
        self.box.setAccessibleName("Preset")
        self.entry = LineEntry()
        self.entry.setAccessibleName("Name of the preset")
        self.entry.setPlaceholderText("Name, then Return")
        self.keep_button = SmallButton("Keep…", "Keep what is entered as a preset")
        self.drop_button = SmallButton("Delete", "Delete this preset")
        self.problem = WrappedLabel("error", ui_font(11, tabular=False))
        self.problem.show_text("")
        self._pages = QStackedWidget()
        self._pages.addWidget(self.box)
        self._pages.addWidget(self.entry)
        self._pages.setFixedHeight(self.box.sizeHint().height())
        self._lay_out()
        self.box.chosen.connect(self._choose)
        self.keep_button.clicked.connect(self._begin)
        self.drop_button.clicked.connect(self._drop)
        self.entry.returnPressed.connect(self._keep)
        self.entry.abandoned.connect(self.end)

    def set_presets(self, shipped: Sequence[str], own: Sequence[str], now: str) -> None:
        """Offer these names; ``now`` is the one that what is entered agrees with, or ""."""
        self._own = frozenset(own)
        items = [(name, name, "Shipped with vgsim") for name in shipped]
        self.box.set_items(items + [(name, name, "Your own") for name in own])
        self.show_name(now)

    def show_name(self, name: str) -> None:
        """Say which preset what is entered agrees with; "" for none."""
        self.box.show_name(name)
        self.drop_button.setEnabled(name in self._own)

    def naming(self) -> bool:
        """Whether a name is being typed."""
        return self._pages.currentWidget() is self.entry

    def set_problem(self, sentence: str) -> None:
        """Say why the name cannot be."""
        self.problem.show_text(sentence)
        set_look(self.entry, "invalid", bool(sentence))

    def end(self) -> None:
        """Back to the list."""
        self.set_problem("")
        self._pages.setCurrentWidget(self.box)
        self.keep_button.show_face("", "Keep…", "Keep what is entered as a preset")
        self.box.setFocus()

    def _lay_out(self) -> None:
        label = QLabel("&Preset")
        label.setFont(ui_font(12, tabular=False))
        label.setProperty("role", "muted")
        label.setFixedWidth(LABEL_WIDTH)
        label.setBuddy(self.box)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(label)
        row.addWidget(self._pages, 1)
        row.addWidget(self.keep_button)
        row.addWidget(self.drop_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.problem)
        for button in (self.keep_button, self.drop_button):
            button.setAutoDefault(False)

    def _choose(self, name: str) -> None:
        self.drop_button.setEnabled(name in self._own)
        self.chosen.emit(name)

    def _begin(self) -> None:
        """Ask for a name; pressed again, take it."""
        if self.naming():
            self._keep()
            return
        self.entry.show_text(self.box.name() if self.box.name() in self._own else "")
        self._pages.setCurrentWidget(self.entry)
        self.keep_button.show_face("", "Keep", "Keep what is entered under this name")
        self.entry.setFocus()
        self.entry.selectAll()

    def _keep(self) -> None:
        self.kept.emit(self.entry.text())

    def _drop(self) -> None:
        self.dropped.emit(self.box.name())
