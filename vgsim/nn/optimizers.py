"""Update rules on the flat parameter vector, equal to PyTorch's of the same name.

All that a rule remembers is in ``state``, and all that depends on time follows from the number of
the update: restoring both gives the same bits from there on.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from vgsim.core.registry import Registry
from vgsim.nn.arrays import Array
from vgsim.nn.roles import Role
from vgsim.nn.schedules import SCHEDULES

if TYPE_CHECKING:
    from vgsim.nn.spec import TrainingSpec


Own = float | NDArray[np.float64]
"""One number for all, or (members, 1)."""

GRADIENT = r"\frac{\partial J}{\partial w}"
SHRUNK = r"(1\ -\ \eta\lambda)"
"""How the gradient, and decoupled weight decay, stand in the formula of an update rule."""


class Optimizer:
    """Keeps (``slots``, parameters) of state; fills ``change`` and adds it to ``values``.

    Of stacked members all arrays are (members, parameters), the state (slots, members, parameters).
    Rate, momentum and weight decay may then be each member's own.

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

    def __init__(
        self,
        training: TrainingSpec,
        like: Array,
        decayed: Array | None = None,
        members: Sequence[TrainingSpec] = (),
    ) -> None:
        """``decayed`` (parameters,) is 1 where weight decay acts and 0 elsewhere; None for all.

        ``members`` are the rules of each stacked member; they decay all or none.
        """
        self.training = training
        self.dtype = like.dtype
        self._members = members
        self._decayed = decayed
        self._decays = training.weight_decay != 0
        self._plain = type(self).direct is Optimizer.direct and not self._decays
        self.weight_decay = self._own([rules.weight_decay for rules in members or [training]])
        self.momentum = self._own([rules.momentum for rules in members or [training]])
        self.state = np.zeros_like(like, shape=(self.slots, *like.shape))
        self.scratch = np.empty_like(like)
        self.began = 0
        """Updates that were made before this rule took over: its state is as old as that."""
        self._schedule = SCHEDULES[training.schedule]
        self._latest: tuple[list[float], Own] = ([], 0.0)

    def rate(self, step: int) -> float:
        """Learning rate of the update that follows ``step`` updates."""
        return self._schedule(step, self.training)

    def _own(self, numbers: Sequence[float]) -> Own:
        """The number that all share, or (members, 1) in float64."""
        if len(set(numbers)) == 1:
            return numbers[0]
        return np.array(numbers)[:, None]

    def _factor(self, own: Own) -> Own:
        """What an array is multiplied with, in its own type: as a plain number is."""
        if isinstance(own, np.ndarray):
            return own.astype(self.dtype)
        return own

    def _rates(self, step: int) -> Own:
        """Learning rate of the update that follows ``step`` updates, or that of each member."""
        if not self._members:
            return self._schedule(step, self.training)
        rates = [self._schedule(step, rules) for rules in self._members]
        if rates != self._latest[0]:
            self._latest = rates, self._own(rates)
        return self._latest[1]

    def update(self, values: Array, gradients: Array, change: Array, step: int = 0) -> None:
        """One update in place, after ``step`` others; all arrays are (parameters,)."""
        rate = self._rates(step)
        if self._plain:
            np.multiply(gradients, self._factor(-rate), out=change)
            values += change
            return
        np.copyto(change, gradients)
        if self._decays and not self.decoupled:
            change += self._decay(values, self.weight_decay)
        change *= self._factor(-rate * self.direct(change, step - self.began))
        if self._decays and self.decoupled:
            change += self._decay(values, -rate * self.weight_decay)
        values += change

    def _decay(self, values: Array, factor: Own) -> Array:
        """``factor`` · ``values``, 0 for those that do not decay; in the scratch buffer."""
        np.multiply(values, self._factor(factor), out=self.scratch)
        if self._decayed is not None:
            np.multiply(self.scratch, self._decayed, out=self.scratch)
        return self.scratch

    def direct(self, change: Array, step: int) -> float:
        """Turn the gradient in ``change`` into a direction, in place; the factor it still lacks."""
        return 1.0


OPTIMIZERS: Registry[type[Optimizer]] = Registry("optimizer")


@OPTIMIZERS.register(
    "sgd",
    "w ← w − η ∂J/∂w",
    label="SGD",
    pytorch="torch.optim.SGD({parameters}, lr={rate})",
)
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
    pytorch="torch.optim.SGD({parameters}, lr={rate}, momentum={momentum})",
)
class Momentum(Optimizer):
    """Heavy-ball momentum (Polyak 1964), in PyTorch's form."""

    formula = rf"v \leftarrow \mu v\ +\ {GRADIENT}, w \leftarrow w\ -\ \eta v"
    usual_rate = 0.02
    slots = 1

    def direct(self, change: Array, step: int) -> float:
        """v ← μ v + g, and the direction is v."""
        velocity = self.state[0]
        velocity *= self._factor(self.momentum)
        velocity += change
        np.copyto(change, velocity)
        return 1.0


@OPTIMIZERS.register(
    "nesterov",
    "v ← μ v + ∂J/∂w, w ← w − η (∂J/∂w + μ v) (Nesterov 1983)",
    label="Nesterov momentum",
    uses=("training.momentum",),
    pytorch="torch.optim.SGD({parameters}, lr={rate}, momentum={momentum}, nesterov=True)",
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
        velocity *= self._factor(self.momentum)
        velocity += change
        change += np.multiply(velocity, self._factor(self.momentum), out=self.scratch)
        return 1.0


@OPTIMIZERS.register(
    "rmsprop",
    "∂J/∂w over the root of its mean square s (Tieleman and Hinton 2012)",
    label="RMSProp",
    uses=("training.rho", "training.epsilon"),
    pytorch="torch.optim.RMSprop({parameters}, lr={rate})",
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


@OPTIMIZERS.register(
    "adagrad",
    "∂J/∂w over the root of the sum of all its squares (Duchi, Hazan and Singer 2011)",
    label="Adagrad",
    uses=("training.epsilon",),
    pytorch="torch.optim.Adagrad({parameters}, lr={rate})",
)
class Adagrad(Optimizer):
    """Adagrad (Duchi, Hazan and Singer 2011): steps only ever become smaller."""

    formula = (
        rf"s \leftarrow s\ +\ ({GRADIENT})^{{2}}, "
        rf"w \leftarrow w\ -\ \eta\ {GRADIENT}\ /\ (\sqrt{{s}}\ +\ \epsilon)"
    )
    usual_rate = 0.02
    slots = 1

    def direct(self, change: Array, step: int) -> float:
        """s ← s + g², and the direction is g / (√s + ε)."""
        total = self.state[0]
        scratch = self.scratch
        np.multiply(change, change, out=scratch)
        total += scratch
        np.sqrt(total, out=scratch)
        scratch += self.training.epsilon
        change /= scratch
        return 1.0


@OPTIMIZERS.register(
    "adadelta",
    "∂J/∂w scaled to the root mean square of past updates, u over s (Zeiler 2012)",
    label="Adadelta",
    uses=("training.rho", "training.epsilon"),
    pytorch="torch.optim.Adadelta({parameters}, lr={rate})",
)
class Adadelta(Optimizer):
    """Adadelta (Zeiler 2012), with PyTorch's factor η, which he left at 1."""

    formula = (
        rf"s \leftarrow \rho s\ +\ (1\ -\ \rho)({GRADIENT})^{{2}}, "
        rf"w \leftarrow w\ -\ \eta\ {GRADIENT}\ \sqrt{{u\ +\ \epsilon}}\ /\ "
        r"\sqrt{s\ +\ \epsilon}"
    )
    usual_rate = 1.0
    slots = 2

    def direct(self, change: Array, step: int) -> float:
        """The direction is d = g √(u + ε) / √(s + ε), with u the mean of d² before it."""
        square, moved = self.state
        scratch = self.scratch
        training = self.training
        _mean_square(square, change, training.rho, scratch)
        np.add(square, training.epsilon, out=scratch)
        np.sqrt(scratch, out=scratch)
        change /= scratch
        np.add(moved, training.epsilon, out=scratch)
        np.sqrt(scratch, out=scratch)
        change *= scratch
        _mean_square(moved, change, training.rho, scratch)
        return 1.0


_ADAM = ("training.beta1", "training.beta2", "training.epsilon")


@OPTIMIZERS.register(
    "adam",
    "mean gradient m over the root of the mean square s (Kingma and Ba 2015)",
    label="Adam",
    role=Role.ADAPTS,
    uses=_ADAM,
    pytorch="torch.optim.Adam({parameters}, lr={rate})",
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
    pytorch="torch.optim.AdamW({parameters}, lr={rate})",
)
class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019), in PyTorch's form."""

    formula = Adam.formula.replace(r"w \leftarrow w", rf"w \leftarrow {SHRUNK}w")

    decoupled = True


NADAM_DECAY = 0.004
"""How fast Nadam's momentum grows to β₁, as PyTorch and Keras have it; Dozat's 0.96 beside it."""


@OPTIMIZERS.register(
    "nadam",
    "Adam that looks ahead as Nesterov's momentum does (Dozat 2016)",
    label="Nadam",
    uses=_ADAM,
    pytorch="torch.optim.NAdam({parameters}, lr={rate})",
)
class Nadam(Optimizer):
    """Adam with Nesterov's momentum (Dozat 2016), whose momentum at update t is
    μ = β₁ (1 − ½ · 0.96^(0.004 t)), as in PyTorch and Keras."""

    formula = (
        Adam.formula.partition(r"w \leftarrow")[0]
        + rf"w \leftarrow w\ -\ \eta\ (\mu\hat{{m}}\ +\ (1\ -\ \mu){GRADIENT})\ /\ "
        r"(\sqrt{\hat{s}}\ +\ \epsilon)"
    )
    usual_rate = 0.002
    slots = 2

    def __init__(
        self,
        training: TrainingSpec,
        like: Array,
        decayed: Array | None = None,
        members: Sequence[TrainingSpec] = (),
    ) -> None:
        super().__init__(training, like, decayed, members)
        self._multiplied = (0, 1.0)

    def direct(self, change: Array, step: int) -> float:
        """(g (1 − μ) / (1 − Π) + m μ₊ / (1 − Π μ₊)) / (√ŝ + ε).

        Π is the product of the momenta of all updates, μ₊ that of the next.
        """
        training = self.training
        scratch = self.scratch
        mean, square = self.state
        np.subtract(change, mean, out=scratch)
        scratch *= 1 - training.beta1
        mean += scratch
        _mean_square(square, change, training.beta2, scratch)
        product = self._product(step + 1)
        coming = self._momentum(step + 2)
        change *= (1 - self._momentum(step + 1)) / (1 - product)
        change += np.multiply(mean, coming / (1 - product * coming), out=scratch)
        np.sqrt(square, out=scratch)
        scratch /= math.sqrt(1 - training.beta2 ** (step + 1))
        scratch += training.epsilon
        change /= scratch
        return 1.0

    def _momentum(self, update: int) -> float:
        """That of one update, counted from 1."""
        decayed: float = 0.96 ** (update * NADAM_DECAY)
        return self.training.beta1 * (1 - 0.5 * decayed)

    def _product(self, updates: int) -> float:
        """Of the first momenta; always multiplied in the same order, so that bits are the same."""
        done, product = self._multiplied
        if done > updates:
            done, product = 0, 1.0
        for update in range(done + 1, updates + 1):
            if product == 0:
                break
            product *= self._momentum(update)
        self._multiplied = (updates, product)
        return product


def _mean_square(square: Array, gradient: Array, kept: float, scratch: Array) -> None:
    """s ← kept s + (1 − kept) g², in place."""
    square *= kept
    np.multiply(gradient, gradient, out=scratch)
    scratch *= 1 - kept
    square += scratch
