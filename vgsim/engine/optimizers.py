"""Update rules on the flat parameter vector, equal to PyTorch's of the same name."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from vgsim.engine.arrays import Array
from vgsim.registry import Registry

if TYPE_CHECKING:
    from vgsim.engine.spec import TrainingSpec


class Optimizer:
    """Keeps (``slots``, parameters) of state; fills ``change`` and adds it to ``values``.

    ``formula`` is the rule as rich text.
    """

    formula: ClassVar[str]
    slots: ClassVar[int] = 0

    def __init__(self, training: TrainingSpec, like: Array) -> None:
        self.learning_rate = training.learning_rate
        self.weight_decay = training.weight_decay
        self.momentum = training.momentum
        self.state = np.zeros((self.slots, like.size), like.dtype)

    def update(self, values: Array, gradients: Array, change: Array) -> None:
        """One update in place; all three are (parameters,)."""
        np.copyto(change, gradients)
        if self.weight_decay:
            change += self.weight_decay * values
        self.direct(change)
        change *= -self.learning_rate
        values += change

    def direct(self, change: Array) -> None:
        """Turn the gradient in ``change`` into the direction of the update, in place."""


OPTIMIZERS: Registry[type[Optimizer]] = Registry("optimizer")


@OPTIMIZERS.register("sgd", "w ← w − η ∂J/∂w", label="SGD")
class SGD(Optimizer):
    """Plain gradient descent (Robbins and Monro 1951)."""

    formula = "<i>w</i> ← <i>w</i> − η ∂<i>J</i>/∂<i>w</i>"


@OPTIMIZERS.register(
    "momentum",
    "v ← μ v + ∂J/∂w, w ← w − η v (Polyak 1964)",
    label="SGD + momentum",
    uses=("training.momentum",),
)
class Momentum(Optimizer):
    """Heavy-ball momentum (Polyak 1964), in PyTorch's form."""

    formula = "<i>v</i> ← μ<i>v</i> + ∂<i>J</i>/∂<i>w</i>, <i>w</i> ← <i>w</i> − η<i>v</i>"
    slots = 1

    def direct(self, change: Array) -> None:
        """v ← μ v + g, and the direction is v."""
        velocity = self.state[0]
        velocity *= self.momentum
        velocity += change
        np.copyto(change, velocity)
