"""One of the two products that lead to a cell's gates, x W_x or h W_h, taken by itself.

A plain cell adds both up within one product. A normalization of its own for each (layer norm as in
Ba, Kiros and Hinton 2016, equations 20 to 22: all gates of a timestep together, before the bias;
c by choice, see ``state_norm``) or variational dropout needs them apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vgsim.nn.arrays import (
    Array,
    Floats,
    Generator,
    Place,
    Samples,
    has_gaps,
    product,
    rows,
    transposed,
    turned,
)
from vgsim.nn.cells.timesteps import by_step, joined, of_steps
from vgsim.nn.layers.parts.base import Ends
from vgsim.nn.layers.parts.norms import NORMS, Norm
from vgsim.nn.layers.site import Shapes, Site, StageArrays, StagePlan

if TYPE_CHECKING:
    from vgsim.nn.spec import InitSpec, NetworkSpec

OF_X, OF_H = "x", "h"
"""The two sides, as their parameters end: gamma_x, W_h."""


@dataclass(frozen=True, slots=True)
class SidePlace:
    """What both sides of a cell are built from; nothing is dropped outside ``training``."""

    plan: StagePlan
    network: NetworkSpec
    own: Mapping[str, Array]
    gradients: Mapping[str, Array]
    training: bool


def norm_shapes(plan: StagePlan, width: int) -> Shapes:
    """γ and β of both sides; nothing without a normalization."""
    if NORMS[plan.norm].absent:
        return {}
    shapes = NORMS[plan.norm].shapes(plan, width, width)
    return {f"{name}_{side}": s for side in (OF_X, OF_H) for name, s in shapes.items()}


def norm_start(plan: StagePlan, rng: Generator, init: InitSpec, width: int) -> dict[str, Array]:
    """Where they start, as in a layer."""
    if NORMS[plan.norm].absent:
        return {}
    norm = NORMS[plan.norm]
    values = norm.start(plan, rng, init, norm.shapes(plan, width, width))
    return {f"{name}_{side}": v.copy() for side in (OF_X, OF_H) for name, v in values.items()}


def apart(plan: StagePlan) -> bool:
    """Whether the sides of a cell are to be taken by themselves."""
    return not NORMS[plan.norm].absent or (plan.dropout > 0 and plan.variational)


ALL = slice(None)
"""Every column: what both sides of most cells take."""


class GateSide:
    """``out`` (T, B, m) is the product of ``values`` ⊙ mask and W, normalized where that is asked.

    ``mask`` (B, n) is the same at all timesteps (Gal and Ghahramani 2016), None without dropout.
    ``handed`` (T, B, m) is ∂J by the product. W are ``columns`` of the parameter, and γ and β those
    of theirs; ``dz`` (T, B, m) belongs to them. ``beside`` is a side whose mask it shares.
    """

    def __init__(
        self,
        place: SidePlace,
        which: str,
        values: Array,
        dz: Array,
        columns: slice = ALL,
        beside: GateSide | None = None,
    ) -> None:
        steps, *lead, batch, inputs = values.shape
        plan = place.plan
        self.which = which
        self.values = values
        self.columns = columns
        self.weights = place.own[f"W_{which}"][..., columns]
        self.gradient = place.gradients[f"W_{which}"][..., columns]
        self.back = transposed(self.weights)
        self.gaps = has_gaps(self.weights)
        self.multiply = product(self.weights)
        self.rate = plan.dropout if plan.variational and place.training else 0.0
        self.drawn = beside is None
        self.mask = np.ones_like(values[0], order="C") if self.rate else None
        if beside is not None:
            self.mask = beside.mask
        shape = (steps, tuple(lead), batch)
        self.masked = by_step(values, *shape, inputs) if self.rate else values
        self.product = by_step(values, *shape, dz.shape[-1])
        self.copied: Array | None = None
        self.arriving = dz
        self.norm = self._norm(place, dz)
        if self.norm is None:
            self.out = self.product
            self.handed = dz
            self.at_step: list[Norm] = []
        else:
            self.out = of_steps(self.norm.y, steps)
            self.handed = by_step(dz, *shape, dz.shape[-1])
            cuts = [slice(t * batch, (t + 1) * batch) for t in range(steps)]
            self.at_step = [self.norm.of_rows(cut) for cut in cuts]
        self.apart = has_gaps(self.handed)

    def _norm(self, place: SidePlace, dz: Array) -> Norm | None:
        """The normalization of all timesteps at once, each row by itself."""
        kind = NORMS[place.plan.norm]
        if kind.absent:
            return None
        flat = joined(self.product)
        arriving = joined(dz)
        if not arriving.flags.c_contiguous:
            arriving = np.zeros_like(dz, shape=flat.shape, order="C")
            self.copied = dz
            self.arriving = of_steps(arriving, len(dz))
        ends = Ends(flat, np.zeros_like(flat), None, arriving)
        own, gradients = (
            {
                name: values[f"{name}_{self.which}"][..., self.columns]
                for name in kind.shapes(place.plan, 1, 1)
            }
            for values in (place.own, place.gradients)
        )
        arrays = StageArrays(flat, None, ends.y, ends.y, ends.dy, ends.dy, ends.dy)
        return kind(place.plan, Site(arrays, own, gradients, place.network), ends)

    def begin(self, rng: Generator, place: Place) -> None:
        """Draw the mask of the coming pass of one member, unless it is another side's."""
        if self.mask is not None and self.drawn:
            mask = self.mask[place]
            np.greater_equal(rng.random(mask.shape, np.float32), self.rate, out=mask)
            mask *= 1.0 / (1.0 - self.rate)

    def forward(self, t: int) -> None:
        """``out`` of timestep ``t`` (from 0)."""
        if self.mask is not None:
            np.multiply(self.values[t], self.mask, out=self.masked[t])
        self.multiply(self.masked[t], self.weights, self.product[t])
        if self.norm is not None:
            self.at_step[t].forward()

    def forward_all(self) -> None:
        """``out`` of all timesteps in one go, where ``values`` are known beforehand."""
        if self.mask is not None:
            np.multiply(self.values, self.mask, out=self.masked)
        self.multiply(joined(self.masked), self.weights, joined(self.product))
        if self.norm is not None:
            self.norm.forward()

    def backward(self, t: int) -> None:
        """∂J by ``out`` -> ``handed`` of timestep ``t``."""
        if self.norm is not None:
            if self.copied is not None:
                np.copyto(self.arriving[t], self.copied[t])
            self.at_step[t].backward(self.handed[t])

    def backward_all(self) -> None:
        """``handed`` of all timesteps in one go, where no stage below waits for it."""
        if self.norm is not None:
            self.norm.backward(joined(self.handed))

    def hand_back(self, t: int, out: Array) -> None:
        """∂J by ``values`` of timestep ``t``."""
        back = np.ascontiguousarray(self.back) if self.gaps else self.back
        handed = self.handed[t]
        if self.apart:  # `dot` brings them side by side, and `matmul` does not: other bits
            handed = np.ascontiguousarray(handed)
        self.multiply(handed, back, out)
        if self.mask is not None:
            np.multiply(out, self.mask, out=out)

    def parameter_gradients(self) -> None:
        """∂J/∂W, ∂J/∂γ and ∂J/∂β, summed over the timesteps."""
        below, handed = joined(self.masked), joined(self.handed)
        if self.columns == ALL:
            self.multiply(turned(below), handed, self.gradient)
        else:
            np.copyto(self.gradient, transposed(below) @ handed)
        if self.norm is not None:
            self.norm.parameter_gradients()

    def contribution(self, t: int) -> Array:
        """Timestep ``t``'s own ∂J/∂W; asked during the pass, too, before :meth:`backward_all`."""
        handed = self.handed[t]
        if self.norm is not None:
            handed = np.empty_like(handed)
            self.at_step[t].backward(handed)
        share: Array = self.masked[t].T @ handed
        return share

    def pull(self, t: int, samples: Samples, gradient: Floats) -> Floats:
        """∂y/∂(``out`` of timestep ``t``) -> ∂y/∂(its ``values``), (S, rows, n)."""
        if self.norm is not None:
            gradient = self.at_step[t].pull(samples, gradient)
        back: Floats = gradient @ self.weights.astype(np.float64).T
        if self.mask is not None:
            back = back * rows(self.mask, samples)
        return back
