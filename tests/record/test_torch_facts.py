"""What a recording says of the whole run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

import vgsim.record as record  # noqa: E402
from tests.helpers.recorded import recorded  # noqa: E402
from vgsim.nn.losses import LOSSES  # noqa: E402
from vgsim.record.pytorch.facts import loss_name  # noqa: E402

pytestmark = pytest.mark.torch
CLASSES = torch.tensor([0, 2, 1, 1])
Loss = Callable[[torch.Tensor], torch.Tensor]


def test_the_run_says_what_was_trained(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 3))
    model[0].bias.requires_grad_(False)
    x = torch.randn(4, 3)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-4)
    with record.torch(model, tmp_path / "a.vgrun") as run:
        for _ in range(2):
            loss = F.cross_entropy(model(x), CLASSES)
            loss.backward()
            optimizer.step()
            run.step(loss)
    about = record.read(tmp_path / "a.vgrun").about
    expected = {
        "model": "Sequential", "optimizer": "AdamW", "loss": "Cross-entropy", "batch": "4",
        "parameters": "38", "trained": "33", "precision": "float32", "weights": "float32",
        "device": "cpu",
    }  # fmt: skip
    assert {key: about.get(key) for key in expected} == expected


def test_autocast_has_another_precision_than_the_weights(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Linear(3, 5), nn.Linear(5, 3))
    x = torch.randn(4, 3)

    def cast(model: nn.Module) -> torch.Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            return model(x).float().square().mean()

    about = recorded(tmp_path / "a.vgrun", model, cast).about
    assert (about["precision"], about["weights"]) == ("bfloat16", "float32")


@pytest.mark.parametrize("first", [True, False])
def test_the_batch_of_sequences(tmp_path: Path, first: bool) -> None:
    class Reader(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.words = nn.Embedding(7, 4)
            self.rnn = nn.GRU(4, 4, batch_first=first)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.rnn(self.words(x))[0].square().mean()

    x = torch.zeros((5, 9) if first else (9, 5), dtype=torch.long)
    run = recorded(tmp_path / "a.vgrun", Reader(), lambda model: model(x))
    assert run.about["batch"] == "5"


@pytest.mark.parametrize(
    ("loss", "name"),
    [
        (lambda y: F.cross_entropy(y, CLASSES), "Cross-entropy"),
        (lambda y: F.cross_entropy(y, CLASSES, label_smoothing=0.1) * 3, "Cross-entropy"),
        (lambda y: F.cross_entropy(y.T[None], torch.zeros(1, 4).long()), "Cross-entropy"),
        (lambda y: F.mse_loss(y, 0 * y.detach()) + 0.1, "Mean squared error"),
        (lambda y: F.binary_cross_entropy_with_logits(y, 0 * y.detach()), "Sigmoid cross-entropy"),
        (lambda y: F.binary_cross_entropy(y.sigmoid(), 0 * y.detach()), "Binary cross-entropy"),
        (lambda y: F.huber_loss(y, 0 * y.detach()), "Huber"),
        (lambda y: F.multi_margin_loss(y, CLASSES), "Multi-class hinge"),
        (lambda y: y.exp().sum(), ""),
    ],
)
def test_the_loss_is_called_by_its_name(loss: Loss, name: str) -> None:
    assert loss_name(loss(nn.Linear(2, 3)(torch.randn(4, 2)))) == name


@pytest.mark.parametrize(
    "name", ["Cross-entropy", "Mean squared error", "Sigmoid cross-entropy", "Huber"]
)
def test_losses_that_are_simulated_are_called_as_there(name: str) -> None:
    assert name in [entry.label for entry in LOSSES]
