"""Trainings in PyTorch that go well, and the same with one mistake in each.

All are of digits, small, and take a second or two. Widths, seeds, depths and optimizers can be
varied, so that what is said of them does not hang on one network.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

import vgsim.record as record
from vgsim.core.resources import resource
from vgsim.record.reader import RecordedRun

torch.set_num_threads(1)


@dataclass(frozen=True)
class Setting:
    """What may be varied of a training."""

    seed: int = 0
    width: int = 64
    batch: int = 64
    steps: int = 61
    every: int = 10
    optimizer: str = "SGD"
    rate: float = 0.05
    momentum: float = 0.9
    weight: float = 1.0
    """What the loss is multiplied by."""


@cache
def digits() -> tuple[Tensor, Tensor]:
    """Pictures (1797, 8, 8) around 0, with a variance of about 1, and what they show."""
    with np.load(resource("datasets", "digits.npz")) as data:
        x = torch.tensor(data["x"], dtype=torch.float32)
        y = torch.tensor(data["y"], dtype=torch.long)
    return (x - x.mean()) / x.std(), y


def trained(
    path: Path, model: nn.Module, setting: Setting, *,
    parameters: Callable[[nn.Module], Any] | None = None, half: bool = False, scaled: bool = False,
    **choices: Any,
) -> RecordedRun:  # fmt: skip
    """The recording of a training; ``half`` is float16 by autocast, ``scaled`` a GradScaler."""
    x, y = digits()
    generator = torch.Generator().manual_seed(setting.seed)
    given = model.parameters() if parameters is None else parameters(model)
    kind = getattr(torch.optim, setting.optimizer)
    more = {"momentum": setting.momentum} if setting.optimizer == "SGD" else {}
    optimizer = kind(given, lr=setting.rate, **more)
    scaler = torch.amp.GradScaler("cpu", enabled=scaled)
    with record.torch(model, path, every=setting.every, **choices) as run:
        for _ in range(setting.steps):
            batch = torch.randint(len(x), (setting.batch,), generator=generator)
            optimizer.zero_grad()
            with torch.autocast("cpu", torch.float16) if half else nullcontext():
                logits = model(x[batch]).float()
                loss = setting.weight * nn.functional.cross_entropy(logits, y[batch])
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()
            run.step(loss)
    return record.read(path)


# --- an MLP --------------------------------------------------------------------------------------


def mlp(
    setting: Setting, depth: int = 8, activation: Callable[[], nn.Module] = nn.ReLU,
    scale: float = 1.0, norm: Callable[[int], nn.Module] | None = None, he: bool = True,
) -> nn.Sequential:  # fmt: skip
    """fc1, act1, … and head; ``scale`` multiplies the weights of all but the head."""
    torch.manual_seed(setting.seed)
    model = nn.Sequential()
    model.add_module("flatten", nn.Flatten())
    size = 64
    for number in range(1, depth + 1):
        layer = nn.Linear(size, setting.width)
        if he:
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)
        with torch.no_grad():
            layer.weight *= scale
        model.add_module(f"fc{number}", layer)
        if norm is not None:
            model.add_module(f"norm{number}", norm(setting.width))
        model.add_module(f"act{number}", activation())
        size = setting.width
    model.add_module("head", nn.Linear(size, 10))
    return model


class TwoBranches(nn.Module):
    """Two ways through the network that meet in the head; one may be cut off by detach()."""

    def __init__(self, setting: Setting, detached: bool) -> None:
        super().__init__()
        torch.manual_seed(setting.seed)
        self.detached = detached
        self.left = nn.Sequential(
            nn.Linear(64, setting.width), nn.ReLU(), nn.Linear(setting.width, setting.width)
        )
        self.right = nn.Sequential(
            nn.Linear(64, setting.width), nn.ReLU(), nn.Linear(setting.width, setting.width)
        )
        self.head = nn.Linear(2 * setting.width, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = x.flatten(1)
        right = self.right(x)
        if self.detached:
            right = right.detach()
        return self.head(torch.cat([self.left(x), right], 1).relu())


class CutTrunk(nn.Module):
    """A trunk whose output is detached before the head."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self.trunk = mlp(setting, 4)[:-1]
        self.head = nn.Linear(setting.width, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.trunk(x).detach())


class Functional(nn.Module):
    """The MLP as many write it: activations are functions, which have no module."""

    def __init__(
        self, setting: Setting, function: Callable[[Tensor], Tensor], depth: int = 8,
        he: bool = True, shut: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        torch.manual_seed(setting.seed)
        widths = [64] + depth * [setting.width]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(widths))
        self.head = nn.Linear(setting.width, 10)
        self.function = function
        for layer in self.layers:
            if he:
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                nn.init.zeros_(layer.bias)
        if shut:
            nn.init.constant_(self.layers[3].bias, -30.0)

    def forward(self, x: Tensor) -> Tensor:
        h = x.flatten(1)
        for layer in self.layers:
            h = self.function(layer(h))
        return self.head(h)


# --- a transformer -------------------------------------------------------------------------------


class Attention(nn.Module):
    """Rows of a digit look at each other; ``sharpness`` multiplies the logits."""

    def __init__(self, width: int, sharpness: float, module: bool) -> None:
        super().__init__()
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.out = nn.Linear(width, width)
        self.softmax = nn.Softmax(-1) if module else None
        self.sharpness = sharpness

    def forward(self, x: Tensor) -> Tensor:
        logits = self.query(x) @ self.key(x).transpose(1, 2) * self.sharpness / x.shape[-1] ** 0.5
        weights = logits.softmax(-1) if self.softmax is None else self.softmax(logits)
        return self.out(weights @ self.value(x))


class Block(nn.Module):
    """Attention and two layers, each behind a norm, with a way around."""

    def __init__(self, width: int, sharpness: float, module: bool) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attention = Attention(width, sharpness, module)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width)
        )

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Transformer(nn.Module):
    """Reads the eight rows of a digit."""

    def __init__(
        self, setting: Setting, sharpness: float = 1.0, depth: int = 3, module: bool = True
    ) -> None:
        super().__init__()
        torch.manual_seed(setting.seed)
        self.embed = nn.Linear(8, setting.width)
        self.place = nn.Parameter(0.5 * torch.randn(8, setting.width))
        blocks = [Block(setting.width, sharpness, module) for _ in range(depth)]
        self.blocks = nn.Sequential(*blocks)
        self.norm = nn.LayerNorm(setting.width)
        self.head = nn.Linear(setting.width, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.norm(self.blocks(self.embed(x) + self.place)).mean(1))


# --- a recurrent network -------------------------------------------------------------------------


class Recurrent(nn.Module):
    """Reads a digit pixel by pixel; ``gain`` multiplies an orthogonal W_h."""

    def __init__(self, setting: Setting, gain: float = 1.0, kind: str = "relu") -> None:
        super().__init__()
        torch.manual_seed(setting.seed)
        if kind == "gru":
            self.rnn: nn.RNNBase = nn.GRU(8, setting.width, batch_first=True)
        else:
            self.rnn = nn.RNN(8, setting.width, nonlinearity=kind, batch_first=True)
        with torch.no_grad():
            for weights in self.rnn.weight_hh_l0.split(setting.width):
                nn.init.orthogonal_(weights, gain)
        self.head = nn.Linear(setting.width, 10)

    def forward(self, x: Tensor) -> Tensor:
        rows = torch.cat([x, x, x, x], 1)  # four looks at the picture: 32 timesteps
        states, _ = self.rnn(rows)
        return self.head(states[:, -1])


# --- what goes well, and what does not -----------------------------------------------------------


@dataclass(frozen=True)
class Mistake:
    """A training with one mistake, or none: ``outcomes`` are the verdicts that name it.

    ``stages`` are parts of names of which a verdict has to name one; none where it is of the whole.
    ``train`` makes the recording; ``shows`` says whether its figures have the mistake.
    """

    name: str
    outcomes: tuple[str, ...]
    train: Callable[[Path, Setting], RecordedRun]
    shows: Callable[[RecordedRun], bool]
    stages: tuple[str, ...] = ()
    setting: Setting = Setting()

    def recorded(self, path: Path, **changes: Any) -> RecordedRun:
        """Its recording, with some of the setting changed."""
        return self.train(path, replace(self.setting, **changes))


DEEP = Setting(optimizer="Adam", rate=3e-4)
ADAM = Setting(optimizer="Adam", rate=1e-3)
ADAMW = Setting(optimizer="AdamW", rate=2e-3)
HALF = Setting(optimizer="Adam", rate=2e-3, batch=512, steps=41, weight=1e-5)


def first(run: RecordedRun, figure: str, stage: str) -> float:
    """A figure of a stage in the first recorded step."""
    return float(run[figure][0, run.stages.index(stage)])


def learned(run: RecordedRun) -> bool:
    """Whether the loss has fallen by a fifth."""
    return bool(run["loss"][-1] < 0.8 * run["loss"][0])


def lost(run: RecordedRun, from_: str, to: str, share: float) -> bool:
    """Whether less than ``share`` of the gradient comes from one stage to another."""
    return first(run, "dh_rms", to) < share * first(run, "dh_rms", from_)


def _deep(setting: Setting, norm: Callable[[int], nn.Module] | None) -> nn.Sequential:
    """40 tanh layers with PyTorch's own weights."""
    return mlp(setting, 40, activation=nn.Tanh, norm=norm, he=False)


def _frozen(path: Path, setting: Setting) -> RecordedRun:
    model = mlp(setting)
    for number in range(1, 5):
        model.get_submodule(f"fc{number}").requires_grad_(False)
    return trained(path, model, setting)


def _forgotten(path: Path, setting: Setting) -> RecordedRun:
    """The optimizer was given the upper half only."""

    def upper(model: nn.Module) -> list[nn.Parameter]:
        return [it for name, it in model.named_parameters() if name[:3] not in _LOWER]

    return trained(path, mlp(setting), setting, parameters=upper)


_LOWER = ("fc1", "fc2", "fc3", "fc4")


def _dead(path: Path, setting: Setting) -> RecordedRun:
    model = mlp(setting)
    with torch.no_grad():
        model.get_submodule("fc4").bias.fill_(-30.0)
    return trained(path, model, setting)


def _is_dead(run: RecordedRun) -> bool:
    return first(run, "dead", "act4") == 1 and first(run, "dh_rms", "fc4") == 0


def _is_frozen(run: RecordedRun) -> bool:
    frozen = [it.name for it in run.parameter_list if not it.trained]
    return len(frozen) == 8 and not run.recorded("dh_rms")[0, run.stages.index("fc4")]


def _is_forgotten(run: RecordedRun) -> bool:
    place = run.parameters.index("fc4.weight")
    return bool(run["update_norm"][0, place] == 0 and run["dW_norm"][0, place] > 0)


def _has_underflow(run: RecordedRun) -> bool:
    return first(run, "dh_zero", "fc1") > 0.9 * first(run, "dh_size", "fc1")


def _explodes_in_time(run: RecordedRun) -> bool:
    back = run.at_row(0).tables("dh_t")[run.stages.index("rnn")]
    return back is not None and bool(back[0, 0] > 1e3 * back[0, -1])


GOOD = (
    Mistake("a ReLU MLP", ("healthy", "converged"), lambda p, s: trained(p, mlp(s), s), learned),
    Mistake(
        "an MLP with functions", ("healthy", "converged"),
        lambda p, s: trained(p, Functional(s, torch.relu), s), learned,
    ),
    Mistake(
        "40 layers with norms", ("healthy", "converged"),
        lambda p, s: trained(p, _deep(s, nn.LayerNorm), s), learned, setting=DEEP,
    ),
    Mistake(
        "two branches", ("healthy", "converged"),
        lambda p, s: trained(p, TwoBranches(s, False), s), learned,
    ),
    Mistake(
        "a transformer", ("healthy", "converged"),
        lambda p, s: trained(p, Transformer(s), s), learned, setting=ADAMW,
    ),
    Mistake(
        "float16 with a scaler", ("healthy", "converged"),
        lambda p, s: trained(p, mlp(s, 8), s, half=True, scaled=True), learned, setting=HALF,
    ),
    Mistake(
        "a recurrent network", ("healthy", "converged"),
        lambda p, s: trained(p, Recurrent(s), s), learned, setting=ADAM,
    ),
    Mistake(
        "a GRU", ("healthy", "converged"),
        lambda p, s: trained(p, Recurrent(s, kind="gru"), s), learned,
        setting=replace(ADAM, rate=5e-3),
    ),
)  # fmt: skip
"""What is called healthy."""

MISTAKES = (
    Mistake(
        "initializer too small", ("vanishing_weights",),
        lambda p, s: trained(p, mlp(s, scale=0.1), s),
        lambda run: lost(run, "head", "fc1", 1e-5), ("fc",),
    ),
    Mistake(
        "initializer too large", ("exploding_weights", "start_too_large"),
        lambda p, s: trained(p, mlp(s, scale=5.0), s),
        lambda run: first(run, "dh_rms", "fc1") > 1e3 * first(run, "dh_rms", "fc8"),
    ),
    Mistake(
        "sigmoid everywhere", ("vanishing_capped", "vanishing_mixed", "vanishing_factor"),
        lambda p, s: trained(p, mlp(s, activation=nn.Sigmoid, he=False), s),
        lambda run: lost(run, "head", "fc1", 1e-5), ("fc", "act"),
    ),
    Mistake(
        "no norm at depth 40", ("unnormalized",),
        lambda p, s: trained(p, _deep(s, None), s),
        lambda run: lost(run, "head", "fc1", 1e-10), ("fc", "act"), DEEP,
    ),
    Mistake(
        "a detached branch", ("detached",),
        lambda p, s: trained(p, TwoBranches(s, True), s),
        lambda run: not run.recorded("dh_rms")[0, run.stages.index("right.2")], ("right",),
    ),
    Mistake(
        "a detached trunk", ("detached",),
        lambda p, s: trained(p, CutTrunk(s), s),
        lambda run: not run.recorded("dh_rms")[0, run.stages.index("trunk.act4")], ("trunk",),
    ),
    Mistake("half of it frozen", ("frozen",), _frozen, _is_frozen, ("fc4", "fc1")),
    Mistake(
        "half of it not given to the optimizer", ("frozen",), _forgotten, _is_forgotten,
        ("fc4", "fc1"),
    ),
    Mistake(
        "learning rate × 1000", ("rate_too_large",),
        lambda p, s: trained(p, mlp(s), s),
        lambda run: not run["loss"][-1] < 10 * run["loss"][0], setting=Setting(rate=50.0),
    ),
    Mistake("ReLUs that a bias has shut", ("dead_relus",), _dead, _is_dead, ("act4", "fc4")),
    Mistake(
        "float16 without a scaler", ("unscaled", "underflow"),
        lambda p, s: trained(p, mlp(s, 8), s, half=True), _has_underflow, ("head", "fc"), HALF,
    ),
    Mistake(
        "a saturated softmax", ("peaked_softmax",),
        lambda p, s: trained(p, Transformer(s, 1e4), s),
        lambda run: first(run, "saturated", "blocks.0.attention.softmax") > 0.9,
        ("attention",), ADAMW,
    ),
    Mistake(
        "sigmoid everywhere, as a function", ("vanishing_capped",),
        lambda p, s: trained(p, Functional(s, torch.sigmoid, he=False), s),
        lambda run: lost(run, "head", "layers.0", 1e-5), ("layers",),
    ),
    Mistake(
        "ReLUs that a bias has shut, as functions", ("dead_relus",),
        lambda p, s: trained(p, Functional(s, torch.relu, shut=True), s),
        lambda run: first(run, "dead", "layers.3→relu") == 1, ("layers.3",),
    ),
    Mistake(
        "a saturated softmax, as a function", ("peaked_softmax",),
        lambda p, s: trained(p, Transformer(s, 1e4, module=False), s),
        lambda run: first(run, "saturated", "blocks.0.attention.key→softmax") > 0.9,
        ("attention",), ADAMW,
    ),
    Mistake(
        "a recurrent network that explodes", ("exploding_recurrent",),
        lambda p, s: trained(p, Recurrent(s, 2.0), s), _explodes_in_time, ("rnn",), ADAM,
    ),
)  # fmt: skip
"""One mistake each."""
