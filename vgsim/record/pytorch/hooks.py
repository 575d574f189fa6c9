"""Hooks that never harm what they hang on, and the tensors in whatever a module returns."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

import torch
from torch import Tensor

MOST_TENSORS, MOST_LEVELS = 64, 8
"""Tensors of one output that are looked at, and how deep containers are searched for them."""

TensorPath = tuple[object, ...]
"""Where a tensor lies in an output: indices, keys and names of fields; () for the output itself."""


class HarmlessHook:
    """A hook on a module that copies and pickles of the module do not take along.

    A copy (a moving average of the weights, say) would write into the same recording, and what
    cannot be pickled would make ``torch.save(model)`` raise. Both get a hook of the standard
    library that does nothing, so that a saved model opens where vgsim is not installed.
    """

    def __init__(self, function: Callable[..., None]) -> None:
        self.function = function

    def __call__(self, *arguments: Any) -> None:
        """Hand the arguments on; the hook's own result is never used."""
        self.function(*arguments)

    def __deepcopy__(self, memo: dict[int, Any]) -> Callable[..., Any]:
        return nullcontext().__exit__

    def __reduce__(self) -> tuple[Any, ...]:
        return getattr, (nullcontext(), "__exit__")


def keep_from_compiler() -> None:
    """Have ``torch.compile`` call hooks as they are, instead of tracing what they do."""
    if HarmlessHook not in _kept:
        _kept.add(HarmlessHook)
        HarmlessHook.__call__ = torch.compiler.disable(HarmlessHook.__call__)  # type: ignore[method-assign]


_kept: set[type[HarmlessHook]] = set()


def tensors_in(output: object) -> list[tuple[TensorPath, Tensor]]:
    """Every tensor in an output, however it is nested, each once, with its path.

    Tuples (named ones and packed sequences too), lists, mappings and dataclasses are looked into.
    """
    if isinstance(output, Tensor):
        return [((), output)]
    found: list[tuple[TensorPath, Tensor]] = []
    _collect(output, (), found)
    return found


def _collect(value: object, path: TensorPath, found: list[tuple[TensorPath, Tensor]]) -> None:
    if len(found) >= MOST_TENSORS or len(path) > MOST_LEVELS:
        return
    if isinstance(value, Tensor):
        if not any(value is other for _, other in found):
            found.append((path, value))
    elif isinstance(value, Mapping):
        for key, part in value.items():
            _collect(part, (*path, key), found)
    elif isinstance(value, (tuple, list)):
        for index, part in enumerate(value):
            _collect(part, (*path, index), found)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            _collect(getattr(value, field.name, None), (*path, field.name), found)


def plain(tensor: Tensor) -> Tensor:
    """What lies below the wrappers of ``torch.func``; without a history."""
    functorch = torch._C._functorch
    while functorch.is_functorch_wrapped_tensor(tensor):
        tensor = functorch.get_unwrapped(tensor)
    return tensor.detach()


def recordable(tensor: Tensor) -> bool:
    """Whether figures can be taken of it: real numbers, at least one, in a dense layout."""
    return (
        tensor.is_floating_point()
        and tensor.layout == torch.strided
        and not tensor.is_nested
        and tensor.numel() > 0
        and tensor.device.type != "meta"
    )
