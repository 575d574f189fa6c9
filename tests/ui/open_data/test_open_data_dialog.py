"""The dialog *Open data* as a person uses it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from shiboken6 import isValid

from tests.helpers.data import TABLES
from vgsim.nn.datasets.tables import ColumnRole
from vgsim.ui.open_data.dialog import OpenDataDialog


@pytest.fixture
def opened(styled, theme, qtbot):
    """Opens the dialog on one of the tables."""
    dialogs = []

    def opens(path):
        dialog = OpenDataDialog(str(path), theme, 0.2)
        dialogs.append(dialog)
        dialog.open()
        qtbot.waitUntil(lambda: dialog.reading is not None or dialog.problem.text() != "")
        return dialog

    yield opens
    for dialog in dialogs:
        if isValid(dialog):
            dialog.reject()


def changed(dialog, qtbot, change):
    """Do something that has the table read anew, and wait for it."""
    before = dialog.reading
    change()
    qtbot.waitUntil(lambda: dialog.reading is not before)
    return dialog.reading.plan


def test_it_opens_at_what_was_guessed(opened):
    dialog = opened(TABLES / "id_column.csv")
    assert dialog.button.text() == "Open 150 rows"
    assert dialog.columns.choosers[0].name() == ColumnRole.LEFT_OUT.name
    assert dialog.boxes["delimiter"].currentText() == "Comma ,"


def test_enter_tells_the_file_and_its_fields(opened, qtbot):
    dialog = opened(TABLES / "id_column.csv")
    with qtbot.waitSignal(dialog.chosen) as told:
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    path, fields, numbers = told.args
    assert not numbers
    assert path == str(TABLES / "id_column.csv")
    assert fields["data.delimiter"] == "auto" and fields["data.missing"] == "fill"


def test_a_click_on_a_header_gives_the_next_role(opened, qtbot):
    dialog = opened(TABLES / "id_column.csv")
    header = dialog.preview.horizontalHeader()
    plan = changed(dialog, qtbot, lambda: header.sectionClicked.emit(0))
    assert plan.columns[0].role is ColumnRole.FEATURE


def test_another_choice_reads_the_rows_anew(opened, qtbot):
    dialog = opened(TABLES / "missing_na.csv")
    before = dialog.reading.plan.rows
    box = dialog.boxes["header"]
    plan = changed(dialog, qtbot, lambda: box.chosen.emit("no"))
    assert plan.rows == before + 1
    assert box.name() == "no"


def test_a_word_for_nothing_can_be_added(opened, qtbot):
    dialog = opened(TABLES / "missing_na.csv")
    was = dialog.reading.plan.columns[0].missing
    dialog.missing.setText("2.20")
    plan = changed(dialog, qtbot, dialog.missing.editingFinished.emit)
    assert plan.columns[0].missing > was


def test_a_file_that_is_no_table_says_so_and_opens_nothing(opened, tmp_path):
    path = tmp_path / "short.csv"
    path.write_text("a,b\n1,2\n")
    dialog = opened(path)
    assert "samples" in dialog.problem.text()
    assert not dialog.button.isEnabled()


def test_a_file_that_was_refused_can_be_mended(opened, tmp_path, qtbot):
    path = tmp_path / "ragged.csv"
    path.write_text("a,b\n" + "1,2\n" * 20 + "1,2,3\n" + "1,2\n" * 20 + "and so on\n" * 9)
    dialog = opened(path)
    assert "line 22" in dialog.problem.text()
    dialog.boxes["delimiter"].chosen.emit("tab")
    qtbot.waitUntil(lambda: dialog.choices.delimiter == "tab" and dialog.reading is not None)
    assert dialog.problem.text() == ""
