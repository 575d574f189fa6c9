"""Huber and hinge by hand, and what a loss says of a constant guess."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.specs import small
from vgsim.nn.experiment import Experiment
from vgsim.nn.losses import LOSSES
from vgsim.nn.spec import TrainingSpec

HALF = TrainingSpec(delta=0.5)


def test_huber_is_square_near_and_straight_beyond():
    loss = LOSSES["huber"](np.zeros((1, 2)), HALF)
    assert loss.value(np.array([[0.2, -2.0]])) == pytest.approx((0.02 + 0.5 * (2 - 0.25)) / 2)
    gradient = np.empty((1, 2))
    loss.gradient(np.zeros((1, 2)), gradient)
    assert list(gradient[0]) == [0.1, -0.25]


def test_hinge_counts_every_margin_that_is_not_kept():
    loss = LOSSES["hinge"](np.eye(3)[[0, 2]], HALF)
    h = np.array([[2.0, 1.5, 0.0], [0.0, 0.0, 5.0]])
    assert loss.value(h) == pytest.approx((1 + 1.5 - 2) / 3 / 2)
    gradient = np.empty((2, 3))
    loss.gradient(h, gradient)
    assert np.allclose(gradient * 6, [[-1, 1, 0], [0, 0, 0]])
    assert loss.accuracy(h) == 1


def test_hinge_by_chance_is_that_of_equal_outputs():
    targets = np.eye(4)[[0, 1, 2, 3, 3]]
    assert LOSSES["hinge"].chance(targets) == LOSSES["hinge"](targets, HALF).value(np.ones((5, 4)))


def test_huber_by_chance_is_the_best_constant():
    targets = np.random.default_rng(1).exponential(size=(50, 2))
    loss = LOSSES["huber"](targets, HALF)
    guesses = np.linspace(0, 2, 401)
    best = [min(loss.value(np.full((50, 2), guess)) for guess in guesses)]
    assert LOSSES["huber"].chance(targets, HALF) <= min(best)
    assert LOSSES["huber"].chance(targets, HALF) == pytest.approx(min(best), rel=0.02)


@pytest.mark.parametrize("name", ["cross_entropy", "mse", "hinge"])
def test_other_losses_need_no_settings_for_chance(name):
    targets = np.eye(2)[[0, 1, 1, 0]]
    assert LOSSES[name].chance(targets) == LOSSES[name].chance(targets, HALF)
    assert np.isnan(LOSSES["huber"].chance(targets))


def test_a_sure_and_right_answer_costs_nothing_below_zero():
    h = np.array([[90.0], [-60.0], [20.0]], np.float32)
    loss = LOSSES["binary_cross_entropy"](np.array([[1], [0], [1]], np.float32), HALF)
    assert loss.value(h) == pytest.approx(np.log1p(np.exp(-20.0)) / 3, rel=1e-5)


def test_sigmoid_cross_entropy_by_hand():
    loss = LOSSES["binary_cross_entropy"](np.array([[1.0, 0.0]]), HALF)
    assert loss.value(np.array([[0.5, 2.0]])) == pytest.approx(
        (np.log1p(np.exp(-0.5)) + np.log1p(np.exp(2.0))) / 2
    )
    assert loss.value(np.array([[1e4, 1e4]])) == 5e3


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("name", ["cross_entropy", "binary_cross_entropy", "mse", "hinge"])
def test_outputs_that_overflowed_have_no_accuracy(name, outputs, bad):
    targets = np.eye(3)[[0, 0, 1]][:, :outputs]
    h = targets.copy()
    h[2, 0] = bad
    assert np.isnan(LOSSES[name](targets, HALF, True).accuracy(h))


def test_the_accuracy_of_yes_or_no_is_the_share_of_right_signs():
    loss = LOSSES["binary_cross_entropy"](np.array([[1.0], [0.0], [1.0], [0.0]]), HALF)
    assert loss.accuracy(np.array([[2.0], [-1.0], [-3.0], [-0.5]])) == 0.75


def test_numbers_that_add_up_to_one_are_no_classes():
    targets = np.array([[0.3, 0.7], [1.0, 0.0]])
    assert np.isnan(LOSSES["mse"](targets, HALF).accuracy(targets))
    assert LOSSES["mse"](targets, HALF, True).accuracy(targets) == 1


@pytest.mark.parametrize(("loss", "steps"), [("mse", 1), ("huber", 2)])  # some right, some not
def test_an_experiment_says_whether_there_are_classes(loss, steps):
    classes = Experiment(small(training__loss=loss, training__batch=0))
    classes.run(steps)
    guesses = classes.network.predict().argmax(axis=1)
    classes.run(1)
    assert classes.accuracy() == np.mean(guesses == classes.data.y_train) not in (0, 1)
    assert np.isnan(Experiment(small(data__dataset="one", training__loss=loss)).accuracy())


def test_cross_entropy_by_chance_is_the_best_constant():
    targets = np.eye(3)[[0, 0, 0, 1, 1, 2]]
    share = targets.mean(axis=0)
    loss = LOSSES["cross_entropy"](targets, HALF)
    assert loss.chance(targets) == pytest.approx(loss.value(np.log(np.tile(share, (6, 1)))))
    assert loss.chance(targets) == pytest.approx(1.0114, abs=1e-4)
    assert loss.chance(np.eye(10)) == pytest.approx(np.log(10))
    assert loss.chance(np.eye(3)[[1, 1]]) == 0
