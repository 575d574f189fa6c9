"""Optimizers, schedules and clipping by themselves."""

from __future__ import annotations

import numpy as np
import pytest
from autograd.misc import optimizers

from tests.helpers.specs import small
from vgsim.nn.clipping import CLIPPINGS
from vgsim.nn.experiment import Experiment
from vgsim.nn.optimizers import OPTIMIZERS
from vgsim.nn.schedules import SCHEDULES
from vgsim.nn.spec import Spec, TrainingSpec

EVERY = pytest.mark.parametrize("name", OPTIMIZERS.names())


def _optimizer(name: str, size: int, **training: object):
    chosen = TrainingSpec(optimizer=name, learning_rate=0.1, **training)  # type: ignore[arg-type]
    return OPTIMIZERS[name](chosen, np.zeros(size))


def _run(optimizer, values, steps) -> bytes:
    change = np.empty_like(values)
    for step in steps:
        optimizer.update(values, np.cos(values), change, step)
    return values.tobytes() + optimizer.state.tobytes()


@EVERY
def test_the_change_is_what_was_added(name):
    values, change = np.linspace(-1, 1, 9), np.empty(9)
    before = values.copy()
    _optimizer(name, 9, weight_decay=0.1).update(values, np.cos(values), change, 0)
    assert np.array_equal(before + change, values) and change.any()


@EVERY
def test_state_and_step_are_all_that_is_needed_to_go_on(name):
    through = _run(_optimizer(name, 9), np.linspace(-1, 1, 9), range(12))
    first, values = _optimizer(name, 9), np.linspace(-1, 1, 9)
    _run(first, values, range(5))
    second = _optimizer(name, 9)
    second.state[:] = first.state
    assert _run(second, values, range(5, 12)) == through


@pytest.mark.parametrize(
    ("name", "moved"), [("sgd", 0.2), ("momentum", 0.2), ("nesterov", 0.2 * 1.9), ("adam", 0.1),
                        ("adamw", 0.1), ("rmsprop", 0.1 * 10)],
)  # fmt: skip
def test_the_first_update_of_each_rule(name, moved):
    values, change = np.zeros(1), np.empty(1)
    _optimizer(name, 1).update(values, np.array([2.0]), change)
    assert -values[0] == pytest.approx(moved, rel=1e-6)


def test_decoupled_decay_shrinks_without_a_gradient():
    values, change = np.ones(1), np.empty(1)
    _optimizer("adamw", 1, weight_decay=0.5).update(values, np.zeros(1), change)
    assert values[0] == pytest.approx(1 - 0.1 * 0.5)


def _rates(name: str, steps: range, **training: object) -> list[float]:
    chosen = TrainingSpec(learning_rate=1.0, **training)  # type: ignore[arg-type]
    return [SCHEDULES[name](step, chosen) for step in steps]


def test_steps_halve_the_rate():
    assert _rates("step", range(0, 30, 5), decay_steps=10) == [1, 1, 0.5, 0.5, 0.25, 0.25]


def test_the_cosine_ends_and_stays_at_the_final_rate():
    rates = _rates("cosine", range(0, 30, 5), decay_steps=20, final_rate=0.1)
    assert rates == pytest.approx([1, 0.868198, 0.55, 0.231802, 0.1, 0.1], abs=1e-6)


def test_the_warm_up_rises_to_the_rate():
    assert _rates("warmup", range(6), warmup=4) == [0.25, 0.5, 0.75, 1, 1, 1]


def test_the_warm_up_hands_over_to_the_cosine():
    rates = _rates("warmup_cosine", range(8), warmup=4, decay_steps=6)
    assert rates == pytest.approx([0.25, 0.5, 0.75, 1, 1, 0.5, 0, 0])


def test_a_warm_up_longer_than_the_decay_still_is_a_schedule():
    assert _rates("warmup_cosine", range(3, 6), warmup=4, decay_steps=2) == [1, 1, 0]


def test_the_optimizer_follows_the_schedule():
    optimizer = _optimizer("sgd", 1, schedule="step", decay_steps=1, decay_factor=0.5)
    values = np.zeros(1)
    for step in range(3):
        optimizer.update(values, np.ones(1), np.empty(1), step)
    assert values[0] == pytest.approx(-(0.1 + 0.05 + 0.025))
    assert optimizer.rate(2) == pytest.approx(0.025)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_clipping_by_norm_sees_a_norm_whose_square_overflows(dtype):
    gradients = np.full(4, np.finfo(dtype).max / 8, dtype)
    clipped = CLIPPINGS["norm"](gradients, 1.0)
    assert clipped.before == pytest.approx(float(np.finfo(dtype).max) / 4)
    assert np.linalg.norm(gradients) == pytest.approx(1.0)


def test_a_small_gradient_is_left_alone():
    gradients = np.array([0.3, -0.4])
    clipped = CLIPPINGS["norm"](gradients, 1.0)
    assert list(gradients) == [0.3, -0.4] and clipped.before == clipped.after == 0.5


def test_an_infinite_gradient_leaves_what_is_finite_at_zero():
    gradients = np.array([1.0, np.inf])
    with np.errstate(invalid="ignore"):
        clipped = CLIPPINGS["norm"](gradients, 1.0)
    assert gradients[0] == 0 and np.isnan(gradients[1]) and clipped.before == np.inf


def test_no_clipping_measures_nothing():
    gradients = np.array([5.0])
    assert np.isnan(CLIPPINGS["none"](gradients, 1.0).before) and gradients[0] == 5


def test_only_what_is_chosen_reads_its_settings():
    plain, chosen = Spec(), Spec().replace({"training.optimizer": "adam", "training.clip": "norm"})
    paths = ["training.beta1", "training.epsilon", "training.clip_at"]
    assert [plain.applies(path) for path in paths] == [False] * 3
    assert [chosen.applies(path) for path in paths] == [True] * 3


GRADIENTS = [0.3, -0.8, 0.5]
RATE, MASS, DECAY = 0.1, 0.9, 0.05


def _updated(name: str, start: float, gradients: list[float], **training: object) -> list[float]:
    """The parameter after each update; RMSprop begins as autograd's does, at a square of 1."""
    optimizer = _optimizer(name, 1, momentum=MASS, **training)
    if name == "rmsprop":
        optimizer.state[:] = 1
    values, found = np.array([start]), []
    for step, gradient in enumerate(gradients):
        optimizer.update(values, np.array([gradient]), np.empty(1), step)
        found.append(float(values[0]))
    return found


def _by_autograd(rule, start: float, decay: float = 0.0, **settings: float) -> list[float]:
    """The parameter after each update by a rule of ``autograd.misc.optimizers``."""

    def gradient(w, step):
        return GRADIENTS[step] + decay * w

    return [float(rule(gradient, np.array([start]), num_iters=count, **settings)[0])
            for count in (1, 2, 3)]  # fmt: skip


# autograd's velocity takes 1 − mass of every gradient, so its step is so much larger
@pytest.mark.parametrize(("name", "rule", "settings"), [
    ("sgd", optimizers.sgd, {"step_size": RATE, "mass": 0.0}),
    ("momentum", optimizers.sgd, {"step_size": RATE / (1 - MASS), "mass": MASS}),
    ("adam", optimizers.adam, {"step_size": RATE}),
    ("rmsprop", optimizers.rmsprop, {"step_size": RATE, "gamma": 0.99}),
])  # fmt: skip
def test_three_updates_are_those_of_autograd(name, rule, settings):
    expected = _by_autograd(rule, 0.7, DECAY, **settings)
    found = _updated(name, 0.7, GRADIENTS, weight_decay=DECAY)
    assert found == pytest.approx(expected, rel=1e-9)


def test_decoupled_decay_is_beside_the_steps_of_adam():
    """Loshchilov and Hutter (2019): the decay shrinks the weights and never enters the moments."""
    reached = [0.0, *_by_autograd(optimizers.adam, 0.0, step_size=RATE)]
    w, expected = 0.7, []
    for step in np.diff(reached):
        w = (1 - RATE * DECAY) * w + step
        expected.append(w)
    assert _updated("adamw", 0.7, GRADIENTS, weight_decay=DECAY) == pytest.approx(
        expected, rel=1e-9
    )


def test_nesterov_looks_ahead_by_the_way_just_made():
    """Nesterov (1983): the gradient is taken at y = x + μ (x − the x before), on J = 2 w²."""
    x = y = 0.7
    optimizer, values = _optimizer("nesterov", 1, momentum=MASS), np.array([0.7])
    for step in range(5):
        before = x
        x = y - RATE * 4 * y
        y = x + MASS * (x - before)
        optimizer.update(values, 4 * values, np.empty(1), step)
        assert values[0] == pytest.approx(y, rel=1e-9)


def test_an_experiment_updates_by_its_rule():
    spec = small(training__optimizer="momentum", training__momentum=0.5,
                 training__weight_decay=0.1, training__learning_rate=0.2)  # fmt: skip
    experiment = Experiment(spec)
    flat, velocity = experiment.network.flat, 0.0
    for _ in range(3):
        before = flat.values.copy()
        experiment.run(1)
        velocity = 0.5 * velocity + flat.gradients + 0.1 * before
        assert np.allclose(flat.values, before - 0.2 * velocity, rtol=1e-12)


@pytest.mark.parametrize("name", OPTIMIZERS.names())
def test_weight_decay_may_leave_biases_alone(name):
    spec = small(
        training__optimizer=name, training__weight_decay=0.3, network__norm="layer",
        network__activation="prelu", init__bias="normal", init__bias_value=0.5,
    )  # fmt: skip
    every = Experiment(spec)
    some = Experiment(spec.replace({"training.decay_biases": False}))
    free = Experiment(spec.replace({"training.weight_decay": 0.0}))
    for experiment in (every, some, free):
        experiment.run(1)
    for stage in range(every.stages):
        ours, all_of_them, none_of_them = (
            experiment.network.stages[stage].parameters for experiment in (some, every, free)
        )
        for parameter, values in ours.items():
            expected = all_of_them if values.ndim == 2 else none_of_them
            np.testing.assert_array_equal(values, expected[parameter])


def test_nadam_has_the_same_bits_after_going_back():
    experiment = Experiment(small(training__optimizer="nadam", training__learning_rate=0.01))
    experiment.run(30)
    expected = experiment.network.flat.values.copy()
    experiment.seek(3, 0)
    experiment.run(27)
    np.testing.assert_array_equal(experiment.network.flat.values, expected)
