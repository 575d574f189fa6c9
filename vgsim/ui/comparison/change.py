"""The dialog "Change one thing": B as a copy of A in which one field has another value."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vgsim.core.errors import SpecError
from vgsim.nn.spec import Spec, field_at
from vgsim.text.specs import difference
from vgsim.ui.comparison.model import field_choices, matching
from vgsim.ui.form.field_editors import FieldEditor, make_editor
from vgsim.ui.style.application import ui_font
from vgsim.ui.widgets.text import WrappedLabel, tool_tip

FIRST = "network.activation"
"""The field that is chosen at first, where there is one."""
_SIZE = 420, 470
_PATH = Qt.ItemDataRole.UserRole


class ChangeDialog(QDialog):
    """Offers the fields that ``spec`` reads, and one editor: that of the form."""

    chosen = Signal(object)
    """The :class:`Spec` of B, which differs in one field."""

    def __init__(self, spec: Spec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Change one thing")
        self._spec = spec
        self._changed: Spec | None = None
        self.editor: FieldEditor | None = None
        """That of the field that is chosen."""
        self.search = QLineEdit()
        self.search.setFont(ui_font(12))
        self.search.setPlaceholderText("Find a field: depth, optimizer, seed…")
        self.search.setAccessibleName("Find a field")
        self.search.textChanged.connect(self._list)
        self.list = QListWidget()
        self.list.setFont(ui_font(12))
        self.list.setProperty("choices", True)
        self.list.setAccessibleName("Fields and what A has")
        self.list.currentItemChanged.connect(self._pick)
        self.about = WrappedLabel("muted", ui_font(11, tabular=False))
        self.problem = WrappedLabel("error", ui_font(11, tabular=False))
        self.button = QPushButton("Compare")
        self.button.setDefault(True)
        self.button.clicked.connect(self.compare)
        self._lay_out()
        self._list("")
        self.choose(FIRST)

    def showEvent(self, event: QShowEvent) -> None:
        """Wait for a word to search by."""
        super().showEvent(event)
        self.search.setFocus()

    def choose(self, path: str) -> None:
        """Choose a field that is in the list."""
        for row in range(self.list.count()):
            if self.list.item(row).data(_PATH) == path:
                self.list.setCurrentRow(row)

    def paths(self) -> list[str]:
        """The fields that are offered now."""
        return [self.list.item(row).data(_PATH) for row in range(self.list.count())]

    def compare(self) -> None:
        """Tell what B is, if it may be so."""
        if self._changed is not None:
            self.chosen.emit(self._changed)
            self.accept()

    def _lay_out(self) -> None:
        title = QLabel("Change one thing")
        title.setFont(ui_font(15, 600, tabular=False))
        below = WrappedLabel("muted", ui_font(12, tabular=False))
        below.show_text("B is a copy of A. Which one field is to differ?")
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(8)
        for widget in (title, below, self.search):
            column.addWidget(widget)
        column.addWidget(self.list, 1)
        column.addWidget(self.about)
        self._place = QHBoxLayout()
        self._label = QLabel()
        self._label.setFont(ui_font(12, 600, tabular=False))
        self._place.addWidget(self._label)
        column.addLayout(self._place)
        column.addWidget(self.problem)
        cancel = QPushButton("Cancel")
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.button)
        column.addLayout(buttons)
        self.resize(*_SIZE)

    def _list(self, words: str) -> None:
        """Offer the fields that hold the words; the one chosen stays so where it is among them."""
        before = self.list.currentItem()
        path = before.data(_PATH) if before is not None else ""
        self.list.clear()
        for choice in matching(field_choices(self._spec), words):
            item = QListWidgetItem(f"{choice[1]}:  {choice[2]}")
            item.setData(_PATH, choice[0])
            item.setToolTip(tool_tip(field_at(choice[0]).help))
            self.list.addItem(item)
        self.choose(path)
        if self.list.currentItem() is None:
            self.list.setCurrentRow(0)

    def _pick(self, item: QListWidgetItem | None) -> None:
        """The editor of another field, with the value that A has."""
        if self.editor is not None:
            self._place.removeWidget(self.editor)
            self.editor.hide()
            self.editor.deleteLater()
            self.editor = None
        self.button.setEnabled(False)
        self.problem.show_text("")
        self._changed = None
        if item is None:
            self._label.setText("")
            self.about.show_text("No field has these words")
            return
        info = field_at(item.data(_PATH))
        self._label.setText(f"{info.label} of B")
        self.about.show_text(f"{info.help} Allowed: {info.allowed()}.")
        self.editor = editor = make_editor(info)
        editor.set_value(self._spec[info.path])
        editor.target().setAccessibleName(f"{info.label} of B")
        editor.edited.connect(self._edit)
        self._place.addWidget(editor, 1)

    def _edit(self, value: object) -> None:
        """Say what is wrong with a value, or what B will be called."""
        assert self.editor is not None  # it has just emitted
        self._changed = None
        try:
            changed = self._spec.replace({self.editor.info.path: value})
        except SpecError as error:
            self.problem.show_text(str(error))
        else:
            self.problem.show_text("")
            if changed != self._spec:
                self._changed = changed
        self.editor.set_invalid(bool(self.problem.text()))
        self.button.setEnabled(self._changed is not None)
        if self._changed is not None:
            self.button.setToolTip(tool_tip(f"B: {difference(self._spec, self._changed)}"))
