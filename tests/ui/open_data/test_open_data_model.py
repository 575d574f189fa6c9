"""What the dialog *Open data* offers, and what a click in it asks for."""

from __future__ import annotations

import pytest

from tests.helpers.data import TABLES
from vgsim.nn.datasets.tables import ColumnRole, TableChoices, plan_of
from vgsim.ui.open_data.model import (
    boxes_of,
    chance,
    fields_of,
    listed_shares,
    read_table,
    with_role,
)


def roles(plan):
    """The role of every column."""
    return {column.name: column.role for column in plan.columns}


def test_a_box_shows_what_was_found():
    plan = plan_of(str(TABLES / "decimal_comma.csv"))
    shown = {box.field: dict(box.options)[box.value] for box in boxes_of(plan.choices, plan)}
    assert shown["delimiter"] == "Semicolon ;"
    assert shown["decimal"] == "Comma 1,5"


def test_a_choice_can_be_left_to_the_guess_again():
    plan = plan_of(str(TABLES / "decimal_comma.csv"), TableChoices(delimiter="semicolon"))
    box = boxes_of(plan.choices, plan)[0]
    assert box.value == "semicolon"
    assert box.options[0] == ("auto", "As found")


@pytest.mark.parametrize("role", [ColumnRole.FEATURE, ColumnRole.LABEL, ColumnRole.LEFT_OUT])
def test_a_column_gets_the_role_that_was_chosen_and_the_others_keep_theirs(role):
    path = str(TABLES / "label_first_header.csv")
    before = plan_of(path)
    at = before.having(ColumnRole.FEATURE)[1]
    now = plan_of(path, with_role(before, at.index, role))
    assert now.columns[at.index].role is role
    others = {name for name, was in roles(before).items() if was is ColumnRole.FEATURE}
    kept = {name for name, is_now in roles(now).items() if is_now is ColumnRole.FEATURE}
    assert kept >= others - {at.name}


def test_a_column_without_a_name_is_named_by_its_number():
    path = str(TABLES / "pandas_index.csv")
    plan = plan_of(path)
    assert plan.columns[0].role is ColumnRole.LEFT_OUT
    choices = with_role(plan, 0, ColumnRole.FEATURE)
    assert choices.columns == "1,u,v"
    assert plan_of(path, choices).columns[0].role is ColumnRole.FEATURE


def test_the_last_feature_stays_one():
    path = str(TABLES / "x3.csv")
    plan = plan_of(path)
    for column in plan.having(ColumnRole.FEATURE):
        plan = plan_of(path, with_role(plan, column.index, ColumnRole.LEFT_OUT))
    assert len(plan.having(ColumnRole.FEATURE)) == 1


def test_chance_is_the_share_of_the_largest_class():
    reading = read_table(str(TABLES / "imbalanced.csv"), TableChoices())
    total = sum(count for _, count in reading.shares)
    name, most = listed_shares(reading)[0]
    percent = round(100 * most / total)
    assert chance(reading).startswith(f"Always saying {name} would be right {percent} %")


def test_rows_without_a_label_are_counted_out():
    reading = read_table(str(TABLES / "missing_label.csv"), TableChoices())
    assert 0 < reading.labeled < reading.plan.rows
    assert reading.labeled == sum(count for _, count in reading.shares)


def test_the_choices_are_fields_of_a_spec():
    fields = fields_of(TableChoices(delimiter="tab", footer=2))
    assert fields["data.delimiter"] == "tab" and fields["data.footer"] == 2
