"""Activations and losses against PyTorch in float64; skipped where it is not installed."""

from __future__ import annotations

import numpy as np
import pytest

from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.arrays import quiet
from vgsim.nn.losses import LOSSES
from vgsim.nn.spec import TrainingSpec

torch = pytest.importorskip("torch", reason="PyTorch is not installed (the extra 'torch' has it)")
pytestmark = pytest.mark.torch
F = torch.nn.functional

FUNCTIONS = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": F.relu,
    "leaky_relu": F.leaky_relu,
    "prelu": lambda z: F.leaky_relu(z, 0.25),  # before it has learned
    "elu": F.elu,
    "selu": F.selu,
    # PyTorch's softplus is the identity beyond its threshold of 20, off by 1e-10 there
    "softplus": lambda z: F.softplus(z, threshold=700),
    "gelu": F.gelu,
    "gelu_tanh": lambda z: F.gelu(z, approximate="tanh"),
    "silu": F.silu,
    "mish": F.mish,
    "softsign": F.softsign,
    "hard_tanh": F.hardtanh,
    "identity": lambda z: z,
}
GAINS = {"leaky_relu": ("leaky_relu", 0.01), "identity": ("linear",)}


def _error(ours, theirs) -> float:
    theirs = theirs.detach().numpy()
    return np.linalg.norm(ours - theirs) / np.linalg.norm(theirs)


def test_every_activation_has_its_counterpart():
    assert set(FUNCTIONS) == set(ACTIVATIONS.names())


@pytest.mark.parametrize("name", ACTIVATIONS.names())
@pytest.mark.parametrize("spread", [0.1, 1.0, 8.0])
def test_activations_equal_pytorch(name, spread):
    z = np.random.default_rng(5).standard_normal((64, 33)) * spread
    z[0, :3] = 0.0, 1.0, -1.0  # at the kinks
    theirs = torch.tensor(z, requires_grad=True)
    value = FUNCTIONS[name](theirs)
    value.sum().backward()
    h, derivative = np.empty_like(z), np.empty_like(z)
    with quiet():
        ACTIVATIONS[name].forward(z, h)
        ACTIVATIONS[name].derivative(z, h, derivative)
    assert _error(h, value) <= 1e-14
    assert _error(derivative, theirs.grad) <= 1e-14


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu", "leaky_relu", "selu", "identity"])
def test_gains_are_those_of_pytorch(name):
    expected = torch.nn.init.calculate_gain(*GAINS.get(name, (name,)))
    assert ACTIVATIONS[name].gain == pytest.approx(expected, rel=1e-15)


def _one_hot(classes: int):
    return np.eye(classes)[np.random.default_rng(2).integers(0, classes, 20)]


CLASSES = {
    "cross_entropy": lambda h, t: F.cross_entropy(h, t.argmax(1)),
    "hinge": lambda h, t: F.multi_margin_loss(h, t.argmax(1)),
    "binary_cross_entropy": F.binary_cross_entropy_with_logits,
}
NUMBERS = {"mse": F.mse_loss, "huber": lambda h, t: F.huber_loss(h, t, delta=0.7)}


@pytest.mark.parametrize("name", [*CLASSES, *NUMBERS])
@pytest.mark.parametrize("spread", [0.1, 1.0, 30.0])
def test_losses_equal_pytorch(name, spread):
    rng = np.random.default_rng(4)
    targets = _one_hot(7) if name in CLASSES else rng.standard_normal((20, 7))
    h = rng.standard_normal((20, 7)) * spread
    theirs = torch.tensor(h, requires_grad=True)
    value = (CLASSES | NUMBERS)[name](theirs, torch.tensor(targets))
    value.backward()
    loss, gradient = LOSSES[name](targets, TrainingSpec(delta=0.7)), np.empty_like(h)
    assert loss.value(h) == pytest.approx(float(value.detach()), rel=1e-13)
    loss.gradient(h, gradient)
    assert _error(gradient, theirs.grad) <= 1e-13
