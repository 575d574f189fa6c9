"""Numbers too large or too small to hold: found, told apart, located."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from tests.helpers.specs import small
from vgsim.engine.experiment import Experiment

TINY = {
    "training__precision": "float32", "network__depth": 40, "network__activation": "identity",
    "init__weights": "normal", "init__std": 0.02, "training__learning_rate": 0.0,
}  # fmt: skip


def kinds(**changes: object) -> dict[str, tuple[int, int]]:
    """Stage and step of every trouble within two steps."""
    experiment = Experiment(small(**changes))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        experiment.run(2)
    return {found.kind: (found.stage, found.step) for found in experiment.trouble}


def test_underflow_and_denormals_are_found_at_the_stage_and_step_where_they_begin() -> None:
    experiment = Experiment(small(**TINY))
    experiment.run(2)
    found = {trouble.kind: trouble for trouble in experiment.trouble}
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


def test_going_back_forgets_trouble_that_came_later() -> None:
    experiment = Experiment(small(**TINY))
    experiment.run(2)
    experiment.seek(0, 0)
    assert experiment.trouble == ()


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("norm", ["none", "layer"])
def test_lsuv_gives_every_stage_unit_variance_on_the_first_batch(activation, norm) -> None:
    experiment = Experiment(small(init__weights="lsuv", network__depth=8, network__norm=norm,
                                  network__activation=activation, network__width=16))  # fmt: skip
    experiment.seek(0, experiment.stages)
    variances = [stage.arrays.z.var() for stage in experiment.network.stages]
    assert np.abs(np.array(variances) - 1).max() < 0.01
