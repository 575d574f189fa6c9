"""Measurements of a recording: those of the experiment, or what was recorded, and nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.helpers.recorded_experiment import recorded_experiment
from vgsim import record
from vgsim.measure.collectors import RECORDED_COLLECTORS
from vgsim.measure.frame import Frame
from vgsim.measure.histograms import ActivationHistograms, GradientHistograms
from vgsim.measure.inspection.look import Inspection
from vgsim.measure.module_figures import ModuleFigures, ParameterFigure
from vgsim.measure.parameter_gradients import ParameterGradients
from vgsim.measure.recorded import RecordingSource
from vgsim.measure.request import Focus, Request
from vgsim.measure.run_so_far import run_so_far
from vgsim.measure.saturation import Saturation
from vgsim.measure.snapshot import frame_of
from vgsim.measure.underflow import Underflow
from vgsim.measure.updates import Updates
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset
from vgsim.nn.spec import Spec


def sigmoid() -> Spec:
    return load_preset("sigmoid-stack").replace({"network.depth": 5, "network.width": 8})


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> RecordingSource:
    path = tmp_path_factory.mktemp("recorded") / "run.vgrun"
    return RecordingSource(recorded_experiment(path, sigmoid(), 3))


def both(source: RecordingSource, step: int, position: int, *kinds: type) -> tuple[Frame, Frame]:
    """The experiment's own frame, and that of the recording."""
    experiment = Experiment(sigmoid())
    experiment.seek(step, position)
    source.seek(step, position)
    request = Request(frozenset(kinds))
    return frame_of(experiment, request=request), source.frame(request=request)


def made(path: Path, **figures: object) -> Frame:
    """The frame at the update of a recording of three stages: fc1, act, fc2."""
    with record.Recording(path) as run:
        run.stage("fc1", kind="Linear", dtype="float32")
        run.stage("act", kind="ReLU", inputs=["fc1"], dtype="float32")
        run.stage("fc2", kind="Linear", inputs=["act"], dtype="float32")
        run.parameter("fc1.weight", "fc1", (4, 4)).parameter("fc1.bias", "fc1", (4,))
        run.step(0, backward_order=[2, 1, 0], **figures)
    source = RecordingSource(record.read(path))
    source.seek(0, len(source.timeline) - 1)
    kinds = frozenset(RECORDED_COLLECTORS)
    return source.frame(request=Request(kinds, Focus(1)))


@pytest.mark.parametrize(("step", "position"), [(0, 14), (1, 0), (1, 14), (2, 4)])
def test_updates_are_the_experiments(source: RecordingSource, step: int, position: int) -> None:
    truth, frame = both(source, step, position, Updates)
    own, other = truth.measurement(Updates), frame.measurement(Updates)
    assert own is not None
    assert other is not None
    np.testing.assert_allclose(other.ratios, own.ratios, rtol=1e-10)
    assert (other.step, other.owners, other.names) == (own.step, own.owners, own.names)
    assert other.labels[0] == "fc1.W"


def test_before_the_first_update_there_is_none(source: RecordingSource) -> None:
    source.seek(0, 5)
    assert source.frame(request=Request(frozenset({Updates}))).measurement(Updates) is None


@pytest.mark.parametrize("position", [7, 8, 12, 14])
def test_parameter_gradients_are_the_experiments(source: RecordingSource, position: int) -> None:
    truth, frame = both(source, 1, position, ParameterGradients)
    own, other = truth.measurement(ParameterGradients), frame.measurement(ParameterGradients)
    assert (own is None) == (other is None)
    if own is not None and other is not None:
        np.testing.assert_allclose(other.values, own.values, rtol=1e-10)
        assert other.names == own.names


def test_a_histogram_has_its_zeros_beside_the_bins(tmp_path: Path) -> None:
    gradients = {"fc1": np.array([0.0, 0.0, 1e-3, np.inf]), "act": np.ones(4), "fc2": np.ones(4)}
    frame = made(tmp_path / "run.vgrun", **record.measured({}, gradients))
    found = frame.measurement(GradientHistograms)
    assert found is not None
    np.testing.assert_array_equal(found.stages, [1, 2, 3])
    np.testing.assert_array_equal(found.counts.sum(axis=1), [4, 4, 4])
    assert (found.counts[0, 0], found.counts[0, -1]) == (2, 1)
    assert found.counts[0, 2:-2][(-3 - found.low) * found.per_decade] == 1


def test_what_the_gradient_has_not_reached_counts_nothing(source: RecordingSource) -> None:
    _, frame = both(source, 0, 9, GradientHistograms)
    found = frame.measurement(GradientHistograms)
    assert found is not None
    assert found.counts.any(axis=1).tolist() == [False] * 4 + [True] * 2


def test_saturated_shares_have_no_curves(tmp_path: Path) -> None:
    frame = made(tmp_path / "run.vgrun", saturated={"act": 0.25}, dead={"act": 0.5})
    found = frame.measurement(Saturation)
    assert found is not None
    assert found.curves == ()
    np.testing.assert_array_equal(found.by_stage, [np.nan, 0.25, np.nan])
    np.testing.assert_array_equal(found.dead, [np.nan, 0.5, np.nan])


def test_underflow_is_read_off_the_histogram(tmp_path: Path) -> None:
    gradients = {"fc1": np.array([0.0, 1e-9, 1e-9, 1e-3]), "act": np.ones(4), "fc2": np.ones(4)}
    frame = made(tmp_path / "run.vgrun", **record.measured({}, gradients))
    found = frame.measurement(Underflow)
    assert found is not None
    assert found.zero[0] == 0.25
    would = dict(zip(found.kinds, found.would[:, 0].tolist(), strict=True))
    assert would["float16"] == pytest.approx(2 / 3)
    assert would["bfloat16"] == 0


def test_a_stage_is_looked_into_by_its_name(tmp_path: Path) -> None:
    gradients = {"fc1": np.full(4, 0.5), "act": np.ones(4), "fc2": np.ones(4)}
    frame = made(tmp_path / "run.vgrun", **record.measured({}, gradients), W_norm=[3.0, 1.0])
    found = frame.measurement(Inspection)
    assert found is not None
    assert found.title == "fc1 (Linear)"
    by_words = {figure.about: figure.value for figure in found.figures}
    assert by_words["Gradient reaching it"] == 0.5
    assert by_words["weight, before the update"] == 3.0
    np.testing.assert_array_equal(found.values, [0.5])


def test_what_was_not_recorded_is_lacking(tmp_path: Path) -> None:
    frame = made(tmp_path / "run.vgrun", dh_rms=[1.0, 2.0, 3.0])
    always = Inspection, ModuleFigures  # the one has the gradient, the other sizes of parameters
    assert {kind for kind in frame.measurements if not isinstance(kind, always)} == set()
    assert frame.lacks >= {"h_rms", "dW_norm", "node_h", "edges", "loss", "clipped"}
    assert ActivationHistograms.__name__ in frame.lacks
    assert "dh_rms" not in frame.lacks
    assert np.isnan(frame.h_rms).all()
    assert np.isnan(frame.dW_norm).all()


def test_nothing_is_measured_that_is_not_asked_for(source: RecordingSource) -> None:
    assert source.frame().measurements == ()


def test_a_run_so_far_is_told_of_stages_that_have_a_gradient(tmp_path: Path) -> None:
    frame = made(tmp_path / "run.vgrun", dh_rms={"act": 1e-3, "fc2": 1.0}, loss=0.5)
    found = run_so_far(frame)
    assert found.ratio == pytest.approx(1e-3)
    assert found.loss == 0.5


def test_modules_have_what_was_counted_of_their_gradients(tmp_path: Path) -> None:
    frame = made(
        tmp_path / "run.vgrun", dh_size=[16, 16, 16], dh_zero=[4, 0, 0], dh_inf=[0, 1, 0],
        saturated={"act": 0.25}, dW_norm={"fc1.weight": 0.5},
    )  # fmt: skip
    found = frame.measurement(ModuleFigures)
    assert found is not None
    np.testing.assert_array_equal(found.zero, [4, 0, 0])
    np.testing.assert_array_equal(found.inf, [0, 1, 0])
    np.testing.assert_array_equal(found.nan, [np.nan] * 3)
    np.testing.assert_array_equal(found.saturated, [np.nan, 0.25, np.nan])
    assert found.parameters[0] == ParameterFigure("fc1.weight", "fc1", 16, 0.5)
    assert np.isnan(found.parameters[1].gradient)
