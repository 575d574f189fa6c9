"""The small dialog "Go to…": any stage of this pass, or any step."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QWidget,
)

from vgsim.core.errors import SpecError
from vgsim.core.fields import FieldInfo
from vgsim.measure.subject import Subject
from vgsim.text.moments import STEP_MOST, Jump, JumpKind
from vgsim.text.stages import NUMBERED, of_stages
from vgsim.ui.style.application import set_look, ui_font
from vgsim.ui.widgets.entries import LineEntry
from vgsim.ui.widgets.text import WrappedLabel

_ENTRY = 84


class JumpDialog(QDialog):
    """Asks where to go, says it once, and closes. Return goes where the line in use says."""

    chosen = Signal(object)
    """The :class:`Jump` that the user chose; its stage is one that there is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Go to")
        self.stage, self.step = _entry("Stage"), _entry("Step")
        self.problem = WrappedLabel("error", ui_font(11, tabular=False))
        self._words = {name: _label("", muted=True) for name in ("stage", "of", "step", "so far")}
        self._words["step"].setText("Step")
        self.buttons = {kind: QPushButton(text) for kind, text in _BUTTONS.items()}
        self._group = QButtonGroup(self)
        for at, button in enumerate(self.buttons.values()):
            button.setAutoDefault(False)
            self._group.addButton(button, at)
        self._lay_out()
        self._connect()
        self.set_place(1, NUMBERED, 0, 0)

    def set_place(self, stages: int, subject: Subject, step: int, latest: int) -> None:
        """Offer ``stages`` stages; one is at ``step`` of ``latest``."""
        self._stage = FieldInfo("", "stage", int, 1, low=1, high=stages)
        self._words["stage"].setText("Timestep" if subject.recurrent else "Stage")
        self._words["of"].setText(of_stages(stages, subject))
        self._words["so far"].setText(f"{latest:,} done so far")
        self.step.show_text(str(step))
        if not self.stage.text():
            self.stage.show_text(str(stages))
        self._tell_problem()

    def showEvent(self, event: QShowEvent) -> None:
        """Wait for a number."""
        super().showEvent(event)
        self.stage.setFocus()
        self.stage.selectAll()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(20, 16, 20, 16)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(10)
        title = _label("Go to")
        title.setFont(ui_font(15, 600))
        grid.addWidget(title, 0, 0, 1, 4)
        grid.addLayout(self._row(JumpKind.START, JumpKind.LOSS, JumpKind.END), 1, 0, 1, 4)
        for row, (name, entry, after, kinds) in enumerate(
            (
                ("stage", self.stage, "of", (JumpKind.FORWARD, JumpKind.BACKWARD)),
                ("step", self.step, "so far", (JumpKind.STEP,)),
            ),
            start=2,
        ):
            grid.addWidget(self._words[name], row, 0)
            grid.addWidget(entry, row, 1)
            grid.addWidget(self._words[after], row, 2)
            grid.addLayout(self._row(*kinds), row, 3)
            self._words[name].setBuddy(entry)
        grid.addWidget(self.problem, 4, 0, 1, 4)
        grid.setColumnStretch(2, 1)
        self.setMinimumWidth(430)

    def _row(self, *kinds: JumpKind) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        for kind in kinds:
            row.addWidget(self.buttons[kind], 1)
        return row

    def _connect(self) -> None:
        self._group.idClicked.connect(self._clicked)
        self.stage.returnPressed.connect(self._enter_stage)
        self.step.returnPressed.connect(self._enter_step)
        for entry in (self.stage, self.step):
            entry.settled.connect(self._tell_problem)
            entry.abandoned.connect(self.reject)

    def _clicked(self, at: int) -> None:
        self.go(tuple(_BUTTONS)[at])

    def _enter_stage(self) -> None:
        self.go(JumpKind.BACKWARD)

    def _enter_step(self) -> None:
        self.go(JumpKind.STEP)

    def go(self, kind: JumpKind) -> None:
        """Choose that jump, if its number is one that there is."""
        try:
            jump = Jump(kind, self._number(kind))
        except SpecError:
            self._tell_problem()
            return
        self.accept()
        self.chosen.emit(jump)

    def _number(self, kind: JumpKind) -> int:
        """What was entered for a jump; SpecError when it is not allowed."""
        if kind is JumpKind.STEP:
            return _read(_STEP, self.step)
        if kind in _WITH_STAGE:
            return _read(self._stage, self.stage)
        return 0

    def _tell_problem(self) -> None:
        """Say what is wrong with the numbers, and offer no jump to them."""
        problems = {"stage": _problem(self._stage, self.stage), "step": _problem(_STEP, self.step)}
        for name, entry in (("stage", self.stage), ("step", self.step)):
            set_look(entry, "invalid", bool(problems[name]))
            entry.setAccessibleDescription(problems[name])
        for kind in _WITH_STAGE:
            self.buttons[kind].setEnabled(not problems["stage"])
        self.buttons[JumpKind.STEP].setEnabled(not problems["step"])
        self.problem.show_text("\n".join(filter(None, problems.values())))


_WITH_STAGE = (JumpKind.FORWARD, JumpKind.BACKWARD)
_BUTTONS = {
    JumpKind.START: "Start",
    JumpKind.LOSS: "Loss",
    JumpKind.END: "End of pass",
    JumpKind.FORWARD: "Forward",
    JumpKind.BACKWARD: "Backward",
    JumpKind.STEP: "Go",
}
_STEP = FieldInfo("", "step", int, 0, low=0, high=STEP_MOST)


def _read(info: FieldInfo, entry: LineEntry) -> int:
    """The whole number in ``entry``; SpecError when that is not allowed."""
    text = entry.text().strip().replace(",", "")
    number = info.check(info.from_text(text))
    assert isinstance(number, int)  # a field of whole numbers lets nothing else through
    return number


def _problem(info: FieldInfo, entry: LineEntry) -> str:
    try:
        _read(info, entry)
    except SpecError as error:
        return str(error)
    return ""


def _entry(name: str) -> LineEntry:
    entry = LineEntry()
    entry.setProperty("number", True)
    entry.setAccessibleName(name)
    entry.setFixedWidth(_ENTRY)
    entry.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
    return entry


def _label(text: str, muted: bool = False) -> QLabel:
    label = QLabel(text)
    label.setFont(ui_font(12))
    label.setProperty("role", "muted" if muted else "")
    return label
