"""How well the current parameters do on samples that are not trained on."""

from __future__ import annotations

from vgsim.nn.arrays import Array
from vgsim.nn.losses import Loss
from vgsim.nn.network import Network


class HeldOut:
    """Loss and accuracy on ``x`` (samples, features), which all stacked members may share.

    ``network`` has the parameters that are trained, and drops nothing; training looks at
    ``batch`` samples a step, and here about a tenth of the time that it takes.
    """

    def __init__(self, network: Network, loss: Loss, x: Array, batch: int) -> None:
        self._network = network
        self._loss = loss
        network.entry[...] = x
        self._every = max(1, round(10 * x.shape[-2] / batch))

    def __call__(self) -> tuple[Array, Array]:
        """J and accuracy: () each, or (members,)."""
        h = self._network.predict()
        return self._loss.values(h), self._loss.accuracies(h)

    def due(self, step: int) -> bool:
        """Whether to look after ``step`` updates: often at first, then evenly."""
        return step % self._every == 0 or (step & (step - 1)) == 0

    def off_by(self) -> Array:
        """(outputs,) RMS of outputs less targets at the last call."""
        return self._loss.off_by(self._network.output)
