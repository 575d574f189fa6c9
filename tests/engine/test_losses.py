"""Huber and hinge by hand, and what a loss says of a constant guess."""

from __future__ import annotations

import numpy as np
import pytest

from vgsim.engine.losses import LOSSES
from vgsim.engine.spec import TrainingSpec

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
