"""The user's own series as windows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.specs import small
from vgsim.core.errors import SpecError
from vgsim.nn.datasets import DATASETS, Dataset
from vgsim.nn.datasets._series import carried_forward, series_by_guess, windows
from vgsim.nn.experiment import Experiment
from vgsim.nn.spec import DataSpec

CASES = Path(__file__).parents[1] / "data"


def read(path: Path, **choices: object) -> Dataset:
    spec = DataSpec("series", str(path), **{"length": 5, **choices})
    return DATASETS["series"](spec, np.random.default_rng(0))


def written(folder: Path, text: str) -> Path:
    (folder / "some.csv").write_text(text, "utf-8")
    return folder / "some.csv"


@given(
    rows=st.integers(20, 60), length=st.integers(1, 6), horizon=st.integers(1, 4),
    held=st.sampled_from([0.0, 0.3, 0.5]), seed=st.integers(0, 99),
)  # fmt: skip
def test_windows_predict_what_comes_and_share_no_row(rows, length, horizon, held, seed):
    table = np.random.default_rng(seed).permutation(rows * 2).astype(float).reshape(rows, 2)
    try:
        found = windows(table, [1], length, horizon, held)
    except SpecError:
        assert min(rows - round(held * rows), round(held * rows)) < length + horizon + 1
        return
    row_of = {value: at for at, row in enumerate(table) for value in row}
    x = found.x.reshape(len(found.x), length, 2)
    places = np.vectorize(row_of.get)(x[:, :, 0])
    assert np.array_equal(np.vectorize(row_of.get)(found.y[:, :, 0]), places + horizon)
    assert (np.diff(places, axis=1) == 1).all()
    cut = len(x) - found.held_out
    if found.held_out:
        assert places[:cut].max() + horizon < places[cut:].min()
    assert bool(found.held_out) == bool(held)


@pytest.mark.parametrize("name", ["dates", "series_one_column"])
def test_published_series_open_by_guess(name):
    data = read(CASES / f"{name}.csv")
    assert data.features == ("riders",) and data.classes == ()
    assert data.x[0].tolist()[:2] == [100, 117]
    assert data.y[0, 0] == data.x[0, 1]
    assert data.held_out > 0


@pytest.mark.parametrize(("kind", "at"), [("layers", "last"), ("gru", "every"), ("rnn", "last")])
def test_it_trains_and_the_end_is_held_out(kind, at):
    changes = {"network__kind": kind, "training__loss_at": at, "data__length": 6}
    made = Experiment(
        small(data__dataset="series", data__path=str(CASES / "dates.csv"), training__loss="mse",
              **changes)
    )  # fmt: skip
    made.run(3)
    assert np.isfinite(made.value)
    series = np.loadtxt(CASES / "series_one_column.csv", skiprows=1)
    raw = made.data.x_held * made.data.scale + made.data.mean
    assert set(np.round(raw).ravel()) <= set(series[-round(0.2 * len(series)) :])


def test_a_column_that_counts_the_rows_is_no_feature(tmp_path):
    rows = "\n".join(f"{at},{at * at % 7},{at % 5}" for at in range(1, 40))
    data = read(written(tmp_path, "year,a,b\n" + rows))
    assert data.features == ("a", "b")
    assert read(tmp_path / "some.csv", label="a").y.shape[2] == 1
    assert read(tmp_path / "some.csv", label="a, b").y.shape[2] == 2
    assert read(tmp_path / "some.csv", label="year").features == ("year", "a", "b")


@pytest.mark.parametrize(
    ("text", "choices", "says"),
    [
        ("a\n1\n", {}, "at least 2 samples"),
        ("a\nx\ny\n", {}, "a column of numbers; the file has none"),
        ("a,b\nx,2\ny,3\nx,1\n", {"label": "a"}, "a column of numbers, one of b"),
        ("a,b\n1,2\n1\n", {}, "2 columns on every line; line 3 has 1"),
        ("a\n1\n2\n5\nNA\n4\n3\n", {"missing": "refuse"}, "line 5, column a has no value"),
        ("a,b\n" + "1,2\n3,1\n" * 8, {"length": 40}, r"data\.length = 40: allowed is at most 11"),
        ("a,b\n" + "1,2\n3,1\n" * 8, {"label": "c"}, r"data\.label = c: .*: a, b"),
        ("a,b\n" + "1,2\n3,1\n" * 8, {"held_out": 0.3}, "the last 5 of 16 rows are held out"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, text, choices, says):
    with pytest.raises(SpecError, match=says):
        read(written(tmp_path, text), **choices)


@pytest.mark.parametrize(
    ("rows", "length", "held"), [(7, 5, 0), (20, 5, 1), (40, 6, 2), (400, 40, 40)]
)
def test_a_lone_column_gets_windows_in_both_parts_where_they_fit(rows, length, held):
    data = series_by_guess(np.arange(rows) ** 2.0, "riders", 0.2)
    assert (data.steps, data.held_out, data.features) == (length, held, ("riders",))
    assert len(data.x) > data.held_out


def test_a_gap_is_the_value_before_it():
    nan = np.nan
    table = np.array([[nan, 1, nan, nan, 2, nan], [3, nan, 4, nan, nan, nan]])
    assert carried_forward(table.T).T.tolist() == [[1, 1, 1, 1, 2, 2], [3, 3, 4, 4, 4, 4]]


@pytest.mark.parametrize("missing", ["drop", "refuse"])
@pytest.mark.parametrize("kind", ["series", "csv"])
def test_gaps_are_refused_by_choice(tmp_path, missing, kind):
    path = written(tmp_path, "a\n" + "".join(f"{at * at}\n" for at in range(40)) + "NA\n5\n")
    spec = DataSpec(kind, str(path), length=5)
    assert np.isfinite(DATASETS[kind](spec, np.random.default_rng(0)).x).all()
    with pytest.raises(SpecError, match=r"data\.missing = .*line 42, column a has no"):
        DATASETS[kind](replace(spec, missing=missing), np.random.default_rng(0))


@pytest.mark.parametrize("name", ["dates", "series_one_column"])
def test_a_table_with_one_column_of_numbers_opens_as_a_series(name):
    path = str(CASES / f"{name}.csv")
    data = DATASETS["csv"](DataSpec("csv", path), np.random.default_rng(0))
    assert data.features == ("riders",) and data.steps == 8
    assert data.held_out == 2 and np.array_equal(data.y[:, :-1, 0], data.x[:, 1:])


def test_words_are_no_series(tmp_path):
    path = written(tmp_path, "word\n" + "a\nb\n" * 20)
    with pytest.raises(SpecError):
        DATASETS["csv"](DataSpec("csv", str(path)), np.random.default_rng(0))
