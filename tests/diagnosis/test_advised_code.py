"""The code that a verdict on a recording advises, run on the very model: it mends what is wrong."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from torch import Tensor, nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

import vgsim.record as record  # noqa: E402
from vgsim.diagnosis import judge_recording  # noqa: E402
from vgsim.diagnosis.pytorch import code_lines, pasted  # noqa: E402
from vgsim.diagnosis.verdict import Verdict  # noqa: E402

pytestmark = pytest.mark.torch
torch.set_num_threads(1)
LABELS = torch.arange(64) % 10


def chain(activation: type[nn.Module], depth: int, std: float | None = None) -> nn.Sequential:
    """Dense layers called fc1, act1, …, of PyTorch's own weights or of that standard deviation."""
    torch.manual_seed(0)
    model = nn.Sequential()
    for number in range(1, depth + 1):
        layer = nn.Linear(32, 32)
        if std is not None:
            nn.init.normal_(layer.weight, std=std)
        model.add_module(f"fc{number}", layer)
        model.add_module(f"act{number}", activation())
    model.add_module("head", nn.Linear(32, 10))
    return model


def verdict_on(model: nn.Module, x: Tensor, path: Path) -> Verdict:
    """What is said of eleven updates."""
    trained = copy.deepcopy(model)
    optimizer = torch.optim.SGD(trained.parameters(), lr=1e-3)
    with record.torch(trained, path, every=5) as run:
        for _ in range(11):
            optimizer.zero_grad()
            loss = F.cross_entropy(trained(x), LABELS)
            loss.backward()
            optimizer.step()
            run.step(loss)
    return judge_recording(record.read(path))


def lost(model: nn.Module, x: Tensor) -> float:
    """Decades between the gradients of the first and of the last matrix, in either direction."""
    model.zero_grad()
    F.cross_entropy(model(x), LABELS).backward()
    norms = [p.grad.norm().item() for p in model.parameters() if p.ndim > 1]
    return abs(math.log10(max(norms[0], 1e-40) / norms[-1]))


@pytest.mark.parametrize(
    ("make", "outcome"),
    [
        (lambda: chain(nn.Sigmoid, 8), "vanishing_capped"),
        (lambda: chain(nn.Tanh, 8, 0.02), "vanishing_weights"),
        (lambda: chain(nn.ReLU, 10, 0.02), "vanishing_weights"),
        (lambda: chain(nn.ReLU, 10, 0.9), "exploding_weights"),
    ],
)
def test_every_remedy_brings_the_gradient_back(
    tmp_path: Path, make: Callable[[], nn.Sequential], outcome: str
) -> None:
    model = make()
    x = torch.randn(64, 32)
    verdict = verdict_on(model, x, tmp_path / "run.vgrun")
    assert verdict.outcome == outcome
    assert len(verdict.remedies) >= 3
    before = lost(model, x)
    for remedy in verdict.remedies:
        assert not any(line.sign for line in code_lines(remedy.code)), remedy.title
        space = {"torch": torch, "nn": nn, "model": copy.deepcopy(model), "loader": [(x, LABELS)]}
        exec(pasted(remedy.code), space)
        after = lost(space["model"], x)
        assert after < 0.6 * before, remedy.title


def test_a_healthy_training_gets_no_code(tmp_path: Path) -> None:
    model = chain(nn.ReLU, 2)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    x = torch.randn(64, 32)
    with record.torch(model, tmp_path / "run.vgrun", every=5) as run:
        for _ in range(61):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), LABELS)
            loss.backward()
            optimizer.step()
            run.step(loss)
    assert judge_recording(record.read(tmp_path / "run.vgrun")).remedies == ()
