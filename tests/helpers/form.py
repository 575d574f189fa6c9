"""Edits as a user makes them: by the keys, in the form of the window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from vgsim.ui.form.form import ExperimentForm


def type_over(qtbot: QtBot, form: ExperimentForm, path: str, text: str) -> QLineEdit:
    """Type ``text`` over what stands in the field of ``path``; return the line."""
    line: QLineEdit = form.rows[path].editor._entry
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, text)
    return line


def enter(qtbot: QtBot, form: ExperimentForm, path: str, text: str) -> None:
    """Type ``text`` over what stands in the field of ``path``, and press Return."""
    qtbot.keyClick(type_over(qtbot, form, path, text), Qt.Key.Key_Return)


def choose(qtbot: QtBot, form: ExperimentForm, path: str, name: str) -> None:
    """Go to ``name`` by the arrow keys in the list of the field of ``path``."""
    box = form.rows[path].editor.target()
    way = box.findData(name) - box.currentIndex()
    for _ in range(abs(way)):
        qtbot.keyClick(box, Qt.Key.Key_Down if way > 0 else Qt.Key.Key_Up)
