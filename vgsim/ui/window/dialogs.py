"""Small dialogs: which file, what went wrong, which keys there are."""

from __future__ import annotations

import html

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QMessageBox, QWidget

from vgsim import __version__
from vgsim.export.reading import suffixes
from vgsim.nn.data_files import data_patterns
from vgsim.record.schema import SUFFIX
from vgsim.sweep.store import SUFFIX as MAP_SUFFIX
from vgsim.ui.commands import COMMANDS
from vgsim.ui.window.actions import key_texts

LONGEST = 600
"""Letters of a message; the whole of a longer one is among its details."""
LONGEST_DETAILS = 20_000


def ask_open(parent: QWidget) -> str:
    """A file to open; empty when the user changed their mind."""
    exported = " ".join(f"*{suffix}" for suffix in suffixes())
    own = f"*.toml *{SUFFIX} *{MAP_SUFFIX}"
    both = f"Experiments, recordings, maps and exported files ({own} {exported})"
    kinds = f"{both};;Recordings (*{SUFFIX});;Maps (*{MAP_SUFFIX});;All files (*)"
    return QFileDialog.getOpenFileName(parent, "Open", "", kinds)[0]


def ask_recording(parent: QWidget) -> str:
    """A recording; empty when the user changed their mind."""
    kinds = f"Recordings (*{SUFFIX});;All files (*)"
    return QFileDialog.getOpenFileName(parent, "Open recording beside it", "", kinds)[0]


def ask_data_file(parent: QWidget) -> str:
    """A file with data of one's own; empty when the user changed their mind."""
    kinds = f"Data ({' '.join(data_patterns())});;All files (*)"
    return QFileDialog.getOpenFileName(parent, "Open data", "", kinds)[0]


def ask_lesson(parent: QWidget) -> str:
    """The script or the zip of a lesson; empty when the user changed their mind."""
    kinds = "Lessons (lesson.toml *.zip)"
    return QFileDialog.getOpenFileName(parent, "Open lesson", "", kinds)[0]


def ask_save(parent: QWidget, name: str, kind: str) -> str:
    """Where to save; asks before an old file is replaced; empty for cancel."""
    return QFileDialog.getSaveFileName(parent, "Save", name, kind)[0]


def show_failure(parent: QWidget, sentence: str, details: str = "") -> None:
    """Say in one sentence what went wrong, with the details behind a button."""
    if len(sentence) > LONGEST:
        details = f"{sentence}\n\n{details}"
        sentence = sentence[:LONGEST] + "…"
    box = _box(parent, "vgsim", sentence, Qt.TextFormat.PlainText)
    box.setIcon(QMessageBox.Icon.Warning)
    if details != sentence:
        box.setDetailedText(details[:LONGEST_DETAILS])
    box.open()  # not exec: the window and its worker go on meanwhile


class Question(QMessageBox):
    """Whether a file may be read that a picture names. Plain text: the name is foreign."""

    allowed = Signal(str)
    """The path that the user allowed or chose."""
    refused = Signal()

    def __init__(self, parent: QWidget, path: str, asker: str, kind: str) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIcon(QMessageBox.Icon.Question)
        self.setWindowTitle("vgsim")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(f"Open the {kind} {path} named by {asker}?")
        self._path, self._kind = path, kind
        role = QMessageBox.ButtonRole
        self.open_button = self.addButton("&Open it", role.AcceptRole)
        self.other_button = self.addButton("&Choose another…", role.ActionRole)
        self.cancel_button = self.addButton(QMessageBox.StandardButton.Cancel)
        self.setDefaultButton(QMessageBox.StandardButton.Cancel)
        self.setEscapeButton(self.cancel_button)
        self.buttonClicked.connect(self._answer)

    @Slot(QAbstractButton)
    def _answer(self, button: QAbstractButton) -> None:
        chosen = ""
        if button is self.open_button:
            chosen = self._path
        elif button is self.other_button:
            title = f"Open {self._kind}"
            chosen = QFileDialog.getOpenFileName(self.parentWidget(), title, self._path)[0]
        if chosen:
            self.allowed.emit(chosen)
        else:
            self.refused.emit()


def ask_data(parent: QWidget, path: str, asker: str, kind: str = "data file") -> Question:
    """Ask whether the file at ``path``, a ``kind`` which ``asker`` names, may be read."""
    question = Question(parent, path, asker, kind)
    question.open()
    return question


def show_unsaved(parent: QWidget, error: OSError) -> None:
    """Say that a file could not be written, which, and why."""
    reason = error.strerror or str(error)
    named = error.filename or "The file"
    show_failure(parent, f"{named} was not saved: {reason}.", str(error))


def show_keys(parent: QWidget) -> None:
    """Every shortcut on one page, with what it does."""
    keys = key_texts()
    rows = [
        f"<tr><td><b>{html.escape(keys[command.name])}</b>&nbsp;&nbsp;&nbsp;</td>"
        f"<td>{html.escape(command.text.rstrip('…'))}&nbsp;&nbsp;&nbsp;</td>"
        f"<td>{html.escape(command.help)}</td></tr>"
        for command in COMMANDS
        if command.keys
    ]
    table = f"<table cellspacing='4'>{''.join(rows)}</table>"
    _box(parent, "Keyboard shortcuts", table, Qt.TextFormat.RichText).open()


def show_about(parent: QWidget) -> None:
    """Version and licenses."""
    text = (
        f"<p><b>vgsim {__version__}</b></p><p>See why the learning signal of a deep network "
        "fades, and what cures it.</p><p>MIT license. Inter font: SIL Open Font License. "
        "Handwritten digits: Alpaydin and Kaynak 1998, CC BY 4.0. Palmer penguins: Gorman, "
        "Williams and Fraser 2014, CC0.</p>"
    )
    _box(parent, "About vgsim", text, Qt.TextFormat.RichText).open()


def _box(parent: QWidget, title: str, text: str, form: Qt.TextFormat) -> QMessageBox:
    """A box that goes for good when it is closed. Words from outside are never rich text."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle(title)
    box.setTextFormat(form)  # before the text, which Qt would else guess the format of
    box.setText(text)
    box.setStandardButtons(QMessageBox.StandardButton.Ok)
    return box
