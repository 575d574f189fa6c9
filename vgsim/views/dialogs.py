"""Small dialogs: what to export, where to, what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

from vgsim import __version__
from vgsim.views.actions import ACTIONS, key_texts
from vgsim.views.style import ui_font

SIZES = (
    ("1920 × 1080 (Full HD)", "1920x1080"),
    ("3840 × 2160 (4K)", "3840x2160"),
)
Choice = tuple[str, str]
"""What a person reads, and the value behind it."""


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What was chosen: values of view, size and theme; ``copy`` for the clipboard."""

    view: str
    size: str
    theme: str
    copy: bool = False


class ExportDialog(QDialog):
    """Asks which view to save, in which size and theme."""

    def __init__(
        self, views: Sequence[Choice], themes: Sequence[Choice], now: ExportChoice, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export picture")
        self.view = _combo("Picture", views, now.view)
        self.size_box = _combo("Size", SIZES, now.size)
        self.theme = _combo("Theme", themes, now.theme)
        form = QFormLayout()
        form.setVerticalSpacing(10)
        form.setHorizontalSpacing(16)
        form.addRow("&Picture", self.view)
        form.addRow("&Size in pixels", self.size_box)
        form.addRow("&Theme", self.theme)
        title = QLabel("Export picture")
        title.setFont(ui_font(15, 600))
        about = QLabel("Drawn anew at this size, not scaled: sharp on any slide.")
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(14)
        column.addWidget(title)
        column.addWidget(about)
        column.addLayout(form)
        column.addWidget(self._buttons())
        self._copy = False

    def _buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox()
        save = box.addButton("Save PNG…", QDialogButtonBox.ButtonRole.AcceptRole)
        save.setProperty("primary", True)
        save.setDefault(True)
        self.copy_button = box.addButton("Copy", QDialogButtonBox.ButtonRole.ActionRole)
        box.addButton(QDialogButtonBox.StandardButton.Cancel)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        self.copy_button.clicked.connect(self._accept_copy)
        return box

    def _accept_copy(self) -> None:
        self._copy = True
        self.accept()

    def choice(self) -> ExportChoice:
        """What is chosen now."""
        view, size, theme = (b.currentData() for b in (self.view, self.size_box, self.theme))
        return ExportChoice(view, size, theme, self._copy)


def _combo(name: str, choices: Sequence[Choice], now: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    for text, value in choices:
        box.addItem(text, value)
    box.setCurrentIndex(max(0, box.findData(now)))
    return box


def ask_open(parent: QWidget) -> str:
    """A file to open; empty when the person changed their mind."""
    exported = "*.png *.svg *.pdf *.pptx *.gif *.webp *.apng *.mp4"
    kinds = f"Experiments and exported files (*.toml {exported});;All files (*)"
    return QFileDialog.getOpenFileName(parent, "Open experiment", "", kinds)[0]


def ask_save(parent: QWidget, name: str, kind: str) -> str:
    """Where to save; asks before an old file is replaced; empty for cancel."""
    return QFileDialog.getSaveFileName(parent, "Save", name, kind)[0]


def show_failure(parent: QWidget, sentence: str, details: str) -> None:
    """Say in one sentence what went wrong, with the details behind a button."""
    box = QMessageBox(QMessageBox.Icon.Warning, "vgsim", sentence, parent=parent)
    box.setDetailedText(details)
    box.setStandardButtons(QMessageBox.StandardButton.Ok)
    box.open()  # not exec: the window and its worker go on behind it


def show_unsaved(parent: QWidget, error: OSError) -> None:
    """Say that a file could not be written."""
    show_failure(parent, f"The file was not saved: {error.strerror or error}.", str(error))


def show_keys(parent: QWidget) -> None:
    """Every shortcut on one page."""
    keys = key_texts()
    rows = "".join(
        f"<tr><td><b>{keys[info.name]}</b>&nbsp;&nbsp;&nbsp;</td><td>{info.tip}</td></tr>"
        for info in ACTIONS
        if info.keys
    )
    _show_text(parent, "Keyboard shortcuts", f"<table cellspacing='4'>{rows}</table>")


def show_about(parent: QWidget) -> None:
    """Version and licenses."""
    _show_text(
        parent,
        "About vgsim",
        f"<p><b>vgsim {__version__}</b></p><p>See why the learning signal of a deep network "
        "fades, and what cures it.</p><p>MIT license. Inter font: SIL Open Font License. "
        "Handwritten digits: Alpaydin and Kaynak 1998, CC BY 4.0. Palmer penguins: Gorman, "
        "Williams and Fraser 2014, CC0.</p>",
    )


def _show_text(parent: QWidget, title: str, text: str) -> None:
    box = QMessageBox(QMessageBox.Icon.NoIcon, title, text, parent=parent)
    box.setStandardButtons(QMessageBox.StandardButton.Ok)
    box.open()
