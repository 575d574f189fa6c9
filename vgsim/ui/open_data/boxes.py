"""Rows of small boxes under their labels: how a file is read, and how it is learned from."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from vgsim.core.errors import SpecError
from vgsim.core.fields import FieldInfo
from vgsim.nn.spec import DataSpec
from vgsim.nn.spec import fields as spec_fields
from vgsim.ui.form.field_editors import FieldEditor, NumberEditor, make_editor
from vgsim.ui.open_data.model import ReadingBox, value_of
from vgsim.ui.style.application import set_look, ui_font
from vgsim.ui.widgets.entries import Chooser, LineEntry
from vgsim.ui.widgets.text import plain_tip

INFOS = {info.name: info for info in spec_fields() if info.section == "data"}
"""The fields of the data section, by name."""
_HEIGHT = 26
_SHOWN_EMPTY = {"missing_values": "-999, …"}


class LabeledBox(QWidget):
    """A control with its name above."""

    def __init__(self, info: FieldInfo, control: QWidget) -> None:
        super().__init__()
        above = QLabel(info.label)
        above.setFont(ui_font(11, tabular=False))
        above.setProperty("role", "muted")
        above.setBuddy(control)
        self.setToolTip(plain_tip(info.help))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(above)
        column.addWidget(control)


class FieldBoxes(QWidget):
    """Boxes for fields of the data section; ``changed`` tells the field and its value.

    ``refused`` tells a sentence when what was typed cannot be one.
    """

    changed = Signal(str, object)
    refused = Signal(str)

    def __init__(
        self, found: tuple[str, ...], edited: tuple[str, ...], wide: dict[str, int]
    ) -> None:
        """``found`` show what was found, see :class:`ReadingBox`; ``edited`` are as in the form.

        ``wide`` are widths in proportion, 10 where there is none.
        """
        super().__init__()
        self.choosers: dict[str, Chooser] = {}
        self.editors: dict[str, FieldEditor] = {}
        self.boxes: dict[str, LabeledBox] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(10)
        for name in found:
            chooser = Chooser()
            chooser.setMinimumWidth(48)
            chooser.setAccessibleName(INFOS[name].label)
            chooser.chosen.connect(partial(self._choose, name))
            self.choosers[name] = chooser
            self._add(name, chooser, wide.get(name, 10))
        for name in edited:
            info = INFOS[name]
            editor = NumberEditor(info) if info.kind in (int, float) else make_editor(info)
            editor.target().setAccessibleName(info.label)
            editor.target().setMinimumWidth(36)
            editor.setMinimumHeight(_HEIGHT)  # a check box is not
            editor.edited.connect(partial(self._take, name))
            entry = editor.target()
            if isinstance(entry, LineEntry):
                entry.setPlaceholderText(_SHOWN_EMPTY.get(name, ""))
            self.editors[name] = editor
            self._add(name, editor, wide.get(name, 10))

    def _add(self, name: str, control: QWidget, width: int) -> None:
        box = LabeledBox(INFOS[name], control)
        self.boxes[name] = box
        self._row.addWidget(box, width)

    def show_data(self, data: DataSpec, readable: Callable[[str], bool]) -> None:
        """Show what is chosen; what is not ``readable`` is hidden."""
        for name, box in self.boxes.items():
            box.setVisible(readable(name))
        for name, editor in self.editors.items():
            editor.set_value(getattr(data, name))

    def show_found(self, boxes: tuple[ReadingBox, ...]) -> None:
        """Show what was found, or is chosen instead."""
        for box in boxes:
            chooser = self.choosers[box.field]
            chooser.set_items((value, name, "") for value, name in box.options)
            chooser.show_name(box.value)

    def mark(self, sentence: str) -> None:
        """Show in the color of errors what ``sentence`` names as what can mend it."""
        named = re.findall(r"data\.(\w+)", sentence)
        for name, chooser in self.choosers.items():
            set_look(chooser, "invalid", name in named)
        for name, editor in self.editors.items():
            editor.set_invalid(name in named)

    def _choose(self, name: str, text: str) -> None:
        self.changed.emit(name, value_of(name, text))

    def _take(self, name: str, value: object) -> None:
        try:
            checked = INFOS[name].check(value)
        except SpecError as error:
            self.editors[name].set_invalid(True)
            self.refused.emit(str(error))
        else:
            self.editors[name].set_invalid(False)
            self.changed.emit(name, checked)
