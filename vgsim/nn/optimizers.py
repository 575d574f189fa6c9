"""Update rules on the flat parameter vector, equal to PyTorch's of the same name.

All that a rule remembers is in ``state``, and all that depends on time follows from the number of
the update: restoring both gives the same bits from there on.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from vgsim.core.registry import Registry
from vgsim.nn.arrays import Array
from vgsim.nn.roles import Role
from vgsim.nn.schedules import SCHEDULES

if TYPE_CHECKING:
    from vgsim.nn.spec import TrainingSpec


GRADIENT = r"\frac{\partial J}{\partial w}"
SHRUNK = r"(1\ -\ \eta\lambda)"
"""How the gradient, and decoupled weight decay, stand in the formula of an update rule."""


class Optimizer:
    """Keeps (``slots``, parameters) of state; fills ``change`` and adds it to ``values``.

    ``formula`` is the rule in LaTeX, what it keeps from step to step before the comma.
    """

    formula: ClassVar[str]
    usual_rate: ClassVar[float] = math.nan
    """A learning rate that small networks usually bear; nan where none is known. Our choice."""
    along_gradient: ClassVar[bool] = False
    """Whether an update is the gradient times −η, and nothing else."""
    slots: ClassVar[int] = 0
    decoupled: ClassVar[bool] = False
    """Whether weight decay goes past the rule instead of into the gradient."""

    def __init__(self, training: TrainingSpec, like: Array, decayed: Array | None = None) -> None:
        """``decayed`` (parameters,) is 1 where weight decay acts and 0 elsewhere; None for all."""
        self.training = training
        self._decayed = decayed
        self.weight_decay = training.weight_decay
        self.state = np.zeros((self.slots, like.size), like.dtype)
        self.scratch = np.empty_like(like)
        self._schedule = SCHEDULES[training.schedule]

    def rate(self, step: int) -> float:
        """Learning rate of the update that follows ``step`` updates."""
        return self._schedule(step, self.training)

    def update(self, values: Array, gradients: Array, change: Array, step: int = 0) -> None:
        """One update in place, after ``step`` others; all arrays are (parameters,)."""
        rate = self._schedule(step, self.training)
        np.copyto(change, gradients)
        if self.weight_decay and not self.decoupled:
            change += self._decay(values, self.weight_decay)
        change *= -rate * self.direct(change, step)
        if self.weight_decay and self.decoupled:
            change += self._decay(values, -rate * self.weight_decay)
        values += change

    def _decay(self, values: Array, factor: float) -> Array:
        """``factor`` · ``values``, 0 for those that do not decay; in the scratch buffer."""
        np.multiply(values, factor, out=self.scratch)
        if self._decayed is not None:
            np.multiply(self.scratch, self._decayed, out=self.scratch)
        return self.scratch

    def direct(self, change: Array, step: int) -> float:
        """Turn the gradient in ``change`` into a direction, in place; the factor it still lacks."""
        return 1.0


OPTIMIZERS: Registry[type[Optimizer]] = Registry("optimizer")


@OPTIMIZERS.register("sgd", "w ← w − η ∂J/∂w", label="SGD")
class SGD(Optimizer):
    """Plain gradient descent (Robbins and Monro 1951)."""

    formula = rf"w \leftarrow w\ -\ \eta\ {GRADIENT}"
    usual_rate = 0.1
    along_gradient = True


@OPTIMIZERS.register(
    "momentum",
    "v ← μ v + ∂J/∂w, w ← w − η v (Polyak 1964)",
    label="SGD + momentum",
    uses=("training.momentum",),
)
class Momentum(Optimizer):
    """Heavy-ball momentum (Polyak 1964), in PyTorch's form."""

    formula = rf"v \leftarrow \mu v\ +\ {GRADIENT}, w \leftarrow w\ -\ \eta v"
    usual_rate = 0.02
    slots = 1

    def direct(self, change: Array, step: int) -> float:
        """v ← μ v + g, and the direction is v."""
        velocity = self.state[0]
        velocity *= self.training.momentum
        velocity += change
        np.copyto(change, velocity)
        return 1.0


@OPTIMIZERS.register(
    "nesterov",
    "v ← μ v + ∂J/∂w, w ← w − η (∂J/∂w + μ v) (Nesterov 1983)",
    label="Nesterov momentum",
    uses=("training.momentum",),
)
class Nesterov(Optimizer):
    """Momentum that looks ahead (Nesterov 1983; Sutskever et al. 2013), in PyTorch's form."""

    formula = (
        rf"v \leftarrow \mu v\ +\ {GRADIENT}, "
        rf"w \leftarrow w\ -\ \eta({GRADIENT}\ +\ \mu v)"
    )
    usual_rate = 0.02
    slots = 1

    def direct(self, change: Array, step: int) -> float:
        """v ← μ v + g, and the direction is g + μ v."""
        velocity = self.state[0]
        velocity *= self.training.momentum
        velocity += change
        change += np.multiply(velocity, self.training.momentum, out=self.scratch)
        return 1.0


@OPTIMIZERS.register(
    "rmsprop",
    "∂J/∂w over the root of its mean square s (Tieleman and Hinton 2012)",
    label="RMSProp",
    uses=("training.rho", "training.epsilon"),
)
class RMSProp(Optimizer):
    """RMSProp (Tieleman and Hinton 2012), neither centered nor with momentum."""

    formula = (
        rf"s \leftarrow \rho s\ +\ (1\ -\ \rho)({GRADIENT})^{{2}}, "
        rf"w \leftarrow w\ -\ \eta\ {GRADIENT}\ /\ (\sqrt{{s}}\ +\ \epsilon)"
    )
    usual_rate = 0.001
    slots = 1

    def direct(self, change: Array, step: int) -> float:
        """s ← ρ s + (1 − ρ) g², and the direction is g / (√s + ε)."""
        square = self.state[0]
        scratch = self.scratch
        _mean_square(square, change, self.training.rho, scratch)
        np.sqrt(square, out=scratch)
        scratch += self.training.epsilon
        change /= scratch
        return 1.0


_ADAM = ("training.beta1", "training.beta2", "training.epsilon")


@OPTIMIZERS.register(
    "adam",
    "mean gradient m over the root of the mean square s (Kingma and Ba 2015)",
    label="Adam",
    role=Role.ADAPTS,
    uses=_ADAM,
)
class Adam(Optimizer):
    """Adam (Kingma and Ba 2015); weight decay is added to the gradient, as in PyTorch's Adam."""

    formula = (
        rf"m \leftarrow \beta_{{1}}m\ +\ (1\ -\ \beta_{{1}}){GRADIENT}, "
        rf"s \leftarrow \beta_{{2}}s\ +\ (1\ -\ \beta_{{2}})({GRADIENT})^{{2}}, "
        r"w \leftarrow w\ -\ \eta\ \hat{m}\ /\ (\sqrt{\hat{s}}\ +\ \epsilon)"
    )
    usual_rate = 0.002
    slots = 2

    def direct(self, change: Array, step: int) -> float:
        """m / (√(s / (1 − β₂ᵗ)) + ε), and the factor 1 / (1 − β₁ᵗ) is still to come."""
        training = self.training
        scratch = self.scratch
        mean, square = self.state
        np.subtract(change, mean, out=scratch)
        scratch *= 1 - training.beta1
        mean += scratch
        _mean_square(square, change, training.beta2, scratch)
        np.sqrt(square, out=scratch)
        scratch /= math.sqrt(1 - training.beta2 ** (step + 1))
        scratch += training.epsilon
        np.divide(mean, scratch, out=change)
        return 1 / (1 - float(training.beta1 ** (step + 1)))


@OPTIMIZERS.register(
    "adamw",
    "Adam whose weight decay goes past the rule (Loshchilov and Hutter 2019)",
    label="AdamW",
    uses=_ADAM,
)
class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019), in PyTorch's form."""

    formula = Adam.formula.replace(r"w \leftarrow w", rf"w \leftarrow {SHRUNK}w")

    decoupled = True


def _mean_square(square: Array, gradient: Array, kept: float, scratch: Array) -> None:
    """s ← kept s + (1 − kept) g², in place."""
    square *= kept
    np.multiply(gradient, gradient, out=scratch)
    scratch *= 1 - kept
    square += scratch
