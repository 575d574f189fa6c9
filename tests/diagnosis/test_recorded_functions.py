"""Activations and attention that are called as functions, in recordings of PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch
from torch import Tensor, nn

import vgsim.record as record
from vgsim.diagnosis import judge_recording
from vgsim.diagnosis.verdict import Verdict

pytestmark = pytest.mark.torch


class Functional(nn.Module):
    """Eight layers with an activation that is no module."""

    def __init__(self, function: Callable[[Tensor], Tensor], bias: float | None = None) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(20 if k == 0 else 32, 32) for k in range(8))
        self.head = nn.Linear(32, 5)
        self.function = function
        for layer in self.layers:
            nn.init.xavier_normal_(layer.weight)
            if bias is not None:
                nn.init.constant_(layer.bias, bias)

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = self.function(layer(x))
        return self.head(x)


def judged(path: Path, model: nn.Module) -> Verdict:
    torch.manual_seed(0)
    x = torch.randn(64, 20)
    y = x[:, :5].argmax(1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with record.torch(model, path) as run:
        for _ in range(6):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            run.step(loss)
    return judge_recording(record.read(path))


def test_functional_sigmoids_are_told_from_small_weights(tmp_path: Path) -> None:
    torch.manual_seed(0)
    verdict = judged(tmp_path / "a.vgrun", Functional(torch.sigmoid))
    assert verdict.outcome == "vanishing_capped"
    assert "Sigmoid" in verdict.sentences[2]
    assert "layers.0→sigmoid receives 1 part in" in verdict.sentences[0]


def test_functional_relus_that_are_shut_are_dead(tmp_path: Path) -> None:
    torch.manual_seed(0)
    verdict = judged(tmp_path / "a.vgrun", Functional(torch.relu, bias=-9.0))
    assert verdict.outcome == "dead_relus"


def test_functional_tanh_is_healthy(tmp_path: Path) -> None:
    torch.manual_seed(0)
    assert judged(tmp_path / "a.vgrun", Functional(torch.tanh)).outcome == "healthy"
