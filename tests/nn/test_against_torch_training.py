"""Optimizers, schedules and clipping against PyTorch in float64, over 100 steps."""

from __future__ import annotations

import numpy as np
import pytest

from vgsim.nn.clipping import CLIPPINGS
from vgsim.nn.optimizers import OPTIMIZERS
from vgsim.nn.schedules import SCHEDULES
from vgsim.nn.spec import TrainingSpec

torch = pytest.importorskip("torch", reason="PyTorch is not installed (the extra 'torch' has it)")
pytestmark = pytest.mark.torch

STEPS = 100
THEIRS = {
    "sgd": lambda p, t: torch.optim.SGD(p, t.learning_rate, weight_decay=t.weight_decay),
    "momentum": lambda p, t: torch.optim.SGD(
        p, t.learning_rate, t.momentum, weight_decay=t.weight_decay
    ),
    "nesterov": lambda p, t: torch.optim.SGD(
        p, t.learning_rate, t.momentum, weight_decay=t.weight_decay, nesterov=True
    ),
    "rmsprop": lambda p, t: torch.optim.RMSprop(
        p, t.learning_rate, alpha=t.rho, eps=t.epsilon, weight_decay=t.weight_decay
    ),
    "adam": lambda p, t: torch.optim.Adam(
        p, t.learning_rate, (t.beta1, t.beta2), t.epsilon, weight_decay=t.weight_decay
    ),
    "adamw": lambda p, t: torch.optim.AdamW(
        p, t.learning_rate, (t.beta1, t.beta2), t.epsilon, weight_decay=t.weight_decay
    ),
    "adagrad": lambda p, t: torch.optim.Adagrad(
        p, t.learning_rate, eps=t.epsilon, weight_decay=t.weight_decay
    ),
    "adadelta": lambda p, t: torch.optim.Adadelta(
        p, t.learning_rate, rho=t.rho, eps=t.epsilon, weight_decay=t.weight_decay
    ),
    "nadam": lambda p, t: torch.optim.NAdam(
        p, t.learning_rate, (t.beta1, t.beta2), t.epsilon, weight_decay=t.weight_decay
    ),
}


@pytest.fixture(autouse=True)
def _products_in_float64():
    """NAdam keeps its product of momenta in the default type, not in that of its parameters."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def _gradient(w):
    """Of a curved function: every update depends on all those before.

    It has no maximum, beside which rounding would be amplified.
    """
    return 3 * w + np.sin(2.5 * w) - 0.5


def _error(ours, theirs) -> float:
    return np.linalg.norm(ours - theirs) / np.linalg.norm(theirs)


def test_every_optimizer_has_its_counterpart():
    assert set(THEIRS) == set(OPTIMIZERS.names())


def _train(training: TrainingSpec):
    """Parameters after 100 steps of our optimizer."""
    values = np.random.default_rng(6).standard_normal(50)
    change = np.empty_like(values)
    optimizer = OPTIMIZERS[training.optimizer](training, values)
    for step in range(STEPS):
        optimizer.update(values, _gradient(values), change, step)
    return values


def _train_torch(training: TrainingSpec, scheduler=None):
    values = torch.tensor(np.random.default_rng(6).standard_normal(50), requires_grad=True)
    optimizer = THEIRS[training.optimizer]([values], training)
    schedule = scheduler(optimizer) if scheduler else None
    for _ in range(STEPS):
        values.grad = torch.tensor(_gradient(values.detach().numpy()))
        optimizer.step()
        if schedule:
            schedule.step()
    return values.detach().numpy()


@pytest.mark.parametrize("name", OPTIMIZERS.names())
@pytest.mark.parametrize("decay", [0.0, 0.05])
def test_optimizers_equal_pytorch(name, decay):
    training = TrainingSpec(optimizer=name, learning_rate=0.02, weight_decay=decay)
    assert _error(_train(training), _train_torch(training)) <= 1e-10


@pytest.mark.parametrize("name", ["adam", "adamw", "rmsprop", "adagrad", "adadelta", "nadam"])
def test_other_settings_equal_pytorch(name):
    training = TrainingSpec(
        optimizer=name, learning_rate=0.03, beta1=0.5, beta2=0.8, rho=0.7, epsilon=0.1
    )
    assert _error(_train(training), _train_torch(training)) <= 1e-10


SCHEDULERS = {
    "constant": lambda o: torch.optim.lr_scheduler.ConstantLR(o, factor=1.0),
    "step": lambda o: torch.optim.lr_scheduler.StepLR(o, 30, 0.3),
    "cosine": lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 100, 0.001),
    "warmup": lambda o: torch.optim.lr_scheduler.LinearLR(o, 1 / 20, total_iters=19),
    "warmup_cosine": lambda o: torch.optim.lr_scheduler.SequentialLR(
        o,
        [
            torch.optim.lr_scheduler.LinearLR(o, 1 / 20, total_iters=19),
            torch.optim.lr_scheduler.CosineAnnealingLR(o, 80, 0.001),
        ],
        [20],
    ),
}


@pytest.mark.parametrize("name", SCHEDULES.names())
@pytest.mark.filterwarnings("ignore:The epoch parameter")  # SequentialLR warns of itself
def test_schedules_equal_pytorch(name):
    training = TrainingSpec(
        schedule=name, learning_rate=0.05, warmup=20, decay_factor=0.3, final_rate=0.001,
        decay_steps=30 if name == "step" else 100,
    )  # fmt: skip
    assert _error(_train(training), _train_torch(training, SCHEDULERS[name])) <= 1e-10


@pytest.mark.parametrize("most", [0.1, 3.0, 1e6])
def test_clipping_by_norm_equals_pytorch(most):
    ours = np.random.default_rng(8).standard_normal(40)
    theirs = torch.zeros(40, dtype=torch.float64)
    theirs.grad = torch.tensor(ours.copy())
    norm = float(torch.nn.utils.clip_grad_norm_([theirs], most))
    clipped = CLIPPINGS["norm"](ours, most)
    assert clipped.before == pytest.approx(norm, rel=1e-14)
    assert clipped.after == pytest.approx(np.linalg.norm(ours), rel=1e-14)
    assert _error(ours, theirs.grad.numpy()) <= 1e-14


def test_clipping_by_value_equals_pytorch():
    ours = np.random.default_rng(8).standard_normal(40)
    theirs = torch.zeros(40, dtype=torch.float64)
    theirs.grad = torch.tensor(ours.copy())
    torch.nn.utils.clip_grad_value_([theirs], 0.5)
    clipped = CLIPPINGS["value"](ours, 0.5)
    assert np.array_equal(ours, theirs.grad.numpy())
    assert clipped.after == pytest.approx(np.linalg.norm(ours))
