"""Fixed stage: h = c x + b with a local derivative c that training leaves alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vgsim.nn.arrays import Array, Generator
from vgsim.nn.layers.base import LAYERS
from vgsim.nn.layers.dense import Dense
from vgsim.nn.layers.site import Site, StagePlan

if TYPE_CHECKING:
    from vgsim.nn.spec import InitSpec


@LAYERS.register("fixed", "h = c x + b with a fixed c; only b is trained", label="Fixed factor")
class Fixed(Dense):
    """The stage of a worked example: ∂h/∂x = ``network.factor``, always."""

    plain = False
    factor = "c"

    def __init__(self, plan: StagePlan, site: Site) -> None:
        shape = (plan.inputs, plan.outputs)
        factor = np.full(shape, site.network.factor, site.arrays.h.dtype)
        super().__init__(plan, replace(site, parameters={"W": factor, **site.parameters}))

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
        self._product(self.ones, self.arrays.dz, self.gradients["b"])
