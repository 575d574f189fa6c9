"""The form of an experiment, built entirely from the fields of a spec."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from vgsim.core.fields import FieldInfo, Value
from vgsim.nn.spec import Spec, fields
from vgsim.ui.form.field_editors import make_editor, value_text
from vgsim.ui.style.application import ui_font
from vgsim.ui.widgets.buttons import Dot, IconButton
from vgsim.ui.widgets.card import Card, VerticalScroll
from vgsim.ui.widgets.entries import Chooser
from vgsim.ui.widgets.text import (
    ClampedLabel,
    ElidedLabel,
    WrappedLabel,
    hairline,
    tool_tip,
)

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


_TITLES = {"init": "INITIALIZATION"}
_GUTTER = 13
_ABOUT_LINES = 3
"""Lines of a preset's description, whose tool tip is the whole."""
_WIDTHS = QSize(250, 200), QSize(272, 640)


class ExperimentForm(Card):
    """Shows a spec and says what the user wants changed; it changes nothing by itself."""

    edited = Signal(str, object)
    """Path of a field and the value entered: a Python value, or the text where it is not one."""
    preset_chosen = Signal(str)
    gallery_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Experiment", parent=parent)
        self.rows: dict[str, FieldRow] = {}
        self._spec = Spec()
        self._sections: dict[str, _Section] = {}
        self._preset = Chooser()
        self._preset.chosen.connect(self.preset_chosen)
        self._abouts: dict[str, str] = {}
        self._gallery = IconButton("gallery", "Gallery: all presets as cards", 16)
        self._gallery.clicked.connect(self.gallery_asked)
        self._about = ClampedLabel(_ABOUT_LINES, ui_font(11, tabular=False))
        self._preset.setPlaceholderText("Own experiment")
        self._general = WrappedLabel("error", ui_font(11, tabular=False))
        self._general.setContentsMargins(_GUTTER, 0, 0, 0)
        self._general.show_text("")
        self._fill()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.set_spec(self._spec, None)

    def set_spec(self, spec: Spec, baseline: Spec | None) -> None:
        """Show ``spec``, and a dot at every field that differs from ``baseline``."""
        self._spec = spec
        for path, row in self.rows.items():
            row.set_value(spec[path], None if baseline is None else baseline[path])
        self._show_what_applies()

    def set_presets(self, presets: Iterable[tuple[str, str, str]]) -> None:
        """Offer presets: (name, title, description) each."""
        name = self._preset.name()
        offered = list(presets)
        self._abouts = {each: about for each, _, about in offered}
        self._preset.set_items(offered)
        self.set_current_preset(name)

    def set_current_preset(self, name: str) -> None:
        """Show which preset this is; a name that is not offered shows none."""
        self._preset.show_name(name)
        self._about.show_text(self._abouts.get(name, ""))

    def set_problems(self, problems: Mapping[str, str]) -> None:
        """Show messages under their fields, and those about no field at the top."""
        for path, row in self.rows.items():
            row.set_problem(problems.get(path, "").replace(path, row.info.label, 1))
        other = [text for path, text in problems.items() if path not in self.rows]
        self._general.show_text("\n".join(other))
        self._show_what_applies()

    def sizeHint(self) -> QSize:
        """A comfortable size."""
        return _WIDTHS[1]

    def minimumSizeHint(self) -> QSize:
        """The least at which every row is usable."""
        return _WIDTHS[0]

    def _fill(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(2, 0, 12, 4)
        column.setSpacing(6)
        column.addWidget(self._preset_row())
        about = QHBoxLayout()
        about.setContentsMargins(_GUTTER, 0, 0, 2)
        about.addWidget(self._about)
        column.addLayout(about)
        column.addWidget(self._general)
        for info in fields():
            if info.section and not info.headless:
                column.addWidget(self._add_row(info, column))
        column.addStretch(1)
        self.body.addWidget(VerticalScroll(content))
        # The dots live in the left margin and the scroll bar in the right one.
        outer = self.layout()
        if outer is not None:
            outer.setContentsMargins(1, outer.contentsMargins().top(), 1, 6)
        self._header.setContentsMargins(2 + _GUTTER, 0, 12, 0)

    def _preset_row(self) -> QWidget:
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(_GUTTER, 0, 0, 0)
        row.setSpacing(0)
        label = ElidedLabel("Preset", ui_font(12))
        label.setProperty("role", "muted")
        label.setFixedWidth(LABEL_WIDTH)
        label.setBuddy(self._preset)
        self._preset.setAccessibleName("Preset")
        row.addWidget(label)
        row.addWidget(self._preset, 1)
        row.addSpacing(4)
        row.addWidget(self._gallery)
        return box

    def _add_row(self, info: FieldInfo, column: QVBoxLayout) -> FieldRow:
        """A row for ``info``, after the heading of its section if it is the first there."""
        if info.section not in self._sections:
            section = _Section(_TITLES.get(info.section, info.section.upper()))
            self._sections[info.section] = section
            column.addWidget(section)
        row = FieldRow(info)
        row.edited.connect(self.edited)
        self.rows[info.path] = row
        return row

    def _show_what_applies(self) -> None:
        """Hide the fields that nothing reads, unless something is wrong with them."""
        shown = set()
        for path, row in self.rows.items():
            wanted = self._spec.applies(path) or row.has_problem()
            row.setVisible(wanted)
            shown |= {row.info.section} if wanted else set()
        for name, section in self._sections.items():
            section.setVisible(name in shown)


class _Section(QWidget):
    """A hairline and the heading under it."""

    def __init__(self, title: str) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(9)
        line = QHBoxLayout()
        line.setContentsMargins(_GUTTER, 0, 0, 0)
        line.addWidget(hairline())
        column.addLayout(line)
        column.addWidget(section_title(title))
