"""Layers as stages, over stacked buffers; runs of equal stages are worked on at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.arrays import Array, Generator, Place, Shape, by_sample, transposed
from vgsim.nn.draws import redrawn
from vgsim.nn.layers import LAYERS, Layer, Site, StageArrays, StagePlan
from vgsim.nn.layers.site import Cut
from vgsim.nn.lsuv import unit_variance
from vgsim.nn.network import LossGradient, Network, Product, StageTable, as_measured
from vgsim.nn.norms import Floats, edge_signal, segment_norms
from vgsim.nn.parameters import FlatParameters
from vgsim.nn.precision import Numbers
from vgsim.nn.streams import Stream, generator

if TYPE_CHECKING:
    from vgsim.nn.spec import NetworkSpec, Spec


class Stack(StageTable):
    """Fresh buffers (count, *rows, width) of neighboring stages of equal width.

    ``rolling`` ones have f′, ∂J/∂h and ∂J/∂z of one stage only, in the places of all, and z where
    they do not ``keep_z``.
    """

    def __init__(
        self, first: int, count: int, rows: Shape, width: int, numbers: Numbers,
        rolling: bool = False, keep_z: bool = True,
    ) -> None:  # fmt: skip
        shape = (count, *rows, width)
        h = numbers.zeros(*shape)
        if keep_z or not rolling:
            z = numbers.zeros(*shape)
        else:
            z = _repeated(numbers.zeros(*rows, width), count)
        if rolling:
            derivative, dh, dz = (_repeated(numbers.zeros(*rows, width), count) for _ in range(3))
        else:
            derivative = numbers.zeros(*shape)
            dh, dz = (numbers.gradients(*shape) for _ in range(2))
        super().__init__(first, z, h, derivative, dh, dz)


def in_a_row(plans: Sequence[StagePlan]) -> bool:
    """Whether all stages are dense ones that get their gradient from the next one alone."""
    return all(
        plan.layer in LAYERS and LAYERS[plan.layer].plain and not plan.source for plan in plans
    )


def _repeated(buffer: Array, count: int) -> Array:
    """(count, …) whose entries are all the same memory, to be written into."""
    shape = (count, *buffer.shape)
    return np.lib.stride_tricks.as_strided(buffer, shape, (0, *buffer.strides))


class Run:
    """Neighboring equal stages, one after the other."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = layers

    def derivatives(self) -> None:
        """f′ of every stage of the run."""
        for layer in self.layers:
            layer.derivatives()

    def parameter_gradients(self) -> None:
        """Gradients of every stage of the run, from its ∂J/∂z."""
        for layer in self.layers:
            layer.parameter_gradients()


class DenseRun(Run):
    """Neighboring dense stages: their derivatives in one call."""

    def __init__(self, layers: Sequence[Layer], stack: Stack, at: int) -> None:
        super().__init__(layers)
        part = slice(at, at + len(layers))
        self.activation = layers[0].activation
        self.linear = self.activation.linear
        self._z = stack.z[part]
        self._h = stack.h[part]
        self._derivative = stack.derivative[part]

    def derivatives(self) -> None:
        """f′(z) of every stage of the run; an identity's derivatives stay as they were set: 1."""
        if not self.linear:
            self.activation.derivative(self._z, self._h, self._derivative)


class ChainedRun(DenseRun):
    """Neighboring dense stages that feed each other: one batched product for all of them."""

    def __init__(
        self, layers: Sequence[Layer], stack: Stack, at: int, flat: FlatParameters, first: int
    ) -> None:
        super().__init__(layers, stack, at)
        count = len(layers)
        blocks = flat.blocks(flat.gradients, first, count)
        self._dw = blocks["W"]
        self._db = by_sample(blocks["b"])
        self._below = transposed(stack.h[at - 1 : at - 1 + count])
        self._dz = stack.dz[at : at + count]
        self._ones = np.ones_like(stack.h, shape=(1, stack.dz.shape[-2]))

    def parameter_gradients(self) -> None:
        """The same products as stage by stage, and the same bits."""
        np.matmul(self._below, self._dz, out=self._dw)
        np.matmul(self._ones, self._dz, out=self._db)  # a sum over the batch, but faster


class Layered(Network):
    """Layers one after the other, each a stage with parameters of its own."""

    def __init__(
        self,
        spec: Spec,
        plans: Sequence[StagePlan],
        batch: int,
        flat: FlatParameters | None = None,
        training: bool = True,
        members: int | None = None,
        shared: bool = False,
    ) -> None:
        self.plans = tuple(plans)
        self.flat = flat or FlatParameters(
            [LAYERS[plan.layer].shapes(plan) for plan in plans],
            spec.training.precision,
            [LAYERS[plan.layer].running_shapes(plan) for plan in plans],
            members,
        )
        self.owners = np.arange(len(plans))
        self.widths = tuple(plan.outputs for plan in plans)
        self.input_width = plans[0].inputs
        self.edges = sum(plan.inputs * plan.outputs for plan in plans)
        shape = (batch, plans[0].inputs)
        if shared:
            self._entry = self.flat.numbers.zeros(*shape)
            self.x = np.broadcast_to(self._entry, (*self.flat.lead, *shape), subok=True)
        else:
            self.x = self._entry = self.flat.numbers.zeros(*self.flat.lead, *shape)
        # what a processor's cache holds decides how fast stacked members are
        plain = self.flat.numbers.backward is None
        self.rolling = members is not None and plain and in_a_row(plans)
        self.stacks: list[Stack] = []
        self.stages: list[Layer] = []
        self._build(spec, batch, training)
        self.views = [as_measured(layer.arrays) for layer in self.stages]
        self.output = self.views[-1].h
        self.runs = self._group()
        self._seeds = [spec.training.seed]
        self._random = [(at, layer) for at, layer in enumerate(self.stages) if layer.random]
        self._kept = [layer for layer in self.stages if layer.running]

    @property
    def entry(self) -> Array:
        """What inputs are written into."""
        return self._entry

    def _build(self, spec: Spec, batch: int, training: bool) -> None:
        below, dx = self.x, None
        self._givers: list[list[Layer]] = [[] for _ in self.plans]
        for width, group in groupby(enumerate(self.plans), key=lambda item: item[1].outputs):
            members = list(group)
            rows = (*self.flat.lead, batch)
            keep_z = not all(ACTIVATIONS[plan.activation].from_output for _, plan in members)
            stack = Stack(
                members[0][0], len(members), rows, width, self.flat.numbers, self.rolling, keep_z
            )
            self.stacks.append(stack)
            for at, (stage, plan) in enumerate(members):
                arrays = stack.arrays(at, below, dx)
                self._add(spec.network, stage, plan, arrays, training)
                below, dx = arrays.h, arrays.dh

    def _add(
        self, network: NetworkSpec, stage: int, plan: StagePlan, arrays: StageArrays, training: bool
    ) -> None:
        source = stage - plan.source
        site = Site(
            arrays,
            self.flat.views(self.flat.values, stage),
            self.flat.views(self.flat.gradients, stage),
            network,
            self.flat.running_views(stage),
            self.stages[source].arrays if plan.source else None,
            training,
        )
        layer = LAYERS[plan.layer](plan, site)
        layer.derivatives()  # an identity's derivatives are set here once and for all
        self.stages.append(layer)
        if plan.source:
            self._givers[source].append(layer)

    def _group(self) -> list[Run]:
        runs: list[Run] = []
        if self.rolling:
            return runs
        for stack in self.stacks:
            members = self.stages[stack.first : stack.first + stack.count]
            at = 0
            for _, group in groupby(
                enumerate(members), key=lambda item: (item[0] > 0, item[1].plan)
            ):
                layers = [layer for _, layer in group]
                runs.append(self._run(layers, stack, at))
                at += len(layers)
        return runs

    def _run(self, layers: list[Layer], stack: Stack, at: int) -> Run:
        if not layers[0].plain:
            return Run(layers)
        # the first stage of a stack reads buffers outside it, so it is always a run of its own
        if at > 0 and len(layers) > 1:
            return ChainedRun(layers, stack, at, self.flat, stack.first + at)
        return DenseRun(layers, stack, at)

    def initialize(self, *specs: Spec, plans: Sequence[Sequence[StagePlan]] = ()) -> None:
        """Set every parameter to its start; each stage draws from a stream of its own."""
        own_plans = plans or [self.plans] * len(specs)
        draw = redrawn().at if self.flat.lead else generator
        for place, spec, own in zip(self.flat.places, specs, own_plans, strict=True):
            self._start(place, spec, own, draw)
        networks = [spec.network for spec in specs]
        for layer in self.stages:
            if self.flat.lead:
                layer.restart_each(networks)
            else:
                layer.restart(networks[0])
        self.vary(networks)
        self._seeds = [spec.training.seed for spec in specs]

    def vary(self, networks: Sequence[NetworkSpec]) -> None:
        """What stages of stacked members have for themselves."""
        if self.flat.lead:
            for layer in self.stages:
                layer.vary(networks)

    def _start(
        self, place: Place, spec: Spec, plans: Sequence[StagePlan], draw: Callable[..., Generator]
    ) -> None:
        count = len(self.stages)
        # the output stage has the first stream: depth then changes no other stage's start
        keys = [*range(1, count), 0] if count > 1 else [1]
        for layer, plan, key in zip(self.stages, plans, keys, strict=True):
            rng = draw(spec.training.seed, Stream.WEIGHTS, key)
            for name, value in LAYERS[plan.layer].start(plan, rng, spec.init).items():
                layer.parameters[name][place] = value

    def begin(self, step: int) -> None:
        """Draw what is random in the pass after ``step`` updates, the same whenever asked."""
        for stage, layer in self._random:
            for place, seed in zip(self.flat.places, self._seeds, strict=True):
                layer.begin(generator(seed, Stream.DROPOUT, step, stage), place)

    def forwards(self) -> list[Callable[[], None]]:
        """The layers' own methods, without the way through the network."""
        return [layer.forward for layer in self.stages]

    def forward(self, stage: int) -> None:
        """Forward through one stage (from 0)."""
        self.stages[stage].forward()

    def backwards(self, loss: LossGradient) -> list[Callable[[], None]]:
        """The layers' own methods wherever nothing but the layer above hands something back."""
        if self.rolling:
            return self._roll(loss, gradients=True)
        calls = super().backwards(loss)
        for stage in range(len(self.stages) - 1):
            if not self._givers[stage]:
                above = self.stages[stage + 1].hand_back
                here = self.stages[stage].backward
                calls[len(calls) - 1 - stage] = _both(above, here)
        return calls

    def signals(self, loss: LossGradient) -> list[Callable[[], None]]:
        """The same without gradients of parameters."""
        if self.rolling:
            return self._roll(loss, gradients=False)
        return self.backwards(loss)

    def _roll(self, loss: LossGradient, gradients: bool) -> list[Callable[[], None]]:
        """All of a stage at once, for the next one takes its buffers."""
        last = self.stages[-1]
        first: Callable[[], None] = partial(loss.gradient, last.arrays.h, last.arrays.dh)
        calls = []
        for stack in reversed(self.stacks):
            for stage in reversed(range(stack.first, stack.first + stack.count)):
                layer = self.stages[stage]
                own = [first]
                if stack.count > 1 or not layer.activation.linear:
                    own.append(layer.derivatives)
                own.append(layer.backward)
                if gradients:
                    own.append(layer.parameter_gradients)
                calls.append(in_turn(own))
                first = layer.hand_back
        return calls

    def derivatives(self) -> None:
        """f′(z) of every stage, all known once the forward pass is over."""
        for run in self.runs:
            run.derivatives()

    def backward(self, stage: int, loss: LossGradient) -> None:
        """∂J/∂h and ∂J/∂z of one stage (from 0), from the loss or the stage above."""
        if stage + 1 == len(self.stages):
            arrays = self.stages[-1].arrays
            loss.gradient(arrays.h, arrays.dh)
        else:
            self.stages[stage + 1].hand_back()
            for layer in self._givers[stage]:
                layer.give()
        self.stages[stage].backward()

    def products(self, stage: int) -> list[Product]:
        """The multiplications that lead into ``stage`` (from 0), and on to its ∂J/∂z."""
        found = [Product(*three, stage) for three in self.stages[stage].derivative()]
        if stage + 1 < len(self.stages):
            for dz, weights, dx in self.stages[stage + 1].return_way():
                found.append(Product(dz, weights, dx, stage, matrix=True))
        return found

    def cuts(self, stage: int, taken: bool) -> list[Cut]:
        """∂J at every cut of the hop below a stage (from 0), to the stage below when ``taken``."""
        layer = self.stages[stage]
        found = [("h", layer.arrays.dh), *layer.cuts()]
        if taken:
            role = layer.last_role
            if self._givers[stage - 1]:
                found.append((role, layer.way()))
                role = "skip"
            found.append((role, self.views[stage - 1].dh))
        return found

    def givers(self, stage: int) -> Sequence[tuple[int, Layer]]:
        """(stage from 0, layer) of each skip path that begins at ``stage`` (from 0)."""
        return [(stage + layer.plan.source, layer) for layer in self._givers[stage]]

    def edge_weights(self, stage: int) -> Array:
        """W."""
        return self.stages[stage].edge_weights()

    def edge_signal(self, stage: int) -> Array:
        """|w| · RMS of ∂J/∂z."""
        return edge_signal(self.edge_weights(stage), self.views[stage].dz)

    def parameter_norms(self, first: int, known: bool) -> tuple[Floats, Floats]:
        """L2 norms of ∂J/∂W and ∂J/∂b by stage, computed for the stages from ``first`` on."""
        for layer in [] if known else self.stages[first:]:
            layer.parameter_gradients()
        found = np.zeros((2, len(self.stages)))
        if first == len(self.stages):
            return found[0], found[1]
        # what lies before is of another pass, and must not decide how the rest is computed
        start = self.flat.stage_starts[first]
        skipped = int(np.searchsorted(self.flat.starts, start))
        segments = segment_norms(self.flat.gradients[start:], self.flat.starts[skipped:] - start)
        for row, name in enumerate(("W", "b")):
            stages, columns = self.flat.columns(name)
            reached = columns >= skipped
            found[row, stages[reached]] = segments[columns[reached] - skipped]
        return found[0], found[1]

    def rescale(self, places: Sequence[Place]) -> None:
        """Stage after stage; the output too."""
        unit_variance(self.stages, places)

    def trace(self) -> dict[str, Array]:
        """Every array of the pass, by name and stage number."""
        found: dict[str, Array] = {"x": self.x}
        for k, layer in enumerate(self.stages, start=1):
            found |= {f"{_key(name)}{k}": value for name, value in layer.parameters.items()}
            found |= {f"d{_key(name)}{k}": value for name, value in layer.gradients.items()}
            found |= {f"{name}{k}": value for name, value in layer.inner().items()}
            found |= {f"h{k}": layer.arrays.h, f"dh{k}": layer.arrays.dh}
        return found

    def parameter_gradients(self) -> None:
        """The whole flat gradient vector, from every ∂J/∂z."""
        for run in self.runs:
            run.parameter_gradients()

    def finish(self) -> None:
        """End the step: running statistics take in the batch."""
        for layer in self._kept:
            layer.finish()


def in_turn(calls: Sequence[Callable[[], object]]) -> Callable[[], None]:
    """All of ``calls`` as one."""

    def call() -> None:
        for each in calls:
            each()

    return call


def _both(first: Callable[[], None], second: Callable[[], None]) -> Callable[[], None]:
    """Both calls as one."""

    def call() -> None:
        first()
        second()

    return call


def _key(parameter: str) -> str:
    """Key of a parameter in a trace: PReLU's a would be taken for the activation's output."""
    if parameter == "a":
        return "slope"
    return parameter
