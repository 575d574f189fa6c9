"""What a cell of a stack hands up: its h, some of it dropped, and a path around the cell."""

from __future__ import annotations

import numpy as np

from vgsim.nn.arrays import Array, Generator, Place
from vgsim.nn.cells.timesteps import by_step
from vgsim.nn.layers.site import StagePlan


class Lift:
    """``u`` (T, B, H) = h ⊙ mask + α u of the cell where the path around begins.

    The mask is that of ``torch.nn.LSTM(dropout=)``: another one at every timestep, between two
    cells and not behind the last. The path is the residual of deep stacks (Wu et al. 2016): only
    what goes up passes by, the timesteps hand on h. ``du``, like ``dh``, is ∂J/∂u.
    """

    def __init__(
        self, plan: StagePlan, h: Array, source: Lift | None, drops: bool, dh: Array
    ) -> None:
        self.h = h
        self.source = source
        self.scale = plan.scale
        self.rate = plan.dropout if drops else 0.0
        steps, *lead, batch, units = h.shape
        self.u = by_step(h, steps, tuple(lead), batch, units)
        self.du = np.zeros_like(dh)
        self.mask = np.ones_like(h, order="C") if drops else None
        self.part = np.zeros_like(dh[0])

    def begin(self, rng: Generator, place: Place) -> None:
        """Draw the mask of the coming pass of the member at ``place``."""
        if self.mask is not None:
            mask = self.mask[:, place]
            np.greater_equal(rng.random(mask.shape, np.float32), self.rate, out=mask)
            mask *= 1.0 / (1.0 - self.rate)

    def forward(self, t: int) -> None:
        """u of timestep ``t`` (from 0)."""
        if self.mask is None:
            np.copyto(self.u[t], self.h[t])
        else:
            np.multiply(self.h[t], self.mask[t], out=self.u[t])
        if self.source is not None:
            np.multiply(self.source.u[t], self.scale, out=self.part)
            np.add(self.u[t], self.part, out=self.u[t])

    def inner(self, t: int) -> dict[str, Array]:
        """Arrays of timestep ``t`` as a trace calls them."""
        found = {"u": self.u[t], "du": self.du[t]}
        if self.mask is not None:
            found["mask"] = self.mask[t]
        return found

    def backward(self, t: int, dh: Array) -> None:
        """Add ∂J/∂u of timestep ``t`` to ∂J/∂h, and to ∂J/∂u where the path around begins."""
        if self.mask is None:
            np.add(dh, self.du[t], out=dh)
        else:
            np.multiply(self.du[t], self.mask[t], out=self.part)
            np.add(dh, self.part, out=dh)
        if self.source is not None:
            np.multiply(self.du[t], self.scale, out=self.part)
            np.add(self.source.du[t], self.part, out=self.source.du[t])
