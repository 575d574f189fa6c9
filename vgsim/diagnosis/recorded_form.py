"""What a recording tells of a network's form: its matrices, activations and norms, and their order.

Kinds of modules are found by how PyTorch writes what is registered, so that nothing here names one.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vgsim.core.registry import Entry, Registry
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.activations.base import Activation
from vgsim.nn.cells import CELLS, Cell
from vgsim.nn.layers.parts import NORMS
from vgsim.nn.layers.parts.norms import Norm
from vgsim.nn.roles import Role
from vgsim.record.reader import RecordedParameter, RecordedRun, RecordedStage

PYTORCH = "PyTorch"
"""How the framework begins whose matrices are (outputs, inputs, …); others have (…, inputs,
outputs)."""
_BY_NUMBER = ("Embedding", "EmbeddingBag")
"""Modules whose matrix is a table: rows are looked up, nothing is multiplied."""


def called(kind: str) -> str:
    """A kind as it is compared: without case, underscores and the dimensions of a picture."""
    return re.sub(r"[123]d$", "", kind).replace("_", "").lower()


def written(entry: Entry[Any]) -> str:
    """The class that PyTorch has of it: "ReLU"; empty where it has none."""
    return entry.pytorch.partition("(")[0].rpartition(".")[2]


def found_in(registry: Registry[Any], kind: str) -> Entry[Any] | None:
    """The first entry that a module of that kind is; None where it is none of them."""
    wanted = called(kind)
    for entry in registry:
        if wanted in (called(written(entry)), called(entry.name)) and wanted:
            return entry
    return None


@dataclass(frozen=True, slots=True)
class WeightedModule:
    """A module that multiplies its input with a matrix.

    ``place`` is that of its first call among the stages, ``weight`` and ``bias`` are parameters,
    ``std`` and ``bias_rms`` their root mean square in the first recorded step (nan: not recorded).
    """

    name: str
    kind: str
    place: int
    weight: str
    shape: tuple[int, ...]
    inputs: int
    units: int
    field: int
    std: float
    trained: bool
    bias: str = ""
    bias_rms: float = math.nan

    @property
    def fans(self) -> tuple[int, int]:
        """Inputs and outputs that one output and one input have to do with."""
        return self.inputs * self.field, self.units * self.field


@dataclass(frozen=True, slots=True)
class RecurrentModule:
    """A module that runs over timesteps: ``layers`` and directions of one kind of cell.

    ``input_std``, ``hidden_std`` and ``bias_rms`` are root mean squares in the first recorded step,
    the latter of both biases together.
    """

    name: str
    kind: str
    place: int
    cell: Entry[type[Cell]]
    inputs: int
    units: int
    layers: int
    directions: int
    input_std: float
    hidden_std: float
    bias_rms: float


class RecordedForm:
    """The modules of ``run`` in the order of execution, each once."""

    def __init__(self, run: RecordedRun) -> None:
        self.run = run
        self.of_pytorch = run.about.get("framework", "").startswith(PYTORCH)
        self.places = {stage.name: place for place, stage in enumerate(run.stage_list)}
        self.first: dict[str, int] = {}
        for place, stage in enumerate(run.stage_list):
            self.first.setdefault(stage.module, place)
        self.names = {*self.first, *run.modules}
        """Of all modules that are known."""
        self._rms = self._root_mean_squares()
        self._kinds: dict[tuple[str, str], Entry[Any] | None] = {}

    @cached_property
    def edges(self) -> tuple[tuple[int, int], ...]:
        """Pairs of places: the output of the first goes into the second, which runs later."""
        pairs = []
        for source, target in self.run.edges:
            if source in self.places and target in self.places:
                pairs.append((self.places[source], self.places[target]))
        return tuple(sorted(pair for pair in pairs if pair[0] < pair[1]))

    @cached_property
    def weights(self) -> tuple[WeightedModule, ...]:
        """Dense layers, convolutions, attention; neither tables nor recurrent ones."""
        found = []
        for name, place in self.first.items():
            kind = self.run.stage_list[place].kind
            if kind in _BY_NUMBER or self.cell_of(kind) is not None:
                continue
            own = self._parameters(name)
            matrices = [it for it in own if len(it.shape) >= 2]
            if matrices:
                biases = [it for it in own if len(it.shape) == 1]
                found.append(self._weighted(name, kind, place, matrices[0], biases))
        return tuple(found)

    @cached_property
    def hidden(self) -> tuple[WeightedModule, ...]:
        """All of them but the output, which is the last."""
        return self.weights[:-1]

    @cached_property
    def recurrent(self) -> tuple[RecurrentModule, ...]:
        """What runs over timesteps."""
        return tuple(self._recurrent())

    def activation(self, stage: RecordedStage) -> Entry[Activation] | None:
        """What activation a stage is, if it is one."""
        return self._kind_in(ACTIVATIONS, stage.kind)

    def norm(self, stage: RecordedStage) -> Entry[type[Norm]] | None:
        """What normalization a stage is; one that is not registered works sample by sample."""
        found: Entry[type[Norm]] | None = self._kind_in(NORMS, stage.kind)
        if found is None and called(stage.kind).endswith("norm"):
            return NORMS.entry(NORMS.cast(Role.SAME_SCALE))
        return found

    def cell_of(self, kind: str) -> Entry[type[Cell]] | None:
        """What recurrent cell a kind of module is: ``nn.LSTM`` and ``nn.LSTMCell`` alike."""
        return self._kind_in(CELLS, kind.removesuffix("Cell"))

    def _kind_in(self, registry: Registry[Any], kind: str) -> Entry[Any] | None:
        key = (registry.kind, kind)
        if key not in self._kinds:
            self._kinds[key] = found_in(registry, kind)
        return self._kinds[key]

    def activations(self) -> Iterator[tuple[str, Entry[Activation]]]:
        """Modules that are activations, by name; none that only hands on."""
        for name, place in self.first.items():
            entry = self.activation(self.run.stage_list[place])
            if entry is not None and not entry.value.linear:
                yield name, entry

    def common_activation(self) -> Entry[Activation] | None:
        """The one that most of them are."""
        found = [entry for _, entry in self.activations()]
        if not found:
            return None
        name = Counter(entry.name for entry in found).most_common(1)[0][0]
        return ACTIVATIONS.entry(name)

    def between(self, first: int, last: int) -> list[RecordedStage]:
        """The stages between two places, without both."""
        return list(self.run.stage_list[first + 1 : last])

    def crossed(self, first: int, last: int) -> bool:
        """Whether an output goes past all stages from ``first`` to ``last``."""
        return bool(self._farthest[first] > last)

    @cached_property
    def _farthest(self) -> NDArray[np.int64]:
        """(stages + 1,) The last stage that an output of any stage before goes to."""
        farthest = np.full(len(self.run.stage_list) + 1, -1, np.int64)
        for source, target in self.edges:
            farthest[source + 1] = max(farthest[source + 1], target)
        return np.maximum.accumulate(farthest)

    def after(self, place: int) -> set[int]:
        """The next stages that weigh, normalize or bend what the one at ``place`` gives."""
        return self._beyond(place, self._neighbors[1])

    def before(self, place: int) -> set[int]:
        """The stages of these kinds that its input comes from."""
        return self._beyond(place, self._neighbors[0])

    @cached_property
    def _neighbors(self) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
        """The sources of each stage, and its targets."""
        sources: dict[int, list[int]] = {}
        targets: dict[int, list[int]] = {}
        for source, target in self.edges:
            sources.setdefault(target, []).append(source)
            targets.setdefault(source, []).append(target)
        return sources, targets

    def sources(self, place: int) -> list[int]:
        """The stages whose outputs the one at ``place`` takes."""
        return self._neighbors[0].get(place, [])

    def within(self, holder: str) -> list[int]:
        """Places of the stages of all modules that ``holder`` ("" for the model) holds."""
        return self._by_holder.get(holder, [])

    @cached_property
    def with_matrices(self) -> frozenset[str]:
        """Modules that have a matrix, and those that hold such."""
        found = set()
        for name in [*(it.name for it in self.weights), *(it.name for it in self.recurrent)]:
            while name and name not in found:
                found.add(name)
                name = name.rpartition(".")[0]
        return frozenset(found)

    @cached_property
    def _by_holder(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for place, stage in enumerate(self.run.stage_list):
            name = stage.module
            while name:
                name = name.rpartition(".")[0]
                found.setdefault(name, []).append(place)
        return found

    def _beyond(self, place: int, ways: dict[int, list[int]]) -> set[int]:
        """Past stages that hand on what they get, such as dropout."""
        found: set[int] = set()
        seen: set[int] = set()
        waiting = list(ways.get(place, []))
        while waiting:
            at = waiting.pop()
            if at in seen:
                continue
            seen.add(at)
            if self._acts(at):
                found.add(at)
            else:
                waiting += ways.get(at, [])
        return found

    def _acts(self, place: int) -> bool:
        stage = self.run.stage_list[place]
        activation = self.activation(stage)
        bends = activation is not None and not activation.value.linear
        return bends or self.norm(stage) is not None or place in self._weighted_places

    @cached_property
    def _weighted_places(self) -> set[int]:
        return {it.place for it in self.weights}

    def _parameters(self, module: str) -> list[RecordedParameter]:
        return self._by_stage.get(self.run.stage_list[self.first[module]].name, [])

    @cached_property
    def _by_stage(self) -> dict[str, list[RecordedParameter]]:
        found: dict[str, list[RecordedParameter]] = {}
        for parameter in self.run.parameter_list:
            found.setdefault(parameter.stage, []).append(parameter)
        return found

    def _weighted(
        self, name: str, kind: str, place: int, weight: RecordedParameter,
        biases: list[RecordedParameter],
    ) -> WeightedModule:  # fmt: skip
        shape = weight.shape
        if self.of_pytorch:
            units, inputs, rest = shape[0], shape[1], shape[2:]
        else:
            units, inputs, rest = shape[-1], shape[-2], shape[:-2]
        named = [it for it in biases if it.name.endswith(("bias", ".b"))] or biases
        return WeightedModule(
            name=name, kind=kind, place=place, weight=weight.name, shape=shape, inputs=inputs,
            units=units, field=math.prod(rest), std=self._rms.get(weight.name, math.nan),
            trained=weight.trained, bias=named[0].name if named else "",
            bias_rms=self._rms.get(named[0].name, math.nan) if named else math.nan,
        )  # fmt: skip

    def _recurrent(self) -> Iterator[RecurrentModule]:
        for name, place in self.first.items():
            kind = self.run.stage_list[place].kind
            cell = self.cell_of(kind)
            if cell is None:
                continue
            own = self._parameters(name)
            of_x = [it for it in own if "weight_ih" in it.name]
            of_h = [it for it in own if "weight_hh" in it.name]
            if not of_x or not of_h:
                continue
            both = 2 if any(it.name.endswith("_reverse") for it in own) else 1
            squares = 0.0
            for it in own:
                if "bias_" in it.name:
                    squares += self._rms.get(it.name, math.nan) ** 2 / (len(of_h) or 1)
            units = of_h[0].shape[0] // len(cell.value.gates)
            layers = max(len(of_h) // both, 1)
            yield RecurrentModule(
                name, kind, place, cell, of_x[0].shape[1], units, layers, both,
                self._rms.get(of_x[0].name, math.nan), self._rms.get(of_h[0].name, math.nan),
                math.sqrt(squares),
            )  # fmt: skip

    def _root_mean_squares(self) -> dict[str, float]:
        """Of every parameter whose norm was recorded, in the first step that has it."""
        if "W_norm" not in self.run:
            return {}
        norms = self.run["W_norm"]
        recorded = self.run.recorded("W_norm")
        found = {}
        for at, parameter in enumerate(self.run.parameter_list):
            rows = np.flatnonzero(recorded[:, at])
            size = math.prod(parameter.shape)
            if len(rows) and size:
                found[parameter.name] = float(norms[rows[0], at]) / math.sqrt(size)
        return found
