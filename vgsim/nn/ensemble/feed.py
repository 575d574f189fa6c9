"""What all members of an ensemble see in a step; members of equal data share them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from vgsim.nn.arrays import Array
from vgsim.nn.ensemble.keys import data_key
from vgsim.nn.preparation import Preparation
from vgsim.nn.rows import LARGE
from vgsim.nn.spec import Spec, TrainingSpec
from vgsim.nn.split import Split, split_of
from vgsim.nn.streams import Batches

KEPT = 16
"""Small data that are kept for the next ensemble of this process."""
_kept: OrderedDict[Hashable, Split] = OrderedDict()


def known_data(spec: Spec) -> Split:
    """The data of ``spec``; small ones are loaded once for many ensembles."""
    key = data_key(spec)
    if key in _kept:
        _kept.move_to_end(key)
        return _kept[key]
    data = split_of(spec)
    if data.dataset.x.size < LARGE // KEPT:
        _kept[key] = data
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return data


class SharedBatches:
    """One training part, and the batches that are taken from it."""

    def __init__(self, spec: Spec) -> None:
        self.made = Preparation(spec, known_data(spec))
        self.train = self.made.training_part()
        samples = len(self.made.data.x_train)
        self.batches = Batches(spec.training.seed, samples, spec.training.batch)
        self.rules, _ = self.made.rules(self.train)

    def fill(self, step: int, x: Array, t: Array) -> None:
        """The inputs and targets of the pass after ``step`` updates, (batch, …) each."""
        chosen: NDArray[np.intp] = self.batches.indices(step)
        self.train.x.take(chosen, axis=0, out=x, mode="clip")
        self.train.t.take(chosen, axis=0, out=t, mode="clip")


class Feed:
    """The sources of all ``specs``, and which member has which: ``owner`` (members,)."""

    def __init__(self, specs: Sequence[Spec]) -> None:
        found: dict[Hashable, int] = {}
        self.sources: list[SharedBatches] = []
        owner: list[int] = []
        for spec in specs:
            key = data_key(spec)
            if key not in found:
                found[key] = len(self.sources)
                self.sources.append(SharedBatches(spec))
            owner.append(found[key])
        self.owner = np.array(owner, np.intp)
        self._whole = all(source.batches.whole for source in self.sources)
        self._filled = False

    @property
    def batch(self) -> int:
        """Samples in a step."""
        return self.sources[0].batches.batch

    @property
    def shared(self) -> bool:
        """Whether all members see the same samples in the same order."""
        return len(self.sources) == 1

    @property
    def rules(self) -> list[TrainingSpec]:
        """The training section of each source, class weights as numbers."""
        return [source.rules for source in self.sources]

    def fill(self, step: int, x: Array, t: Array) -> None:
        """Inputs and targets of a step: (batch, …) where all share them, else one a member."""
        if self._whole and self._filled:
            return
        self._filled = True
        if self.shared:
            self.sources[0].fill(step, x, t)
            return
        for at, source in enumerate(self.sources):
            members = np.flatnonzero(self.owner == at)
            first = members[0]
            source.fill(step, x[first], t[first])
            x[members[1:]] = x[first]
            t[members[1:]] = t[first]
