"""One field of the form: dot, label, editor, and what is wrong with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from vgsim.core.fields import FieldInfo, Value
from vgsim.ui.form.field_editors import make_editor, value_text
from vgsim.ui.style.application import ui_font
from vgsim.ui.widgets.buttons import Dot
from vgsim.ui.widgets.text import ElidedLabel, WrappedLabel, tool_tip

LABEL_WIDTH = 88


class FieldRow(QWidget):
    """A field with its label. It emits what was entered and shows what was accepted."""

    edited = Signal(str, object)
    """Path and raw value, as :attr:`FieldEditor.edited` has it."""

    def __init__(self, info: FieldInfo) -> None:
        super().__init__()
        self.info = info
        self.editor = make_editor(info)
        self.dot = Dot()
        self.problem: WrappedLabel | None = None
        self._baseline: Value | None = None
        self._rejected: object = None
        self._reset = QAction("Reset to preset value", self)
        self._lay_out()
        self._connect()
        self._describe()
        self.dot.hide()

    def set_value(self, value: Value, baseline: Value | None) -> None:
        """Show the accepted value, and whether it differs from the preset's."""
        self.editor.set_value(value)
        self._baseline = baseline
        differs = baseline is not None and value != baseline
        self._reset.setEnabled(differs)
        self.dot.setVisible(differs)
        if baseline is not None:
            tip = f"Differs from the preset. Click for {value_text(self.info, baseline)}."
            self.dot.setToolTip(tool_tip(tip))
            self.dot.setAccessibleName(f"{self.info.label}: reset to preset value")

    def set_problem(self, message: str) -> None:
        """Show what is wrong; an empty message clears it, and the text that it was about."""
        if message:
            self._rejected = self.editor.reading()
        elif self.has_problem() and self.editor.reading() == self._rejected:
            self.editor.restore()
        if message or self.problem:
            self._problem_label().show_text(message)
        self.editor.set_invalid(bool(message))
        self.editor.target().setAccessibleDescription(message or self.info.help)

    def has_problem(self) -> bool:
        """Whether a message is shown."""
        return self.problem is not None and bool(self.problem.text())

    def _problem_label(self) -> WrappedLabel:
        """The label for messages, made when it is first needed: few fields ever need one."""
        if self.problem is None:
            self.problem = WrappedLabel("error", ui_font(11, tabular=False))
            self._grid.addWidget(self.problem, 1, 1, 1, 2)
        return self.problem

    def _lay_out(self) -> None:
        grid = self._grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(0)
        grid.setVerticalSpacing(2)
        grid.addWidget(self.dot, 0, 0)
        grid.addWidget(self._make_label(), 0, 1)
        grid.addWidget(self.editor, 0, 2)
        grid.setColumnStretch(2, 1)

    def _make_label(self) -> QWidget:
        """The label and, where the label does not say it, the unit."""
        self.label = ElidedLabel(self.info.label, ui_font(12, tabular=False))
        self.label.setProperty("role", "muted")
        self.label.setBuddy(self.editor.target())
        says_it = self.info.unit in ("", self.info.label.lower())
        box = self.label if says_it else self._with_unit(self.label)
        box.setFixedWidth(LABEL_WIDTH)
        box.setContentsMargins(0, 0, 6, 0)
        return box

    def _with_unit(self, label: QWidget) -> QWidget:
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        unit = ElidedLabel(self.info.unit, ui_font(11, tabular=False))
        unit.setProperty("role", "faint")
        row.addWidget(label)
        row.addWidget(unit)
        row.addStretch(1)
        return box

    def _connect(self) -> None:
        self.editor.edited.connect(self._tell)
        self.dot.clicked.connect(self._take_baseline)
        self._reset.triggered.connect(self._take_baseline)
        for widget in (self, self.editor):
            widget.addAction(self._reset)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.editor.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _describe(self) -> None:
        info = self.info
        tip = tool_tip(info.label, info.help, f"Allowed: {info.allowed()}.")
        self.label.set_tip(tip)
        target = self.editor.target()
        target.setAccessibleName(info.label)
        target.setAccessibleDescription(info.help)
        if not info.names():
            self.editor.setToolTip(tip)

    def _tell(self, raw: object) -> None:
        self.edited.emit(self.info.path, raw)

    def _take_baseline(self) -> None:
        if self._baseline is not None:
            self.edited.emit(self.info.path, self._baseline)


def section_title(text: str) -> QLabel:
    """The heading of a section of the form."""
    title = QLabel(text)
    title.setFont(ui_font(11, 600))
    title.setProperty("role", "muted")
    title.setContentsMargins(13, 0, 0, 0)
    return title
