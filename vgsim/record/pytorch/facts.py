"""What a recording says of the whole run: model, loss, optimizer, batch, parameters, precision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from torch import Tensor, nn

from vgsim.record.pytorch.taps import Tap

_LOSSES = {
    "NllLoss": "Cross-entropy",
    "CrossEntropyLoss": "Cross-entropy",
    "BinaryCrossEntropyWithLogits": "Sigmoid cross-entropy",
    "BinaryCrossEntropy": "Binary cross-entropy",
    "MseLoss": "Mean squared error",
    "HuberLoss": "Huber",
    "SmoothL1Loss": "Smooth L1",
    "MultiMarginLoss": "Multi-class hinge",
    "KlDiv": "Kullback-Leibler divergence",
    "CtcLoss": "Connectionist temporal classification",
}
"""By how autograd calls the node of each; the names are those of simulated networks where one is
the same."""
_SETTINGS = ("momentum", "nesterov", "alpha", "betas", "eps", "weight_decay")
MOST_NODES = 200
"""Nodes of the graph that are looked at from the loss on."""


def loss_name(loss: Tensor) -> str:
    """What the loss is, by the node of the graph nearest to it that is known; "" for none."""
    level = [loss.grad_fn]
    seen: set[Any] = set()
    while level and len(seen) < MOST_NODES:
        below: list[Any] = []
        for node in level:
            if node is None or node in seen:
                continue
            seen.add(node)
            known = _named(type(node).__name__)
            if known:
                return known
            below.extend(following for following, _ in node.next_functions)
        level = below
    return ""


def _named(node: str) -> str:
    return _LOSSES.get(node.partition("Backward")[0].removesuffix("2D"), "")


def facts_of(
    roots: Sequence[nn.Module],
    parameters: Sequence[nn.Parameter],
    optimizers: Sequence[Any],
    taps: Sequence[Tap],
) -> dict[str, str]:
    """By key, as ``Recording.about`` takes them; what is not known is left out.

    ``precision`` is the number type of most outputs, ``weights`` that of most parameters: under
    autocast they differ.
    """
    found = {
        "model": ", ".join(type(root).__name__ for root in roots),
        "optimizer": ", ".join(dict.fromkeys(type(it).__name__ for it in optimizers)),
        "settings": _settings(optimizers),
        "batch": str(batch_of(taps) or ""),
        "parameters": str(sum(it.numel() for it in parameters)),
        "trained": str(sum(it.numel() for it in parameters if it.requires_grad)),
        "precision": _most_frequent(tap.dtype for tap in taps),
        "weights": _most_frequent(str(it.dtype).removeprefix("torch.") for it in parameters),
        "device": ", ".join(dict.fromkeys(str(it.device) for it in parameters)),
    }
    return {key: value for key, value in found.items() if value}


def batch_of(taps: Sequence[Tap]) -> int:
    """Samples in one forward pass, by the first output; 0 when there is none.

    Where a module of the model has the batch second, so has every output with three axes.
    """
    if not taps or not taps[0].shape:
        return 0
    second = any(getattr(tap.owner.module, "batch_first", None) is False for tap in taps)
    shape = taps[0].shape
    return shape[1] if second and len(shape) == 3 else shape[0]


def _settings(optimizers: Sequence[Any]) -> str:
    """Those of the first group of the first optimizer that are not 0: "momentum=0.9"."""
    for optimizer in optimizers:
        group = optimizer.param_groups[0]
        told = []
        for name in _SETTINGS:
            value = group.get(name)
            if isinstance(value, (tuple, list)):
                value = ",".join(repr(float(part)) for part in value)
            if value:
                told.append(f"{name}={value}")
        return " ".join(told)
    return ""


def _most_frequent(names: Iterable[str]) -> str:
    counted = Counter(names).most_common(1)
    return counted[0][0] if counted else ""
