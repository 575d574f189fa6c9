"""Tables: what NumPy, csv, json and pandas read again."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vgsim.export.formats.csv import save_csv
from vgsim.export.formats.jsonl import save_jsonl
from vgsim.export.formats.npz import save_npz
from vgsim.export.table import Table, tabbed

SAVES = {"csv": save_csv, "npz": save_npz, "jsonl": save_jsonl}


def table(meta=None) -> Table:
    """Numbers, truths and text, with what is hard to write."""
    columns = {
        "step": np.array([0, 1, 2]), "RMS ∂J/∂h, last": np.array([0.1 + 0.2, np.nan, -np.inf]),
        "file": np.array(["a,b", 'c"d', "e\nf"]), "reached": np.array([True, False, True]),
    }  # fmt: skip
    return Table(columns, meta or {})


@given(st.lists(st.floats(), min_size=1, max_size=40))
def test_every_digit_comes_back(tmp_path_factory, numbers):
    path = tmp_path_factory.mktemp("table")
    made = Table({"x": np.array(numbers)})
    save_csv(made, path / "x.csv")
    assert np.array_equal(np.loadtxt(path / "x.csv", skiprows=1, ndmin=1), numbers, equal_nan=True)
    save_jsonl(made, path / "x.jsonl")
    read = [json.loads(line)["x"] for line in (path / "x.jsonl").read_text().splitlines()]
    back = [np.nan if value is None else value for value in read]
    assert np.array_equal(np.array(back, float), numbers, equal_nan=True)


@pytest.mark.parametrize("separator", [",", "\t"])
def test_rows_are_those_that_csv_reads(separator, tmp_path):
    save_csv(table(), tmp_path / "x.csv")
    text = (tmp_path / "x.csv").read_text() if separator == "," else tabbed(table())
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    assert rows[0] == list(table().columns) and len(rows) == 4
    assert rows[1] == ["0", "0.30000000000000004", "a,b", "True"]
    assert rows[3] == ["2", "-inf", "e\nf", "True"]


def test_json_lines_are_json_without_nan(tmp_path):
    save_jsonl(table(), tmp_path / "x.jsonl")
    lines = (tmp_path / "x.jsonl").read_text().splitlines()
    assert "NaN" not in "".join(lines) and "Infinity" not in "".join(lines)
    row = json.loads(lines[2])
    assert row == {"step": 2, "RMS ∂J/∂h, last": -np.inf, "file": "e\nf", "reached": True}


def test_npz_keeps_types_and_any_name(tmp_path):
    save_npz(table({"seed": "7"}), tmp_path / "x.npz")
    with np.load(tmp_path / "x.npz") as read:
        assert set(read.files) == {*table().columns, "meta"}
        for name, column in table().columns.items():
            assert read[name].dtype == column.dtype
            assert np.array_equal(read[name], column, equal_nan=column.dtype.kind == "f")
        assert json.loads(str(read["meta"])) == {"seed": "7"}


def test_meta_goes_where_there_is_a_place_for_it(tmp_path):
    meta = {"experiment": "two\nlines", "seed": "7"}
    save_csv(table(meta), tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_text().startswith("# experiment: two lines\n# seed: 7\nstep,")
    save_jsonl(table(meta), tmp_path / "x.jsonl")
    first = (tmp_path / "x.jsonl").read_text().splitlines()[0]
    assert json.loads(first) == {"meta": meta}
    assert tabbed(table(meta)) == tabbed(table())


def test_pandas_reads_the_csv(tmp_path):
    pandas = pytest.importorskip("pandas")
    save_csv(table({"seed": "7"}), tmp_path / "x.csv")
    read = pandas.read_csv(tmp_path / "x.csv", comment="#")
    assert list(read["file"]) == list(table().columns["file"]) and read["step"].sum() == 3


@pytest.mark.parametrize(
    "columns",
    [
        {}, {"a": np.zeros(2), "b": np.zeros(3)}, {"a": np.zeros((2, 2))}, {"a": np.float64(1)},
        {"meta": np.zeros(2)},
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused(columns):
    with pytest.raises(ValueError, match="columns of one length"):
        Table(columns)


@pytest.mark.parametrize("kind", SAVES)
def test_a_failure_in_the_middle_leaves_the_old_file(kind, tmp_path, monkeypatch):
    path = tmp_path / "x"
    path.write_text("old")
    broken = Table({"a": np.array([1.0]), "b": np.array([object()])})
    with pytest.raises((TypeError, ValueError)):
        SAVES[kind](broken, path) if kind != "csv" else save_csv(Table({"a": Unprintable()}), path)
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


class Unprintable:
    """A column that fails when it is read."""

    shape = (3,)

    def __array__(self, *_args: object, **_more: object) -> np.ndarray:
        raise TypeError("no numbers")


@pytest.mark.parametrize("kind", SAVES)
def test_an_empty_table_has_a_head(kind, tmp_path):
    SAVES[kind](Table({"a": np.zeros(0)}), tmp_path / "x")
    assert (tmp_path / "x").exists()
    assert tabbed(Table({"a": np.zeros(0)})) == "a\n"
