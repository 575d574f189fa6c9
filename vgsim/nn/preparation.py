"""What an experiment is made of before it has a network: data, targets, loss, plans of stages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vgsim.core.errors import refuse
from vgsim.nn.architectures import KINDS
from vgsim.nn.arrays import Array
from vgsim.nn.layers import StagePlan
from vgsim.nn.losses import LOSSES, Loss, with_balance
from vgsim.nn.precision import PRECISIONS
from vgsim.nn.rows import StoredRows, in_precision
from vgsim.nn.spec import Spec, TrainingSpec
from vgsim.nn.split import Split, split_of


@dataclass(frozen=True, slots=True)
class Targets:
    """Inputs and encoded targets of one part of the data, in the experiment's precision."""

    x: Array | StoredRows
    t: Array


class Preparation:
    """The data of ``spec`` and what follows from them, nothing large made yet.

    ``steps`` are the timesteps of a sequence, ``every`` those with a loss of their own, 0 where
    only the last one has; ``padding`` (samples,) each is how many timesteps of training and
    held-out sequences are padding. ``data`` are those of ``spec`` where they are known already.

    SpecError when the data cannot be read or do not fit the spec.
    """

    def __init__(self, spec: Spec, data: Split | None = None) -> None:
        self.spec = spec
        self.data = data or split_of(spec)
        training = spec.training
        self.loss: type[Loss] = LOSSES[training.loss]
        if self.loss.needs_classes and not self.data.dataset.classes:
            able = ", ".join(entry.name for entry in LOSSES if not entry.value.needs_classes)
            allowed = f"one of {able} for this data, whose labels are numbers"
            raise refuse("training.loss", training.loss, allowed)
        self.kind = KINDS[spec.network.kind]
        self.steps = self.kind.steps(self.data.dataset)
        self.every = self.steps if self.steps > 1 and training.loss_at == "every" else 0
        self.example = self._encoded(self.data.y_train[:1])
        self.padding = self.data.padding if self.kind.recurrent else None

    def plans(self, spec: Spec) -> list[StagePlan]:
        """The stages of ``spec``, of the same shape as its own."""
        features = self.data.x_train.shape[1] // self.steps
        return self.kind.plan(spec, features, self.example.shape[-1])

    def held(self, plans: Sequence[StagePlan]) -> slice:
        """The held-out samples that an evaluation looks at."""
        return slice(0, self.kind.held_out(plans, self.steps))

    def training_part(self) -> Targets:
        """What is trained on."""
        return self._part(self.data.x_train, self.data.y_train)

    def held_part(self, held: slice) -> Targets:
        """What is judged with."""
        return self._part(self.data.x_held[held], self.data.y_held[held])

    def rules(self, train: Targets) -> tuple[TrainingSpec, Array]:
        """The training section with the class weights as numbers; (rows, outputs) real targets."""
        real = self._real(by_step(train.t))
        training = self.spec.training
        if self.spec.applies("training.class_weights"):
            training = with_balance(training, real)
        return training, real

    def _part(
        self, x: NDArray[np.float64] | StoredRows, y: NDArray[np.int64] | NDArray[np.float64]
    ) -> Targets:
        dtype = PRECISIONS[self.spec.training.precision].dtype
        targets = np.ascontiguousarray(self._encoded(y, dtype), dtype=dtype)
        return Targets(in_precision(x, dtype), targets)

    def _encoded(
        self, y: NDArray[np.int64] | NDArray[np.float64], precision: str = "float64"
    ) -> Array:
        """(samples, outputs) for the loss, (samples, ``every``, outputs) for each timestep's.

        The target of a sequence is its last one where the loss looks at the end alone; a sample's
        only target is that of each of its timesteps.
        """
        dataset, samples, every = self.data.dataset, len(y), self.every
        if not dataset.y_by_step:
            targets = self.loss.encode(dataset, y, precision)
            return np.repeat(targets[:, None], every, axis=1) if every else targets
        chosen = y if every else y[:, -1:]
        rows = chosen.reshape(samples * chosen.shape[1], *chosen.shape[2:])
        targets = self.loss.encode(dataset, rows, precision)
        return targets.reshape(samples, every, targets.shape[1]) if every else targets

    def _real(self, targets: Array) -> Array:
        """The rows (steps · samples, outputs) of training targets that are no padding."""
        if self.padding is None or not self.every:
            return targets
        real: Array = targets[(np.arange(self.steps)[:, None] >= self.padding[0]).reshape(-1)]
        return real


def by_step(targets: Array) -> Array:
    """(rows, outputs): targets of each timestep one after the other, as the output has them."""
    if targets.ndim == 2:
        return targets
    rows: Array = targets.transpose(1, 0, 2).reshape(-1, targets.shape[2])
    return rows
