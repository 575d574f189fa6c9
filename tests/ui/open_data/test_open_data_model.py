"""What the dialog *Open data* offers, and what a click in it asks for."""

from __future__ import annotations

import pytest

from tests.helpers.data import TABLES
from vgsim.nn.datasets.tables import ColumnRole, TableFile
from vgsim.nn.spec import DataSpec
from vgsim.ui.open_data.made import coded_parts
from vgsim.ui.open_data.model import (
    FEATURE,
    LABEL,
    LEFT_OUT,
    boxes_of,
    chance,
    fields_of,
    listed_shares,
    read_table,
    summary,
    with_use,
)


def reading_of(path, rows=None, **chosen):
    data = DataSpec(**{"dataset": "csv", "path": str(path), **chosen})
    return read_table(TableFile(str(path)), data, rows)


def again(reading, data):
    """What comes of other choices for the same file."""
    return read_table(TableFile(data.path), data)


def roles(plan):
    """The role of every column."""
    return {column.name: column.role for column in plan.columns}


def test_a_box_shows_what_was_found():
    reading = reading_of(TABLES / "decimal_comma.csv")
    boxes = boxes_of(reading.data, reading.plan)
    shown = {box.field: dict(box.options)[box.value] for box in boxes}
    assert shown["delimiter"] == "Semicolon"
    assert shown["decimal"] == "1,5"


def test_a_choice_can_be_left_to_the_guess_again():
    reading = reading_of(TABLES / "decimal_comma.csv", delimiter="semicolon")
    box = boxes_of(reading.data, reading.plan)[0]
    assert box.value == "semicolon"
    assert box.options[0] == ("auto", "As found")


@pytest.mark.parametrize(
    ("use", "role"),
    [
        (FEATURE, ColumnRole.FEATURE),
        (LABEL, ColumnRole.LABEL),
        (LEFT_OUT, ColumnRole.LEFT_OUT),
    ],
)
def test_a_column_is_for_what_was_chosen_and_the_others_stay(use, role):
    before = reading_of(TABLES / "label_first_header.csv")
    at = before.plan.having(ColumnRole.FEATURE)[1]
    now = again(before, with_use(before, at.index, use)).plan
    assert now.columns[at.index].role is role
    others = {name for name, was in roles(before.plan).items() if was is ColumnRole.FEATURE}
    kept = {name for name, is_now in roles(now).items() if is_now is ColumnRole.FEATURE}
    assert kept >= others - {at.name}


def test_a_column_without_a_name_is_named_by_its_number():
    before = reading_of(TABLES / "pandas_index.csv")
    assert before.plan.columns[0].role is ColumnRole.LEFT_OUT
    data = with_use(before, 0, FEATURE)
    assert data.columns == "1,u,v"
    assert again(before, data).plan.columns[0].role is ColumnRole.FEATURE


def test_the_last_feature_stays_one():
    reading = reading_of(TABLES / "x3.csv")
    for column in reading.plan.having(ColumnRole.FEATURE):
        reading = again(reading, with_use(reading, column.index, LEFT_OUT))
    assert len(reading.plan.having(ColumnRole.FEATURE)) == 1


def test_the_first_rows_of_a_file_are_told_apart_from_all():
    reading = reading_of(TABLES / "id_column.csv", rows=20)
    assert not reading.whole and reading.plan.rows == 20
    assert reading.made is None


def test_inputs_are_counted_after_coding():
    reading = reading_of(TABLES / "categorical.csv", missing="fill and mark")
    words = [it for it in reading.plan.having(ColumnRole.FEATURE) if it.categories]
    coded = [f"{len(it.categories)} of {it.name}" for it in words]
    parts = coded_parts(reading.plan, marked=True)
    assert words and parts[1 : 1 + len(coded)] == coded
    assert summary(reading)[1].startswith(f"{reading.made.inputs} inputs: ")


def test_what_is_held_out_and_trained_on_are_all_rows():
    reading = reading_of(TABLES / "id_column.csv")
    assert reading.made.held == 30
    assert summary(reading)[0] == "120 rows to train, 30 held out, same shares of each class."


def test_what_refuses_the_rows_leaves_the_plan_to_be_changed():
    reading = reading_of(TABLES / "missing_na.csv", missing="refuse")
    assert reading.made is None
    assert "data.missing" in str(reading.refusal)
    assert reading.plan.rows


def test_chance_is_the_share_of_the_largest_class():
    reading = reading_of(TABLES / "imbalanced.csv")
    total = sum(count for _, count in reading.made.shares)
    name, most = listed_shares(reading.made)[0]
    percent = round(100 * most / total)
    assert chance(reading).startswith(f"Always saying {name} would be right {percent} %")


def test_rows_without_a_label_are_counted_out():
    reading = reading_of(TABLES / "missing_label.csv")
    assert 0 < reading.opened < reading.plan.rows
    assert reading.opened == sum(count for _, count in reading.made.shares)


def test_the_choices_are_fields_of_a_spec():
    fields = fields_of(DataSpec(dataset="csv", delimiter="tab", footer=2, length=7))
    assert fields["data.delimiter"] == "tab" and fields["data.footer"] == 2
    assert fields["data.length"] == DataSpec().length  # no table reads it
