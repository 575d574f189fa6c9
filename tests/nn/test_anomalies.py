"""Numbers too large or too small to hold: found, told apart, located."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from tests.helpers.specs import small
from vgsim.measure.snapshot import frame_of
from vgsim.nn.anomalies import Anomaly, first_overflow
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset

TINY = {
    "training__precision": "float32", "network__depth": 40, "network__activation": "identity",
    "init__weights": "normal", "init__std": 0.02, "training__learning_rate": 0.0,
}  # fmt: skip


def kinds(**changes: object) -> dict[str, tuple[int, int]]:
    """Stage and step of every anomaly within two steps."""
    experiment = Experiment(small(**changes))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        experiment.run(2)
    return {found.kind: (found.stage, found.step) for found in experiment.anomalies}


def test_underflow_and_denormals_are_found_at_the_stage_and_step_where_they_begin() -> None:
    experiment = Experiment(small(**TINY))
    experiment.run(2)
    found = {each.kind: each for each in experiment.anomalies}
    assert set(found) == {"denormal", "underflow"} and {t.step for t in found.values()} == {1}
    limit = np.finfo(np.float32).tiny
    lost = [stage.arrays.dh for stage in experiment.network.stages]
    denormal = [at for at, dh in enumerate(lost, 1) if np.any((dh != 0) & (np.abs(dh) < limit))]
    zero = [at for at, dh in enumerate(lost, 1) if np.any(dh == 0)]
    assert found["denormal"].stage == max(denormal)
    assert found["underflow"].stage == max(zero)


def test_float64_holds_what_float32_loses() -> None:
    assert kinds(**TINY | {"training__precision": "float64"}) == {}


@pytest.mark.parametrize("skip", ["none", "preactivation"])
def test_composed_stages_underflow_too(skip: str) -> None:
    assert "underflow" in kinds(**TINY, network__norm="none", network__skip=skip,
                                network__skip_every=50, network__dropout=0.1)  # fmt: skip


def test_dead_units_are_no_underflow() -> None:
    assert kinds(network__activation="relu", init__bias="constant", init__bias_value=-50.0,
                 training__precision="float32") == {}  # fmt: skip


def test_zero_weights_are_no_underflow() -> None:
    assert kinds(init__weights="zeros", training__precision="float32") == {}


def test_an_overflow_comes_with_its_stage() -> None:
    found = kinds(network__depth=40, network__activation="identity", init__weights="normal",
                  init__std=100.0, training__precision="float32")  # fmt: skip
    assert found["overflow"][1] == 1 and 1 < found["overflow"][0] < 41


def _lost(experiment: Experiment, name: str) -> list[int]:
    """Stages with an inf or nan in one of their buffers."""
    views = experiment.network.views
    return [at for at, view in enumerate(views, 1) if not np.isfinite(getattr(view, name)).all()]


def test_an_overflow_forward_comes_with_the_first_stage_and_its_step() -> None:
    experiment = Experiment(small(network__activation="identity", network__depth=30,
                                  training__precision="float32", init__weights="normal",
                                  init__std=1.0, training__learning_rate=0.01))  # fmt: skip
    while not _lost(experiment, "h"):
        assert experiment.anomalies == () and experiment.step < 50
        experiment.run(1)
    assert experiment.step > 1 and min(_lost(experiment, "h")) > 1
    overflows = [found for found in experiment.anomalies if found.kind == "overflow"]
    assert overflows == [Anomaly("overflow", overflows[0].stage, experiment.step)]
    assert overflows[0].stage == min(_lost(experiment, "h"))


def _chain() -> Experiment:
    """Thirty-six hops of x 10: h ends at 1e36, the gradient begins at 1e6."""
    return Experiment(
        load_preset("worked-example").replace(
            {"network.depth": 36, "network.factor": 10.0, "training.loss": "linear",
             "training.start": 1e6, "training.precision": "float32", "data.standardize": False}
        )
    )  # fmt: skip


def test_an_overflow_backward_comes_with_the_last_stage_that_has_it() -> None:
    experiment = _chain()
    experiment.run(1)
    assert _lost(experiment, "h") == [] and _lost(experiment, "dh") == [1, 2, 3]
    assert experiment.anomalies == (Anomaly("overflow", 3, 1),)


def _two_stages(x: float, rate: float) -> Experiment:
    """h is small, ∂J/∂h too, but ∂J/∂W of the first stage is ``x`` times 1e6."""
    experiment = Experiment(small(network__depth=1, network__width=1, training__batch=1,
                                  network__activation="identity", training__loss="linear",
                                  training__start=1e6, training__precision="float32",
                                  training__learning_rate=rate))  # fmt: skip
    first, second = (layer.parameters["W"] for layer in experiment.network.stages)
    first[:], second[:] = 1e-20, 1.0
    experiment._train.x[:] = x
    return experiment


def test_an_overflow_of_a_parameter_gradient_is_told_in_its_own_step() -> None:
    experiment = _two_stages(1e34, 0.0)
    experiment.run(1)
    assert _lost(experiment, "h") == _lost(experiment, "dh") == []
    assert experiment.anomalies == (Anomaly("overflow", 1, 1),)


def test_an_overflow_of_the_parameters_is_told_in_its_own_step() -> None:
    experiment = _two_stages(1e31, 100.0)
    experiment.run(1)
    assert np.isfinite(experiment.network.flat.gradients).all()
    assert frame_of(experiment).anomalies == (Anomaly("overflow", 1, 1),)


@pytest.mark.parametrize(("kind", "stages"), [("layers", [1, 1, 2, 2]), ("lstm", [1, 1, 1, 3, 3])])
def test_norms_too_large_themselves_have_their_stage(kind: str, stages: list[int]) -> None:
    network = Experiment(small(network__kind=kind, network__depth=1)).network
    fine, count = np.ones(len(network.flat.segments)), len(network.views)
    stages_fine = np.ones(count)
    for at, stage in enumerate(stages):
        norms = fine.copy()
        norms[at] = np.inf
        assert first_overflow(network, stages_fine, norms, 7) == Anomaly("overflow", stage, 7)
    stages_fine[-2] = np.inf
    assert first_overflow(network, stages_fine, fine, 7) == Anomaly("overflow", count - 1, 7)
    loss_alone = first_overflow(network, np.ones(count), fine, 7)
    assert loss_alone == Anomaly("overflow", count, 7)


def test_going_back_forgets_anomalies_that_came_later() -> None:
    experiment = Experiment(small(**TINY))
    experiment.run(2)
    experiment.seek(0, 0)
    assert experiment.anomalies == ()


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("norm", ["none", "layer"])
def test_lsuv_gives_every_stage_unit_variance_on_the_first_batch(activation, norm) -> None:
    experiment = Experiment(small(init__weights="lsuv", network__depth=8, network__norm=norm,
                                  network__activation=activation, network__width=16))  # fmt: skip
    experiment.seek(0, experiment.stages)
    variances = [stage.arrays.z.var() for stage in experiment.network.stages]
    assert np.abs(np.array(variances) - 1).max() < 0.01
