"""Activations that are called as functions (``F.relu``), found in the graph between two modules.

A module has a hook; a function has none, but autograd keeps what it needs of it. Of an activation
that is its output or its input, which is all that figures are taken of.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

MOST_FUNCTIONS = 512
"""Calls of functions that one step records; more are named, without figures."""


def _elu(node: Any) -> nn.Module:
    alpha, scale = float(node._saved_alpha), float(node._saved_scale)
    return nn.SELU() if scale != 1 else nn.ELU(alpha)


def _softmax(node: Any) -> nn.Module:
    dim = int(node._saved_dim)
    return nn.Softmax(dim if dim < 2**63 else dim - 2**64)


_MODULES: dict[str, Callable[[Any], nn.Module]] = {
    "Relu": lambda node: nn.ReLU(),
    "Sigmoid": lambda node: nn.Sigmoid(),
    "Tanh": lambda node: nn.Tanh(),
    "Gelu": lambda node: nn.GELU(node._saved_approximate),
    "Silu": lambda node: nn.SiLU(),
    "Mish": lambda node: nn.Mish(),
    "Elu": _elu,
    "Celu": lambda node: nn.CELU(float(node._saved_alpha)),
    "LeakyRelu": lambda node: nn.LeakyReLU(float(node._saved_negative_slope)),
    "Softplus": lambda node: nn.Softplus(float(node._saved_beta)),
    "Hardtanh": lambda node: nn.Hardtanh(float(node._saved_min_val), float(node._saved_max_val)),
    "Hardswish": lambda node: nn.Hardswish(),
    "Hardsigmoid": lambda node: nn.Hardsigmoid(),
    "LogSigmoid": lambda node: nn.LogSigmoid(),
    "Softmax": _softmax,
}
"""By how autograd calls the node of each: the module that does the same."""


def is_activation(node: Any) -> bool:
    """Whether a node of the graph is the call of an activation that is known here."""
    return type(node).__name__.partition("Backward")[0] in _MODULES


def can_be_read() -> bool:
    """Whether what autograd keeps is at hand; a checkpoint would compute it again to show it."""
    return torch._C._autograd._top_saved_tensors_default_hooks(True) is None


def module_of(node: Any) -> nn.Module:
    """The module that does what the function did."""
    return _MODULES[type(node).__name__.partition("Backward")[0]](node)


def function_name(module: nn.Module) -> str:
    """What ``torch.nn.functional`` calls it: "leaky_relu"."""
    kind = type(module).__name__
    return _NAMES.get(kind, kind.lower())


_NAMES = {"LeakyReLU": "leaky_relu"}


def output_and_input(node: Any, module: nn.Module, tensor: Tensor | None) -> tuple[Tensor, Tensor]:
    """h and z of a call, without history; ``tensor`` is h itself where it is at hand.

    Where only h was kept, it stands for z as well.
    """
    kept = getattr(node, "_saved_result", None)
    with torch.no_grad():
        if isinstance(kept, Tensor):
            return kept.detach(), kept.detach()
        z = node._saved_self.detach()
        return (module(z) if tensor is None else tensor.detach()), z
