"""Which output fed which input: found in the graph that autograd keeps of a forward pass."""

from __future__ import annotations

import re
import weakref
from collections.abc import Callable, Iterable
from typing import Any

from torch import Tensor

MOST_NODES = 4000
"""Nodes that are searched for the producers of one input."""
_JOINING = frozenset(
    (
        "accumulate_grad", "add", "sub", "cat", "stack", "view", "unsafe_view", "reshape_alias",
        "t", "transpose", "permute", "unsqueeze", "squeeze", "expand", "repeat", "slice", "select",
        "split", "split_with_sizes", "unsafe_split", "unbind", "to_copy", "clone", "alias",
        "as_strided", "copy_slices", "compiled_function",
    )
)  # fmt: skip
"""What joins, moves or copies values without a slope of its own, or does not say what it does."""


class Paths:
    """Producers of tensors in one forward pass, by name.

    Where there is no gradient the tensor itself is known again; behind functional calls without one
    the trace ends. It holds nodes of the graph, so ``clear`` it when the pass is over.
    """

    def __init__(self) -> None:
        self._nodes: dict[tuple[Any, int], str] = {}
        self._tensors: dict[int, tuple[weakref.ref[Tensor], int, str]] = {}
        self.edges: dict[str, list[str]] = {}
        self.functions: dict[str, list[str]] = {}
        """Functions of no module between a stage and those that feed it, the first one first."""

    def clear(self) -> None:
        """Let go of the graph; the edges stay."""
        self._nodes.clear()
        self._tensors.clear()

    def produced(self, tensor: Tensor, name: str) -> None:
        """Remember that a stage put ``tensor`` out."""
        if tensor.grad_fn is not None:
            self._nodes[tensor.grad_fn, tensor.output_nr] = name
        self._tensors[id(tensor)] = weakref.ref(tensor), _version(tensor), name

    def fed(self, inputs: Iterable[Tensor], name: str) -> None:
        """Find which stages the inputs of stage ``name`` come from."""
        sources: list[str] = []
        functions: list[str] = []
        for tensor in inputs:
            known = self._known(tensor)
            found = [known] if known else self._search([_place(tensor)], functions)
            sources.extend(it for it in found if it not in sources and it != name)
        self.edges[name] = sources
        self.functions[name] = functions[::-1]

    def computed(self, node: Any, name: str) -> None:
        """Remember that ``node`` is stage ``name``, and find what it was computed from."""
        functions: list[str] = []
        self.edges[name] = self._search(list(node.next_functions), functions)
        self.functions[name] = functions[::-1]
        self._nodes[node, 0] = name

    def unknown(self, inputs: Iterable[Tensor], wanted: Callable[[Any], bool]) -> list[Any]:
        """Nodes that are ``wanted`` between ``inputs`` and known stages, the first one first."""
        found: list[Any] = []
        for tensor in inputs:
            if tensor.grad_fn is None or self._known(tensor):
                continue
            seen: set[Any] = set()
            waiting = [_place(tensor)]
            while waiting and len(seen) < MOST_NODES:
                node, output = waiting.pop()
                if node is None or node in seen or (node, output) in self._nodes:
                    continue
                seen.add(node)
                if wanted(node) and node not in found:
                    found.append(node)
                waiting.extend(node.next_functions)
        return found[::-1]

    def _known(self, tensor: Tensor) -> str:
        """The stage that put a tensor out and whose output nobody has changed since; "" for none.

        What was added to it in place (h += x) is another source, which the graph knows.
        """
        reference, version, name = self._tensors.get(id(tensor), (None, 0, ""))
        same = version == _version(tensor) or tensor.grad_fn is None
        return name if reference is not None and reference() is tensor and same else ""

    def _search(self, waiting: list[tuple[Any, int]], functions: list[str]) -> list[str]:
        """The stages that the places in the graph were computed from, no other stage between.

        What they were computed by on the way is added to ``functions``, the last one first.
        """
        found: list[str] = []
        seen: set[tuple[Any, int]] = set()
        while waiting and len(seen) < MOST_NODES:
            place = waiting.pop()
            if place[0] is None or place in seen:
                continue
            seen.add(place)
            if place in self._nodes:
                if self._nodes[place] not in found:
                    found.append(self._nodes[place])
            else:
                function = _function(type(place[0]).__name__)
                if function not in _JOINING and function not in functions:
                    functions.append(function)
                waiting.extend(place[0].next_functions)
        return found


def _place(tensor: Tensor) -> tuple[Any, int]:
    return tensor.grad_fn, tensor.output_nr


def _function(node: str) -> str:
    """What a node of the graph is called in ``torch``: "relu" for ReluBackward0."""
    plain = node.partition("Backward")[0]
    return re.sub("(?<=[a-z0-9])(?=[A-Z])", "_", plain).lower().removesuffix("_for_cpu")


def _version(tensor: Tensor) -> int:
    """How often it was changed in place; tensors of inference mode do not count that."""
    return 0 if tensor.is_inference() else tensor._version
