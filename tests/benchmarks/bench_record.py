"""What recording adds to a training loop: ratios to the same loop without it.

python tests/benchmarks/bench_record.py [--blocks 7] [--rows mlp,resnet,transformer,lstm]

Plain and recorded loops take turns in one process, ten steps each; medians of the time a step. Time
with hooks placed, transfer and file included. Run it on a quiet machine.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import torch
from torch import nn

import vgsim.record as record

STEPS = 10
Step = Callable[[], Any]


class Block(nn.Module):
    """Two convolutions and a way around them."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.relu2 = nn.ReLU()
        self.around: nn.Module = nn.Identity()
        if inputs != outputs:
            self.around = nn.Conv2d(inputs, outputs, 1, stride, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = self.relu1(self.norm1(self.conv1(x)))
        return self.relu2(self.norm2(self.conv2(h)) + self.around(x))


def resnet() -> tuple[nn.Module, Callable[[nn.Module], torch.Tensor]]:
    """ResNet-20 for pictures of 32 × 32, batch 64."""
    layers: list[nn.Module] = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    width = 16
    for stage, outputs in enumerate((16, 32, 64)):
        for number in range(3):
            stride = 2 if stage and number == 0 else 1
            layers.append(Block(width, outputs, stride))
            width = outputs
    model = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))
    x, y = torch.randn(64, 3, 32, 32), torch.randint(0, 10, (64,))
    return model, lambda it: nn.functional.cross_entropy(it(x), y)


def transformer() -> tuple[nn.Module, Callable[[nn.Module], torch.Tensor]]:
    """A 6-layer encoder of width 256, 64 tokens, batch 16."""
    layer = nn.TransformerEncoderLayer(256, 4, 1024, batch_first=True)
    model = nn.TransformerEncoder(layer, 6, enable_nested_tensor=False)
    x = torch.randn(16, 64, 256)
    return model, lambda it: it(x).square().mean()


def lstm() -> tuple[nn.Module, Callable[[nn.Module], torch.Tensor]]:
    """A 2-layer LSTM of width 256, T = 64, batch 32, recorded by timestep."""
    x = torch.randn(64, 32, 256)
    return nn.LSTM(256, 256, 2), lambda it: it(x)[0].square().mean()


def mlp() -> tuple[nn.Module, Callable[[nn.Module], torch.Tensor]]:
    """20 layers of 64, batch 64."""
    layers: list[nn.Module] = []
    for _ in range(20):
        layers += [nn.Linear(64, 64), nn.Tanh()]
    x, y = torch.randn(64, 64), torch.randint(0, 10, (64,))
    model = nn.Sequential(*layers, nn.Linear(64, 10))
    return model, lambda it: nn.functional.cross_entropy(it(x), y)


ROWS = {
    "resnet": (resnet, 1.15, 1.02),
    "transformer": (transformer, 1.15, 1.02),
    "lstm": (lstm, 2.0, 1.10),
    "mlp": (mlp, 2.5, 1.15),
}


def norms_by_item(model: nn.Module) -> None:
    """The loop of the forums: a gradient norm of every parameter, one by one."""
    for parameter in model.parameters():
        if parameter.grad is not None:
            parameter.grad.norm().item()


def timed(name: str, blocks: int, steps: int) -> dict[str, float]:
    """Median time of a step of each way, in seconds."""
    torch.manual_seed(0)
    model, loss_of = ROWS[name][0]()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
    times: dict[str, list[float]] = {"plain": [], "items": [], "every=1": [], "every=10": []}
    with tempfile.TemporaryDirectory() as folder:
        for block in range(blocks + 1):
            for way, found in times.items():
                path = Path(folder) / f"{block}-{way}.vgrun"
                context: Any = nullcontext()
                if way.startswith("every"):
                    context = record.torch(model, path, every=int(way[6:]))
                with context as run:
                    if run is not None:  # the first recorded step also finds the paths
                        one_step(model, loss_of, optimizer, run)
                        for _ in range(int(way[6:]) - 1):
                            one_step(model, loss_of, optimizer, run)
                    began = time.perf_counter()
                    for _ in range(steps):
                        loss = one_step(model, loss_of, optimizer, run)
                        if way == "items":
                            norms_by_item(model)
                    took = (time.perf_counter() - began) / steps
                    del loss
                if block:  # the first block warms up
                    found.append(took)
    return {way: statistics.median(found) for way, found in times.items()}


def one_step(model: nn.Module, loss_of: Any, optimizer: Any, run: Any) -> torch.Tensor:
    """One update, told to ``run`` where there is one."""
    optimizer.zero_grad()
    loss: torch.Tensor = loss_of(model)
    loss.backward()
    optimizer.step()
    if run is not None:
        run.step(loss)
    return loss


def main() -> None:
    """Print a line for each row."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--blocks", type=int, default=7)
    reader.add_argument("--steps", type=int, default=STEPS)
    reader.add_argument("--rows", default=",".join(ROWS))
    chosen = reader.parse_args()
    print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads")
    for name in chosen.rows.split(","):
        found = timed(name, chosen.blocks, chosen.steps)
        plain = found["plain"]
        _, first, tenth = ROWS[name]
        print(
            f"{name:<12} plain {plain * 1e3:7.2f} ms"
            f"   every=1 ×{found['every=1'] / plain:.2f} (≤ {first})"
            f"   every=10 ×{found['every=10'] / plain:.3f} (≤ {tenth})"
            f"   .item() of every norm ×{found['items'] / plain:.3f}"
        )


if __name__ == "__main__":
    main()
