"""Frames of a recording are those of the experiment that was recorded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.helpers.recorded_experiment import recorded_experiment
from vgsim import record
from vgsim.core.container import BadContainer
from vgsim.measure.recorded import RecordingSource
from vgsim.measure.snapshot import frame_of
from vgsim.measure.source import RecordingFile, TrainingSource, open_source
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset
from vgsim.nn.spec import Spec

ARRAYS = (
    "h_rms", "dh_rms", "dh_norm", "dW_norm", "db_norm", "weight_norm", "update_norm", "loss",
)  # fmt: skip
STEPS = 4


def sigmoid() -> Spec:
    return load_preset("sigmoid-stack").replace({"network.depth": 6, "network.width": 12})


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> RecordingSource:
    path = tmp_path_factory.mktemp("recorded") / "run.vgrun"
    return RecordingSource(recorded_experiment(path, sigmoid(), STEPS))


@pytest.mark.parametrize("step", [0, 1, STEPS - 2])
@pytest.mark.parametrize("position", [0, 3, 7, 9, 13, 14])
def test_every_figure_is_the_experiments(source: RecordingSource, step: int, position: int) -> None:
    experiment = Experiment(sigmoid())
    experiment.seek(step, position)
    source.seek(step, position)
    truth, frame = frame_of(experiment), source.frame()
    for name in ARRAYS:
        own, other = getattr(truth, name), getattr(frame, name)
        np.testing.assert_allclose(other, own, rtol=1e-10, err_msg=name)
    for own, other in zip(truth.node_h + truth.node_dh, frame.node_h + frame.node_dh, strict=True):
        np.testing.assert_allclose(other, own, rtol=1e-10)
    assert (frame.step, frame.moment, frame.widths) == (truth.step, truth.moment, truth.widths)
    np.testing.assert_array_equal(frame.history.steps, truth.history.steps)
    np.testing.assert_allclose(frame.history.loss, truth.history.loss, rtol=1e-10)
    np.testing.assert_allclose(frame.history.dh_rms, truth.history.dh_rms, rtol=1e-10)


def test_a_step_between_is_the_recorded_one_before(tmp_path: Path) -> None:
    run = recorded_experiment(tmp_path / "run.vgrun", sigmoid(), 7, every=3)
    source = RecordingSource(run)
    source.seek(5, 0)
    assert source.step == 3
    source.seek(3, len(source.timeline) - 1)
    assert source.step == 4
    assert str(source.advance()) == "forward:1"
    assert source.step == 6
    assert source.reach() == (0, 6)


def test_beyond_the_last_update_it_stays(source: RecordingSource) -> None:
    source.seek(STEPS, len(source.timeline) - 1)
    assert source.advance() == source.timeline[-1]
    assert source.step == STEPS


def test_nothing_recorded_yet_is_a_sentence(tmp_path: Path) -> None:
    with record.Recording(tmp_path / "run.vgrun") as run:
        run.stage("fc1")
        with pytest.raises(BadContainer, match="once the first step"):
            open_source(RecordingFile(tmp_path / "run.vgrun"))


def test_a_spec_is_opened_as_an_experiment() -> None:
    source = open_source(sigmoid())
    assert isinstance(source, TrainingSource)
    assert source.trains
    assert source.frame().stages == source.experiment.stages


def test_stages_stand_in_the_order_of_the_backward_pass(tmp_path: Path) -> None:
    with record.Recording(tmp_path / "run.vgrun") as run:
        for name in ("frozen", "trunk", "branch", "other", "head"):
            run.stage(name)
        run.stage("head", inputs=["branch", "other"]).stage("other", inputs=["trunk"])
        order = {"trunk": 3, "branch": 1, "other": 2, "head": 0}
        run.step(0, dh_rms={"trunk": 1.0, "head": 4.0}, backward_order=order)
    source = open_source(RecordingFile(tmp_path / "run.vgrun"))
    frame = source.frame()
    names = [stage.name for stage in frame.subject.named]
    assert names == ["frozen", "trunk", "other", "branch", "head"]
    assert frame.subject.arcs == ((3, 5),)
