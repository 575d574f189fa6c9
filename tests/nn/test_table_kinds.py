"""Tables as they are found: each kind is read right, or says what to do."""

from __future__ import annotations

import io
import lzma
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.specs import small
from vgsim.core.errors import SpecError
from vgsim.nn.datasets import DATASETS
from vgsim.nn.datasets.tables import ColumnRole, TableChoices, TablePlan, plan_of

ROWS = 12
NUMBERS = [1.5, 2.25, 0.5, 3.75, 2.5, 1.25, 0.75, 4.5, 3.25, 2.75, 1.75, 0.25]


def planned(folder: Path, content: str | bytes, **choices) -> TablePlan:
    path = folder / "t.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return plan_of(str(path), TableChoices(**choices))


def table(head: str, row: str, rows: int = ROWS) -> str:
    """Lines from a pattern of the number, the row from 0, a word that is sorted."""
    lines = [
        row.format(n=NUMBERS[i % ROWS], i=i, w="ab"[i >= rows // 2], d=f"{i % 28 + 1:02d}")
        for i in range(rows)
    ]
    return "\n".join([head, *lines]) + "\n"


def features(plan: TablePlan) -> list[str]:
    return [column.name for column in plan.having(ColumnRole.FEATURE)]


@pytest.mark.parametrize("cell", [
    "2020-W{d}", "2020W{d}", "Q1 20{d}", "2020-Q1", "2020M{d}", "{d} mars 2020", "{d}. März 2020",
    "{d} de mayo de 2020", "Mar-{d}", "{d}-Mar", "Mon Mar {d} 10:00:00 2020", "00:{d}:01.5",
    '"Sat, {d} Mar 2020 10:00:00 GMT"', '"March {d}, 2020"', "202003{d}", "15782688{d}",
    "15782688{d}000", "2020/03/{d} 10:15", "03/{d}/2020 10:15:00 PM",
])  # fmt: skip
def test_dates_and_times_are_no_features(tmp_path, cell):
    assert features(planned(tmp_path, table("when,a,y", cell + ",{n},{w}"))) == ["a"]


@pytest.mark.parametrize(("head", "cell"), [
    ("Unnamed: 0.1", "{i}7"), ("level_0", "1{i:02d}"), ("nummer", "1{i:02d}"), ("n", "1{i:02d}"),
    ("zzz", "6f9619ff-8b86-d011-b42d-00cf4fc9{i:04x}"), ("code", "{i:05d}"),
])  # fmt: skip
def test_row_numbers_and_ids_of_any_name_are_no_features(tmp_path, head, cell):
    assert features(planned(tmp_path, table(f"{head},a,y", cell + ",{n},{w}"))) == ["a"]


@pytest.mark.parametrize(("cell", "low"), [
    ("{n}D+00", 0.25), ("{n} kg", 0.25), ("{n}mm", 0.25), ("EUR {n}", 0.25), ("{n} USD", 0.25),
    ("${n}", 0.25), ("£ {n}", 0.25), ("{n} €", 0.25), ("({n})", -4.5), ("{n}-", -4.5),
    ('"=""{n}"""', 0.25), ("{n} %", 0.25),
])  # fmt: skip
def test_what_stands_around_numbers_is_no_hindrance(tmp_path, cell, low):
    found = planned(tmp_path, table("a,v,y", "{n}," + cell + ",{w}")).columns[1]
    assert (found.low, found.role) == (low, ColumnRole.FEATURE)


@pytest.mark.parametrize(("cell", "value"), [
    ("1,23,45{i}", 1_234_50), ("2\u20091{d},5", 2101.5), ("'3.1{d}.00{i}'", None),
])  # fmt: skip
def test_thousands_of_other_countries(tmp_path, cell, value):
    text = table("a;v;y", "{i};" + cell.replace("'", "") + ";{w}", rows=9)
    found = planned(tmp_path, text).columns[1]
    assert found.low == (3_101_000 if value is None else value)


@pytest.mark.parametrize(
    "mark", ["N.A.", "#DIV/0!", "\\N", "---", "-1.#IND", "unknown", "*", "k.A."]
)
def test_marks_of_no_value_among_numbers(tmp_path, mark):
    found = planned(tmp_path, table("a,b,y", "{n},{n},{w}") + f"1,{mark},a\n").columns[1]
    assert (found.missing, found.role) == (1, ColumnRole.FEATURE)


@pytest.mark.parametrize("words", [("None", "Mild"), ("+", "-"), ("none", "late")])
def test_words_that_are_classes_are_not_missing(tmp_path, words):
    text = "".join(f"{n},{words[i % 2]}\n" for i, n in enumerate(NUMBERS))
    label = planned(tmp_path, "a,y\n" + text).columns[1]
    assert (label.missing, set(label.categories)) == (0, set(words))


def test_a_word_among_numbers_is_told(tmp_path):
    left = planned(tmp_path, table("a,b,y", "{n},{i}.5,{w}", 40) + "1,1o.5,a\n").columns[1]
    assert "1o.5" in left.reason


@pytest.mark.parametrize("words", [("ja", "nein"), ("Oui", "non"), ("Y", "N"), ("on", "OFF")])
def test_yes_and_no_of_other_languages_are_one_and_zero(tmp_path, words):
    text = "".join(f"{n},{words[i % 2]},{i % 3}\n" for i, n in enumerate(NUMBERS))
    (tmp_path / "t.csv").write_text("a,flag,y\n" + text)
    spec = small(data__dataset="csv", data__path=str(tmp_path / "t.csv")).data
    x = DATASETS["csv"](spec, np.random.default_rng(0)).x
    assert x[:, 1].tolist() == [1 - i % 2 for i in range(ROWS)]


def test_true_in_any_case_is_one_word(tmp_path):
    text = "".join(
        f"{n},{('True', 'TRUE', 'false')[i % 3]},{i % 2}\n" for i, n in enumerate(NUMBERS)
    )
    assert planned(tmp_path, "a,flag,y\n" + text).columns[1].distinct == 2


@pytest.mark.parametrize(("head", "names"), [
    ("a,b,y\nm,kg,", ["a m", "b kg", "y"]), 
    (",price,price\n,low,high", ["", "price low", "price high"]),
    ("a,b,y\n[m],[kg],x", ["a [m]", "b [kg]", "y x"]), ("0,1,2", ["0", "1", "2"]),
    ("land,1990,1991", ["land", "1990", "1991"]), (",,y", ["", "", "y"]),
    ("Price,Close,High\nTicker,XX,XX\nDate,,", ["Price Ticker Date", "Close XX", "High XX"]),
])  # fmt: skip
def test_lines_that_name_the_columns(tmp_path, head, names):
    word = "{w}" if head.startswith(("a,", "0", ",,")) else "{n}"
    first = {"land": "L{i}", "Pric": "2020-01-{d}"}.get(head[:4], "{n}")
    found = planned(tmp_path, table(head, first + ",{n}," + word))
    assert [column.name for column in found.columns] == names
    assert found.rows == ROWS


@pytest.mark.parametrize("footer", [
    "Mean,2.1,\nStd,1.2,\n", "Summe,3,x\n", "\nSource: somewhere, 2020\n", "* preliminary,,\n",
    ",,\n,,\n", "(12 rows)\n", "# end\n",
])  # fmt: skip
def test_what_stands_behind_a_table_is_no_row_and_spoils_no_column(tmp_path, footer):
    found = planned(tmp_path, table("a,b,y", "{n},{n},{w}") + footer)
    assert (found.rows, features(found)) == (ROWS, ["a", "b"])


def test_a_total_within_a_table_is_a_row(tmp_path):
    text = "name,b,y\n" + "".join(
        f"{'Total' if i == 3 else 'x'},{n},{i % 2}\n" for i, n in enumerate(NUMBERS)
    )
    assert planned(tmp_path, text).rows == ROWS


def lines(pattern: str) -> str:
    return "".join(pattern.format(n=n, w="uv"[i % 2]) + "\n" for i, n in enumerate(NUMBERS))


@pytest.mark.parametrize("text", [
    "| a | b | y |\n|---|:--|---|\n" + lines("| {n} | {n} | {w} |"),
    " a | b | y\n---+---+---\n" + lines(" {n} | {n} | {w}"),
    "a^b^y\n" + lines("{n}^{n}^{w}"),
    "a:b:y\n" + lines("{n}:{n}:{w}"),
    "".join(f"# note {i}\n" for i in range(60)) + table("a,b,y", "{n},{n},{w}"),
])  # fmt: skip
def test_tables_for_people_and_rare_delimiters(tmp_path, text):
    found = planned(tmp_path, text)
    assert (found.rows, features(found)) == (ROWS, ["a", "b"])


@pytest.mark.parametrize(("content", "says"), [
    (b"\x28\xb5\x2f\xfd" + bytes(9), "zstd"), (b"PAR1" + bytes(9), "Parquet"),
    (b"<!DOCTYPE html>\n<p>", "web page"), (b'[{"a": 1}]', "JSON"), (b"\x89HDF" + bytes(9), "HDF5"),
    (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS"), (bytes(257) + b"ustar", "tar"),
    (b"+1 1:0.5 3:2\n-1 2:1\n+1 1:1\n", "libsvm"), (b"\xd0\xcf\x11\xe0" + bytes(9), "Excel"),
])  # fmt: skip
def test_what_is_no_table_is_called_by_its_name(tmp_path, content, says):
    with pytest.raises(SpecError, match=says):
        planned(tmp_path, content)


def test_a_zip_with_hidden_files_or_a_readme_holds_one_table(tmp_path):
    for other in ("__MACOSX/._t.csv", "README.md"):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("d/t.csv", table("a,y", "{n},{w}"))
            archive.writestr(other, "x")
        assert planned(tmp_path, packed.getvalue()).rows == ROWS


def test_a_zip_with_two_tables_names_them(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("train.csv", "a,y\n")
        archive.writestr("test.csv", "a,y\n")
    with pytest.raises(SpecError, match=r"train\.csv, test\.csv"):
        planned(tmp_path, packed.getvalue())


def test_lzma_and_utf_32_are_read(tmp_path):
    text = table("a,y", "{n},{w}")
    assert planned(tmp_path, lzma.compress(text.encode(), lzma.FORMAT_ALONE)).rows == ROWS
    assert planned(tmp_path, text.encode("utf-32")).rows == ROWS


def test_lines_of_sequences_are_seen(tmp_path):
    text = "seq,t,v,y\n" + "".join(
        f"{s},{t},{NUMBERS[t + s]},{'ud'[s % 2]}\n" for s in range(5) for t in range(3 + s % 3)
    )
    found = planned(tmp_path, text)
    assert features(found) == ["v"]
    assert [column.name for column in found.having(ColumnRole.GROUP)] == ["seq"]


@pytest.mark.parametrize("value", ["-999.99", "1e20", "-32768"])
def test_any_repeated_number_far_from_all_else_is_asked_about(tmp_path, value):
    text = table("a,b,y", "{n},{n},{w}") + 3 * f"1,{value},a\n"
    assert planned(tmp_path, text).warnings
    said = planned(tmp_path, text).warnings[0].split('"')[1]
    assert planned(tmp_path, text, missing_values=said).columns[1].missing == 3


def test_levels_of_a_planned_experiment_are_features(tmp_path):
    text = "a,b,y\n" + "".join(
        f"{i},{j},{NUMBERS[3 * i + j]}\n" for i in range(4) for j in range(3)
    )
    assert features(planned(tmp_path, text)) == ["a", "b"]


@pytest.mark.parametrize(("text", "missing"), [
    ("v\n1.5\n\n2.5\n3.5\n4.5\n\n\n", 1), ("v\n\n1.5\n2.5\n3.5\n4.5\n", 1),
    ("v\n\n1.5\n\n2.5\n\n3.5\n\n4.5\n", 0), ("1.5\n2.5\n\n3.5\n4.5\n", 1),
    ("# note\n\nv\n1.5\n2.5\n3.5\n4.5\n", 0), ('v\n1.5\n""\n2.5\n3.5\n4.5\n', 1),
])  # fmt: skip
def test_a_blank_line_in_one_column_is_a_missing_value(tmp_path, text, missing):
    found = planned(tmp_path, text)
    assert (found.rows, found.columns[0].missing) == (4 + missing, missing)


def test_a_blank_line_between_rows_of_several_columns_is_none(tmp_path):
    assert planned(tmp_path, table("a,b,y", "{n},{n},{w}").replace("\n", "\n\n", 5)).rows == ROWS


def test_blank_lines_between_titles_and_behind_a_table_are_counted(tmp_path):
    text = "Report\n\nof something\n\n" + table("a,b,y", "{n},{n},{w}")
    assert planned(tmp_path, text).rows == ROWS
    title = '"Data Source","World",\n\n"Last Updated","2020",\n\n'
    named = table("Country,1990,1991,1992", "L{i},{n},{n},{n}")
    assert planned(tmp_path, title + named).rows == ROWS
    assert planned(tmp_path, text + "\n\nend of it\n", footer=1).rows == ROWS


def test_a_lone_column_of_few_whole_numbers_is_a_series(tmp_path):
    text = "v\n" + "".join(f"{i % 5}\n" for i in range(30))
    assert planned(tmp_path, text).task == "numbers"
    assert planned(tmp_path, text, task="classes").task == "classes"
