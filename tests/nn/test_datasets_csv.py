"""The user's own CSV file."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vgsim.core.errors import Problem, SpecError
from vgsim.nn.datasets import DATASETS, Dataset
from vgsim.nn.filling import filled
from vgsim.nn.spec import DataSpec
from vgsim.nn.split import split


def load(path: object, label: str = "", group: str = "") -> Dataset:
    spec = DataSpec("csv", str(path), label=label, group=group)
    return DATASETS["csv"](spec, np.random.default_rng(0))


def read(folder: Path, content: str | bytes, label: str = "", group: str = "") -> Dataset:
    path = folder / "data.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return load(path, label, group)


def problem(folder: Path, content: str | bytes, label: str = "") -> Problem:
    with pytest.raises(SpecError) as caught:
        read(folder, content, label)
    (found,) = caught.value.problems
    assert "\n" not in str(found)
    return found


def test_text_in_the_last_column_is_classes(tmp_path: Path) -> None:
    data = read(tmp_path, "a,b,kind\n1,2,cat\n3,4.5,ant\n-1e2,0,cat\n")
    assert data.x.tolist() == [[1, 2], [3, 4.5], [-100, 0]]
    assert data.classes == ("ant", "cat")
    assert data.y.tolist() == [1, 0, 1]
    assert data.y.dtype == np.int64
    assert data.features == ("a", "b")


def test_few_whole_numbers_are_classes_in_order_of_value(tmp_path: Path) -> None:
    data = read(tmp_path, "5,10\n2,9\n3,10.0\n4,9\n")
    assert data.classes == ("9", "10")
    assert data.y.tolist() == [1, 0, 1, 0]
    assert data.features == ("x1",)


@pytest.mark.parametrize("labels", [(1, 2, 3, 1), (0.5, 1, 1, 0.5), [*range(21), *range(21)] * 2])
def test_other_numbers_are_numbers_to_predict(tmp_path: Path, labels: list[float]) -> None:
    data = read(tmp_path, "".join(f"{at % 3},{label}\n" for at, label in enumerate(labels)))
    assert data.classes == ()
    assert data.y.tolist() == [[label] for label in labels]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_separator_is_found(tmp_path: Path, delimiter: str) -> None:
    data = read(tmp_path, "1,2,a\n3,4,b\n".replace(",", delimiter))
    assert data.x.tolist() == [[1, 2], [3, 4]]


def test_separators_inside_quotes_do_not_count(tmp_path: Path) -> None:
    data = read(tmp_path, '"a,b,c,d";y\n1;p\n2;q\n')
    assert data.features == ("a,b,c,d",)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n"])
def test_every_line_end_is_read(tmp_path: Path, end: str) -> None:
    assert read(tmp_path, end.join(["1,a", "2,b", ""])).x.tolist() == [[1], [2]]


def test_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeffä,y\n1,a\n2,b\n").features == ("ä",)


@pytest.mark.parametrize("first", ["a,2,3", "1,2,y"])
def test_text_makes_the_first_line_a_header(tmp_path: Path, first: str) -> None:
    assert len(read(tmp_path, f"{first}\n1,2,3\n5,9,4\n1,2,3\n1,2,4\n").x) == 4


def test_text_above_text_in_the_label_column_is_a_sample(tmp_path: Path) -> None:
    assert len(read(tmp_path, "1,2,a\n3,4,b\n").x) == 2


@pytest.mark.parametrize("label", ["kind", "1", " kind "])
def test_label_column_by_name_or_number(tmp_path: Path, label: str) -> None:
    data = read(tmp_path, "kind,a,b\ncat,1,2\nant,3,4\n", label)
    assert data.classes == ("ant", "cat")
    assert data.features == ("a", "b")
    assert data.x.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("label", ["c", "0", "3", "99999999999", "x y"])
def test_unknown_label_column_is_refused_with_the_choices(tmp_path: Path, label: str) -> None:
    found = problem(tmp_path, "a,b\n1,2\n3,4\n", label)
    assert found.path == "data.label"
    assert found.value == label
    assert "1 to 2" in found.allowed
    assert "a, b" in found.allowed


def test_label_name_needs_a_header(tmp_path: Path) -> None:
    assert "no header" in problem(tmp_path, "1,2\n3,4\n", "y").allowed


def test_label_name_that_occurs_twice_is_refused(tmp_path: Path) -> None:
    assert problem(tmp_path, "a,a\n1,2\n3,4\n", "a").path == "data.label"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "empty"),
        ("\n\n", "at least 2 samples"),
        ("a,b\n1,2\n", "at least 2 samples"),
        ("1\n2\n", "features and a label"),
        ("1,2,a\n1,2\n", "3 columns on every line; line 2 has 2"),
        ("a,y\n1,p\n-inf,q\n", "line 3, column a has -inf"),
        ("a,y\n1,p\n1e101,q\n", "line 3, column a has 1e+101"),
        ("a,y\n1,1.5\n2,inf\n", "line 3, column y has inf"),
        ("a,y\n1,p\n2,\n", "1 of 2 rows have all values"),
        ("a,y\n1,p\n2,p\n", "at least 2 classes"),
        ("a,y\n" + "1,5\n2,5\n" * 9, "at least 2 classes"),
        ('a,y\n1,"p\n2,q\n', "line 2"),
        ("a,y\n" + "".join(f"{n % 7},name {n}\n" for n in range(30)), "labels repeat"),
        (
            "a,y\n" + "".join(f"{n % 7},{n}\n" for n in range(30)) + "1,x\n",
            "line 32, column y has x",
        ),
        (b"\0" * 5000, "this one is binary"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    tmp_path: Path, content: str | bytes, says: str
) -> None:
    found = problem(tmp_path, content)
    assert found.path == "data.path"
    assert says in found.allowed


@pytest.mark.parametrize("path", ["", "  ", "missing.csv", "~nobody/x.csv", ".", "a\0b", "x" * 999])
def test_path_that_names_no_file_is_refused(path: str) -> None:
    with pytest.raises(SpecError, match=r"data\.path"):
        load(path)


def test_home_folder_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.csv").write_text("1,a\n2,b\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert len(load("~/mine.csv").x) == 2


def test_path_starts_from_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.csv").write_text("1,a\n2,b\n")
    monkeypatch.chdir(tmp_path)
    assert len(load("mine.csv").x) == 2


def test_file_above_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(2 * 10**9 + 1)  # a hole: takes no space on disk
    with pytest.raises(SpecError, match="may have 2,000,000,000"):
        load(path)


def test_table_above_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vgsim.nn.datasets._files.MAX_NUMBERS", 5)
    assert "at most 5 numbers" in problem(tmp_path, "1,2,a\n3,4,b\n5,6,a\n").allowed


def test_endless_line_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vgsim.nn.datasets.tables.lines.MAX_LINE", 50)
    assert "line 2" in problem(tmp_path, "1,a\n" + "1" * 60).allowed


def test_more_columns_than_the_limit_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vgsim.nn.datasets.tables.plan.MAX_COLUMNS", 2)
    assert "2 columns; its first line has 3" in problem(tmp_path, "1,2,a\n3,4,b\n").allowed


@pytest.mark.skipif(os.name == "nt", reason="there are no pipes with a name")
def test_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SpecError, match="it is a pipe, not a regular file"):
        load(tmp_path / "pipe")


def check(folder: Path, content: bytes, label: str) -> None:
    try:
        data = read(folder, content, label)
    except SpecError as error:
        assert "\n" not in str(error)
    else:
        assert np.isfinite(data.x).all()
        assert len(data.x) == len(data.y) >= 2
        assert data.x.shape[1] == len(data.features)


@given(content=st.binary(max_size=300), label=st.sampled_from(["", "1", "a"]))
def test_any_bytes_give_a_dataset_or_a_spec_error(
    tmp_path: Path, content: bytes, label: str
) -> None:
    check(tmp_path, content, label)


@given(
    content=st.text("0123456789.-e,;\t\n\r\"'anif _NA?é\x00\u2028", max_size=80),
    label=st.sampled_from(["", "1", "2", "a"]),
)
def test_anything_like_a_table_gives_a_dataset_or_a_spec_error(
    tmp_path: Path, content: str, label: str
) -> None:
    check(tmp_path, content.encode(), label)


LONG = "who,a,b,kind\nann,1,2,x\nbob,5,6,y\nann,3,4,x\nbob,7,8,y\n"


@pytest.mark.parametrize(("group", "content"), [
    ("who", LONG),
    ("1", LONG),
    ("1", LONG.partition("\n")[2]),
    ("4", "a,b,kind,who\n1,2,x,ann\n5,6,y,bob\n3,4,x,ann\n7,8,y,bob\n"),
])  # fmt: skip
def test_lines_of_a_group_are_one_sequence(tmp_path: Path, group: str, content: str) -> None:
    data = read(tmp_path, content, group=group)
    assert data.x.tolist() == [[1, 2, 3, 4], [5, 6, 7, 8]] and data.steps == 2
    assert data.y.tolist() == [0, 1] and data.classes == ("x", "y") and len(data.features) == 2


@pytest.mark.parametrize(("group", "content", "message"), [
    ("whom", LONG, "or the name of one column"),
    ("kind", LONG, "at least 2 sequences|besides the label|all lines"),
    ("who", "who,a,kind\nann,1,x\nann,2,y\n", "at least 2 sequences"),
])  # fmt: skip
def test_groups_that_are_none_are_refused(tmp_path, group, content, message) -> None:
    with pytest.raises(SpecError, match=message):
        read(tmp_path, content, label="4" if group == "kind" else "", group=group)


def choose(path: Path, **choices: object) -> Dataset:
    return DATASETS["csv"](DataSpec("csv", str(path), **choices), np.random.default_rng(0))  # type: ignore[arg-type]


TABLES = Path(__file__).parents[1] / "data" / "tables"


def test_text_and_true_false_become_columns_of_0_and_1() -> None:
    data = choose(TABLES / "categorical.csv")
    assert data.features == ("fare", "age", "sex = female", "sex = male")
    assert data.x[:2, 2:].tolist() == [[0, 1], [1, 0]]
    flags = choose(TABLES / "boolean.csv")
    assert flags.features == ("a", "b", "flag")
    assert flags.x[:2, 2].tolist() == [1, 0]


def test_numbers_can_be_categories(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("zip,a,y\n10,1,p\n20,3,q\n10,2,q\n")
    data = choose(tmp_path / "x.csv", categories="zip")
    assert data.features == ("zip = 10", "zip = 20", "a")
    assert data.x[:, 0].tolist() == [1, 0, 1]


def test_several_labels_are_numbers() -> None:
    data = choose(TABLES / "two_targets.csv", label="heat,cool")
    assert data.y[0].tolist() == [3.18, 6.75]
    assert data.features == ("x1", "x2", "x3")


def test_whole_numbers_are_classes_or_numbers_by_choice() -> None:
    assert choose(TABLES / "imbalanced.csv").classes == ("0", "1")
    assert choose(TABLES / "imbalanced.csv", task="numbers").y.shape == (400, 1)


def test_missing_values_are_filled_by_the_training_part_alone(tmp_path: Path) -> None:
    rows = [f"{at % 9},{'' if at % 3 == 0 else 'uvw'[at % 2]},{'pq'[at % 2]}" for at in range(60)]
    rows[4] = ",u,p"
    (tmp_path / "x.csv").write_text("a,kind,y\n" + "\n".join(rows) + "\n")
    data = choose(tmp_path / "x.csv")
    parts = split(data, 0.5, False, np.random.default_rng(3))
    assert not np.isnan(parts.x_train).any()
    assert not np.isnan(parts.x_held).any()
    assert set(parts.x_train[:, 1:].sum(axis=1)) == {1.0}


def test_the_fill_is_the_median_and_the_most_frequent_category() -> None:
    nan = np.nan
    x = np.array([[1.0, 1, 0], [2, 0, 1], [9, 0, 1], [nan, nan, nan], [100, 1, 0]])
    data = Dataset(x, np.zeros(5), categories=((1, 3),))
    assert filled(data, np.arange(3)).x[3].tolist() == [2, 0, 1]


def test_rows_with_missing_values_are_dropped_marked_or_refused_by_choice() -> None:
    path = TABLES / "missing_na.csv"
    assert len(choose(path, missing="drop").x) == 59
    marked = choose(path, missing="fill and mark")
    assert marked.features == ("a", "b", "c", "b is missing")
    assert marked.x[:, 3].sum() == 1
    with pytest.raises(SpecError, match="line 19, column b has none"):
        choose(path, missing="refuse")


def test_a_row_without_a_label_is_dropped() -> None:
    assert len(choose(TABLES / "missing_label.csv").x) == 59


def test_nothing_but_row_numbers_says_what_to_choose(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("".join(f"{at},{at % 2}\n" for at in range(1, 20)))
    with pytest.raises(SpecError, match=r"data\.columns.*x1 counts the rows"):
        choose(tmp_path / "x.csv")
    assert choose(tmp_path / "x.csv", columns="1").features == ("x1",)
