"""The Export dialog: what, as what, how large, and the very picture before it is saved."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vgsim.ui.export_dialog.form import ExportChoices, ExportForm, PresetBar
from vgsim.ui.export_dialog.preview import Preview
from vgsim.ui.style.application import GUTTER, ui_font
from vgsim.ui.widgets.card import Card, VerticalScroll
from vgsim.ui.widgets.text import ElidedLabel

_FORM_WIDTH, _SCROLL_ROOM = 372, 14
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ExportDialog(QDialog):
    """Shows entries, preview and problems; says what is changed and pressed, decides nothing."""

    changed = Signal(object)
    """Every entry by its field, after a user changed one."""
    save_requested = Signal()
    copy_requested = Signal()

    def __init__(self, choices: ExportChoices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export")
        self.form = ExportForm(choices)
        self.presets = PresetBar()
        self.preview = Preview()
        self.measures = ElidedLabel("", ui_font(13, 500))
        self.paper, self.file = ElidedLabel("", ui_font(12)), ElidedLabel("", ui_font(12))
        for label in (self.paper, self.file):
            label.setProperty("role", "muted")
        self.note = QLabel()
        self.note.setFont(ui_font(12))
        self.note.setWordWrap(True)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setProperty("role", "warning")
        self.note.hide()
        self.carried = ElidedLabel("", ui_font(12))
        self.carried.setProperty("role", "muted")
        self.failure = QLabel()
        self.failure.setFont(ui_font(12))
        self.failure.setWordWrap(True)
        self.failure.setTextFormat(Qt.TextFormat.PlainText)
        self.failure.setProperty("role", "error")
        self.failure.hide()
        self._told: dict[str, object] = {}
        self._lay_out()
        self.form.changed.connect(self._tell)
        self.form.left.connect(self.reject)
        self.resize(self.sizeHint())

    def entries(self) -> dict[str, object]:
        """What is entered, by field."""
        return self.form.entries()

    def set_entries(self, entries: Mapping[str, object]) -> None:
        """Show these entries without emitting a change."""
        self.form.set_entries(entries)
        self._told = self.form.entries()

    def set_problems(self, problems: Mapping[str, str]) -> None:
        """Say below each field what is wrong; while anything is, nothing can be exported."""
        self.form.set_problems(problems)
        self.save_button.setEnabled(not problems)
        if problems:
            self.set_note("")
            self.set_result("", "", "", False)
            QTimer.singleShot(0, self._show_problem)  # once the sentence has its room

    def set_result(self, pixels: str, paper: str, file: str, copies: bool) -> None:
        """Both sizes, the name of the file, and whether it can be copied as a picture."""
        self.measures.setText(pixels)
        self.paper.setText(paper)
        self.file.setText(file)
        self.copy_button.setEnabled(copies)

    def set_carried(self, words: str) -> None:
        """Say what the file tells of where it comes from."""
        self.carried.setText(words)

    def set_note(self, sentence: str) -> None:
        """Say below the preview what the picture has no room for; nothing where it has."""
        self.note.setText(sentence[:1].upper() + sentence[1:])
        self.note.setVisible(bool(sentence))

    def set_failure(self, sentence: str) -> None:
        """Say why the file was not saved; gone with the next change."""
        self.failure.setText(sentence)
        self.failure.setVisible(bool(sentence))

    def sizeHint(self) -> QSize:
        """Comfortable, and within the smallest window that vgsim has."""
        return QSize(980, 640)

    def minimumSizeHint(self) -> QSize:
        """The smallest at which the preview is one."""
        return QSize(720, 440)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return in the name of a preset keeps the preset, and exports nothing."""
        if event.key() in _ENTER and self.presets.naming():
            return
        super().keyPressEvent(event)

    def _show_problem(self) -> None:
        """Bring the first problem into sight."""
        for field in self.form.fields.values():
            if field.problem.isVisible():
                self._scroll.ensureWidgetVisible(field, 0, 8)
                return

    def _tell(self) -> None:
        entries = self.form.entries()
        if entries != self._told:
            self._told = entries
            self.set_failure("")
            self.changed.emit(entries)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(GUTTER)
        row.addWidget(self._shown(), 1)
        row.addWidget(self._entered())
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(GUTTER)
        column.addLayout(row, 1)
        column.addWidget(self._buttons())

    def _shown(self) -> QWidget:
        """The preview with what it will be."""
        card = Card("Preview")
        card.body.addWidget(self.preview, 1)
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addWidget(self.failure)
        words.addWidget(self.note)
        for label in (self.measures, self.paper, self.file, self.carried):
            words.addWidget(label)
        card.body.addLayout(words)
        return card

    def _entered(self) -> QWidget:
        holder = QWidget()
        holder.setFixedWidth(_FORM_WIDTH)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        title = QLabel("Export")
        title.setFont(ui_font(15, 600))
        column.addWidget(title)
        column.addWidget(self.presets)
        self._scroll = VerticalScroll(self.form, _SCROLL_ROOM)
        column.addWidget(self._scroll, 1)
        return holder

    def _buttons(self) -> QDialogButtonBox:
        role = QDialogButtonBox.ButtonRole
        box = QDialogButtonBox()
        self.save_button: QPushButton = box.addButton("&Save…", role.AcceptRole)
        self.save_button.setProperty("primary", True)
        self.save_button.setDefault(True)
        self.copy_button: QPushButton = box.addButton("&Copy picture", role.ActionRole)
        self.copy_button.setAutoDefault(False)
        cancel = box.addButton(QDialogButtonBox.StandardButton.Cancel)
        cancel.setAutoDefault(False)
        box.accepted.connect(self.save_requested)
        box.rejected.connect(self.reject)
        self.copy_button.clicked.connect(self.copy_requested)
        return box
