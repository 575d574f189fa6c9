"""A recording is read as it was written: bit for bit, also nan, inf and what was not recorded."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vgsim import record
from vgsim.record.coding import ABSENT, absent

ANY = st.integers(0, 2**64 - 1).map(lambda bits: struct.unpack("<d", struct.pack("<Q", bits))[0])

SHAPES = hnp.array_shapes(max_dims=2, max_side=5, min_side=0)
TABLES = hnp.arrays(np.float64, SHAPES, elements=ANY)


def bits(values: np.ndarray) -> list[int]:
    return np.asarray(values, np.float64).view(np.uint64).ravel().tolist()


def three(path: Path, **options: object) -> record.Recording:
    run = record.Recording(path, **options)
    for name in ("a", "b", "c"):
        run.stage(name)
    return run


@settings(deadline=None, max_examples=40)
@given(hnp.arrays(np.float64, (4, 3), elements=ANY))
def test_every_float_comes_back_bit_for_bit(tmp_path_factory, values: np.ndarray) -> None:
    path = tmp_path_factory.mktemp("bits") / "run.vgrun"
    with three(path) as run:
        for step, row in enumerate(values):
            run.step(step, dh_rms=row, saturated=row, loss=row[0])
    found = record.read(path)
    assert bits(found["dh_rms"]) == bits(values)
    assert bits(found["saturated"]) == bits(values)
    assert bits(found["loss"]) == bits(values[:, 0])


def test_what_was_not_recorded_stays_apart_from_nan(tmp_path: Path) -> None:
    path = tmp_path / "run.vgrun"
    with three(path) as run:
        run.step(0, dh_rms={"a": np.nan, "c": 0.0})
        run.step(1, h_rms=[1.0, None, 2.0])
    found = record.read(path)
    assert found.recorded("dh_rms").tolist() == [[True, False, True], [False] * 3]
    assert found.at(1)["h_rms"][[0, 2]].tolist() == [1.0, 2.0]
    assert absent(found.at(1)["h_rms"]).tolist() == [False, True, False]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.none() | TABLES, min_size=3, max_size=3))
def test_tables_of_any_shape_come_back(tmp_path_factory, tables: list) -> None:
    path = tmp_path_factory.mktemp("tables") / "run.vgrun"
    with three(path) as run:
        run.step(7, dh_t=tables)
    for given_, found in zip(tables, record.read(path).at(7).tables("dh_t"), strict=True):
        if given_ is None:
            assert found is None
        else:
            assert found is not None and found.shape == np.atleast_2d(given_).shape
            assert bits(found) == bits(given_)


@settings(deadline=None, max_examples=30)
@given(hnp.arrays(np.int64, (3, record.BINS.size), elements=st.integers(0, 2**60), fill=st.just(0)))
def test_histograms_come_back(tmp_path_factory, counts: np.ndarray) -> None:
    path = tmp_path_factory.mktemp("counts") / "run.vgrun"
    with three(path) as run:
        run.step(0, dh_histogram=counts)
        run.step(1, dh_histogram={"b": counts[1]})
    found = record.read(path)
    assert (found.at(0)["dh_histogram"] == counts).all()
    assert (found.at(1)["dh_histogram"][1] == counts[1]).all()
    assert (found.at(1)["dh_histogram"][[0, 2]] == -1).all()


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(1e-45, 3.4e38), min_size=1, max_size=9))
def test_units_are_within_a_sixth_of_a_percent(tmp_path_factory, values: list[float]) -> None:
    path = tmp_path_factory.mktemp("units") / "run.vgrun"
    with three(path) as run:
        run.step(0, dh_units={"a": [0.0, np.inf, np.nan, ABSENT, *values]})
    (found,) = record.read(path).at(0).tables("dh_units")[0]
    assert found[0] == 0 and np.isposinf(found[1]) and np.isnan(found[2])
    assert absent(found[:4]).tolist() == [False, False, False, True]
    assert found[4:] == pytest.approx(values, rel=0.0016)


def test_units_of_a_network_in_float64_are_kept_exactly(tmp_path: Path) -> None:
    values = np.array([1e-300, np.pi, 0.0])
    with three(tmp_path / "run.vgrun", exact_units=True) as run:
        run.step(0, h_units={"b": values})
    found = record.read(tmp_path / "run.vgrun").at(0).tables("h_units")[1]
    assert found is not None and bits(found) == bits(values)


def test_stages_stand_in_the_order_of_execution_also_late_ones(tmp_path: Path) -> None:
    with record.Recording(tmp_path / "run.vgrun") as run:
        run.stage("a").stage("c", inputs=["a"]).step(0, dh_rms=[1, 3], dh_units=[[1.0], [3.0]])
        run.stage("b", before="c", inputs=["a"]).stage("c", inputs=["b"])
        run.step(1, dh_rms={"a": 1, "b": 2, "c": 3}, dh_units={"b": [2.0]})
    found = record.read(tmp_path / "run.vgrun")
    assert found.stages == ("a", "b", "c")
    assert found["dh_rms"][1].tolist() == [1, 2, 3]
    assert found.recorded("dh_rms")[0].tolist() == [True, False, True]
    assert [t is None for t in found.at(0).tables("dh_units")] == [False, True, False]
    assert [t is None for t in found.at(1).tables("dh_units")] == [True, False, True]
    assert set(found.edges) == {("a", "c"), ("a", "b"), ("b", "c")}


def test_what_was_declared_is_told(tmp_path: Path) -> None:
    with record.Recording(tmp_path / "run.vgrun", every=5, framework="mine 1") as run:
        run.module("net", "Block").stage("net.act (2)", module="net.act", call=2, kind="ReLU",
                                         shape=(4, 3), dtype="float16")  # fmt: skip
        run.parameter("net.w", stage="net.act (2)", shape=(3,), trained=False)
        run.group("decay").note("one half is frozen", step=0, stage="net.act (2)")
        run.step(0, learning_rate={"decay": 0.1})
    found = record.read(tmp_path / "run.vgrun")
    (stage,) = found.stage_list
    assert (stage.module, stage.call, stage.kind) == ("net.act", 2, "ReLU")
    assert (stage.parent, stage.shape, stage.dtype) == ("net", (4, 3), "float16")
    assert found.parameter_list[0].trained is False
    assert found.about["every"] == "5" and found.about["framework"] == "mine 1"
    assert found.notes[0].text == "one half is frozen" and found.modules == {"net": "Block"}
    assert found["learning_rate"].tolist() == [[0.1]]


def test_norms_and_ratios_follow_from_what_was_recorded(tmp_path: Path) -> None:
    with record.Recording(tmp_path / "run.vgrun") as run:
        run.stage("a").parameter("w", stage="a")
        run.step(0, dh_rms=[0.5], dh_size=[16], W_norm=[4.0], update_norm=[0.01])
    found = record.read(tmp_path / "run.vgrun")
    assert found["dh_norm"].tolist() == [[2.0]]
    assert found["update_ratio"].tolist() == [[0.0025]]


def test_a_figure_of_ones_own(tmp_path: Path) -> None:
    with three(tmp_path / "run.vgrun") as run:
        run.figure("kurtosis", "stage", "kurtosis of h").step(3, kurtosis=[3, 4, 5])
    found = record.read(tmp_path / "run.vgrun")
    assert found["kurtosis"].tolist() == [[3, 4, 5]]
    assert found.figures["kurtosis"].about == "kurtosis of h"


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ({"dh_rsm": [1, 2, 3]}, "no figure is called 'dh_rsm'"),
        ({"dh_rms": [1, 2]}, "3 are declared"),
        ({"dh_rms": {"d": 1}}, "nothing is declared as d"),
        ({"dh_histogram": [[1], None]}, "2 entries"),
        ({"dh_t": {"a": np.zeros((1, 1, 1))}}, "1 or 2 allowed"),
    ],
)
def test_wrong_use_is_a_sentence(tmp_path: Path, figures: dict, said: str) -> None:
    with three(tmp_path / "run.vgrun") as run, pytest.raises(record.RecordingError, match=said):
        run.step(0, **figures)


def test_a_step_that_is_too_much_is_refused_without_a_trace(tmp_path: Path) -> None:
    with three(tmp_path / "run.vgrun") as run:
        with pytest.raises(record.RecordingError):
            run.step(0, dh_rms=[1, 2, 3], h_rms=[1])
        run.step(1, dh_rms=[1, 2, 3])
    assert record.read(tmp_path / "run.vgrun").steps.tolist() == [1]


def test_rows_count_from_the_end_too(tmp_path: Path) -> None:
    with three(tmp_path / "run.vgrun") as run:
        for step in (0, 5):
            run.step(step, h_rms=[step, 1, 1])
    found = record.read(tmp_path / "run.vgrun")
    assert found.at_row(-1)["h_rms"][0] == 5
    with pytest.raises(IndexError):
        found.at_row(2)
