"""Sequences of unequal lengths in one batch: padded in front, so that all of them end together.

Before its first timestep a sequence has the state 0, as every sequence starts with, and nothing
comes back: its padding adds nothing to any gradient, and a loss at every timestep leaves it out.
That is what PyTorch computes from packed sequences.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.nn.arrays import Array
from vgsim.nn.cells.timesteps import by_step, joined
from vgsim.nn.layers import StagePlan
from vgsim.nn.losses import Loss
from vgsim.nn.network import Network
from vgsim.nn.parameters import FlatParameters
from vgsim.nn.unrolled import Unrolled

if TYPE_CHECKING:
    from vgsim.nn.spec import Spec, TrainingSpec

Rows = tuple[int | NDArray[np.intp], ...]
"""Index of some rows of one member: (member, rows), or (rows,) of one network alone."""


class Padded(Unrolled):
    """``padded`` (steps, batch, 1) says of each timestep of a sequence whether it is padding.

    Of stacked members (steps, members, batch, 1).
    """

    def __init__(
        self,
        spec: Spec,
        plans: Sequence[StagePlan],
        batch: int,
        steps: int,
        flat: FlatParameters | None = None,
        training: bool = True,
        members: int | None = None,
        shared: bool = False,
    ) -> None:
        super().__init__(spec, plans, batch, steps, flat, training, members, shared)
        self.padded = by_step(np.zeros(0, bool), steps, self.flat.lead, batch, 1)
        self._times = np.arange(steps).reshape(-1, 1, *(1 for _ in self.flat.lead))
        self._states = [
            values
            for cell in self.cells
            for values in (cell.h, *(cell.arrays()[name] for name in type(cell).states()))
        ]

    def pad(self, padding: NDArray[np.int64]) -> None:
        """Say how many timesteps of each sample (batch,) are padding."""
        np.less(self._times, padding, out=self.padded[..., 0])

    def there(self, stage: int) -> NDArray[np.bool_] | None:
        """Of a timestep, and of the readout where it is of every timestep."""
        if stage < self.steps:
            found = ~self.padded[stage, :, 0]
        elif len(self.views[stage].h) == self.padded.size:
            found = ~self.padded.reshape(-1)
        else:
            return None
        return None if found.all() else found

    def shares(self) -> NDArray[np.float64]:
        """The share of each timestep, then that of the readout: (stages,), or (stages, members)."""
        found = np.ones((self.steps + 1, *self.flat.lead))
        found[:-1] = 1 - self.padded.mean(axis=(-2, -1))
        if self.every:
            found[-1] = found[:-1].mean(axis=0)
        return found

    def forward(self, stage: int) -> None:
        """One timestep; the states of sequences that have not begun stay 0."""
        super().forward(stage)
        if stage < self.steps:
            for values in self._states:
                np.copyto(values[stage], 0, where=self.padded[stage])

    def _collect(self, at: int, t: int) -> None:
        super()._collect(at, t)
        self.cells[at].silence(t, self.padded[t])

    def _collect_lifted(self, at: int, t: int) -> None:
        super()._collect_lifted(at, t)
        self.cells[at].silence(t, self.padded[t])


class MaskedLoss(Loss):
    """A loss over the rows that are no padding: their mean, and 0 as the gradient of others.

    Stacked members have as many rows each as they have, and so a loss of their own.
    """

    def __init__(
        self,
        loss: type[Loss],
        targets: Array,
        training: TrainingSpec,
        classes: bool,
        padded: NDArray[np.bool_],
        members: Sequence[TrainingSpec] = (),
    ) -> None:
        super().__init__(targets, training, classes, members)
        lead = targets.shape[:-2]
        rules = members or [training]
        self._of = [partial(loss, training=own, classes=classes) for own in rules]
        self._places = list(np.ndindex(lead))
        self._padded = joined(padded)[..., 0]
        self._rows: list[Rows] = []

    def values(self, h: Array) -> Array:
        """J of the rows that there are."""
        self._rows = [(*place, np.flatnonzero(~self._padded[place])) for place in self._places]
        self._own = [of(self.targets[rows]) for of, rows in zip(self._of, self._rows, strict=True)]
        return self._each([own.values(h[rows]) for own, rows in self._parts()])

    def gradient(self, h: Array, out: Array) -> None:
        """∂J/∂h, 0 for padding."""
        out.fill(0)
        for loss, rows in self._parts():
            own = np.empty_like(out[rows], subok=False)
            loss.gradient(h[rows], own)
            out[rows] = own

    def off_by(self, h: Array) -> Array:
        """RMS of the rows that there are, of one network alone."""
        return self._own[0].off_by(h[self._rows[0]])

    def accuracies(self, h: Array) -> Array:
        """Fraction of the rows that there are."""
        return self._each([own.accuracies(h[rows]) for own, rows in self._parts()])

    def _parts(self) -> Iterator[tuple[Loss, Rows]]:
        """The loss of each member, and where its rows are."""
        return zip(self._own, self._rows, strict=True)

    def _each(self, figures: Sequence[Array]) -> Array:
        """(members,), or () of one network alone."""
        return np.array(figures).reshape(self.targets.shape[:-2])


def loss_over(
    network: Network,
    loss: type[Loss],
    targets: Array,
    training: TrainingSpec,
    classes: bool,
    members: Sequence[TrainingSpec] = (),
) -> Loss:
    """The loss of ``network``, over what is no padding where each timestep has one."""
    if isinstance(network, Padded) and network.every:
        return MaskedLoss(loss, targets, training, classes, network.padded, members)
    return loss(targets, training, classes, members)
