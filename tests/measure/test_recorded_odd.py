"""Recordings that are odd, poor or still growing: each has its frames, and none is made up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vgsim import record
from vgsim.core.container import BadContainer
from vgsim.measure.collectors import RECORDED_COLLECTORS
from vgsim.measure.frame import Frame
from vgsim.measure.recorded import KEPT, RecordingSource
from vgsim.measure.request import Focus, Request
from vgsim.text.stages import above_name
from vgsim.text.table import hop_factor

NAN, INF = float("nan"), float("inf")


def all_frames(source: RecordingSource) -> list[Frame]:
    """One of every moment of every step, with everything asked for."""
    found = []
    for step in source.steps.tolist():
        for position in range(len(source.timeline)):
            source.seek(step, position)
            stage = 1 + position % source.stages
            for focus in (Focus(stage), Focus(stage, 0), Focus(stage, 0, 0)):
                found.append(source.frame(request=Request(frozenset(RECORDED_COLLECTORS), focus)))
    return found


def opened(path: Path) -> RecordingSource:
    return RecordingSource(record.read(path))


def at_end(source: RecordingSource, step: int = 0) -> Frame:
    source.seek(step, len(source.timeline) - 1)
    return source.frame()


def test_one_stage(tmp_path: Path) -> None:
    with record.Recording(tmp_path / "run.vgrun") as run:
        run.stage("only").step(0, dh_rms=[2.0], loss=1.0)
    source = opened(tmp_path / "run.vgrun")
    assert all_frames(source)
    assert at_end(source).dh_rms.tolist() == [2.0]


def test_only_a_loss_is_no_pass(tmp_path: Path) -> None:
    with record.Recording(tmp_path / "run.vgrun") as run:
        run.step(0, loss=1.0)
    with pytest.raises(BadContainer, match="nothing of a pass"):
        opened(tmp_path / "run.vgrun")


def test_without_units_a_stage_is_one_node(tmp_path: Path) -> None:
    with record.Recording(tmp_path / "run.vgrun") as run:
        run.stage("a").stage("b").stage("c").step(0, h_rms=[1, 2, 3], dh_rms=[3.0, NAN, None])
    frame = at_end(opened(tmp_path / "run.vgrun"))
    assert frame.widths == (1, 1, 1)
    np.testing.assert_array_equal(np.concatenate(frame.node_dh), [3.0, INF, NAN])
    assert np.concatenate(frame.node_h).tolist() == [1, 2, 3]


def test_without_an_order_stages_stand_as_they_were_executed(tmp_path: Path) -> None:
    with record.Recording(tmp_path / "run.vgrun") as run:
        run.stage("a").stage("c").stage("b", before="c").step(0, dh_rms={"a": 1, "b": 2, "c": 3})
    frame = at_end(opened(tmp_path / "run.vgrun"))
    assert frame.dh_rms.tolist() == [1, 2, 3]
    assert [it.name for it in frame.subject.named] == ["a", "b", "c"]


def test_what_is_not_recorded_is_nan_and_a_measured_nan_is_inf(tmp_path: Path) -> None:
    with record.Recording(tmp_path / "run.vgrun") as run:
        run.stage("a").stage("b").stage("c")
        run.step(0, dh_rms={"a": NAN, "b": 0.0}, loss=NAN)
        run.step(1, dh_rms={"a": 1.0, "b": 1.0})
    source = opened(tmp_path / "run.vgrun")
    frame = at_end(source)
    np.testing.assert_array_equal(frame.dh_rms, [INF, 0.0, NAN])
    assert frame.loss == INF
    assert np.isnan(at_end(source, 1).loss)
    np.testing.assert_array_equal(frame.history.dh_rms, [[INF, 0.0, NAN]])


def test_anomalies_are_the_first_of_their_kind(tmp_path: Path) -> None:
    with record.Recording(tmp_path / "run.vgrun") as run:
        for name in ("a", "b", "c"):
            run.stage(name, dtype="float32")
        run.step(0, dh_rms=[1e-3, 1e-2, 1e-1], dh_max=[1e-3, 1e-2, 1e-1], dh_subnormal=[0, 0, 0])
        run.step(5, dh_rms=[0, 1e-40, 1], dh_max=[0, 1e-39, 1], dh_subnormal=[0, 7, 0])
        run.step(9, dh_rms=[0, 1e-40, 1], dh_max=[0, 1e-39, 1], dh_subnormal=[0, 7, 0])
        run.step(12, dh_rms=[1, NAN, 1], h_rms=[1, 1, 1])
    source = opened(tmp_path / "run.vgrun")
    assert at_end(source).anomalies == ()
    later = {found.kind: (found.stage, found.step) for found in at_end(source, 12).anomalies}
    assert later == {"denormal": (2, 6), "underflow": (1, 6), "overflow": (2, 13)}
    assert {found.kind for found in at_end(source, 9).anomalies} == {"denormal", "underflow"}
    source.seek(5, 0)
    assert source.frame().anomalies == ()


def test_zeros_that_an_activation_makes_are_no_underflow(tmp_path: Path) -> None:
    with record.Recording(tmp_path / "run.vgrun") as run:
        run.stage("a", dtype="float32").stage("b", dtype="float32")
        run.step(0, dh_rms=[0.0, 1.0], dh_max=[0.0, 2.0])
    assert at_end(opened(tmp_path / "run.vgrun")).anomalies == ()


def test_clipping_is_told_where_there_is_some(tmp_path: Path) -> None:
    with record.Recording(tmp_path / "run.vgrun") as run:
        run.stage("a")
        run.step(0, dh_rms=[1.0], gradient_norm=4.0, clipped_norm=1.0)
        run.step(1, dh_rms=[1.0], gradient_norm=4.0, clipped_norm=4.0000001)
    source = opened(tmp_path / "run.vgrun")
    assert at_end(source).clipped == (4.0, 1.0)
    assert np.isnan(at_end(source, 1).clipped).all()


def test_parameters_of_a_module_called_twice_are_counted_once(tmp_path: Path) -> None:
    with record.Recording(tmp_path / "run.vgrun") as run:
        run.stage("fc").stage("fc (2)", module="fc", call=2)
        run.parameter("fc.weight", "fc", (3, 3)).parameter("fc.bias", "fc", (3,))
        run.step(0, dh_rms=[1, 1], dW_norm=[3, 4], W_norm=[3, 4], backward_order=[1, 0])
    frame = at_end(opened(tmp_path / "run.vgrun"))
    np.testing.assert_array_equal(frame.dW_norm, [3, NAN])
    np.testing.assert_array_equal(frame.db_norm, [4, NAN])


def test_a_step_that_came_twice_is_the_last_one(tmp_path: Path) -> None:
    with record.Recording(tmp_path / "run.vgrun") as run:
        run.stage("a")
        for step, value in ((4, 1.0), (2, 2.0), (4, 3.0)):
            run.step(step, dh_rms=[value])
    source = opened(tmp_path / "run.vgrun")
    assert source.steps.tolist() == [2, 4]
    assert at_end(source, 4).dh_rms.tolist() == [3.0]


def test_a_long_recording_is_thinned_by_halves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vgsim.measure.recording.history.capacity", lambda stages: 256)
    with record.Recording(tmp_path / "run.vgrun") as run:
        run.stage("s0").stage("s1")
        for step in range(600):
            run.step(step, loss=float(step), dh_rms={"s0": float(step)})
    source = opened(tmp_path / "run.vgrun")
    history = at_end(source, 599).history
    assert 100 <= len(history.steps) <= 256
    assert history.steps[0] == 1
    np.testing.assert_array_equal(np.diff(history.steps), 4)
    np.testing.assert_array_equal(history.dh_rms[:, 0], history.steps - 1)
    assert history.loss[1] == np.mean([1, 2, 3, 4])


def test_beside_a_branch_a_hop_comes_from_where_both_join(tmp_path: Path) -> None:
    with record.Recording(tmp_path / "run.vgrun") as run:
        run.stage("trunk").stage("one", inputs=["trunk"]).stage("two", inputs=["trunk"])
        run.stage("head", inputs=["one", "two"])
        run.step(0, dh_rms=[1.0, 2.0, 8.0, 4.0], backward_order=[3, 2, 1, 0])
    frame = at_end(opened(tmp_path / "run.vgrun"))
    assert frame.subject.heard == {2: (4,)}
    assert [hop_factor(frame, stage) for stage in (1, 2, 3)] == [0.5, 0.5, 2.0]


class TestGrowing:
    """A file that is written while it is looked at."""

    def test_new_steps_come_and_the_place_stays(self, tmp_path: Path) -> None:
        with record.Recording(tmp_path / "run.vgrun") as run:
            run.stage("a").stage("b").step(0, dh_rms=[1, 2])
            source = opened(tmp_path / "run.vgrun")
            source.seek(0, 4)
            assert not source.refresh()
            run.step(1, dh_rms=[3, 4])
            assert source.refresh()
            assert (source.step, source.moment.position) == (0, 4)
            assert source.reach() == (0, 1)
            assert at_end(source, 1).dh_rms.tolist() == [3, 4]
            assert at_end(source, 1).history.dh_rms.tolist() == [[1, 2], [3, 4]]

    def test_stages_that_come_later_are_stages_from_then_on(self, tmp_path: Path) -> None:
        with record.Recording(tmp_path / "run.vgrun") as run:
            run.stage("a").stage("b").step(0, dh_rms=[1, 2], backward_order=[1, 0])
            source = opened(tmp_path / "run.vgrun")
            source.seek(0, len(source.timeline) - 1)
            run.stage("c").step(1, dh_rms=[3, 4, 5], backward_order=[2, 1, 0])
            assert source.refresh()
            assert source.stages == 3
            assert str(source.moment) == "update"
            np.testing.assert_array_equal(source.frame().dh_rms, [1, 2, NAN])
            assert at_end(source, 1).dh_rms.tolist() == [3, 4, 5]

    def test_another_recording_in_its_place_is_read_from_the_start(self, tmp_path: Path) -> None:
        path = tmp_path / "run.vgrun"
        with record.Recording(path) as run:
            run.about("started", "yesterday").stage("a").stage("b")
            for step in range(3):
                run.step(step, dh_rms=[1, 2])
        source = opened(path)
        source.seek(2, 3)
        with record.Recording(path) as run:
            run.stage("x").step(0, dh_rms=[7])
            assert source.refresh()
        assert [it.name for it in source.frame().subject.named] == ["x"]
        assert at_end(source).dh_rms.tolist() == [7]


class TestTimesteps:
    """A recurrent layer is as many stages as it has timesteps."""

    def recorded(self, path: Path, *tables: np.ndarray, reverse: bool = False) -> RecordingSource:
        rows = len(tables[0])
        with record.Recording(path) as run:
            run.stage("embed", kind="Embedding", shape=(2, 4, 3))
            run.stage("rnn", kind="RNN", inputs=["embed"], shape=(2, tables[0].shape[1], 3))
            run.stage("rnn[1]", kind="RNN", module="rnn", shape=(rows, 2, 3))
            run.stage("head", kind="Linear", inputs=["rnn"])
            for number in range(rows):
                name = f"_l{number // 2}_reverse" if reverse and number % 2 else f"_l{number}"
                run.parameter(f"rnn.weight_hh{name}", "rnn", (3, 3))
            order = {"embed": 2, "rnn": 1, "head": 0}
            for step, table in enumerate(tables):
                run.step(
                    step, dh_rms={"embed": 0.5, "rnn": 9.0, "head": 1.0}, h_size={"rnn": 24},
                    dh_t={"rnn": table}, h_t={"rnn": 2 * table}, W_norm=np.arange(1.0, rows + 1),
                    backward_order=order,
                )  # fmt: skip
        return opened(path)

    def test_layers_follow_each_other_timestep_by_timestep(self, tmp_path: Path) -> None:
        table = np.array([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]])
        source = self.recorded(tmp_path / "run.vgrun", table)
        frame = at_end(source)
        names = [it.name for it in frame.subject.named]
        assert names[:3] == ["embed", "rnn.layer 1.t=1", "rnn.layer 1.t=2"]
        assert names[-2:] == ["rnn.layer 2.t=4", "head"]
        np.testing.assert_array_equal(frame.dh_rms, [0.5, *range(1, 9), 1.0])
        np.testing.assert_array_equal(frame.h_rms[1:-1], 2 * table.ravel())
        np.testing.assert_allclose(frame.dh_norm[1:-1], table.ravel() * np.sqrt(6))
        np.testing.assert_array_equal(frame.weight_norm[1:-1], [NAN] * 8)
        source.seek(0, 0)
        np.testing.assert_array_equal(source.frame().weight_norm[1:-1], [1] * 4 + [2] * 4)
        holders = frame.subject.holders
        assert (holders["rnn"], holders["rnn.layer 1"]) == ("RNN", "RNN")

    def test_what_is_below_hears_of_all_timesteps(self, tmp_path: Path) -> None:
        table = np.array([[3.0, 4.0], [5.0, 6.0]])
        frame = at_end(self.recorded(tmp_path / "run.vgrun", table))
        assert frame.subject.heard == {1: (2, 3), 3: (5,)}
        assert hop_factor(frame, 1) == pytest.approx(0.5 / np.sqrt((9 + 16) / 2))
        assert hop_factor(frame, 3) == pytest.approx(4 / 6)
        assert hop_factor(frame, 2) == pytest.approx(3 / 4)
        assert above_name(1, frame.stages, frame.subject) == "rnn.layer 1.t=1 and 1 more"

    def test_the_other_direction_runs_from_the_end(self, tmp_path: Path) -> None:
        table = np.array([[1.0, 2.0], [3.0, 4.0]])
        frame = at_end(self.recorded(tmp_path / "run.vgrun", table, reverse=True))
        names = [it.name for it in frame.subject.named][1:-1]
        assert names[2:] == ["rnn.layer 1 reverse.t=2", "rnn.layer 1 reverse.t=1"]
        assert frame.dh_rms[1:-1].tolist() == [1, 2, 4, 3]

    def test_one_layer_needs_no_number(self, tmp_path: Path) -> None:
        frame = at_end(self.recorded(tmp_path / "run.vgrun", np.array([[1.0, 2.0]])))
        assert [it.name for it in frame.subject.named][1:-1] == ["rnn.t=1", "rnn.t=2"]
        assert frame.subject.named[1].parent == "rnn"

    def test_shorter_sequences_leave_later_timesteps_open(self, tmp_path: Path) -> None:
        source = self.recorded(
            tmp_path / "run.vgrun", np.array([[1.0, 2.0]]), np.array([[3.0, 4.0, 5.0]])
        )
        np.testing.assert_array_equal(at_end(source).dh_rms[1:-1], [1, 2, NAN])
        assert at_end(source, 1).dh_rms[1:-1].tolist() == [3, 4, 5]

    def test_of_very_many_timesteps_some_are_stages(self, tmp_path: Path) -> None:
        table = np.arange(1.0, 5001.0).reshape(1, -1)
        frame = at_end(self.recorded(tmp_path / "run.vgrun", table))
        assert frame.stages == 258
        assert frame.subject.named[-2].name == "rnn.t=5000"
        assert frame.dh_rms[1] == 1
        assert frame.dh_rms[-2] == 5000


value = st.one_of(st.none(), st.sampled_from([0.0, NAN, INF, 1e-320, 1e300, 1.0]))


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_whatever_is_recorded_has_its_frames(tmp_path_factory, data: st.DataObject) -> None:
    path = tmp_path_factory.mktemp("odd") / "run.vgrun"
    count = data.draw(st.integers(1, 4))
    names = [f"m.{k}" for k in range(count)]

    def values(owners: int) -> list[float | None]:
        return data.draw(st.lists(value, min_size=owners, max_size=owners))

    with record.Recording(path) as run:
        for name in names:
            shape = data.draw(st.sampled_from([(), (2,), (2, 3), (0,)]))
            inputs = data.draw(st.lists(st.sampled_from([*names, "gone"]), max_size=2))
            run.stage(name, shape=shape, dtype=data.draw(st.sampled_from(["", "float16"])))
            run.stage(name, inputs=inputs)
            run.parameter(f"{name}.w", data.draw(st.sampled_from([*names, "gone", ""])))
        for step in data.draw(st.lists(st.integers(-3, 9), min_size=1, max_size=3)):
            figures: dict[str, object] = {}
            for figure in data.draw(st.sets(st.sampled_from(STAGE_FIGURES))):
                figures[figure] = values(count)
            for figure in data.draw(st.sets(st.sampled_from(["dW_norm", "W_norm", "update_norm"]))):
                figures[figure] = values(count)
            if data.draw(st.booleans()):
                figures["loss"] = data.draw(value)
                figures["loss_scale"] = data.draw(value)
            if data.draw(st.booleans()):
                size = data.draw(st.integers(0, 3))
                figures["dh_units"] = [values(size) if data.draw(st.booleans()) else None] * count
                figures["dh_units"] = [
                    None if row is None else [NAN if v is None else v for v in row]
                    for row in figures["dh_units"]  # type: ignore[attr-defined]
                ]
                table = np.ones((1, size)) if data.draw(st.booleans()) else None
                figures["dh_t"] = [table] * count
            run.step(step, **figures)  # type: ignore[arg-type]
    source = opened(path)
    for frame in all_frames(source):
        assert len(frame.dh_rms) == frame.stages == len(frame.widths) == len(frame.subject.named)
        assert [len(nodes) for nodes in frame.node_dh] == list(frame.widths)
        assert frame.history.dh_rms.shape == (len(frame.history.steps), frame.stages)
        reached = np.arange(1, frame.stages + 1) >= frame.backward_from
        assert np.isnan(frame.dh_rms[~reached]).all()
    assert len(source._passes) <= KEPT


STAGE_FIGURES = (
    "h_rms", "dh_rms", "dh_norm", "dh_max", "dh_size", "dh_zero", "dh_inf", "dh_subnormal",
    "saturated", "dead", "backward_order",
)  # fmt: skip
