"""The rows of one axis in the form of a map: its field, its values, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from vgsim.core.fields import FieldInfo
from vgsim.nn.spec import Spec, field_at
from vgsim.sweep.axes import is_number
from vgsim.text.specs import value_words
from vgsim.ui.map.model.entries import AxisEntry, Spacing, first_entry
from vgsim.ui.style.application import set_look, ui_font
from vgsim.ui.widgets.entries import Chooser, LineEntry
from vgsim.ui.widgets.text import ElidedLabel, WrappedLabel, tool_tip

LABEL_WIDTH = 62
SPACINGS = (
    (Spacing.LINEAR, "Linear", "Equal steps"),
    (Spacing.LOG, "Log", "Equal factors"),
    (Spacing.LIST, "List", "Values with commas"),
)
NO_FIELD = "none"


class LabelledRow(QWidget):
    """A muted label and, at its right, what is entered; below it what is wrong."""

    def __init__(self, text: str, *widgets: QWidget) -> None:
        super().__init__()
        self.label = ElidedLabel(text, ui_font(12, tabular=False))
        self.label.setProperty("role", "muted")
        self.label.setFixedWidth(LABEL_WIDTH)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.label)
        for widget in widgets:
            row.addWidget(widget, _stretch(widget))
        self.problem = WrappedLabel("error", ui_font(11, tabular=False))
        self.problem.show_text("")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.problem)
        self._widgets = widgets

    def set_problem(self, text: str) -> None:
        """Say what is wrong; nothing where nothing is."""
        self.problem.show_text(text)
        for widget in self._widgets:
            if isinstance(widget, LineEntry | Chooser):
                set_look(widget, "invalid", bool(text))
                widget.setAccessibleDescription(text)


def _stretch(widget: QWidget) -> int:
    """How much of the room a widget gets: a choice more than a number, a word what it needs."""
    if isinstance(widget, ElidedLabel):
        return 0
    return 2 if isinstance(widget, Chooser) else 1


class NamesButton(QPushButton):
    """The names of a choice that an axis has, in a menu in which each is ticked or not."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("small", True)
        self.setProperty("names", True)
        self.setFont(ui_font(12, tabular=False))
        self.setAccessibleName("Values")
        self._menu = QMenu(self)
        self._actions: dict[str, QAction] = {}
        self._order: list[str] = []
        self.setMenu(self._menu)

    def set_names(self, info: FieldInfo, chosen: Sequence[str]) -> None:
        """Offer the names of a field; ``chosen`` are ticked, and keep their order."""
        self._menu.clear()
        self._actions = {}
        names = info.names() or ("false", "true")
        for name in names:
            label = value_words(info, name == "true") if not info.names() else name
            if info.names():
                label = value_words(info, name)
            action = self._menu.addAction(label)
            action.setCheckable(True)
            action.setChecked(name in chosen)
            action.toggled.connect(self._toggle)
            self._actions[name] = action
        self._order = [name for name in chosen if name in self._actions]
        self._describe()

    def chosen(self) -> tuple[str, ...]:
        """What is ticked, in the order in which it was."""
        return tuple(self._order)

    @Slot()
    def _toggle(self) -> None:
        ticked = [name for name, action in self._actions.items() if action.isChecked()]
        kept = [name for name in self._order if name in ticked]
        self._order = kept + [name for name in ticked if name not in kept]
        self._describe()
        self.changed.emit()

    def _describe(self) -> None:
        labels = [self._actions[name].text() for name in self._order]
        told = ", ".join(labels)
        self.setText(told if len(labels) <= 2 else f"{len(labels)} of {len(self._actions)}")
        self.setToolTip(tool_tip(told))


class AxisRows(QWidget):
    """Field, ends, spacing and count of one axis. ``changed`` when the entry is another one."""

    changed = Signal()

    def __init__(self, name: str, *, optional: bool = False) -> None:
        super().__init__()
        self._optional = optional
        self._spec = Spec()
        self._path = ""
        self.field = Chooser()
        self.field.setAccessibleName(f"{name}: field")
        self.low = _entry(f"{name}: from")
        self.high = _entry(f"{name}: to")
        self.spacing = Chooser((each, label, about) for each, label, about in SPACINGS)
        self.spacing.setAccessibleName(f"{name}: spacing")
        self.spacing.setMinimumWidth(64)
        self.count = _entry(f"{name}: how many")
        self.listed = _entry(f"{name}: values")
        self.names = NamesButton()
        to = ElidedLabel("to", ui_font(12, tabular=False))
        to.setProperty("role", "muted")
        self.field_row = LabelledRow("Field", self.field)
        self.ends_row = LabelledRow("From", self.low, to, self.high)
        self.list_row = LabelledRow("Values", self.listed)
        self.names_row = LabelledRow("Values", self.names)
        self.spacing_row = LabelledRow("Spacing", self.spacing, self.count)
        self.problem = WrappedLabel("error", ui_font(11, tabular=False))
        self.problem.show_text("")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for row in (
            self.field_row, self.ends_row, self.list_row, self.names_row, self.spacing_row,
        ):  # fmt: skip
            column.addWidget(row)
        column.addWidget(self.problem)
        self.field.chosen.connect(self._choose)
        self.spacing.chosen.connect(self._space)
        self.names.changed.connect(self.changed)
        for entry in (self.low, self.high, self.count, self.listed):
            entry.settled.connect(self.changed)
        self._show_rows()

    def set_fields(self, spec: Spec, fields: Sequence[FieldInfo]) -> None:
        """Offer these fields of ``spec``."""
        self._spec = spec
        items = [(info.path, info.label, f"{info.path}. {info.help}") for info in fields]
        if self._optional:
            items.insert(0, (NO_FIELD, "None", "One map, no stack of them"))
        self.field.set_items(items)
        self.field.show_name(self._path or NO_FIELD)

    def set_entry(self, entry: AxisEntry | None) -> None:
        """Show an axis, or that there is none."""
        self._path = entry.path if entry is not None else ""
        if entry is not None and self.field.findData(entry.path) < 0:
            info = entry.field
            self.field.addItem(info.label, info.path)
        self.field.show_name(self._path or NO_FIELD)
        if entry is not None:
            self.low.show_text(entry.low)
            self.high.show_text(entry.high)
            self.count.show_text(entry.count)
            self.listed.show_text(entry.listed)
            self.spacing.show_name(entry.spacing)
            if not is_number(entry.field):
                self.names.set_names(entry.field, entry.listed.split(","))
        self._show_rows()

    def entry(self) -> AxisEntry | None:
        """What is entered; None for no axis."""
        if not self._path:
            return None
        listed = self.listed.text()
        spacing = Spacing(self.spacing.name() or Spacing.LINEAR)
        if not is_number(field_at(self._path)):
            listed = ",".join(self.names.chosen())
            spacing = Spacing.LIST
        ends = self.low.text(), self.high.text()
        return AxisEntry(self._path, *ends, self.count.text(), spacing, listed)

    def set_problem(self, text: str) -> None:
        """Say under the rows what is wrong with the axis."""
        self.problem.show_text(text)
        for entry in (self.low, self.high, self.count, self.listed):
            set_look(entry, "invalid", bool(text))
            entry.setAccessibleDescription(text)

    @Slot(str)
    def _choose(self, path: str) -> None:
        if path == (self._path or NO_FIELD):
            return
        self.set_entry(None if path == NO_FIELD else first_entry(path, self._spec))
        self.changed.emit()

    @Slot(str)
    def _space(self, spacing: str) -> None:
        """Another spacing; a range becomes its values, so that one can change them."""
        entry = self.entry()
        if spacing == Spacing.LIST and entry is not None and not self.listed.text():
            self.listed.show_text(f"{self.low.text()},{self.high.text()}")
        self._show_rows()
        self.changed.emit()

    def _show_rows(self) -> None:
        """The rows that this kind of field has."""
        there = bool(self._path)
        number = there and is_number(field_at(self._path))
        listed = self.spacing.name() == Spacing.LIST
        self.ends_row.setVisible(number and not listed)
        self.list_row.setVisible(number and listed)
        self.names_row.setVisible(there and not number)
        self.spacing_row.setVisible(number)
        self.count.setVisible(not listed)


def _entry(name: str) -> LineEntry:
    entry = LineEntry()
    entry.setAccessibleName(name)
    entry.setMinimumWidth(36)
    return entry
