"""Norms of every gradient at every step: a handful of calls whatever the depth."""

from __future__ import annotations

import numpy as np

from vgsim.nn.arrays import Array, quiet
from vgsim.nn.network import Network
from vgsim.nn.norms import exact_norm, exact_segment_norms, safe_floor


class Telemetry:
    """Norms of one network after a whole pass; arrays (stages,) float64, overwritten each time.

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
        self.dh_norm, self.dh_rms, self.dW_norm, self.db_norm = np.zeros((4, count))
        self.parameter_norms: Array = np.zeros(len(network.flat.segments))
        self._roots = np.sqrt([arrays.dh.size for arrays in network.views])
        dtype = network.flat.values.dtype
        self._floor = safe_floor(dtype)
        self._row = np.zeros(count + len(network.flat.segments), dtype)
        self._dh = self._row[:count]
        self._parameters = self._row[count:]
        self._rows = [
            (
                np.asarray(stack.dh).reshape(stack.count, -1),
                self._dh[stack.first : stack.first + stack.count],
            )
            for stack in network.stacks
        ]
        self._gradients = np.asarray(network.flat.gradients)
        self._squares = np.empty(network.flat.size, dtype)
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
        for rows, part in self._rows:
            np.vecdot(rows, rows, out=part)
        np.multiply(self._gradients, self._gradients, out=self._squares)
        np.add.reduceat(self._squares, flat.starts, out=self._parameters)
        low = np.minimum.reduce(self._row)
        high = np.maximum.reduce(self._row)
        self.regular = bool(low > self._floor and high < np.inf)
        if self.regular:
            norms = np.sqrt(self._row, dtype=np.float64)
        else:
            norms = self._exact()
        count = len(self._dh)
        self.dh_norm[:], self.parameter_norms = norms[:count], norms[count:]
        np.divide(self.dh_norm, self._roots, out=self.dh_rms)
        shares = self._network.shares()
        if shares is not None:  # the gradient of padding is 0, and none of the mean
            with quiet():
                self.dh_rms /= np.sqrt(shares)
        for target, name in ((self.dW_norm, "W"), (self.db_norm, "b")):
            stages, segments = self._columns[name]
            target[stages] = self.parameter_norms[segments]

    def _exact(self) -> Array:
        """Every norm, those taken with scaling whose squares may have under- or overflowed."""
        with quiet():
            norms = np.sqrt(self._row, dtype=np.float64)
        doubtful = ~((self._row > self._floor) & (self._row < np.inf))
        count = len(self._dh)
        for stack, (rows, _) in zip(self._network.stacks, self._rows, strict=True):
            own = slice(stack.first, stack.first + stack.count)
            part = _span(doubtful[own])
            if rows[part].any():  # a gradient of zeros alone needs no exact norm
                norms[own][part] = exact_norm(rows[part], axis=1)
        part = _span(doubtful[count:])
        if part.stop:
            flat = self._network.flat
            bounds = np.append(flat.starts, flat.size)
            first = bounds[part.start]
            last = bounds[part.stop]
            starts = flat.starts[part] - first
            norms[count:][part] = exact_segment_norms(self._gradients[first:last], starts)
        return norms


def _span(doubtful: Array) -> slice:
    """From the first to the last of the marked; what lies between is mostly marked, too."""
    found = np.flatnonzero(doubtful)
    if found.size:
        return slice(found[0], found[-1] + 1)
    return slice(0, 0)
