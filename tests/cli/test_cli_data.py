"""Files of data on the command line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vgsim.cli.main import main

TABLES = Path(__file__).parents[1] / "data" / "tables"


def _said(capsys, *words: str) -> str:
    assert main(words) == 0
    return capsys.readouterr().out


def test_data_says_what_each_column_is_and_why(capsys):
    text = _said(capsys, "data", str(TABLES / "pandas_index.csv"))
    assert "delimiter comma" in text
    assert "left out" in text and "counts the rows" in text
    assert "label (classes)" in text
    assert "line 2: 0 | -0.054 | 1.325 | a" in text


def test_data_is_read_as_was_chosen(capsys):
    words = ["data", str(TABLES / "two_targets.csv"), "--set", "data.label=heat,cool"]
    assert _said(capsys, *words).count("label (numbers)") == 2


def test_data_counts_what_is_missing(capsys):
    assert "2 % missing" in _said(capsys, "data", str(TABLES / "missing_q.csv"))


@pytest.mark.parametrize(("file", "says"), [("id_column.csv", "accuracy"), ("x3.csv", "J ")])
def test_a_file_of_data_is_trained_on_as_it_is(capsys, file, says):
    assert says in _said(capsys, "run", str(TABLES / file), "--steps", "2")


def test_what_is_wrong_with_data_is_one_line(capsys, tmp_path):
    (tmp_path / "x.csv").write_text("a,b,y\n1,2,p\n3,4\n5,6,q\n")
    for command in ("data", "run"):
        assert main([command, str(tmp_path / "x.csv")]) == 2
        err = capsys.readouterr().err
        assert err.count("\n") == 1 and "line 3 has 2" in err


def test_arrays_of_ones_own_are_no_export_of_vgsim(capsys, tmp_path):
    file = tmp_path / "mine.npz"
    rng = np.random.default_rng(0)
    np.savez(file, x=rng.normal(size=(40, 3)), y=rng.integers(0, 2, 40))
    assert "accuracy" in _said(capsys, "run", str(file), "--steps", "2")


def test_run_and_why_tell_the_same_error_of_a_step(capsys):
    path = str(TABLES / "price_raw.csv")
    told = []
    for command in (["run"], ["why", "--no-effects"]):
        assert main([*command, path, "--steps", "5"]) == 0
        lines = capsys.readouterr().out.splitlines()
        told.append([line for line in lines if line.startswith("typical error")])
    assert told[0] == told[1] and "(price) held out" in told[0][0]
