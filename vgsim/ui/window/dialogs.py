"""Small dialogs: which file, what went wrong, which keys there are."""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from vgsim import __version__
from vgsim.ui.window.actions import ACTIONS, key_texts


def ask_open(parent: QWidget) -> str:
    """A file to open; empty when the person changed their mind."""
    exported = "*.png *.svg *.pdf *.pptx *.gif *.webp *.apng *.mp4 *.csv *.npz *.jsonl"
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
    """Say that a file could not be written, which, and why."""
    reason = error.strerror or str(error)
    named = error.filename or "The file"
    show_failure(parent, f"{named} was not saved: {reason}.", str(error))


def show_keys(parent: QWidget) -> None:
    """Every shortcut on one page."""
    keys = key_texts()
    rows = "".join(
        f"<tr><td><b>{keys[info.name]}</b>&nbsp;&nbsp;&nbsp;</td><td>{info.text.rstrip('…')}</td></tr>"
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
