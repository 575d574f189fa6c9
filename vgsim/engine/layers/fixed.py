"""Fixed stage: h = c x + b with a local derivative c that training leaves alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from vgsim.engine.arrays import Array, Generator
from vgsim.engine.layers.base import LAYERS, StageArrays, StagePlan
from vgsim.engine.layers.dense import Dense

if TYPE_CHECKING:
    from vgsim.engine.spec import InitSpec, NetworkSpec


@LAYERS.register("fixed", "h = c x + b with a fixed c; only b is trained", label="Fixed factor")
class Fixed(Dense):
    """The stage of a worked example: ∂h/∂x = ``network.factor``, always."""

    def __init__(
        self,
        plan: StagePlan,
        arrays: StageArrays,
        parameters: Mapping[str, Array],
        gradients: Mapping[str, Array],
        network: NetworkSpec,
    ) -> None:
        factor = np.full((plan.inputs, plan.outputs), network.factor, arrays.h.dtype)
        super().__init__(plan, arrays, {"W": factor, **parameters}, gradients, network)

    @staticmethod
    def shapes(plan: StagePlan) -> dict[str, tuple[int, ...]]:
        """b alone."""
        return {"b": (plan.outputs,)}

    @staticmethod
    def start(plan: StagePlan, rng: Generator, init: InitSpec) -> dict[str, Array]:
        """b starts at 0."""
        return {"b": np.zeros(plan.outputs)}

    def parameter_gradients(self) -> None:
        """∂J/∂b = Σ over the batch of ∂J/∂z."""
        np.add.reduce(self.arrays.dz, axis=0, out=self.gradients["b"])
