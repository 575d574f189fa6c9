"""The fields of the Export dialog: each shows a value, reads it, and says what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from vgsim.ui.style.application import set_look, ui_font
from vgsim.ui.widgets.buttons import Segmented
from vgsim.ui.widgets.entries import Chooser, LineEntry
from vgsim.ui.widgets.paragraph_entry import ParagraphEntry
from vgsim.ui.widgets.text import WrappedLabel, tool_tip

Choice = tuple[str, str, str]
"""Value, what a user reads, what it means."""
LABEL_WIDTH = 84


class Field(QWidget):
    """One field: label, editor, the sentence on what is wrong."""

    changed = Signal()
    left = Signal()
    """Escape was pressed in a line one types into."""

    def __init__(self, label: str, tip: str = "") -> None:
        super().__init__()
        self.label = QLabel(label)
        self.label.setFont(ui_font(12, tabular=False))
        self.label.setProperty("role", "muted")
        self.label.setFixedWidth(LABEL_WIDTH)
        self.label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.label.setContentsMargins(0, 5, 0, 0)
        self.label.setToolTip(tool_tip(tip))
        self.name = label.replace("&", "")
        self.problem = WrappedLabel("error", ui_font(11, tabular=False))
        self.problem.show_text("")
        self._tip = tip

    def lay_out(self, editor: QWidget, target: QWidget) -> None:
        """Put ``editor`` beside the label; ``target`` in it takes the focus."""
        self._target = target
        self.label.setBuddy(target)
        target.setAccessibleName(target.accessibleName() or self.name)
        target.setAccessibleDescription(self._tip)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(2)
        grid.addWidget(self.label, 0, 0)
        grid.addWidget(editor, 0, 1)
        grid.addWidget(self.problem, 1, 1)
        grid.setColumnStretch(1, 1)

    def target(self) -> QWidget:
        """The widget that takes the focus."""
        return self._target

    def value(self) -> object:
        """What is entered, as text when it is not what it should be."""
        raise NotImplementedError

    def show_value(self, value: Any) -> None:
        """Show ``value`` without emitting a change."""
        raise NotImplementedError

    def set_problem(self, sentence: str) -> None:
        """Say what is wrong below the editor; nothing when the sentence is empty."""
        if sentence != self.problem.accessibleName():
            self.problem.show_text(sentence)
            set_look(self._target, "invalid", bool(sentence))
            self._target.setAccessibleDescription(sentence or self._tip)


class ChoiceField(Field):
    """One of a list of names."""

    def __init__(self, label: str, choices: Sequence[Choice], tip: str = "") -> None:
        super().__init__(label, tip)
        self.box = Chooser(choices)
        self.box.chosen.connect(self.changed)
        self.lay_out(self.box, self.box)

    def value(self) -> object:
        """The name chosen; "" for none."""
        return self.box.name()

    def show_value(self, value: Any) -> None:
        """Choose ``value``; none when it is not offered."""
        self.box.show_name(value)


class SegmentField(Field):
    """One of few values that are all seen."""

    def __init__(self, label: str, choices: Sequence[tuple[Any, str, str]], tip: str = "") -> None:
        super().__init__(label, tip)
        self._values = [value for value, *_ in choices]
        self.segments = Segmented([(text, about) for _, text, about in choices])
        self.segments.chosen.connect(self.changed)
        holder = QWidget()
        row = _row(holder)
        row.addWidget(self.segments)
        row.addStretch(1)
        self.lay_out(holder, self.segments)

    def value(self) -> object:
        """The value whose segment is chosen."""
        return self._values[self.segments.choice]

    def show_value(self, value: Any) -> None:
        """Choose ``value``; the first when it is not offered."""
        self.segments.choose(self._values.index(value) if value in self._values else 0)


class CheckField(Field):
    """A truth."""

    def __init__(self, label: str, text: str, tip: str = "") -> None:
        super().__init__(label, tip)
        self.check = QCheckBox(text)
        self.check.setFont(ui_font(12, tabular=False))
        self.check.setAccessibleName(f"{self.name}: {text}".strip(": "))
        self.check.setToolTip(tool_tip(tip))
        self.check.toggled.connect(self.changed)
        self.lay_out(self.check, self.check)

    def value(self) -> object:
        """Whether it is ticked."""
        return self.check.isChecked()

    def show_value(self, value: Any) -> None:
        """Tick it or not."""
        self.check.blockSignals(True)
        self.check.setChecked(value is True)
        self.check.blockSignals(False)


class ChecksField(Field):
    """Any of a few names, one below the other."""

    def __init__(self, label: str, choices: Sequence[Choice], tip: str = "") -> None:
        super().__init__(label, tip)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 5, 0, 0)
        column.setSpacing(4)
        self.checks: dict[str, QCheckBox] = {}
        for name, text, about in choices:
            check = QCheckBox(text)
            check.setFont(ui_font(12, tabular=False))
            check.setAccessibleName(f"{self.name}: {text}")
            check.setToolTip(tool_tip(about))
            check.toggled.connect(self.changed)
            column.addWidget(check)
            self.checks[name] = check
        self.lay_out(holder, next(iter(self.checks.values()), holder))

    def value(self) -> object:
        """The names that are ticked."""
        return [name for name, check in self.checks.items() if check.isChecked()]

    def show_value(self, value: Any) -> None:
        """Tick those."""
        names = value if isinstance(value, (list, tuple)) else ()
        for name, check in self.checks.items():
            check.blockSignals(True)
            check.setChecked(name in names)
            check.blockSignals(False)


class TextField(Field):
    """A line of text."""

    def __init__(self, label: str, placeholder: str = "", tip: str = "") -> None:
        super().__init__(label, tip)
        self.entry = _entry(self)
        self.entry.setPlaceholderText(placeholder)
        self.lay_out(self.entry, self.entry)

    def value(self) -> object:
        """The text."""
        return self.entry.text()

    def show_value(self, value: Any) -> None:
        """Show the text, unless it is there."""
        self.entry.show_text(str(value))


class LinesField(Field):
    """A few lines of text, each an item of a list."""

    def __init__(self, label: str, placeholder: str = "", tip: str = "") -> None:
        super().__init__(label, tip)
        self.entry = ParagraphEntry(lines=3)
        self.entry.setPlaceholderText(placeholder)
        self.entry.settled.connect(self.changed)
        self.entry.abandoned.connect(self.left)
        self.lay_out(self.entry, self.entry)

    def value(self) -> object:
        """The lines that are not empty."""
        lines = (line.strip() for line in self.entry.toPlainText().splitlines())
        return [line for line in lines if line]

    def show_value(self, value: Any) -> None:
        """Show the lines, unless they are there."""
        if isinstance(value, (list, tuple)) and list(value) != self.value():
            self.entry.show_text("\n".join(map(str, value)))


class NumberField(Field):
    """A number with its unit; Up and Down change it by ``step``."""

    def __init__(self, label: str, unit: str, step: float, tip: str = "") -> None:
        super().__init__(label, tip)
        self._step = step
        self.entry = _entry(self)
        self.entry.setProperty("number", True)
        self.entry.setFixedWidth(72)
        self.entry.nudged.connect(self._nudge)
        self.unit = QLabel(unit)
        self.unit.setFont(ui_font(12, tabular=False))
        self.unit.setProperty("role", "muted")
        holder = QWidget()
        row = _row(holder)
        row.addWidget(self.entry)
        row.addWidget(self.unit, 1)
        self.lay_out(holder, self.entry)

    def value(self) -> object:
        """The number, or the text where it is not one."""
        return number(self.entry.text())

    def show_value(self, value: Any) -> None:
        """Show the number, unless what is there says the same."""
        if self.value() != value:
            self.entry.show_text(f"{value:g}" if isinstance(value, float) else str(value))

    def _nudge(self, way: int) -> None:
        now = self.value()
        if isinstance(now, (int, float)):
            self.entry.show_text(f"{round(now + way * self._step, 6):g}")
            self.changed.emit()


class PlotsField(Field):
    """Up to this many plots, one below the other; an empty place means no plot."""

    def __init__(self, label: str, choices: Sequence[Choice], places: int, tip: str = "") -> None:
        super().__init__(label, tip)
        none = ("", "None", "Leave this place empty")
        self.boxes = [Chooser([none, *choices]) for _ in range(places)]
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for at, box in enumerate(self.boxes, 1):
            box.setAccessibleName(f"Plot {at}")
            box.chosen.connect(self.changed)
            column.addWidget(box)
        self.lay_out(holder, self.boxes[0])

    def value(self) -> object:
        """The names chosen."""
        return [box.name() for box in self.boxes if box.name()]

    def show_value(self, value: Any) -> None:
        """Choose them from the first place on, unless they are chosen."""
        if isinstance(value, (list, tuple)):
            names = list(value)
        else:
            names = []
        if names != self.value():
            for box, name in zip(self.boxes, [*names, "", "", ""], strict=False):
                box.show_name(name)


class StackField(Field):
    """A value for each axis of a stack of maps, one below the other."""

    def __init__(self, stack: Sequence[tuple[str, Sequence[Choice]]], tip: str = "") -> None:
        super().__init__("&Map", tip)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.boxes = [Chooser(list(values)) for _, values in stack]
        for box, (label, _) in zip(self.boxes, stack, strict=True):
            box.setAccessibleName(label)
            box.chosen.connect(self.changed)
            column.addWidget(box)
        self.lay_out(holder, self.boxes[0] if self.boxes else holder)

    def value(self) -> object:
        """What is chosen on each axis."""
        return [box.name() for box in self.boxes]

    def show_value(self, value: Any) -> None:
        """Choose what ``value`` has of each axis, else its first."""
        names = list(value) if isinstance(value, (list, tuple)) else []
        for box in self.boxes:
            places = [box.findData(name) for name in names]
            box.setCurrentIndex(max([0, *places]))


class SizeField(Field):
    """A size by its name, or a width and a height in pixels or centimeters."""

    def __init__(self, label: str, tip: str = "") -> None:
        super().__init__(label, tip)
        self.box = Chooser(_SIZES)
        self.box.setMinimumWidth(104)
        self.box.chosen.connect(self._choose)
        self.entry = _entry(self)
        self.entry.setAccessibleName("Width × height")
        self._measures = {"px": "1920 × 1080", "cm": "33.9 × 19.1"}
        holder = QWidget()
        row = _row(holder)
        row.addWidget(self.box, 1)
        row.addWidget(self.entry, 1)
        self.lay_out(holder, self.box)
        self.entry.hide()  # the first size has a name

    def value(self) -> object:
        """The size as a request has it: "16:9", "1920x1080", "16x10cm"."""
        unit = self.box.name()
        if unit not in self._measures:
            return unit
        text = "".join(self.entry.text().lower().split()).replace("×", "x")
        return text.removesuffix(unit) + ("cm" if unit == "cm" else "")

    def show_value(self, value: Any) -> None:
        """Show the size, unless what is there says the same."""
        if value == self.value() and self.box.name():
            return
        named = value in ("16:9", "4:3")
        if named:
            unit = value
        elif str(value).endswith("cm"):
            unit = "cm"
        else:
            unit = "px"
        self.box.show_name(unit)
        self.entry.setVisible(not named)
        self.entry.show_text("" if named else str(value).removesuffix("cm").replace("x", " × "))

    def set_measures(self, pixels: str, centimeters: str) -> None:
        """What the size is now in both units, to begin with when one of them is chosen."""
        self._measures = {"px": pixels, "cm": centimeters}

    def set_problem(self, sentence: str) -> None:
        """Show the message, and the line in the color of errors."""
        super().set_problem(sentence)
        set_look(self.entry, "invalid", bool(sentence))

    def _choose(self, unit: str) -> None:
        self.entry.setVisible(unit in self._measures)
        self.entry.show_text(self._measures.get(unit, ""))
        self.changed.emit()


_SIZES = (
    ("16:9", "Slide 16:9", "1920 × 1080 pixels, 13.33 × 7.5 inches"),
    ("4:3", "Slide 4:3", "1440 × 1080 pixels, 10 × 7.5 inches"),
    ("px", "Pixels", "Width × height in pixels, for example 1280 × 720"),
    ("cm", "Centimeters", "Width × height in centimeters, for example 16 × 9"),
)


def number(text: str) -> int | float | str:
    """``text`` as a number, or as it is where it is not one. A comma counts as a point."""
    plain = text.strip().replace(",", ".")
    try:
        return int(plain)
    except ValueError:
        pass
    try:
        return float(plain)
    except ValueError:
        return text


def _entry(field: Field) -> LineEntry:
    entry = LineEntry()
    entry.settled.connect(field.changed)
    entry.abandoned.connect(field.left)
    return entry


def _row(holder: QWidget) -> QHBoxLayout:
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    return row
