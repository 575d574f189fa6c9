"""Gradients of every kind of stage and loss against autograd and finite differences."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.oracle import FUNCTIONS, LOSS_FUNCTIONS, oracle_gradients
from tests.helpers.specs import small
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.experiment import Experiment
from vgsim.nn.initializers import INITIALIZERS
from vgsim.nn.losses import LOSSES


def _passed(spec) -> Experiment:
    """An experiment with a whole pass done, just before the update."""
    experiment = Experiment(spec)
    experiment.seek(0, len(experiment.timeline) - 2)
    for layer in experiment.network.stages:
        layer.parameter_gradients()
    return experiment


def _close(ours, theirs) -> bool:
    return np.linalg.norm(ours - theirs) <= 1e-12 * max(np.linalg.norm(theirs), 1e-30)


def _assert_like_autograd(spec) -> None:
    experiment = _passed(spec)
    for layer, expected in zip(
        experiment.network.stages, oracle_gradients(experiment), strict=True
    ):
        assert _close(layer.arrays.dh, expected["zero"])
        assert all(_close(value, expected[name]) for name, value in layer.gradients.items())


def test_the_oracle_knows_every_activation_and_loss():
    assert set(FUNCTIONS) == set(ACTIVATIONS.names())
    assert set(LOSS_FUNCTIONS) == set(LOSSES.names())


@pytest.mark.parametrize("activation", ACTIVATIONS.names())
@pytest.mark.parametrize("loss", LOSSES.names())
def test_gradients_equal_autograd(activation, loss):
    _assert_like_autograd(small(network__activation=activation, training__loss=loss))


@pytest.mark.parametrize("weights", INITIALIZERS.names())
def test_gradients_equal_autograd_from_every_initializer(weights):
    branch = INITIALIZERS[weights].by_branch is not None
    _assert_like_autograd(small(init__weights=weights, init__std=0.7, init__bias="normal",
                                init__bias_value=0.3,
                                network__skip="residual" if branch else "none"))  # fmt: skip


def test_gradients_equal_autograd_on_digits():
    _assert_like_autograd(small(data__dataset="digits", network__depth=6, network__width=16))


def test_gradients_of_a_chain_equal_autograd():
    _assert_like_autograd(
        small(data__dataset="one", network__kind="chain", training__loss="linear")
    )


def _loss_at(experiment: Experiment, values) -> float:
    experiment.network.flat.values[:] = values
    return experiment.loss.value(experiment.network.predict())


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "identity"])
def test_gradient_along_random_directions_is_the_finite_difference(activation):
    experiment = _passed(small(network__activation=activation, init__bias="normal",
                               init__bias_value=0.5))  # fmt: skip
    flat, rng = experiment.network.flat, np.random.default_rng(1)
    start, gradient = flat.values.copy(), flat.gradients.copy()
    for _ in range(5):
        way = rng.standard_normal(flat.size) * 1e-5
        rise = _loss_at(experiment, start + way) - _loss_at(experiment, start - way)
        assert rise / 2 == pytest.approx(gradient @ way, rel=1e-6)


def test_the_batched_gradients_have_the_bits_of_the_single_ones():
    experiment = _passed(small(network__depth=7))
    single = experiment.network.flat.gradients.copy()
    experiment.network.flat.gradients[:] = 0
    experiment.network.parameter_gradients()
    assert np.array_equal(single, experiment.network.flat.gradients)


def test_float32_gradients_are_close_to_float64():
    wide, narrow = (_passed(small(training__precision=p)) for p in ("float64", "float32"))
    assert narrow.network.flat.gradients.dtype == np.float32
    assert np.allclose(wide.network.flat.gradients, narrow.network.flat.gradients, atol=1e-6)
