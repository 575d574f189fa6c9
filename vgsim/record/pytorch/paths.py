"""Which output fed which input: found in the graph that autograd keeps of a forward pass."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import Any

from torch import Tensor

MOST_NODES = 4000
"""Nodes that are searched for the producers of one input."""


class Paths:
    """Producers of tensors in one forward pass, by name.

    Where there is no gradient the tensor itself is known again; behind functional calls without one
    the trace ends. It holds nodes of the graph, so ``clear`` it when the pass is over.
    """

    def __init__(self) -> None:
        self._nodes: dict[tuple[Any, int], str] = {}
        self._tensors: dict[int, tuple[weakref.ref[Tensor], str]] = {}
        self.edges: dict[str, list[str]] = {}

    def clear(self) -> None:
        """Let go of the graph; the edges stay."""
        self._nodes.clear()
        self._tensors.clear()

    def produced(self, tensor: Tensor, name: str) -> None:
        """Remember that a stage put ``tensor`` out."""
        if tensor.grad_fn is not None:
            self._nodes[tensor.grad_fn, tensor.output_nr] = name
        self._tensors[id(tensor)] = weakref.ref(tensor), name

    def fed(self, inputs: Iterable[Tensor], name: str) -> None:
        """Find which stages the inputs of stage ``name`` come from."""
        sources: list[str] = []
        for tensor in inputs:
            for source in self.sources(tensor):
                if source not in sources and source != name:
                    sources.append(source)
        self.edges[name] = sources

    def sources(self, tensor: Tensor) -> list[str]:
        """The stages whose outputs ``tensor`` was computed from, no other stage between."""
        reference, name = self._tensors.get(id(tensor), (None, ""))
        if reference is not None and reference() is tensor:
            return [name]
        found: list[str] = []
        waiting = [(tensor.grad_fn, tensor.output_nr)]
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
                waiting.extend(place[0].next_functions)
        return found
