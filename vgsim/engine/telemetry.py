"""Norms of every gradient at every step: a handful of calls whatever the depth."""

from __future__ import annotations

import numpy as np

from vgsim.engine.arrays import Array, quiet
from vgsim.engine.measures import exact_norm, safe_floor
from vgsim.engine.network import Network


class Telemetry:
    """Norms of one network after a whole pass; arrays (stages,) float64, overwritten each time.

    ``dh_norm`` is the L2 norm of ∂J/∂h over batch and units, ``dh_rms`` its RMS; ``dW_norm`` and
    ``db_norm`` are L2 norms of the parameter gradients, 0 where a stage has no such parameter and
    nan where it shares them (a frame has each timestep's own).
    ``regular`` says that no norm is near the limits of the number type, nor inf or nan.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self.regular = True
        count = len(network.views)
        self.dh_norm, self.dh_rms, self.dW_norm, self.db_norm = np.zeros((4, count))
        self._roots = np.sqrt([arrays.dh.size for arrays in network.views])
        dtype = network.flat.values.dtype
        self._floor = safe_floor(dtype)
        self._row = np.zeros(count + len(network.flat.segments), dtype)
        self._dh, self._parameters = self._row[:count], self._row[count:]
        self._rows = [
            (stack.dh.reshape(stack.count, -1), self._dh[stack.first : stack.first + stack.count])
            for stack in network.stacks
        ]
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
        np.multiply(flat.gradients, flat.gradients, out=self._squares)
        np.add.reduceat(self._squares, flat.starts, out=self._parameters)
        low, high = np.minimum.reduce(self._row), np.maximum.reduce(self._row)
        self.regular = bool(low > self._floor and high < np.inf)
        norms = np.sqrt(self._row, dtype=np.float64) if self.regular else self._exact()
        count = len(self._dh)
        self.dh_norm[:] = norms[:count]
        np.divide(self.dh_norm, self._roots, out=self.dh_rms)
        for target, name in ((self.dW_norm, "W"), (self.db_norm, "b")):
            stages, segments = self._columns[name]
            target[stages] = norms[count:][segments]

    def _exact(self) -> Array:
        """The norms whose squares may have under- or overflowed, taken with scaling."""
        with quiet():
            norms = np.sqrt(self._row, dtype=np.float64)
        network, flat = self._network, self._network.flat
        doubtful = ~((self._row > self._floor) & (self._row < np.inf))
        count = len(self._dh)
        for at in np.flatnonzero(doubtful):
            if at < count:
                norms[at] = exact_norm(network.views[at].dh)
            else:
                segment = flat.segments[at - count]
                norms[at] = exact_norm(flat.gradients[segment.start : segment.stop])
        return norms
