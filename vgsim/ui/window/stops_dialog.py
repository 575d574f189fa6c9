"""The small dialog "Stop when…": each rule with a check mark and its limit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QGridLayout, QLabel, QWidget

from vgsim.core.errors import SpecError
from vgsim.core.fields import FieldInfo
from vgsim.measure.stops import RULES, StopRules
from vgsim.measure.subject import Subject
from vgsim.text.stages import NUMBERED, of_stages
from vgsim.ui.form.field_editors import NumberEditor
from vgsim.ui.style.application import ui_font
from vgsim.ui.widgets.entries import LineEntry
from vgsim.ui.widgets.text import WrappedLabel, tool_tip

_EDITOR = 84
_ABOUT = (
    "While playing, at the moment where it happens; going on is one press. While training, when "
    "an update first meets a rule."
)
_TEXTS = {
    "stage": ("At stage", ""),
    "floor": ("RMS ∂J/∂h falls under", "at any stage"),
    "saturation": ("Saturated units over", "% of a stage"),
    "loss": ("Loss J under", ""),
    "overflow": ("A number is inf or NaN", ""),
}


class RuleRow(QObject):
    """A check mark, a limit where the rule has one, and what is wrong with it."""

    changed = Signal()
    left = Signal()
    """Escape was pressed in the limit, which takes back what was typed there."""

    def __init__(self, info: FieldInfo, parent: QObject) -> None:
        super().__init__(parent)
        text, unit = _TEXTS[info.name]
        self.info = info
        self.check = QCheckBox(text)
        self.check.setFont(ui_font(12, tabular=False))
        self.check.setToolTip(tool_tip(info.help))
        if info.kind is bool:
            self.editor = None
        else:
            self.editor = NumberEditor(info)
        self.unit = QLabel(unit)
        self.unit.setFont(ui_font(12, tabular=False))
        self.unit.setProperty("role", "muted")
        self.problem = WrappedLabel("error", ui_font(11, tabular=False))
        self.problem.show_text("")
        if self.editor is not None:
            self.editor.setFixedWidth(_EDITOR)
            entry = self.editor.target()
            entry.setAccessibleName(f"{text}: limit")
            if isinstance(entry, LineEntry):
                entry.abandoned.connect(self.left)
            self.editor.edited.connect(self._enter)
        self.check.clicked.connect(self.changed)

    def _enter(self, _: object) -> None:
        """Who enters a limit wants its rule."""
        self.check.setChecked(True)
        self.changed.emit()

    def add_to(self, grid: QGridLayout, row: int) -> None:
        """Take two rows of a grid."""
        grid.addWidget(self.check, row, 0)
        if self.editor is not None:
            grid.addWidget(self.editor, row, 1)
        grid.addWidget(self.unit, row, 2)
        grid.addWidget(self.problem, row + 1, 0, 1, 3)

    def show_rule(self, value: object) -> None:
        """Show whether the rule is on, and its limit."""
        self.check.setChecked(value not in (None, False))
        if self.editor is not None and isinstance(value, (int, float)):
            self.editor.set_value(value)
        self.tell_problem("")

    def wanted(self) -> object:
        """The limit that is entered, None for off. SpecError when it is not allowed."""
        if self.editor is None:
            return self.check.isChecked()
        if self.check.isChecked():
            return self.info.check(self.editor.reading())
        return None

    def tell_problem(self, text: str) -> None:
        """Say what is wrong with the limit; nothing when the text is empty."""
        self.problem.show_text(text)
        if self.editor is not None:
            self.editor.set_invalid(bool(text))
            self.editor.target().setAccessibleDescription(text or self.info.help)


class StopsDialog(QDialog):
    """Shows the rules and says what the user changes; that acts at once.

    A limit that is not allowed waits to be mended, and the one before stays.
    """

    changed = Signal(object)
    """The :class:`StopRules` that now hold."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Stop when")
        self.rows = {name: RuleRow(info, self) for name, info in RULES.items()}
        self._rules = StopRules()
        self._lay_out()
        for row in self.rows.values():
            row.changed.connect(self._take)
            row.left.connect(self.reject)
        self.set_rules(self._rules)

    def set_rules(self, rules: StopRules) -> None:
        """Show ``rules``, without emitting a change."""
        self._rules = rules
        for name, row in self.rows.items():
            row.show_rule(getattr(rules, name))

    def rules(self) -> StopRules:
        """The rules that hold now."""
        return self._rules

    def set_stages(self, stages: int, subject: Subject = NUMBERED) -> None:
        """Offer ``stages`` stages to stop at; a rule that is on for another one waits."""
        row = self.rows["stage"]
        row.info = replace(row.info, high=stages)
        row.check.setText("At timestep" if subject.recurrent else "At stage")
        row.unit.setText(f"{of_stages(stages, subject)}, while playing")
        self._look(row)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(20, 16, 20, 16)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        title = QLabel("Stop when…")
        title.setFont(ui_font(15, 600))
        about = WrappedLabel("muted", ui_font(12, tabular=False))
        about.show_text(_ABOUT)
        grid.addWidget(title, 0, 0, 1, 3)
        grid.addWidget(about, 1, 0, 1, 3)
        grid.setRowMinimumHeight(2, 4)
        for at, row in enumerate(self.rows.values()):
            row.add_to(grid, 3 + 2 * at)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close = box.button(QDialogButtonBox.StandardButton.Close)
        close.setAutoDefault(False)  # Return in a limit must not close the dialog
        close.setDefault(False)
        box.rejected.connect(self.reject)
        grid.setRowMinimumHeight(2 * len(self.rows) + 3, 8)
        grid.addWidget(box, 2 * len(self.rows) + 4, 0, 1, 3)
        grid.setColumnStretch(2, 1)
        self.setMinimumWidth(440)

    def _take(self) -> None:
        """Every limit that is allowed holds from now on."""
        limits = {name: self._look(row) for name, row in self.rows.items()}
        rules = replace(self._rules, **limits)
        if rules != self._rules:
            self._rules = rules
            self.changed.emit(rules)

    def _look(self, row: RuleRow) -> Any:
        """The limit entered, or the one that holds while that is not allowed; say so then."""
        try:
            limit = row.wanted()
        except SpecError as error:
            row.tell_problem(str(error.renamed({row.info.path: row.info.label})))
            self._grow()
            return getattr(self._rules, row.info.name)
        row.tell_problem("")
        return limit

    def _grow(self) -> None:
        """Make room for what is said; labels that wrap do not ask for it by themselves."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.resize(self.width(), max(self.height(), layout.totalHeightForWidth(self.width())))
