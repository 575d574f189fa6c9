"""Which modules of a model are recorded, and what is to be said of them."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from torch import nn

from vgsim.record.pytorch.slopes import slope_of
from vgsim.record.pytorch.taps import WatchedModule

ModuleChoice = str | Sequence[str] | Callable[[str, nn.Module], bool] | None
"""Patterns of names ("encoder.*"), or a function of name and module; None for all."""

_WRAPPERS = ("DistributedDataParallel", "DataParallel")
_CHANNELS_SECOND = (
    "Conv", "BatchNorm", "InstanceNorm", "GroupNorm", "MaxPool", "AvgPool", "Dropout1d",
)  # fmt: skip


def unwrapped(model: nn.Module) -> nn.Module:
    """The user's own model below parallel wrappers and ``torch.compile``."""
    while True:
        if type(model).__name__ in _WRAPPERS and isinstance(model.module, nn.Module):
            model = model.module
        elif isinstance(getattr(model, "_orig_mod", None), nn.Module):
            model = model._orig_mod
        else:
            return model


def joined(prefix: str, path: str) -> str:
    """The user's own name of a module or parameter, without what compiling puts into it."""
    parts = [prefix, *(part for part in path.split(".") if part != "_orig_mod")]
    return ".".join(part for part in parts if part)


def watched(model: nn.Module, prefix: str, choice: ModuleChoice) -> Iterator[WatchedModule]:
    """The modules of ``model`` to be recorded: those without parts, and such as use their parts'
    weights themselves."""
    for path, module in model.named_modules():
        name = joined(prefix, path) or type(module).__name__
        if _is_chosen(name, module, choice):
            yield _watch(name, module)


def _is_chosen(name: str, module: nn.Module, choice: ModuleChoice) -> bool:
    if ".parametrizations." in f".{name}." or isinstance(module, (nn.ModuleList, nn.ModuleDict)):
        return False
    if choice is None:
        return _is_leaf(module)
    if callable(choice):
        return bool(choice(name, module))
    patterns = [choice] if isinstance(choice, str) else list(choice)
    if name in patterns:
        return True
    return _is_leaf(module) and any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def _is_leaf(module: nn.Module) -> bool:
    """Attention of PyTorch's own counts as one: it uses its parts' weights without calling them."""
    if isinstance(module, nn.MultiheadAttention):
        return True
    return not any(name != "parametrizations" for name, _ in module.named_children())


def _watch(name: str, module: nn.Module) -> WatchedModule:
    kind = type(module).__name__
    if kind.startswith("Parametrized"):
        kind = type(module).__mro__[1].__name__
    channels = any(word in kind for word in _CHANNELS_SECOND)
    recurrent = isinstance(module, (nn.RNN, nn.LSTM, nn.GRU))
    return WatchedModule(name, module, kind, channels, recurrent, slope_of(module))


def owner_of(parameter: str, stages: dict[str, Any]) -> str:
    """The recorded module that a parameter belongs to, by name; "" when there is none."""
    name = parameter
    while "." in name:
        name = name.rpartition(".")[0]
        if name in stages:
            return name
    return ""
