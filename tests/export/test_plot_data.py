"""The numbers of the plots: right, whole, and readable by other programs."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest

from tests.helpers.frames import make_frame, make_history
from vgsim.core.errors import SpecError
from vgsim.export.format import FileKind, Output
from vgsim.export.picture import PictureRequest
from vgsim.export.plot_data import table_of
from vgsim.export.provenance.record import loads
from vgsim.export.request import formats_of, suffixes
from vgsim.export.table import META, tabbed
from vgsim.measure.frame import Frame
from vgsim.measure.request import Request
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset
from vgsim.ui.plots.kinds import PLOTS

ALL = frozenset(kind for entry in PLOTS for kind in entry.value.wants)


@cache
def _frame(preset: str = "sigmoid-stack", position: int | None = None) -> Frame:
    """After three updates; at the end of the pass, unless a ``position`` is named."""
    experiment = Experiment(load_preset(preset))
    experiment.run(3)
    experiment.evaluate()
    if position is not None:
        experiment.seek(3, position)
    return frame_of(experiment, request=Request(kinds=ALL))


def _compared(a: str, b: str) -> Frame:
    from dataclasses import replace

    return replace(_frame(a), other=_frame(b))


@pytest.mark.parametrize("name", PLOTS.names())
@pytest.mark.parametrize("preset", ["sigmoid-stack", "lstm-adding"])
def test_every_plot_has_a_table_with_named_columns(name, preset):
    if name == "accuracy" and preset == "lstm-adding":
        pytest.skip("no classes")
    table = table_of(name, _frame(preset))
    assert len(next(iter(table.columns.values())))
    assert all("/" not in column and column.isascii() for column in table.columns if column)


@pytest.mark.parametrize("name", PLOTS.names())
def test_before_the_first_moment_no_plot_has_numbers(name):
    frame = frame_of(Experiment(load_preset("sigmoid-stack")), request=Request(kinds=ALL))
    with pytest.raises(SpecError, match="has numbers at this moment"):
        table_of(name, frame)


def test_a_name_that_is_no_plot_is_refused():
    with pytest.raises(SpecError, match="one of"):
        table_of("diagram", _frame())


def test_gradient_is_the_frames_own(qapp):
    frame = _frame()
    table = table_of("gradient", frame)
    assert np.array_equal(table.columns["gradient RMS"], frame.dh_rms)
    assert table.columns["stage"].tolist() == list(range(1, 8))


def test_gradient_of_a_half_done_pass_is_nan_where_it_has_not_come():
    frame = _frame(position=10)
    gradient = table_of("gradient", frame).columns["gradient RMS"]
    assert np.isnan(gradient[: frame.backward_from - 1]).all()
    assert np.isfinite(gradient[frame.backward_from - 1 :]).all()


def test_theory_is_there_when_there_is_one():
    experiment = Experiment(load_preset("sigmoid-stack"))
    experiment.seek(0, 15)
    columns = table_of("gradient", frame_of(experiment, request=Request(kinds=ALL))).columns
    assert any("theory" in name for name in columns)


def test_b_stands_below_a():
    columns = table_of("gradient", _compared("sigmoid-stack", "relu-he")).columns
    assert set(columns["experiment"].tolist()) == {"A", "B"}
    theirs = columns["gradient RMS"][columns["experiment"] == "B"]
    assert np.array_equal(theirs, _frame("relu-he").dh_rms)


def test_compared_histories_may_have_other_stages():
    columns = table_of("heatmap", _compared("sigmoid-stack", "worked-example")).columns
    last = columns["gradient RMS of stage 7"]
    assert np.isfinite(last[columns["experiment"] == "A"]).all()
    assert np.isnan(last[columns["experiment"] == "B"]).all()


def test_losses_stand_at_the_steps_where_they_are_known():
    frame = make_frame(history=make_history(rows=60, every=25))
    columns = table_of("loss", frame).columns
    assert columns["step"].tolist() == list(range(60))
    held = columns["held-out loss"]
    assert np.flatnonzero(np.isfinite(held)).tolist() == [0, 25, 50]
    assert np.array_equal(held[[0, 25, 50]], frame.history.held_loss)
    assert np.array_equal(columns["training loss"], frame.history.loss)


def test_accuracy_is_in_percent():
    frame = make_frame(history=make_history(rows=10))
    columns = table_of("accuracy", frame).columns
    assert np.allclose(columns["training accuracy (%)"], 100 * frame.history.accuracy)


def test_the_parts_of_the_budget_add_up():
    columns = table_of("budget", _frame("residual-deep")).columns
    parts = [column for name, column in columns.items() if name.endswith("(decades)")]
    total, rest = parts[0], parts[1:]
    assert np.allclose(np.sum(rest, axis=0), total, atol=1e-9)


def test_saturation_has_all_stages_and_all_units():
    frame = _frame()
    columns = table_of("saturation", frame).columns
    kind = columns["row is of a"]
    assert np.count_nonzero(kind == "stage") == frame.stages
    z = columns["z"][kind == "unit"].astype(float)
    sigmoid = 1 / (1 + np.exp(-z))
    assert np.allclose(columns["f(z)"][kind == "unit"].astype(float), sigmoid, atol=1e-3)


@pytest.mark.parametrize("name", ["activations", "gradients"])
def test_bins_count_what_numpy_counts(name):
    experiment = Experiment(load_preset("sigmoid-stack"))
    experiment.run(3)
    columns = table_of(name, frame_of(experiment, request=Request(kinds=ALL))).columns
    low, high = (columns[k] for k in columns if k.endswith((" from", " to")))
    assert (low <= high).all()
    even = columns.get("bins", "linear") == "linear"
    for stage, view in enumerate(experiment.network.views, start=1):
        rows = even & (columns["stage"] == stage) & (low < high) & np.isfinite(high)
        assert np.array_equal(high[rows][:-1], low[rows][1:])
        values = view.h if name == "activations" else np.abs(view.dh)
        edges = np.append(low[rows], high[rows][-1])
        counts, _ = np.histogram(values, edges)
        assert columns["count"][rows].tolist() == counts.tolist() and counts.sum() == values.size


def test_gradient_bins_count_what_the_histogram_counted():
    columns = table_of("gradients", _frame()).columns
    first = columns["stage"] == columns["stage"][0]
    low, high = columns["gradient from"][first], columns["gradient to"][first]
    assert (low[0], high[0]) == (0, 0) and np.isinf([low[-1], high[-1]]).all()
    assert np.allclose(low[2:], high[1:-1])


def test_a_parameter_that_does_not_exist_has_no_row():
    columns = table_of("parameters", _frame("lstm-adding")).columns
    assert not np.isnan(columns["gradient RMS"].astype(float)).any()
    assert "readout" in columns["stage or cell"]


def save_data(name, frame, path):
    """Write the table of a plot in the format that the name of the file says."""
    (form,) = formats_of(path.name)
    form.write(iter([table_of(name, frame)]), Output(path, PictureRequest(view=name)))


@pytest.mark.parametrize("suffix", suffixes(kind=FileKind.TABLE))
def test_a_file_carries_the_experiment(suffix, tmp_path):
    path = tmp_path / f"data{suffix}"
    save_data("gradient", _frame(), path)
    meta = _meta(path)
    assert loads(meta["passport"]).spec == load_preset("sigmoid-stack")
    assert loads(meta["passport"]).view == "gradient"
    # the last moment of the pass belongs to it: two updates were done before
    assert (loads(meta["passport"]).step, meta["moment"]) == (2, "update")


def _meta(path) -> dict[str, str]:
    if path.suffix == ".npz":
        return json.loads(str(np.load(path)[META]))
    if path.suffix == ".jsonl":
        return json.loads(path.read_text("utf-8").splitlines()[0])[META]
    lines = [line for line in path.read_text("utf-8").splitlines() if line.startswith("# ")]
    return dict(line[2:].split(": ", 1) for line in lines)


def test_npz_reads_back_by_column(tmp_path):
    frame = _frame()
    save_data("gradient", frame, tmp_path / "g.npz")
    assert np.array_equal(np.load(tmp_path / "g.npz")["gradient RMS"], frame.dh_rms)


def test_csv_reads_back_in_numpy(tmp_path):
    frame = make_frame(history=make_history(rows=40))
    save_data("loss", frame, tmp_path / "loss.csv")
    rows = np.genfromtxt(tmp_path / "loss.csv", delimiter=",", skip_header=0)
    expected = np.column_stack(list(table_of("loss", frame).columns.values()))
    assert rows.shape == (41, 4) and np.array_equal(rows[1:], expected, equal_nan=True)


def test_text_for_the_clipboard_has_a_row_for_each_stage():
    lines = tabbed(table_of("gradient", _frame())).splitlines()
    assert lines[0].split("\t")[0] == "stage"
    assert len(lines) == 8
