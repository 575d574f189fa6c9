"""A member of an ensemble is its experiment alone, bit for bit, whatever the others do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.ensembles import BASE, assert_as_alone, assert_same, members_of
from vgsim.core.errors import SpecError
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.arrays import Array
from vgsim.nn.clipping import CLIPPINGS
from vgsim.nn.ensemble import Ensemble, cost, stacking_key
from vgsim.nn.experiment import Experiment
from vgsim.nn.initializers import BIASES, INITIALIZERS
from vgsim.nn.layers.parts import NORMS, OUTPUTS, SKIPS
from vgsim.nn.losses import LOSSES, MeanSquaredError
from vgsim.nn.optimizers import OPTIMIZERS
from vgsim.nn.schedules import SCHEDULES
from vgsim.nn.spec import Spec

PRECISIONS = ["float64", "float32"]
SKIPPING = [name for name in SKIPS.names() if not SKIPS[name].absent]
ABLE = [name for name in INITIALIZERS.names() if not INITIALIZERS[name].fitted]
BIASED = [name for name in BIASES.names() if not BIASES[name].gates_alone]


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("name", ACTIVATIONS.names())
def test_with_every_activation(name: str, precision: str) -> None:
    changes = {"network.activation": name, "training.precision": precision}
    assert_as_alone(members_of(changes))


@pytest.mark.parametrize("position", ["before", "after"])
@pytest.mark.parametrize("name", NORMS.names())
def test_with_every_norm(name: str, position: str) -> None:
    changes = {"network.norm": name, "network.norm_position": position}
    assert_as_alone(members_of(changes))


@pytest.mark.parametrize("norm", NORMS.names())
@pytest.mark.parametrize("name", SKIPPING)
def test_with_every_skip_path(name: str, norm: str) -> None:
    assert_as_alone(members_of({"network.skip": name, "network.norm": norm}))


@pytest.mark.parametrize("name", [name for name in SKIPPING if SKIPS[name].spans])
def test_with_projections_and_multipliers(name: str) -> None:
    changes = {
        "network.skip": name,
        "network.skip_every": 2,
        "network.projection": "all",
        "network.multiplier": True,
    }
    own = [{"init.multiplier": 0.5}, {"training.seed": 4, "init.multiplier": 1.0}]
    assert_as_alone(members_of(changes, own))


@pytest.mark.parametrize("output", OUTPUTS.names())
@pytest.mark.parametrize("name", LOSSES.names())
def test_with_every_loss_and_output(name: str, output: str) -> None:
    assert_as_alone(members_of({"training.loss": name, "network.output": output}))


@pytest.mark.parametrize("name", LOSSES.names())
def test_with_every_loss_on_numbers(name: str) -> None:
    if LOSSES[name].needs_classes:
        pytest.skip("it takes no numbers")
    assert_as_alone(members_of({"training.loss": name, "data.dataset": "sine"}))


@pytest.mark.parametrize("biases", [True, False])
@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("name", OPTIMIZERS.names())
def test_with_every_optimizer(name: str, precision: str, biases: bool) -> None:
    changes = {
        "training.optimizer": name,
        "training.precision": precision,
        "training.decay_biases": biases,
    }
    own = [
        {"training.weight_decay": 0.01, "training.momentum": 0.5},
        {"training.weight_decay": 0.1, "training.learning_rate": 0.02},
        {"training.weight_decay": 0.03, "training.seed": 9},
    ]
    assert_as_alone(members_of(changes, own))


@pytest.mark.parametrize("name", SCHEDULES.names())
def test_with_every_schedule(name: str) -> None:
    assert_as_alone(members_of({"training.schedule": name}))


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("name", CLIPPINGS.names())
def test_with_every_clipping(name: str, precision: str) -> None:
    changes = {"training.clip": name, "training.clip_at": 0.02, "training.precision": precision}
    assert_as_alone(members_of(changes))


@pytest.mark.parametrize("name", ABLE)
def test_with_every_initializer(name: str) -> None:
    changes: dict[str, object] = {"init.weights": name}
    if INITIALIZERS[name].by_branch is not None:
        changes["network.skip"] = "residual"
    assert_as_alone(members_of(changes), (0, 1))


@pytest.mark.parametrize("name", BIASED)
def test_with_every_bias(name: str) -> None:
    own = [{"init.bias_value": 0.1}, {"init.bias_value": -0.2, "training.seed": 3}]
    assert_as_alone(members_of({"init.bias": name}, own), (0, 1))


def test_members_may_start_by_other_initializers() -> None:
    own = [{"init.weights": "orthogonal"}, {"init.weights": "he_uniform"}, {"init.scales": "2,3"}]
    assert_as_alone(members_of({}, own))


@pytest.mark.parametrize("precision", PRECISIONS)
def test_with_dropout(precision: str) -> None:
    assert_as_alone(members_of({"network.dropout": 0.3, "training.precision": precision}))


@pytest.mark.parametrize("weights", ["", "balanced", "1,3"])
@pytest.mark.parametrize("precision", PRECISIONS)
def test_with_soft_targets(weights: str, precision: str) -> None:
    changes = {
        "training.class_weights": weights,
        "training.label_smoothing": 0.1,
        "training.precision": precision,
        "data.dataset": "penguins",
    }
    if weights == "1,3":
        changes["data.dataset"] = "moons"
    assert_as_alone(members_of(changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"network.depth": 0},
        {"network.depth": 1},
        {"network.widths": "5,5,7,7,7,3"},
        {"network.activations": "relu,tanh,prelu"},
        {"training.batch": 10_000},
        {"data.dataset": "digits", "data.held_out": 0.5},
    ],
)
def test_of_other_shapes(changes: dict[str, object]) -> None:
    assert_as_alone(members_of(changes))


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("projection", ["none", "all"])
@pytest.mark.parametrize("name", [name for name in SKIPPING if SKIPS[name].spans])
def test_members_of_other_skip_scales(name: str, projection: str, precision: str) -> None:
    changes = {
        "network.skip": name,
        "network.projection": projection,
        "training.precision": precision,
    }
    assert_as_alone(members_of(changes, [{"network.skip_scale": a} for a in (0.5, 1.3, -0.7)]))


def test_members_of_other_gate_biases() -> None:
    own = [{"network.highway_bias": bias} for bias in (-3.0, 0.0, 1.0)]
    assert_as_alone(members_of({"network.skip": "highway"}, own))


def test_members_of_other_dropout() -> None:
    assert_as_alone(members_of({}, [{"network.dropout": rate} for rate in (0.1, 0.5, 0.8)]))


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("name", CLIPPINGS.names())
def test_members_clipped_elsewhere(name: str, precision: str) -> None:
    changes = {"training.clip": name, "training.precision": precision}
    assert_as_alone(members_of(changes, [{"training.clip_at": at} for at in (0.01, 0.05, 9.0)]))


@pytest.mark.parametrize("name", SCHEDULES.names())
def test_members_of_other_schedules(name: str) -> None:
    own = [
        {"training.warmup": 2, "training.decay_steps": 4, "training.final_rate": 0.01},
        {"training.warmup": 3, "training.decay_steps": 2, "training.decay_factor": 0.3},
    ]
    assert_as_alone(members_of({"training.schedule": name}, own))


def test_members_of_other_noise() -> None:
    assert_as_alone(members_of({}, [{"data.noise": noise} for noise in (0.0, 0.1, 1.0)]))


def test_the_worked_example() -> None:
    changes = {"network.kind": "chain", "data.dataset": "one", "training.loss": "linear"}
    assert_as_alone(members_of(changes, [{"training.learning_rate": r} for r in (0.1, 0.2)]))


def test_one_member_alone() -> None:
    assert_as_alone(members_of({"network.norm": "batch"})[:1])


@pytest.mark.parametrize("norm", ["none", "batch"])
@pytest.mark.parametrize("clip", CLIPPINGS.names())
def test_a_member_that_overflows_disturbs_no_other(clip: str, norm: str) -> None:
    changes = {
        "network.activation": "relu",
        "training.loss": "mse",
        "training.clip": clip,
        "network.norm": norm,
    }
    far: dict[str, object] = {"init.gain": 100.0, "training.learning_rate": 1000.0}
    own: list[dict[str, object]] = [{}, far, {"training.seed": 5}]
    specs = members_of(changes, own)
    ensemble = Ensemble(specs, history=True)
    ensemble.run(12)
    for member in (0, 2):
        experiment = Experiment(specs[member])
        experiment.run(12)
        assert_same(ensemble, member, experiment)
    if norm == clip == "none":
        assert not np.isfinite(ensemble.state(1).values).all()


def test_a_start_alone_is_that_of_the_first_pass() -> None:
    specs = members_of({"network.activation": "tanh"})
    started = Ensemble(specs)
    started.forward_backward()
    trained = Ensemble(specs)
    trained.run(1)
    np.testing.assert_array_equal(started.dh_rms, trained.dh_rms)
    np.testing.assert_array_equal(started.values, trained.values)
    assert started.step == 0


def test_the_pass_that_follows_the_last_update() -> None:
    specs = members_of({})
    ensemble = Ensemble(specs)
    ensemble.run(3)
    ensemble.forward_backward()
    for member, spec in enumerate(specs):
        experiment = Experiment(spec)
        experiment.run(4)
        np.testing.assert_array_equal(ensemble.values[member], experiment.value)
        np.testing.assert_array_equal(ensemble.dh_rms[member], experiment.telemetry.dh_rms)


def test_running_ends_where_one_says_so() -> None:
    ensemble = Ensemble(members_of({}))
    ensemble.run(9, after=lambda: ensemble.step == 4)
    assert ensemble.step == 4


def test_other_shapes_are_other_stacks() -> None:
    spec = Spec().replace(BASE)
    key = stacking_key(spec)
    alike: tuple[dict[str, object], ...] = (
        {"training.seed": 8},
        {"init.weights": "he_normal"},
        {"training.learning_rate": 1.0},
    )
    for same in alike:
        assert stacking_key(spec.replace(same)) == key
    other: tuple[dict[str, object], ...] = (
        {"network.depth": 5},
        {"network.activation": "relu"},
        {"training.batch": 8},
        {"training.optimizer": "adam"},
        {"training.weight_decay": 0.1},
        {"data.samples": 50},
        {"network.dropout": 0.1},
    )
    for own in other:
        assert stacking_key(spec.replace(own)) != key


class Twice(MeanSquaredError):
    """Written for one network: an ensemble never asks it for its value."""

    def value(self, h: Array) -> float:
        return 2 * super().value(h)

    def gradient(self, h: Array, out: Array) -> None:
        super().gradient(h, out)
        out *= 2


class TwiceStacked(Twice):
    """The same for members, and it says so."""

    stacks = True

    def values(self, h: Array) -> Array:
        return 2 * super().values(h)

    def value(self, h: Array) -> float:
        return float(self.values(h))


@pytest.fixture
def others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Losses of another package."""
    monkeypatch.setattr(LOSSES, "_entries", dict(LOSSES._entries))
    LOSSES.add("twice", Twice, "twice the squared error", label="Twice")
    LOSSES.add("stacked", TwiceStacked, "the same, stacked", label="Twice, stacked")


@pytest.mark.usefixtures("others")
def test_what_is_written_for_one_network_goes_one_by_one() -> None:
    specs = members_of({"training.loss": "twice"})
    assert len({stacking_key(spec) for spec in specs}) == len(specs)
    assert_as_alone(specs[:1])


@pytest.mark.usefixtures("others")
def test_what_says_that_it_stacks_is_stacked() -> None:
    specs = members_of({"training.loss": "stacked"})
    assert len({stacking_key(spec) for spec in specs}) == 1
    assert_as_alone(specs)


def test_different_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="different shapes"):
        Ensemble(members_of({}, [{}, {"network.width": 6}]))


def test_no_history_unless_asked() -> None:
    ensemble = Ensemble(members_of({}))
    with pytest.raises(ValueError, match="keeps no history"):
        ensemble.history(0)


def test_a_deeper_member_costs_more() -> None:
    spec = Spec().replace(BASE)
    shallow, deep = cost(spec), cost(spec.replace({"network.depth": 40}))
    assert deep.memory > shallow.memory
    assert deep.products > shallow.products


@st.composite
def stacks(draw: st.DrawFn) -> list[Spec]:
    """Members of a random shape."""

    def one(names: Sequence[str]) -> str:
        return draw(st.sampled_from(names))

    changes = {
        "data.dataset": one(["moons", "circles", "penguins", "xor"]),
        "network.depth": draw(st.integers(0, 6)),
        "network.width": draw(st.integers(1, 9)),
        "network.activation": one(ACTIVATIONS.names()),
        "network.norm": one(NORMS.names()),
        "network.skip": one(SKIPS.names()),
        "network.skip_every": draw(st.integers(1, 2)),
        "network.dropout": draw(st.sampled_from([0.0, 0.4])),
        "network.output": one(OUTPUTS.names()),
        "training.loss": one(LOSSES.names()),
        "training.optimizer": one(OPTIMIZERS.names()),
        "training.schedule": one(SCHEDULES.names()),
        "training.clip": one(CLIPPINGS.names()),
        "training.precision": one(PRECISIONS),
        "training.batch": draw(st.integers(1, 40)),
    }
    own = [
        {
            "training.seed": draw(st.integers(0, 3)),
            "training.learning_rate": draw(st.floats(0, 2)),
            "training.momentum": draw(st.floats(0, 0.99)),
            "init.weights": one([name for name in ABLE if name != "fixup"]),
            "init.gain": draw(st.floats(0, 4)),
        }
        for _ in range(draw(st.integers(1, 5)))
    ]
    return members_of(changes, own)


@given(stacks())
@settings(max_examples=40, deadline=None)
def test_whatever_the_shape(specs: list[Spec]) -> None:
    try:
        Experiment(specs[0])
    except SpecError:
        return
    assert_as_alone(specs, (0, 1, 4))


def test_other_members_in_the_same_buffers() -> None:
    changes = {"network.norm": "batch", "training.optimizer": "momentum", "network.dropout": 0.2}
    ensemble = Ensemble(members_of(changes), history=True)
    ensemble.run(5)
    others = members_of(changes, [{"training.seed": s, "init.gain": 1.5} for s in (5, 6, 7)])
    ensemble.restart(others)
    ensemble.run(3)
    for member, spec in enumerate(others):
        experiment = Experiment(spec)
        experiment.run(3)
        assert_same(ensemble, member, experiment)


def test_a_new_beginning_leaves_nothing_of_the_last_one() -> None:
    specs = members_of({})
    ensemble = Ensemble(specs)
    ensemble.run(4)
    ensemble.restart(specs)
    for member, spec in enumerate(specs):
        assert_same(ensemble, member, Experiment(spec))


def test_members_that_do_not_fit_are_refused() -> None:
    ensemble = Ensemble(members_of({}))
    assert not ensemble.fits(members_of({})[:2])
    assert not ensemble.fits(members_of({"network.width": 7}))
    with pytest.raises(ValueError, match="of another shape"):
        ensemble.restart(members_of({"training.batch": 4}))


@pytest.mark.parametrize(
    "activations", ["", "tanh,identity,relu,identity,gelu,tanh,sigmoid,identity"]
)
@pytest.mark.parametrize("output", OUTPUTS.names())
def test_gradients_too_small_to_be_squared_are_measured_by_member(
    output: str, activations: str
) -> None:
    changes = {
        "network.depth": 8,
        "network.activation": "sigmoid",
        "network.activations": activations,
        "network.output": output,
        "training.precision": "float32",
    }
    gains = [1.0, 1e-3, 1e-6, 100.0]
    own = [{"init.gain": gain, "training.seed": at} for at, gain in enumerate(gains)]
    assert_as_alone(members_of(changes, own), (0, 1, 2, 4))


def test_a_pass_without_an_update_measures_the_same() -> None:
    specs = members_of({"init.gain": 1e-5, "training.precision": "float32"})
    there = Ensemble(specs)
    there.run(1)
    here = Ensemble(specs)
    here.forward_backward()
    np.testing.assert_array_equal(here.dh_rms, there.dh_rms)
    assert np.all(here.dh_rms > 0)
