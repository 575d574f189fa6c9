"""What experiment, telemetry, frames and traces know of a network: stages, whatever they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from vgsim.nn.arrays import Array, Place
from vgsim.nn.layers import StageArrays, StagePlan
from vgsim.nn.layers.site import Cut
from vgsim.nn.norms import Floats
from vgsim.nn.parameters import FlatParameters

if TYPE_CHECKING:
    from vgsim.nn.spec import NetworkSpec, Spec


@dataclass(frozen=True, slots=True)
class Product:
    """One multiplication on the way back: ``below`` = ``above`` times ``factor``.

    Unit by unit when ``factor`` has the shape of ``above``; by the transpose of a ``matrix``
    else. ``stage`` (from 0) is where ``below`` belongs.
    """

    above: Array
    factor: Array
    below: Array
    stage: int
    matrix: bool = False

    def underflowed(self) -> bool:
        """Whether nonzero numbers were multiplied and exactly zero came out."""
        zero = self.below == 0
        if not zero.any() or not self.factor.any() or not self.above.any():
            return False
        if not self.matrix:
            return bool(np.any(zero & (self.above != 0) & (self.factor != 0)))
        # brought up to size first, the product cannot underflow itself
        peak = float(np.abs(self.above).max())
        reach = np.abs((self.above.astype(np.float64) / peak) @ self.factor.T.astype(np.float64))
        limit = float(np.finfo(self.below.dtype).tiny) / peak
        return bool(np.any(zero & (reach > 0) & (reach < limit)))


class StageTable:
    """Buffers of neighboring stages of equal width, (stages, batch, width) each.

    Of stacked members they are (stages, members, batch, width).

    ``dz`` may be wider: a timestep has one z for each gate and unit.
    """

    def __init__(
        self, first: int, z: Array, h: Array, derivative: Array, dh: Array, dz: Array
    ) -> None:
        self.first = first
        self.count = len(h)
        self.z = z
        self.h = h
        self.derivative = derivative
        self.dh = dh
        self.dz = dz

    def arrays(self, at: int, x: Array, dx: Array | None) -> StageArrays:
        """Buffers of the ``at``-th stage of the table."""
        return StageArrays(
            x, dx, self.z[at], self.h[at], self.derivative[at], self.dh[at], self.dz[at]
        )


class LossGradient(Protocol):
    """What a network asks of a loss."""

    def gradient(self, h: Array, out: Array) -> None:
        """∂J/∂h of the outputs ``h``, into ``out``."""


def as_measured(arrays: StageArrays) -> StageArrays:
    """The same memory for what only reads it: of an emulated type without its rounding."""
    fields = (arrays.z, arrays.h, arrays.derivative, arrays.dh, arrays.dz)
    dx = None if arrays.dx is None else np.asarray(arrays.dx)
    return StageArrays(np.asarray(arrays.x), dx, *(np.asarray(values) for values in fields))


class Network:
    """Stages 1 to N (here from 0) for one batch size.

    Of stacked members every buffer and view has an axis for them before that of the batch.

    ``flat`` holds the parameters and may be shared by several networks. ``x`` (batch, features)
    is filled before a pass, ``output`` (rows, outputs) is what the loss reads. ``views`` are the
    buffers of each stage, ``stacks`` the same by tables. ``owners`` (N,) says which of the parts
    that ``flat`` counts as stages has a stage's parameters: timesteps share one. ``edges`` counts
    the lines a diagram of all stages would have.
    """

    rolling: bool = False
    """Whether f′, ∂J/∂h and ∂J/∂z are kept of the latest stage alone; gradients of parameters are
    then taken on the way back."""

    flat: FlatParameters
    x: Array
    output: Array
    views: list[StageArrays]
    stacks: Sequence[StageTable]
    owners: NDArray[np.intp]
    widths: tuple[int, ...]
    input_width: int
    edges: int

    @property
    def entry(self) -> Array:
        """What inputs are written into: x, or (batch, features) that stacked members share."""
        return self.x

    def initialize(self, *specs: Spec, plans: Sequence[Sequence[StagePlan]] = ()) -> None:
        """Set every parameter to its start; each owner draws from a stream of its own.

        One of ``specs`` for each stacked member, one alone else. ``plans`` are those of each
        member where their starts differ.
        """
        raise NotImplementedError

    def vary(self, networks: Sequence[NetworkSpec]) -> None:
        """Take what each stacked member has for itself, of what no parameter holds."""

    def begin(self, step: int) -> None:
        """Draw what is random in the pass after ``step`` updates, the same whenever asked."""

    def pad(self, padding: NDArray[np.int64]) -> None:
        """Say how many timesteps of each sample of the batch are padding, where that matters."""

    def there(self, stage: int) -> NDArray[np.bool_] | None:
        """Which rows of the buffers of a stage (from 0) are no padding; None where all are."""
        return None

    def shares(self) -> NDArray[np.float64] | None:
        """(stages,) the share of rows that are no padding; None where nothing can be padding."""
        return None

    def forward(self, stage: int) -> None:
        """Forward through one stage (from 0)."""
        raise NotImplementedError

    def predict(self) -> Array:
        """Forward through every stage; the output."""
        for stage in range(len(self.views)):
            self.forward(stage)
        return self.output

    def forwards(self) -> list[Callable[[], None]]:
        """What :meth:`forward` does, one call a stage without arguments: for the inner loop."""
        return [partial(self.forward, stage) for stage in range(len(self.views))]

    def backwards(self, loss: LossGradient) -> list[Callable[[], None]]:
        """What :meth:`backward` does, from the last stage down."""
        return [partial(self.backward, stage, loss) for stage in reversed(range(len(self.views)))]

    def signals(self, loss: LossGradient) -> list[Callable[[], None]]:
        """The same, where nobody asks for gradients of parameters."""
        return self.backwards(loss)

    def derivatives(self) -> None:
        """f′(z) of every stage, all known once the forward pass is over."""
        raise NotImplementedError

    def backward(self, stage: int, loss: LossGradient) -> None:
        """∂J/∂h and ∂J/∂z of one stage (from 0), from the loss or the stage above."""
        raise NotImplementedError

    def parameter_gradients(self) -> None:
        """The whole flat gradient vector, from every ∂J/∂z."""
        raise NotImplementedError

    def finish(self) -> None:
        """End the step: running statistics take in the batch."""

    def products(self, stage: int) -> Sequence[Product]:
        """The multiplications that lead into ``stage`` (from 0), and on to its ∂J/∂z."""
        raise NotImplementedError

    def cuts(self, stage: int, taken: bool) -> list[Cut]:
        """∂J at every cut of the hop below a stage (from 0), to the stage below when ``taken``."""
        raise NotImplementedError

    def edge_weights(self, stage: int) -> Array:
        """(units below, units) weights that a diagram draws below a stage (from 0)."""
        raise NotImplementedError

    def edge_signal(self, stage: int) -> Array:
        """(units below, units): what each edge hands back."""
        raise NotImplementedError

    def parameter_norms(self, first: int, known: bool) -> tuple[Floats, Floats]:
        """(N,) L2 norms of each stage's own ∂J/∂W and ∂J/∂b, for stages from ``first`` (from 0).

        ``known`` says that :meth:`parameter_gradients` was called in this pass.
        """
        raise NotImplementedError

    def trace(self) -> dict[str, Array]:
        """Every array of a pass, by the names of :func:`vgsim.nn.trace.record`."""
        raise NotImplementedError

    def rescale(self, places: Sequence[Place]) -> None:
        """Bring each z to variance 1 on the batch in ``x`` (LSUV), where that is defined.

        Of stacked members those at ``places``.
        """
