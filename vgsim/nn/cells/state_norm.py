"""The state of a cell, normalized on its way to h: tanh(LN(c)) as in Ba, Kiros and Hinton (2016).

Every sample of every timestep by itself; what is handed on to the next timestep is c as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from vgsim.nn.arrays import Array, Generator
from vgsim.nn.cells.timesteps import of_steps
from vgsim.nn.layers.parts.base import Ends
from vgsim.nn.layers.parts.norms import NORMS, Norm
from vgsim.nn.layers.site import Shapes, Site, StageArrays, StagePlan

if TYPE_CHECKING:
    from vgsim.nn.spec import InitSpec, NetworkSpec

_SUFFIX = "_c"


def state_shapes(plan: StagePlan) -> Shapes:
    """γ_c and β_c, as the normalization has them; nothing where the state is left as it is."""
    if not plan.norm_state:
        return {}
    shapes = NORMS[plan.norm].shapes(plan, plan.outputs, plan.outputs)
    return {f"{name}{_SUFFIX}": shape for name, shape in shapes.items()}


def state_start(plan: StagePlan, rng: Generator, init: InitSpec) -> dict[str, Array]:
    """Where they start, as in a layer."""
    if not plan.norm_state:
        return {}
    norm = NORMS[plan.norm]
    values = norm.start(plan, rng, init, norm.shapes(plan, plan.outputs, plan.outputs))
    return {f"{name}{_SUFFIX}": value for name, value in values.items()}


class StateNorm:
    """``out`` (T, B, H) is the normalized state; ``arriving`` is ∂J by it."""

    def __init__(
        self,
        plan: StagePlan,
        network: NetworkSpec,
        own: Mapping[str, Array],
        gradients: Mapping[str, Array],
        c: Array,
        dc: Array,
    ) -> None:
        steps, *lead, batch, units = c.shape
        kind = NORMS[plan.norm]
        shape = (*lead, steps * batch, units)
        x, y = (np.zeros_like(c, shape=shape, order="C") for _ in range(2))
        dy = np.zeros_like(dc, shape=x.shape)
        names = kind.shapes(plan, units, units)
        values, slopes = (
            {name: vector[f"{name}{_SUFFIX}"] for name in names} for vector in (own, gradients)
        )
        site = Site(StageArrays(x, None, y, y, dy, dy, dy), values, slopes, network)
        self.whole: Norm = kind(plan, site, Ends(x, y, None, dy))
        self.at_step = [self.whole.of_rows(slice(t * batch, (t + 1) * batch)) for t in range(steps)]
        self.out = of_steps(y, steps)
        self.arriving = of_steps(dy, steps)

    def forward(self, t: int, c: Array) -> Array:
        """``out`` of timestep ``t`` (from 0)."""
        norm = self.at_step[t]
        np.copyto(norm.x, c)
        norm.forward()
        return norm.y

    def backward(self, t: int, dc: Array) -> None:
        """∂J by ``out`` of timestep ``t``, in ``dc``, -> ∂J by c."""
        norm = self.at_step[t]
        np.copyto(norm.dy, dc)
        norm.backward(dc)
