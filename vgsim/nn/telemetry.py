"""Norms of every gradient at every step: a handful of calls whatever the depth."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from vgsim.nn.arrays import Array, Place, quiet
from vgsim.nn.network import Network
from vgsim.nn.norms import exact_norm, exact_segment_norms, safe_floor


class Telemetry:
    """Norms of one network after a whole pass; arrays (stages,) float64, overwritten each time.

    Of stacked members they are (stages, members), each member's as if it were alone.

    ``dh_norm`` is the L2 norm of ∂J/∂h over batch and units, ``dh_rms`` its RMS (nan
    where all is padding); ``dW_norm`` and
    ``db_norm`` are L2 norms of the parameter gradients, 0 where a stage has no such parameter and
    nan where it shares them (a frame has each timestep's own).
    ``parameter_norms`` are those of every segment of the flat gradient vector.
    ``regular`` says that no norm is near the limits of the number type, nor inf or nan.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self.regular = True
        count = len(network.views)
        flat = network.flat
        shape = (count, *flat.lead)
        self.dh_norm, self.dh_rms, self.dW_norm, self.db_norm = np.zeros((4, *shape))
        self.parameter_norms: Array = np.zeros((len(flat.segments), *flat.lead))
        sizes = [float(np.prod(arrays.dh.shape[-2:])) for arrays in network.views]
        self._roots = np.sqrt(sizes).reshape(count, *(1 for _ in flat.lead))
        dtype = flat.values.dtype
        self._floor = safe_floor(dtype)
        self._row = np.zeros((count + len(flat.segments), *flat.lead), dtype)
        self._dh = self._row[:count]
        self._parameters = self._row[count:].T
        self._rows = [
            (
                np.asarray(stack.dh).reshape(stack.count, *flat.lead, -1),
                self._dh[stack.first : stack.first + stack.count],
            )
            for stack in network.stacks
        ]
        self._gradients = np.asarray(flat.gradients)
        self._squares = np.empty(flat.values.shape, dtype)
        self._columns = {name: self._own(name) for name in ("W", "b")}
        shared = np.bincount(network.owners)[network.owners] > 1
        self.dW_norm[shared] = self.db_norm[shared] = np.nan

    def _own(self, name: str) -> tuple[Array, Array]:
        """Stages with a parameter ``name`` of their own, and its segments."""
        owners = self._network.owners
        parts, segments = self._network.flat.columns(name)
        alone = [np.flatnonzero(owners == part) for part in parts]
        kept = [at for at, stages in enumerate(alone) if len(stages) == 1]
        return np.array([alone[at][0] for at in kept], np.intp), segments[kept]

    def measure(self) -> None:
        """Take every norm from the buffers as they are now."""
        flat = self._network.flat
        self._take_signal()
        np.multiply(self._gradients, self._gradients, out=self._squares)
        np.add.reduceat(self._squares, flat.starts, axis=-1, out=self._parameters)
        norms = self._roots_of(self._row)
        count = len(self._dh)
        self.dh_norm[:], self.parameter_norms = norms[:count], norms[count:]
        self._take_means()
        for target, name in ((self.dW_norm, "W"), (self.db_norm, "b")):
            stages, segments = self._columns[name]
            target[stages] = self.parameter_norms[segments]

    def measure_signal(self) -> None:
        """Take the norms of ∂J/∂h alone, where no parameter gradients were computed."""
        self._take_signal()
        self.dh_norm[:] = self._roots_of(self._dh)
        self._take_means()

    ways: Sequence[Callable[[], None]] = ()
    """The network's way back, for one that has to go it again to be measured."""

    def along(self, calls: Sequence[Callable[[], None]]) -> Sequence[Callable[[], None]]:
        """``calls``, the network's from the last stage down, with what is measured on the way."""
        return calls

    def _take_signal(self) -> None:
        """Sums of squares of ∂J/∂h."""
        for rows, part in self._rows:
            np.vecdot(rows, rows, out=part)

    def _signal(self) -> Sequence[Array]:
        """∂J/∂h of each stack, (stages, *members, numbers)."""
        return [rows for rows, _ in self._rows]

    def _take_means(self) -> None:
        """Root mean squares from the norms."""
        np.divide(self.dh_norm, self._roots, out=self.dh_rms)
        shares = self._network.shares()
        if shares is not None:  # the gradient of padding is 0, and none of the mean
            with quiet():
                self.dh_rms /= np.sqrt(shares)

    def _roots_of(self, squares: Array) -> Array:
        """Norms from sums of squares, all of them or those of ∂J/∂h.

        Of a member whose squares may have under- or overflowed they are taken with scaling.
        """
        low = np.minimum.reduce(squares)
        high = np.maximum.reduce(squares)
        fine = (low > self._floor) & (high < np.inf)
        self.regular = bool(fine) if fine.ndim == 0 else bool(fine.all())
        if self.regular:
            return np.sqrt(squares, dtype=np.float64)
        with quiet():
            norms: Array = np.sqrt(squares, dtype=np.float64)
        signal = self._signal()
        for place in self._network.flat.places:
            if not fine[place]:
                norms[:, place] = self._exact(squares[:, place], place, signal)
        return norms

    def _exact(self, squares: Array, place: Place, signal: Sequence[Array]) -> Array:
        """Those of one member, with scaling where they need it."""
        with quiet():
            norms: Array = np.sqrt(squares, dtype=np.float64)
        doubtful = ~((squares > self._floor) & (squares < np.inf))
        count = len(self._dh)
        for stack, rows in zip(self._network.stacks, signal, strict=True):
            own = slice(stack.first, stack.first + stack.count)
            part = _span(doubtful[own])
            there = rows[part, place]
            if there.any():  # a gradient of zeros alone needs no exact norm
                norms[own][part] = exact_norm(there, axis=1)
        part = _span(doubtful[count:])
        if part.stop:
            flat = self._network.flat
            bounds = np.append(flat.starts, flat.size)
            first = bounds[part.start]
            last = bounds[part.stop]
            starts = flat.starts[part] - first
            gradients = self._gradients[place][first:last]
            norms[count:][part] = exact_segment_norms(gradients, starts)
        return norms


def _span(doubtful: Array) -> slice:
    """From the first to the last of the marked; what lies between is mostly marked, too."""
    found = np.flatnonzero(doubtful)
    if found.size:
        return slice(found[0], found[-1] + 1)
    return slice(0, 0)
