"""One editor for each type of spec field, all with the same verbs."""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterator
from typing import TypeGuard

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QWidget

from vgsim.core.fields import FieldInfo, Value
from vgsim.core.numbers import typed
from vgsim.text.specs import value_words
from vgsim.ui.style.application import set_look
from vgsim.ui.widgets.buttons import IconButton
from vgsim.ui.widgets.entries import Chooser, LineEntry
from vgsim.ui.widgets.slider import ValueSlider, track_for
from vgsim.ui.widgets.text import plain_tip

THROTTLE_MS = 60
"""While a slider is dragged, its numbers are emitted this far apart, in milliseconds."""
_FILES = frozenset({"data.path", "data.labels"})
_BOX_WIDTH = 54
_LONGEST_SLIDER = 1e8


class FieldEditor(QWidget):
    """What all editors share: the value that was accepted, and what was emitted since.

    A subclass defines :meth:`reading` and :meth:`display`, and calls :meth:`send`.
    """

    edited = Signal(object)
    """A Python value, or the text where it cannot be read as the field's type."""

    def __init__(self, info: FieldInfo) -> None:
        super().__init__()
        self.info = info
        self._value: Value = info.default
        self._told: object = info.default
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)

    def set_value(self, value: Value) -> None:
        """Take over an accepted value; what the user is changing right now stays as it is."""
        if value == self._value:
            return
        self._value = self._told = value
        if not self.busy() and self.reading() != value:
            self.display(value)

    def restore(self) -> None:
        """Show the accepted value again."""
        self._told = self._value
        self.display(self._value)

    def abandon(self) -> None:
        """Go back to the accepted value, and emit it."""
        self.display(self._value)
        self.send(self._value)

    def send(self, raw: object) -> None:
        """Emit ``raw``, unless it was emitted last."""
        if raw != self._told:
            self._told = raw
            self.edited.emit(raw)

    def busy(self) -> bool:
        """Whether something has been entered and not emitted yet."""
        return False

    def reading(self) -> object:
        """What the editor shows now."""
        raise NotImplementedError

    def display(self, value: Value) -> None:
        """Show ``value`` without emitting it."""
        raise NotImplementedError

    def target(self) -> QWidget:
        """The widget to which the label's mnemonic leads."""
        return self

    def set_invalid(self, invalid: bool) -> None:
        """Show in the color of errors, or not."""
        set_look(self.target(), "invalid", invalid)


class NameEditor(FieldEditor):
    """A drop-down list of the allowed names."""

    def __init__(self, info: FieldInfo) -> None:
        super().__init__(info)
        self._chooser = Chooser(_items(info))
        self._chooser.chosen.connect(self.send)
        self._row.addWidget(self._chooser, 1)
        self.display(info.default)

    def reading(self) -> object:
        """The chosen name."""
        return self._chooser.name()

    def display(self, value: Value) -> None:
        """Choose ``value``."""
        self._chooser.show_name(str(value))

    def target(self) -> QWidget:
        """The list."""
        return self._chooser


class FlagEditor(FieldEditor):
    """A check box."""

    def __init__(self, info: FieldInfo) -> None:
        super().__init__(info)
        self._check = QCheckBox()
        self._check.clicked.connect(self.send)
        self._row.addWidget(self._check, 1)
        self.display(info.default)

    def reading(self) -> object:
        """Whether it is checked."""
        return self._check.isChecked()

    def display(self, value: Value) -> None:
        """Check it, or not."""
        self._check.setChecked(bool(value))

    def target(self) -> QWidget:
        """The check box."""
        return self._check


class TextEditor(FieldEditor):
    """A line of text."""

    def __init__(self, info: FieldInfo) -> None:
        super().__init__(info)
        self._entry = LineEntry()
        self._entry.settled.connect(self._settle)
        self._entry.abandoned.connect(self.abandon)
        self._row.addWidget(self._entry, 1)
        self.display(info.default)

    def busy(self) -> bool:
        """Whether typing goes on."""
        return self._entry.pending()

    def reading(self) -> object:
        """The text, as the field's type where it can be read as that."""
        return self._entry.text()

    def display(self, value: Value) -> None:
        """Show ``value`` as text."""
        self._entry.show_text(str(value))

    def target(self) -> QWidget:
        """The line."""
        return self._entry

    def _settle(self) -> None:
        self.send(self.reading())


class FileEditor(TextEditor):
    """A path, typed or picked."""

    def __init__(self, info: FieldInfo) -> None:
        super().__init__(info)
        self._button = IconButton("folder", f"Choose {info.label.lower()}…", 16)
        self._button.clicked.connect(self._pick)
        self._row.addWidget(self._button)

    def display(self, value: Value) -> None:
        """Show the path; the tool tip shows all of it."""
        super().display(value)
        self._entry.setToolTip(plain_tip(str(value)))

    def _pick(self) -> None:
        title = f"Choose {self.info.label.lower()}"
        path, _ = QFileDialog.getOpenFileName(self.window(), title, self._entry.text())
        if path:
            self.display(path)
            self.send(path)


class NumberEditor(TextEditor):
    """A number to type, or to step with Up and Down where the range has steps."""

    def __init__(self, info: FieldInfo) -> None:
        super().__init__(info)
        self._entry.setProperty("number", True)

    def reading(self) -> object:
        """The number, or the text where it is not one."""
        text = self._entry.text().strip().replace("−", "-")
        number = self.info.from_text(text)
        if _finite(number):
            return number
        return self._entry.text()

    def display(self, value: Value) -> None:
        """Show ``value`` in as few digits as it takes."""
        self._entry.show_text(typed(value) if _finite(value) else str(value))

    def _settle(self) -> None:
        super()._settle()
        if self.reading() == self._value and not self._entry.hasFocus():
            self.display(self._value)


class SeedEditor(NumberEditor):
    """A whole number with a button that rolls a die for another one."""

    def __init__(self, info: FieldInfo) -> None:
        super().__init__(info)
        self._button = IconButton("dice", f"Another random {info.label.lower()}", 16)
        self._button.clicked.connect(self._roll)
        self._row.addWidget(self._button)

    def _roll(self) -> None:
        """A seed of at most four digits, so that the user can say it."""
        # The operating system's randomness: no stream of an experiment may be touched.
        low = int(self.info.low or 0)
        high = int(self.info.high or 0)
        number = low + secrets.randbelow(min(high - low + 1, 10_000))
        self.display(number)
        self.send(number)


class SliderEditor(NumberEditor):
    """A slider with the number at its right, which can be typed over."""

    def __init__(self, info: FieldInfo) -> None:
        self._slider = ValueSlider(
            track_for(
                info.low or 0.0, info.high or 0.0,
                whole=info.kind is int, log=info.log,
            )
        )  # fmt: skip
        super().__init__(info)
        self._throttle = QTimer(self)
        self._throttle.setSingleShot(True)
        self._throttle.setInterval(THROTTLE_MS)
        self._throttle.timeout.connect(self._settle)
        self._slider.moved.connect(self._slide)
        self._slider.sliderReleased.connect(self._release)
        self._slider.setAccessibleName(f"{info.label} slider")
        self._slider.setMinimumWidth(48)
        self._entry.nudged.connect(self._nudge)
        self._entry.setFixedWidth(_BOX_WIDTH)
        self._row.insertWidget(0, self._slider, 1)
        QWidget.setTabOrder(self._slider, self._entry)

    def busy(self) -> bool:
        """Whether typing or dragging goes on."""
        return super().busy() or self._throttle.isActive() or self._slider.isSliderDown()

    def display(self, value: Value) -> None:
        """Show ``value`` in both."""
        super().display(value)
        if _finite(value):
            self._slider.show_number(value)

    def _slide(self, number: float) -> None:
        self._entry.show_text(typed(number))
        if not self._throttle.isActive():
            self._throttle.start()

    def _release(self) -> None:
        self._throttle.stop()
        self._settle()

    def _settle(self) -> None:
        super()._settle()
        reading = self.reading()
        if _finite(reading) and reading != self._slider.number():
            self._slider.show_number(reading)

    def _nudge(self, direction: int) -> None:
        self._slider.nudge(direction)
        self._release()


def make_editor(info: FieldInfo) -> FieldEditor:
    """The editor that fits the field."""
    if info.names():
        return NameEditor(info)
    if info.kind is bool:
        return FlagEditor(info)
    if info.kind is str:
        if info.path in _FILES:
            return FileEditor(info)
        return TextEditor(info)
    if info.name == "seed":
        return SeedEditor(info)
    bounded = info.low is not None and info.high is not None
    narrow = bounded and (info.log or (info.high or 0) - (info.low or 0) < _LONGEST_SLIDER)
    if narrow:
        return SliderEditor(info)
    return NumberEditor(info)


def value_text(info: FieldInfo, value: Value) -> str:
    """A value of the field in words."""
    return value_words(info, value)


def _items(info: FieldInfo) -> Iterator[tuple[str, str, str]]:
    """(name, label, summary) of every allowed name."""
    if info.registered:
        yield from ((entry.name, entry.label, entry.summary) for entry in info.entries())
    else:
        yield from ((name, name, "") for name in info.names())


def _finite(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and math.isfinite(value)
