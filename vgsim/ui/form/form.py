"""The form of an experiment, built entirely from the fields of a spec."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from vgsim.core.fields import FieldInfo
from vgsim.nn.spec import Spec, fields
from vgsim.ui.form.field_row import LABEL_WIDTH, FieldRow, section_title
from vgsim.ui.style.application import ui_font
from vgsim.ui.widgets.card import Card
from vgsim.ui.widgets.entries import Chooser
from vgsim.ui.widgets.scroll import VerticalScroll
from vgsim.ui.widgets.text import ElidedLabel, WrappedLabel, hairline

_TITLES = {"init": "INITIALIZATION"}
_GUTTER = 13
_WIDTHS = QSize(250, 200), QSize(272, 640)


class ExperimentForm(Card):
    """Shows a spec and says what a person wants changed; it changes nothing by itself."""

    edited = Signal(str, object)
    """Path of a field and the value entered: a Python value, or the text if it is none."""
    preset_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Experiment", parent=parent)
        self.rows: dict[str, FieldRow] = {}
        self._spec = Spec()
        self._sections: dict[str, _Section] = {}
        self._preset = Chooser()
        self._preset.chosen.connect(self.preset_chosen)
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
        self._preset.set_items(presets)
        self._preset.show_name(name)

    def set_current_preset(self, name: str) -> None:
        """Show which preset this is; a name that is not offered shows none."""
        self._preset.show_name(name)

    def set_problems(self, problems: Mapping[str, str]) -> None:
        """Show messages under their fields, and those about no field at the top."""
        for path, row in self.rows.items():
            row.set_problem(problems.get(path, ""))
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
