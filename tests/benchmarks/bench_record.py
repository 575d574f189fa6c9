"""What recording adds to a training loop: ratios to the same loop without it.

python tests/benchmarks/bench_record.py [--blocks 7] [--rows mlp,resnet,transformer,lstm] [--table]

Plain and recorded loops take turns in one process, ten steps each; medians of the time a step. Time
with hooks placed, transfer and file included. Run it on a quiet machine. Peers take part where they
are installed: histograms of parameters and gradients by TensorBoard's `add_histogram`, and
`wandb.watch(log="all")` offline. ``--table`` prints the README's rows.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
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


class Told:
    """What a peer is told after an update, in the place of a recording."""

    def __init__(self, every: int, take: Callable[[int, torch.Tensor], None]) -> None:
        self._every = every
        self._take = take
        self._step = 0

    def step(self, loss: torch.Tensor) -> None:
        """An update was made."""
        if self._step % self._every == 0:
            self._take(self._step, loss)
        self._step += 1


@contextmanager
def tensorboard(model: nn.Module, folder: Path, every: int) -> Iterator[Told]:
    """A histogram of every parameter and of its gradient."""
    from torch.utils.tensorboard import SummaryWriter

    writer = SummaryWriter(str(folder))

    def take(step: int, loss: torch.Tensor) -> None:
        writer.add_scalar("loss", loss.item(), step)
        for name, parameter in model.named_parameters():
            writer.add_histogram(name, parameter, step)
            if parameter.grad is not None:
                writer.add_histogram(f"{name}.grad", parameter.grad, step)

    yield Told(every, take)
    writer.close()


@contextmanager
def wandb(model: nn.Module, folder: Path, every: int) -> Iterator[Told]:
    """What `watch` logs of parameters and gradients."""
    import wandb as own

    folder.mkdir()
    settings = own.Settings(silent=True, console="off", x_disable_stats=True)
    run = own.init(mode="offline", dir=str(folder), project="bench", settings=settings)
    run.watch(model, log="all", log_freq=every)
    yield Told(1, lambda step, loss: run.log({"loss": loss.item()} if step % every == 0 else {}))
    run.unwatch(model)
    run.finish()


PEERS = {"tensorboard": tensorboard, "wandb": wandb}


_asked: list[str] = list(PEERS)


def peers() -> list[str]:
    """Those that were asked for and are installed."""
    return [name for name in _asked if importlib.util.find_spec(name) is not None]


def watched(way: str, model: nn.Module, path: Path) -> Any:
    """The context of one way to watch, by "every=10" or "wandb=10"."""
    name, _, every = way.partition("=")
    if name == "every":
        return record.torch(model, path, every=int(every))
    if name in PEERS:
        return PEERS[name](model, path.with_suffix(""), int(every))
    return nullcontext()


def timed(name: str, blocks: int, steps: int) -> dict[str, float]:
    """Median time of a step of each way, in seconds."""
    torch.manual_seed(0)
    model, loss_of = ROWS[name][0]()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
    ways = ["plain", "items", "every=1", "every=10"]
    ways += [f"{peer}={every}" for peer in peers() for every in (1, 10)]
    times: dict[str, list[float]] = {way: [] for way in ways}
    with tempfile.TemporaryDirectory() as folder:
        for block in range(blocks + 1):
            for way, found in times.items():
                with watched(way, model, Path(folder) / f"{block}-{way}.vgrun") as run:
                    if run is not None:  # the first recorded step also finds the paths
                        for _ in range(int(way.partition("=")[2])):
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


def as_line(name: str, found: dict[str, float]) -> str:
    """The figures of a row with its goals."""
    plain = found["plain"]
    _, first, tenth = ROWS[name]
    goals = {"every=1": f" (≤ {first})", "every=10": f" (≤ {tenth})"}
    ways = [
        f"{way} ×{took / plain:.3f}{goals.get(way, '')}"
        for way, took in found.items()
        if way != "plain"
    ]
    return f"{name:<12} plain {plain * 1e3:7.2f} ms   " + "   ".join(ways)


def as_row(name: str, found: dict[str, float]) -> str:
    """A row of Markdown: ratios, and how much more time than ours each peer adds."""
    plain = found["plain"]
    _, first, tenth = ROWS[name]
    cells = [
        str(ROWS[name][0].__doc__).rstrip("."),
        f"{found['every=1'] / plain:.2f} ({first})",
        f"{found['every=10'] / plain:.3f} ({tenth})",
        f"{found['items'] / plain:.3f}",
    ]
    for peer in peers():
        added = [(found[f"{peer}={n}"] - plain) / (found[f"every={n}"] - plain) for n in (1, 10)]
        cells.append(", ".join(f"{ratio:.1f}" for ratio in added))
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Print a line for each row."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--blocks", type=int, default=7)
    reader.add_argument("--steps", type=int, default=STEPS)
    reader.add_argument("--rows", default=",".join(ROWS))
    reader.add_argument("--table", action="store_true", help="print rows of Markdown")
    reader.add_argument("--peers", default=",".join(PEERS), help="wandb takes seconds a block")
    chosen = reader.parse_args()
    _asked[:] = [name for name in chosen.peers.split(",") if name]
    os.environ.setdefault("WANDB_MODE", "offline")
    print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads; peers: {peers()}")
    for name in chosen.rows.split(","):
        found = timed(name, chosen.blocks, chosen.steps)
        print(as_row(name, found) if chosen.table else as_line(name, found), flush=True)


if __name__ == "__main__":
    main()
