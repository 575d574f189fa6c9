"""Other settings from a state of an experiment on."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.specs import small
from vgsim.nn.continuing import acts_at_the_start, going_on, origin_of
from vgsim.nn.experiment import Experiment


def at(step: int, **changes) -> Experiment:
    experiment = Experiment(small(**changes))
    experiment.run(step)
    return experiment


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_the_same_spec_goes_on_as_the_experiment_itself(optimizer):
    experiment = at(7, training__optimizer=optimizer, network__norm="batch")
    other = going_on(experiment.spec, origin_of(experiment))
    experiment.run(9)
    other.run(9)
    assert (other.network.flat.values == experiment.network.flat.values).all()
    assert other.value == experiment.value and other.step == 16


def test_a_new_rate_acts_from_there_on():
    experiment = at(5)
    spec = experiment.spec.replace({"training.learning_rate": 0.0})
    other = going_on(spec, origin_of(experiment))
    other.run(3)
    assert (other.network.flat.values == experiment.network.flat.values).all()


def test_a_new_rule_begins_as_at_its_first_update():
    """Adam's first update is the rate in every direction, however late it comes."""
    experiment = at(50)
    spec = experiment.spec.replace({"training.optimizer": "adam", "training.learning_rate": 1e-3})
    other = going_on(spec, origin_of(experiment))
    other.run(1)
    moved = np.abs(other.network.flat.change)
    assert np.allclose(moved[moved > 9e-4], 1e-3, rtol=1e-3) and (moved > 9e-4).any()


@pytest.mark.parametrize(
    "changes", [{"network.width": 9}, {"network.depth": 2}, {"network.norm": "layer"}]
)
def test_other_parameters_cannot_be_gone_on_with(changes):
    experiment = at(2)
    assert going_on(experiment.spec.replace(changes), origin_of(experiment)) is None


def test_what_acts_at_the_start_alone():
    assert acts_at_the_start("init.weights") and acts_at_the_start("training.seed")
    assert not acts_at_the_start("training.learning_rate")
