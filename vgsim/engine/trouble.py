"""Where numbers became too large or too small to hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vgsim.engine.arrays import Array, quiet
from vgsim.engine.frame import Trouble
from vgsim.engine.layers.base import StageArrays

SMALL = 1e6
"""Times the smallest normal number: gradients of a larger norm are not searched for denormals."""


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


class Staged(Protocol):
    """A network as far as the search for trouble knows it."""

    @property
    def views(self) -> Iterable[StageArrays]:
        """Buffers of every stage, the first one first."""
        ...

    def products(self, stage: int) -> Iterable[Product]:
        """The multiplications that lead into ``stage`` (from 0), and on to its ∂J/∂z."""
        ...


def first_overflow(network: Staged, step: int) -> Trouble:
    """The first stage, in the order of the pass, whose h or ∂J/∂h is inf or nan.

    The last stage when neither is: then the loss itself overflowed.
    """
    stages = list(network.views)
    for number, arrays in enumerate(stages, start=1):
        if not np.isfinite(arrays.h).all():
            return Trouble("overflow", number, step)
    for number, arrays in reversed(list(enumerate(stages, start=1))):
        if not np.isfinite(arrays.dh).all():
            return Trouble("overflow", number, step)
    return Trouble("overflow", len(stages), step)


def too_small(
    network: Staged, dh_norm: NDArray[np.float64], step: int, known: set[str]
) -> Iterator[Trouble]:
    """The first "denormal" and the first "underflow" on the way back, if not yet ``known``.

    Denormal: a ∂J/∂h that is not zero but has lost digits. Underflow: a product of nonzero numbers
    on the way of the gradient that became exactly zero; a dead unit or a zero weight is none.
    """
    wanted = {"denormal", "underflow"} - known
    stages = list(network.views)
    tiny = float(np.finfo(stages[0].dh.dtype).tiny)
    for at in reversed(np.flatnonzero(dh_norm < SMALL * tiny).tolist()):
        size = np.abs(stages[at].dh)
        if "denormal" in wanted and np.any((size > 0) & (size < tiny)):
            wanted.discard("denormal")
            yield Trouble("denormal", at + 1, step)
        if "underflow" in wanted:
            with quiet():
                found = [p for p in network.products(at) if p.underflowed()]
            if found:
                wanted.discard("underflow")
                yield Trouble("underflow", found[0].stage + 1, step)
        if not wanted:
            return
