"""Members of an ensemble beside the same experiments alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from vgsim.nn.arrays import quiet
from vgsim.nn.ensemble import Ensemble
from vgsim.nn.experiment import Experiment
from vgsim.nn.spec import Spec

BASE = {
    "data.dataset": "moons",
    "data.samples": 60,
    "network.depth": 4,
    "network.width": 5,
    "training.batch": 16,
}
OWN = (
    {"training.seed": 1},
    {"training.seed": 2, "training.learning_rate": 0.03},
    {"training.seed": 1, "init.gain": 2.5},
)
"""What members differ in: the seed and with it the data, the rate, the start."""


def members_of(
    changes: Mapping[str, object], own: Sequence[Mapping[str, object]] = OWN
) -> list[Spec]:
    """A few experiments that may be stacked."""
    spec = Spec().replace({**BASE, **changes})
    return [spec.replace(one) for one in own]


def assert_as_alone(specs: Sequence[Spec], updates: Sequence[int] = (0, 1, 7)) -> None:
    """Every member after so many updates has the bits of its experiment alone."""
    ensemble = Ensemble(specs, history=True)
    alone = [Experiment(spec) for spec in specs]
    done = 0
    for step in updates:
        ensemble.run(step - done)
        for member, experiment in enumerate(alone):
            experiment.run(step - done)
            assert_same(ensemble, member, experiment)
        done = step


def assert_same(ensemble: Ensemble, member: int, experiment: Experiment) -> None:
    """Parameters, optimizer, running numbers and figures; nan where the other is nan."""
    own, other = ensemble.state(member), experiment.state()
    assert own.step == other.step
    for name in ("values", "state", "running", "change"):
        found, wanted = getattr(own, name), getattr(other, name)
        assert found.dtype == wanted.dtype, name
        np.testing.assert_array_equal(found, wanted, err_msg=name)
    if not own.step:
        return
    np.testing.assert_array_equal(ensemble.values[member], experiment.value)
    np.testing.assert_array_equal(ensemble.dh_rms[member], experiment.telemetry.dh_rms)
    with quiet():
        np.testing.assert_array_equal(ensemble.accuracy()[member], experiment.accuracy())
    history, whole = ensemble.history(member), experiment.history.view(experiment.step)
    names = ("steps", "loss", "accuracy", "dh_rms", "held_steps", "held_loss", "held_accuracy")
    for name in names:
        np.testing.assert_array_equal(getattr(history, name), getattr(whole, name), err_msg=name)
