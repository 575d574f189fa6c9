"""What all members of an ensemble see in a step; members of equal data share them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from vgsim.nn.arrays import Array
from vgsim.nn.ensemble.keys import data_key
from vgsim.nn.preparation import Preparation, Targets
from vgsim.nn.rows import LARGE, StoredRows
from vgsim.nn.spec import Spec, TrainingSpec
from vgsim.nn.split import Split, split_of
from vgsim.nn.streams import Batches

MOST = 2**25
"""Numbers that a table of the samples of all members may have."""
KEPT = 16
"""Small data that are kept for the next ensemble of this process."""
Take = Callable[[NDArray[np.intp], Array, Array], None]
"""(members or 1, batch) sample numbers, and where their inputs and targets go."""
_kept: OrderedDict[Hashable, Split] = OrderedDict()
_one_at_a_time = Lock()


def known_data(spec: Spec) -> Split:
    """The data of ``spec``; small ones are loaded once for many ensembles."""
    key = data_key(spec)
    with _one_at_a_time:  # a worker of a cluster may have several threads
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    data = split_of(spec)
    if data.dataset.x.size < LARGE // KEPT:
        with _one_at_a_time:
            _kept[key] = data
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
    return data


class TrainingSet:
    """The training part of members that share their data, and the batches taken from it."""

    def __init__(self, spec: Spec) -> None:
        self.made = Preparation(spec, known_data(spec))
        self.train = self.made.training_part()
        samples = len(self.made.data.x_train)
        self.batches = Batches(spec.training.seed, samples, spec.training.batch)
        self.rules, _ = self.made.rules(self.train)

    def padding_of(self, chosen: NDArray[np.intp]) -> NDArray[np.int64] | None:
        """How many timesteps of each of these samples are padding; None where none can be."""
        if self.made.padding is None:
            return None
        found: NDArray[np.int64] = self.made.padding[0][chosen]
        return found


class Feed:
    """The samples of all ``specs``, and which member has which: ``owner`` (members,)."""

    def __init__(self, specs: Sequence[Spec]) -> None:
        found: dict[Hashable, int] = {}
        self.sources: list[TrainingSet] = []
        owner: list[int] = []
        for spec in specs:
            key = data_key(spec)
            if key not in found:
                found[key] = len(self.sources)
                self.sources.append(TrainingSet(spec))
            owner.append(found[key])
        self.owner = np.array(owner, np.intp)
        self.batches = self.sources[0].batches
        self._take = self._taking()
        self._epoch = -1
        self._filled = False
        self._orders = self._chosen = np.empty(0, np.intp)

    @property
    def shared(self) -> bool:
        """Whether all members see the same samples in the same order."""
        return len(self.sources) == 1

    @property
    def rules(self) -> list[TrainingSpec]:
        """The training section of each member, class weights as numbers."""
        return [self.sources[at].rules for at in self.owner]

    def fill(self, step: int, x: Array, t: Array) -> None:
        """Inputs and targets of a step: (batch, …) where all share them, else one a member."""
        if self.batches.whole and self._filled:
            return
        self._filled = True
        epoch, own = self.batches.place(step)
        if epoch != self._epoch:
            self._epoch = epoch
            orders = [source.batches.order(epoch) for source in self.sources]
            self._orders = np.stack(orders)
        self._chosen = self._orders[:, own]
        if not self.shared:
            self._chosen = self._chosen[self.owner]
        self._take(self._chosen, x, t)

    def padding(self) -> NDArray[np.int64] | None:
        """Timesteps of each sample last filled in that are padding; None where none can be.

        (batch,) where all members share their samples, else (members, batch).
        """
        if self.shared:
            return self.sources[0].padding_of(self._chosen[0])
        found = [
            self.sources[at].padding_of(chosen)
            for at, chosen in zip(self.owner, self._chosen, strict=True)
        ]
        return None if found[0] is None else np.array(found)

    def _taking(self) -> Take:
        """How rows are taken: of one table for all members, where they fit in one."""
        trains = [source.train for source in self.sources]
        if self.shared:
            train = trains[0]
            return lambda chosen, x, t: _take(train, chosen[0], x, t)
        numbers = sum(train.x.shape[0] * train.x.shape[1] for train in trains)
        arrays = [train.x for train in trains if not isinstance(train.x, StoredRows)]
        if numbers > MOST or len(arrays) < len(trains):
            return self._take_each
        whole = Targets(np.concatenate(arrays), np.concatenate([train.t for train in trains]))
        first = self.owner[:, None] * len(arrays[0])
        return lambda chosen, x, t: _take(whole, chosen + first, x, t)

    def _take_each(self, chosen: NDArray[np.intp], x: Array, t: Array) -> None:
        for member, at in enumerate(self.owner):
            _take(self.sources[at].train, chosen[member], x[member], t[member])


def _take(train: Targets, chosen: NDArray[np.intp], x: Array, t: Array) -> None:
    train.x.take(chosen, axis=0, out=x, mode="clip")
    train.t.take(chosen, axis=0, out=t, mode="clip")
