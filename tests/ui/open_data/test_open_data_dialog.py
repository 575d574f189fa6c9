"""The dialog *Open data* as a person uses it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from shiboken6 import isValid

from tests.helpers.data import TABLES
from vgsim.nn.datasets.tables import ColumnRole
from vgsim.nn.spec import DataSpec
from vgsim.ui.open_data.dialog import OpenDataDialog
from vgsim.ui.open_data.model import CATEGORY, GROUP, LABEL, LEFT_OUT, MORE


@pytest.fixture
def opened(styled, theme, qtbot):
    """Opens the dialog on one of the tables."""
    dialogs = []

    def opens(path, fresh=True, **chosen):
        data = DataSpec(**{"dataset": "csv", "path": str(path), **chosen})
        dialog = OpenDataDialog(data, theme, fresh)
        dialogs.append(dialog)
        dialog.open()
        qtbot.waitUntil(lambda: settled(dialog))
        return dialog

    yield opens
    for dialog in dialogs:
        if isValid(dialog):
            dialog.reject()


def settled(dialog):
    """Whether the dialog shows what came of all that was chosen."""
    reading = dialog.reading
    done = reading is not None and reading.whole and reading.data == dialog.data
    return done or dialog.problem.text() != ""


def changed(dialog, qtbot, change):
    """Do something that has the table read anew, and wait for it."""
    before = dialog.reading
    change()
    qtbot.waitUntil(lambda: dialog.reading is not before and settled(dialog))
    return dialog.reading.plan


def test_it_opens_at_what_was_guessed(opened):
    dialog = opened(TABLES / "id_column.csv")
    assert dialog.button.text() == "Open 150 rows"
    assert dialog.columns.choosers[0].name() == LEFT_OUT
    assert dialog.reading_boxes.choosers["delimiter"].currentText() == "Comma"


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
    box = dialog.reading_boxes.choosers["header"]
    plan = changed(dialog, qtbot, lambda: box.chosen.emit("no"))
    assert plan.rows == before + 1
    assert box.name() == "no"


def test_a_word_for_nothing_can_be_added(opened, qtbot):
    dialog = opened(TABLES / "missing_na.csv")
    was = dialog.reading.plan.columns[0].missing
    entry = dialog.reading_boxes.editors["missing_values"].target()
    entry.setText("2.20")
    plan = changed(dialog, qtbot, entry.settle)
    assert plan.columns[0].missing > was


def test_a_file_that_is_no_table_says_so_and_opens_nothing(opened, tmp_path):
    path = tmp_path / "short.csv"
    path.write_text("a,b\n1,2\n")
    dialog = opened(path)
    assert "samples" in dialog.problem.text()
    assert not dialog.button.isEnabled()


def test_a_file_that_was_refused_is_shown_as_it_is_and_can_be_mended(opened, tmp_path, qtbot):
    path = tmp_path / "ragged.csv"
    path.write_text("a,b\n" + "1,2\n3,4\n" * 10 + "1,2,3\n" + "1,2\n" * 20)
    dialog = opened(path)
    assert "line 22" in dialog.problem.text()
    assert dialog.preview.preview.data(dialog.preview.preview.index(0, 0)) == "1  a,b"
    dialog.reading_boxes.choosers["footer"].chosen.emit("20")
    assert dialog.data.footer == 20
    dialog.choose("footer", 21)
    qtbot.waitUntil(lambda: dialog.button.isEnabled())
    assert dialog.problem.text() == ""
    assert dialog.reading.plan.rows == 20


RAGGED = TABLES.parent / "ragged_groups.csv"
DATES = TABLES.parent / "dates.csv"


def test_it_begins_with_what_was_chosen(opened):
    chosen = {"label": "u", "missing": "drop", "skip": 0, "decimal": "dot"}
    dialog = opened(TABLES / "id_column.csv", fresh=False, **chosen)
    (label,) = dialog.reading.plan.having(ColumnRole.LABEL)
    assert label.name == "u"
    assert dialog.learning_boxes.editors["missing"].reading() == "drop"
    assert dialog.reading_boxes.choosers["skip"].name() == "0"


def test_guess_anew_forgets_what_was_chosen(opened, qtbot):
    dialog = opened(TABLES / "id_column.csv", fresh=False, label="u")
    plan = changed(dialog, qtbot, dialog.anew.click)
    assert plan.having(ColumnRole.LABEL)[0].name != "u"
    assert dialog.data.label == ""


def test_a_lone_column_over_time_is_a_series(opened, qtbot):
    dialog = opened(DATES)
    assert dialog.kind.name() == "series"
    assert dialog.reading.is_series
    assert "windows of 8 rows to train" in dialog._rows.text()
    assert dialog.learning_boxes.boxes["horizon"].isVisible()
    with qtbot.waitSignal(dialog.chosen) as told:
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert told.args[1]["data.dataset"] == "series" and told.args[1]["data.length"] == 8
    assert told.args[2]  # it predicts numbers


def test_another_window_is_counted_anew(opened, qtbot):
    dialog = opened(DATES)
    before = dialog.reading.made.samples
    changed(dialog, qtbot, lambda: dialog.choose("length", 6))
    assert dialog.reading.made.samples > before


def test_a_window_that_does_not_fit_says_so_at_its_box(opened, qtbot):
    dialog = opened(DATES)
    changed(dialog, qtbot, lambda: dialog.choose("length", 900))
    assert "data.length" in dialog.problem.text()
    assert not dialog.button.isEnabled()
    assert dialog.learning_boxes.editors["length"].target().property("invalid")
    changed(dialog, qtbot, lambda: dialog.choose("length", 6))
    assert dialog.problem.text() == "" and dialog.button.isEnabled()


def test_sequences_of_unequal_length_can_be_cut(opened, qtbot):
    dialog = opened(RAGGED)
    assert dialog.columns.choosers[0].name() == GROUP
    assert min(dialog.reading.made.lengths) < dialog.reading.made.steps
    changed(dialog, qtbot, lambda: dialog.choose("unequal", "cut"))
    assert dialog.reading.made.steps == 4 or not dialog.reading.made.lengths


def test_a_column_can_be_chosen_for_the_group(opened, qtbot):
    dialog = opened(TABLES / "boolean.csv")
    assert not dialog.learning_boxes.boxes["unequal"].isVisible()
    plan = changed(dialog, qtbot, lambda: dialog.choose_use(0, GROUP))
    assert plan.columns[0].role is ColumnRole.GROUP
    assert dialog.learning_boxes.boxes["unequal"].isVisible()


def test_numbers_can_be_categories(opened, qtbot):
    dialog = opened(RAGGED)
    before = dialog.reading.made.inputs
    plan = changed(dialog, qtbot, lambda: dialog.choose_use(1, CATEGORY))
    assert plan.columns[1].role is ColumnRole.FEATURE
    assert dialog.reading.made.inputs == before + plan.columns[1].distinct


def test_several_numbers_can_be_predicted(opened, qtbot):
    dialog = opened(TABLES / "price_raw.csv")
    plan = changed(dialog, qtbot, lambda: dialog.choose_use(0, MORE))
    assert len(plan.having(ColumnRole.LABEL)) == 2
    plan = changed(dialog, qtbot, lambda: dialog.choose_use(0, LABEL))
    assert [column.index for column in plan.having(ColumnRole.LABEL)] == [0]


def test_rows_that_are_dropped_are_counted(opened, qtbot):
    dialog = opened(TABLES / "missing_na.csv")
    rows = dialog.reading.plan.rows
    changed(dialog, qtbot, lambda: dialog.choose("missing", "drop"))
    gaps = dialog.reading.gaps
    assert gaps > 0
    assert dialog.button.text() == f"Open {rows - gaps} rows"
    assert "dropped" in dialog._rows.text()


def test_space_changes_a_role_and_arrows_move(opened, qtbot):
    dialog = opened(TABLES / "id_column.csv")
    dialog.preview.setFocus()
    dialog.preview.setCurrentIndex(dialog.preview.preview.index(0, 0))
    qtbot.keyClick(dialog.preview, Qt.Key.Key_Right)
    plan = changed(dialog, qtbot, lambda: qtbot.keyClick(dialog.preview, Qt.Key.Key_Space))
    assert plan.columns[1].role is ColumnRole.LABEL
    assert dialog.preview.currentIndex().column() == 1


def test_everything_is_reached_by_tab_and_has_a_name(opened):
    dialog = opened(TABLES / "id_column.csv")
    seen = set()
    widget = dialog
    while widget not in seen:
        seen.add(widget)
        widget = widget.nextInFocusChain()
    reached = [w for w in seen if w.isVisible() and w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    for control in (*dialog.reading_boxes.choosers.values(), dialog.preview, dialog.button):
        assert control in reached
    nameless = [w for w in reached if not (w.accessibleName() or getattr(w, "text", str)())]
    assert nameless == []


def test_escape_opens_nothing(opened, qtbot):
    dialog = opened(TABLES / "id_column.csv")
    told = []
    dialog.chosen.connect(lambda *args: told.append(args))
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert told == []
