"""How files of a table are read by guess, and by choice."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
from pathlib import Path

import numpy as np
import pytest

from vgsim.core.errors import SpecError
from vgsim.nn.datasets.tables import ColumnRole, TableChoices, TableFile, TablePlan, plan_of

FILES = Path(__file__).parent.parent / "data" / "tables"


def names(plan: TablePlan, role: ColumnRole) -> list[str]:
    return [column.name for column in plan.having(role)]


def plan_for(folder: Path, content: str | bytes, **choices: object) -> TablePlan:
    path = folder / "data.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return plan_of(str(path), TableChoices(**choices))  # type: ignore[arg-type]


@pytest.mark.parametrize(("file", "delimiter", "decimal", "header", "rows", "columns"), [
    ("decimal_comma.csv", "semicolon", "comma", True, 60, 4),
    ("decimal_comma_noheader.csv", "semicolon", "comma", False, 60, 4),
    ("whitespace.data", "blanks", "dot", False, 60, 4),
    ("savetxt_default.txt", "blanks", "dot", False, 60, 4),
    ("trailing_sep.csv", "semicolon", "dot", True, 60, 4),
    ("latin1.csv", "comma", "dot", True, 60, 3),
    ("utf16.csv", "tab", "dot", True, 60, 3),
    ("quoted_comma.csv", "comma", "dot", True, 60, 3),
    ("r_table.txt", "comma", "dot", True, 150, 4),
    ("thousands.csv", "comma", "dot", True, 50, 2),
    ("comment_lines.csv", "comma", "dot", True, 60, 4),
    ("series_one_column.csv", "comma", "dot", True, 48, 1),
])  # fmt: skip
def test_layout_is_found(file, delimiter, decimal, header, rows, columns):
    plan = plan_of(str(FILES / file))
    assert (plan.delimiter, plan.decimal, plan.header) == (delimiter, decimal, header)
    assert (plan.rows, len(plan.columns)) == (rows, columns)
    assert all(column.warning == "" for column in plan.columns)


@pytest.mark.parametrize("file", sorted(FILES.iterdir()), ids=lambda path: path.name)
def test_every_file_has_a_label_and_says_why_of_every_column(file):
    plan = plan_of(str(file))
    assert len(plan.having(ColumnRole.LABEL)) == 1
    assert all(column.reason for column in plan.columns)


def test_names_in_the_last_comment_are_the_header():
    plan = plan_of(str(FILES / "savetxt_header.csv"))
    assert names(plan, ColumnRole.FEATURE) == ["a", "b", "c"]
    assert plan.comments == 1


def test_letters_of_latin_1_are_read():
    assert names(plan_of(str(FILES / "latin1.csv")), ColumnRole.FEATURE) == ["größe", "länge"]


@pytest.mark.parametrize("file", ["pandas_index.csv", "id_column.csv", "r_table.txt"])
def test_a_row_number_is_left_out_and_said(file):
    (left,) = plan_of(str(FILES / file)).having(ColumnRole.LEFT_OUT)
    assert left.index == 0
    assert left.reason == "counts the rows"


def test_numbers_from_minus_100_up_are_a_feature():
    assert names(plan_of(str(FILES / "x3.csv")), ColumnRole.FEATURE) == ["x"]


def test_dates_and_constants_are_left_out(tmp_path):
    rows = "".join(f"2020-01-{day:02},5,{day * 7 % 11},{'ab'[day % 2]}\n" for day in range(1, 29))
    plan = plan_for(tmp_path, "when,same,a,y\n" + rows)
    reasons = {column.name: column.reason for column in plan.having(ColumnRole.LEFT_OUT)}
    assert reasons == {"when": "is a date", "same": "has the same value in every row"}


def test_a_feature_that_follows_the_sorted_label_is_warned_of(tmp_path):
    rows = "".join(f"{row * 3 + 40},{row * 7 % 11},{'ab'[row // 20]}\n" for row in range(40))
    plan = plan_for(tmp_path, "t,a,y\n" + rows)
    (warning,) = plan.warnings
    assert warning.startswith("t: ")
    assert "t" in names(plan, ColumnRole.FEATURE)


@pytest.mark.parametrize("file", sorted(FILES.glob("missing_[!l]*")), ids=lambda path: path.name)
def test_missing_values_are_counted_in_all_guises(file):
    counts = {column.name: column.missing for column in plan_of(str(file)).columns}
    assert counts == {"a": 0, "b": 1, "c": 0, "y": 0}


def test_a_number_far_from_all_else_is_asked_about_and_can_be_missing(tmp_path):
    rows = "".join(f"{row % 7}.5,{row * 7 % 11},{'ab'[row % 2]}\n" for row in range(40))
    text = "a,b,y\n-999,3,a\n" + rows
    (warning,) = plan_for(tmp_path, text).warnings
    assert '"-999"' in warning
    assert plan_for(tmp_path, text, missing_values="-999").columns[0].missing == 1


def test_label_is_found_by_its_name_wherever_it_is():
    assert names(plan_of(str(FILES / "label_first_header.csv")), ColumnRole.LABEL) == ["label"]


def test_several_labels_are_chosen_by_name_or_number():
    for label in ("heat,cool", "4, 5", "heat,5"):
        plan = plan_of(str(FILES / "two_targets.csv"), TableChoices(label=label))
        assert names(plan, ColumnRole.LABEL) == ["heat", "cool"]
        assert names(plan, ColumnRole.FEATURE) == ["x1", "x2", "x3"]
        assert plan.task == "numbers"


def test_a_name_with_a_comma_is_chosen_as_it_is():
    plan = plan_of(str(FILES / "quoted_comma.csv"), TableChoices(columns="size, cm"))
    assert names(plan, ColumnRole.FEATURE) == ["size, cm"]
    assert names(plan, ColumnRole.LEFT_OUT) == ["mass, g"]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_packed_files_are_read(tmp_path, pack):
    plan = plan_for(tmp_path, pack(b"a,b,y\n1,2,p\n3,5,q\n4,4,p\n"))
    assert plan.rows == 3
    assert plan.compression != "none"


def test_a_zip_with_one_file_is_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("inner.csv", "a,b,y\n1,2,p\n3,5,q\n4,4,p\n")
    assert plan_of(str(tmp_path / "x.zip")).rows == 3


def test_title_separator_line_and_notes_are_left_out(tmp_path):
    plan = plan_for(
        tmp_path, "sep=;\nYields of 2019\na;b;y\n1,5;2;p\n3,5;5;q\n4;4;p\nTotal;11;\nSource: me\n"
    )
    assert (plan.skipped, plan.footers, plan.rows) == (2, 2, 3)
    assert plan.columns[0].high == 4.0


def test_thousands_are_one_number():
    assert plan_of(str(FILES / "thousands.csv")).columns[1].high > 1e6


@pytest.mark.parametrize(("content", "says"), [
    ("a,b,y\n1,2,p\n3,4\n5,6,q\n", "line 3 has 2"),
    ('a,b,y\n1,2,p\n"3,4,q\n5,6,q\n', "line 3"),
    (b"a,b\n1,2\n\0\0,3\n", "binary"),
    ("a,y\n", "at least 2 samples"),
])  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(tmp_path, content, says):
    with pytest.raises(SpecError, match=says):
        plan_for(tmp_path, content)


def test_an_unknown_column_is_refused_with_those_there_are():
    with pytest.raises(SpecError, match=r"data\.label = z.*x1, x2, x3, heat, cool"):
        plan_of(str(FILES / "two_targets.csv"), TableChoices(label="z"))


def test_a_file_of_many_blocks_is_read_whole(tmp_path):
    table = np.random.default_rng(0).normal(size=(20_000, 6))
    np.savetxt(tmp_path / "x.csv", table, delimiter=",", header="a,b,c,d,e,f", comments="")
    assert plan_of(str(tmp_path / "x.csv")).rows == 20_000


def test_dates_with_blanks_in_them_do_not_separate_cells(tmp_path):
    lines = [f"MSFT,Jan {day} 2000,{day}.81" for day in range(1, 12)]
    file = tmp_path / "stocks.csv"
    file.write_text("symbol,date,price\n" + "\n".join(lines), "utf-8")
    assert [column.name for column in plan_of(str(file)).columns] == ["symbol", "date", "price"]


def test_quoted_cells_without_blanks_between_them_are_one_word(tmp_path):
    file = tmp_path / "quoted.csv"
    file.write_text('"","y","ap"\n' + '"1","y","p"\n"2","n","a"\n' * 5, "utf-8")
    assert len(plan_of(str(file)).columns) == 3


def test_figures_about_a_table_above_it_are_no_names(tmp_path):
    file = tmp_path / "wine.csv"
    file.write_text("4,2,a,b\n" + "1,2.5,3,4,5,6,7,8,0\n2,1.5,9,4,1,6,2,8,1\n" * 2, "utf-8")
    plan = plan_of(str(file))
    assert (plan.skipped, plan.rows, len(plan.columns)) == (1, 4, 9)


def test_a_date_is_no_label_where_a_number_stands_beside_it(tmp_path):
    file = tmp_path / "temps.csv"
    lines = [f"{day / 3:.2f},2010-01-{day:02}" for day in range(1, 20)]
    file.write_text("temp,date\n" + "\n".join(lines), "utf-8")
    (label,) = plan_of(str(file)).having(ColumnRole.LABEL)
    assert label.name == "temp"


def table(head: str, row: str) -> str:
    """40 rows by a pattern: {k} counts, {a} and {b} vary, {y} is a class."""
    rows = [row.format(k=k, a=k * 7 % 11, b=k % 5, y="xy"[k % 2]) for k in range(1, 41)]
    return "\n".join([*([head] if head else []), *rows]) + "\n"


@pytest.mark.parametrize(("content", "delimiter", "decimal", "thousands"), [
    (table("a;b;y", "{a}.1{k:02}.200,{k:02};{b},5;{y}"), "semicolon", "comma", "dot"),
    (table("a;b;y", "1'1{k:02};{b}.5;{y}"), "semicolon", "dot", "apostrophe"),
    (table("a;b;y", "1\u00a01{k:02};{b},5;{y}"), "semicolon", "comma", "blank"),
    (table("a,b,y", '"{a},15","{b},2",{y}'), "comma", "comma", "none"),
    (table("a b y", "{a}.1   {b} {y}"), "blanks", "dot", "none"),
    (table("a, b, y", "{a}.1%, ${b}, {y}"), "comma", "dot", "none"),
    (table("a,b,y", "−{a}.1,{b},{y}"), "comma", "dot", "none"),
    (table("a,b,y", "{a}.1,{b},{y}").encode("utf-16-le"), "comma", "dot", "none"),
])  # fmt: skip
def test_numbers_are_read_as_people_write_them(tmp_path, content, delimiter, decimal, thousands):
    plan = plan_for(tmp_path, content)
    assert (plan.delimiter, plan.decimal, plan.thousands) == (delimiter, decimal, thousands)
    assert names(plan, ColumnRole.FEATURE) == ["a", "b"]
    assert all(column.low is not None for column in plan.having(ColumnRole.FEATURE))


@pytest.mark.parametrize(("head", "row"), [
    ("uid,a,b,y", "u{k:05},{a}.1,{b},{y}"),
    ("CustomerId,a,b,y", "9{k}7,{a}.1,{b},{y}"),
    ("when,a,b,y", "2020-03-0{b},{a}.1,{b},{y}"),
    ("note,a,b,y", '"two\nlines {k}",{a}.1,{b},{y}'),
    ("empty,a,b,y", ",{a}.1,{b},{y}"),
])  # fmt: skip
def test_what_names_rows_or_says_nothing_is_no_feature(tmp_path, head, row):
    plan = plan_for(tmp_path, table(head, row))
    assert names(plan, ColumnRole.FEATURE) == ["a", "b"]
    assert plan.columns[0].role is ColumnRole.LEFT_OUT


def runs(lengths: list[int], labels: str) -> str:
    """A table in long form: sequences, their rows counted from 1, a value, a label for each."""
    lines = ["who,t,value,label"]
    for who, (length, label) in enumerate(zip(lengths, labels, strict=True)):
        lines += [f"{who},{t},{(7 * t + who) % 5}.5,{label}" for t in range(1, length + 1)]
    return "\n".join(lines)


def test_rows_that_are_counted_anew_under_one_label_are_sequences(tmp_path):
    plan = plan_for(tmp_path, runs([3, 5, 2, 4], "abab"))
    assert names(plan, ColumnRole.GROUP) == ["who"]
    assert names(plan, ColumnRole.FEATURE) == ["value"]
    assert names(plan, ColumnRole.LABEL) == ["label"]


def test_blocks_of_an_experiment_are_no_sequences(tmp_path):
    lines = [
        f"{block},{plot},{(3 * plot + block) % 7}.5" for block in range(6) for plot in range(4)
    ]
    plan = plan_for(tmp_path, "block,plot,crop\n" + "\n".join(lines))
    assert not names(plan, ColumnRole.GROUP)


def test_columns_that_are_named_are_no_sequences(tmp_path):
    plan = plan_for(tmp_path, runs([3, 5, 2, 4], "abab"), columns="who,t,value")
    assert not names(plan, ColumnRole.GROUP)


def test_lines_at_the_start_can_be_left_out(tmp_path):
    text = 'a report, of "1,2\nstill, of, it\na,b\n' + "1,2\n3,4\n" * 10
    assert plan_for(tmp_path, text, skip=2).rows == 20


def test_more_words_can_be_categories(tmp_path):
    rows = [f"{at % 2}.5,word{at % 25},{'yn'[at % 2]}" for at in range(100)]
    text = "x,many,y\n" + "\n".join(rows)
    assert names(plan_for(tmp_path, text), ColumnRole.FEATURE) == ["x"]
    assert names(plan_for(tmp_path, text, max_categories=25), ColumnRole.FEATURE) == ["x", "many"]


def test_a_label_whose_rows_are_counted_stays_the_label(tmp_path):
    lines = [f"{at},{(3 * at) % 7}.5,{label}" for label in "abcde" for at in range(8)]
    plan = plan_for(tmp_path, "step,value,species\n" + "\n".join(lines))
    assert names(plan, ColumnRole.LABEL) == ["species"]
    assert names(plan, ColumnRole.FEATURE) == ["value"]


def test_the_first_rows_are_planned_without_the_others(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("a,b\n" + "1.5,x\n2.5,y\n" * 300 + "1,2,3\n")
    file = TableFile(str(path))
    assert file.plan(TableChoices(), rows=50)[0].rows == 50
    with pytest.raises(SpecError, match="line 602"):
        file.plan(TableChoices())


def test_a_file_that_has_changed_is_read_again(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("a,b\n" + "1.5,x\n2.5,y\n" * 10)
    file = TableFile(str(path))
    assert file.plan(TableChoices())[0].rows == 20
    path.write_text("a,b\n" + "1.5,x\n2.5,y\n" * 30)
    assert file.plan(TableChoices())[0].rows == 60
    assert file.plan(TableChoices(label="a"))[0].having(ColumnRole.LABEL)[0].name == "a"
