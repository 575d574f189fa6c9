"""Independent random streams from one seed, so that changing one knob changes nothing else."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from vgsim.nn.arrays import Generator


class Stream(IntEnum):
    """What a stream is for; the numbers are part of what every saved spec means."""

    DATA = 0
    SPLIT = 1
    WEIGHTS = 2
    BATCHES = 3
    DROPOUT = 4


def generator(seed: int, stream: Stream, *key: int) -> Generator:
    """The generator of ``stream``, further told apart by ``key`` (a stage, an epoch)."""
    sequence = np.random.SeedSequence(seed, spawn_key=(int(stream), *key))
    return np.random.Generator(np.random.PCG64(sequence))


class Batches:
    """Which samples each step sees. Any step's batch can be asked for: nothing is consumed.

    Every epoch is a new permutation cut into equal batches; what does not fill one is left out
    of that epoch. ``batch`` samples, all of them in order when ``batch`` is the whole set.
    """

    def __init__(self, seed: int, samples: int, batch: int) -> None:
        self.samples = samples
        self.batch = min(batch, samples) or samples
        self.whole = self.batch == samples
        self._seed = seed
        self._epoch = -1
        self._order: NDArray[np.intp] = np.arange(samples)

    def indices(self, step: int) -> NDArray[np.intp]:
        """(batch,) sample numbers of step ``step`` (from 0)."""
        if self.whole:
            return self._order
        epoch, own = self.place(step)
        if epoch != self._epoch:
            self._order = self.order(epoch)
            self._epoch = epoch
        return self._order[own]

    def place(self, step: int) -> tuple[int, slice]:
        """The epoch of a step, and which part of the order of that epoch it takes."""
        epoch, at = divmod(step, self.samples // self.batch)
        return epoch, slice(at * self.batch, (at + 1) * self.batch)

    def order(self, epoch: int) -> NDArray[np.intp]:
        """(samples,) the order of all samples in an epoch."""
        if self.whole:
            return np.arange(self.samples)
        return generator(self._seed, Stream.BATCHES, epoch).permutation(self.samples)
