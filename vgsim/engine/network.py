"""A network: stages over stacked buffers, and runs of equal stages worked on at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from vgsim.engine.arrays import Array, Generator
from vgsim.engine.layers import LAYERS, Layer, StageArrays, StagePlan
from vgsim.engine.layers.dense import Dense
from vgsim.engine.losses import Loss
from vgsim.engine.parameters import FlatParameters

if TYPE_CHECKING:
    from vgsim.engine.spec import InitSpec, Spec


class Stack:
    """Buffers of neighboring stages of equal width, (stages, batch, width) each."""

    def __init__(self, first: int, count: int, batch: int, width: int, dtype: str) -> None:
        self.first = first
        self.count = count
        self.z, self.h, self.slope, self.dh, self.dz = np.zeros(
            (5, count, batch, width), dtype=dtype
        )

    def arrays(self, at: int, x: Array, dx: Array | None) -> StageArrays:
        """Buffers of the ``at``-th stage of the stack."""
        return StageArrays(x, dx, self.z[at], self.h[at], self.slope[at], self.dh[at], self.dz[at])


class Run:
    """Neighboring equal stages: their slopes, and for dense ones their gradients, in one call."""

    def __init__(self, layers: Sequence[Layer], stack: Stack, at: int) -> None:
        self.layers = layers
        part = slice(at, at + len(layers))
        self.activation = layers[0].activation
        self.linear = layers[0].plan.activation == "identity"
        self._z, self._h, self._slope = stack.z[part], stack.h[part], stack.slope[part]

    def slopes(self) -> None:
        """f′(z) of every stage of the run; an identity's slopes stay as they were set: 1."""
        if not self.linear:
            self.activation.slope(self._z, self._h, self._slope)

    def parameter_gradients(self) -> None:
        """Gradients of every stage of the run, from its ∂J/∂z."""
        for layer in self.layers:
            layer.parameter_gradients()


class DenseRun(Run):
    """Neighboring dense stages that feed each other: one batched product for all of them."""

    def __init__(
        self, layers: Sequence[Layer], stack: Stack, at: int, flat: FlatParameters, first: int
    ) -> None:
        super().__init__(layers, stack, at)
        count = len(layers)
        blocks = flat.blocks(flat.gradients, first, count)
        self._dw, self._db = blocks["W"], blocks["b"]
        self._below = stack.h[at - 1 : at - 1 + count].transpose(0, 2, 1)
        self._dz = stack.dz[at : at + count]

    def parameter_gradients(self) -> None:
        """The same products as stage by stage, and the same bits."""
        np.matmul(self._below, self._dz, out=self._dw)
        np.add.reduce(self._dz, axis=1, out=self._db)


class Network:
    """Stages 1 to N (here from 0) for one batch size; ``flat`` may be shared by several."""

    def __init__(
        self, spec: Spec, plans: Sequence[StagePlan], batch: int, flat: FlatParameters | None = None
    ) -> None:
        dtype = spec.training.precision
        self.plans = tuple(plans)
        self.flat = flat or FlatParameters(
            [LAYERS[plan.layer].shapes(plan) for plan in plans], dtype
        )
        self.x = np.zeros((batch, plans[0].inputs), dtype)
        self.stacks: list[Stack] = []
        self.stages: list[Layer] = []
        self._build(spec, batch, dtype)
        self.runs = self._group()

    def _build(self, spec: Spec, batch: int, dtype: str) -> None:
        below, dx = self.x, None
        for width, group in groupby(enumerate(self.plans), key=lambda item: item[1].outputs):
            members = list(group)
            stack = Stack(members[0][0], len(members), batch, width, dtype)
            self.stacks.append(stack)
            for at, (stage, plan) in enumerate(members):
                arrays = stack.arrays(at, below, dx)
                own = self.flat.views(self.flat.values, stage)
                gradients = self.flat.views(self.flat.gradients, stage)
                layer = LAYERS[plan.layer](plan, arrays, own, gradients, spec.network)
                layer.slopes()  # an identity's slopes are set here once and for all
                self.stages.append(layer)
                below, dx = arrays.h, arrays.dh

    def _group(self) -> list[Run]:
        runs: list[Run] = []
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
        # the first stage of a stack reads buffers outside it, so it is always a run of its own
        if at > 0 and len(layers) > 1 and type(layers[0]) is Dense:
            return DenseRun(layers, stack, at, self.flat, stack.first + at)
        return Run(layers, stack, at)

    def initialize(self, init: InitSpec, generators: Sequence[Generator]) -> None:
        """Set every parameter to its start; stage k draws from the k-th generator alone."""
        for layer, rng in zip(self.stages, generators, strict=True):
            for name, value in LAYERS[layer.plan.layer].start(layer.plan, rng, init).items():
                layer.parameters[name][...] = value

    def forward(self, stage: int) -> None:
        """Forward through one stage (from 0)."""
        self.stages[stage].forward()

    def predict(self) -> Array:
        """Forward through every stage; the last h."""
        for layer in self.stages:
            layer.forward()
        return self.stages[-1].arrays.h

    def slopes(self) -> None:
        """f′(z) of every stage, all known once the forward pass is over."""
        for run in self.runs:
            run.slopes()

    def backward(self, stage: int, loss: Loss) -> None:
        """∂J/∂h and ∂J/∂z of one stage (from 0), from the loss or the stage above."""
        if stage + 1 == len(self.stages):
            arrays = self.stages[-1].arrays
            loss.gradient(arrays.h, arrays.dh)
        else:
            self.stages[stage + 1].hand_back()
        self.stages[stage].backward()

    def parameter_gradients(self) -> None:
        """The whole flat gradient vector, from every ∂J/∂z."""
        for run in self.runs:
            run.parameter_gradients()
