"""Loss scaling, master weights and what underflow takes, in float16 and bfloat16."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.core.registry import Registry
from vgsim.nn.arrays import Array
from vgsim.nn.network import Network
from vgsim.nn.optimizers import Optimizer
from vgsim.nn.precision import Rounding

if TYPE_CHECKING:
    from vgsim.nn.spec import TrainingSpec

Floats = NDArray[np.float64]

FACTOR = 2.0
"""What a dynamic scale grows by and, after an overflow, is divided by: GradScaler's defaults."""
BOUNDS = (2.0**-60, 2.0**60)
"""Ours: PyTorch's scale has no floor, and stops growing where float32 ends."""


@dataclass(frozen=True, slots=True)
class LossScaling:
    """Whether the loss is ``scaled`` at all, and whether the scale ``adapts``."""

    scaled: bool
    adapts: bool


LOSS_SCALINGS: Registry[LossScaling] = Registry("loss scaling")
LOSS_SCALINGS.add("none", LossScaling(False, False), "the gradient as it is", label="None")
LOSS_SCALINGS.add(
    "static", LossScaling(True, False), "the loss times one number (Micikevicius et al. 2018)",
    label="Static", uses=("training.loss_scale_log2",),
)  # fmt: skip
LOSS_SCALINGS.add(
    "dynamic",
    LossScaling(True, True),
    "halved at an overflow, whose update is skipped; doubled after so many good updates, as "
    "torch.amp.GradScaler does",
    label="Dynamic",
    uses=("training.loss_scale_log2", "training.growth_every"),
)


class MixedPrecision:
    """What an experiment in an emulated number type has besides its network.

    ``lost`` (N + 1, 2) counts by stage, first the parameter gradients and then stages 1 to N, the
    values of the last pass that were not 0 in float32, and those of them that became 0. ``skipped``
    says that the last update was not made, as its gradient had overflowed. Stacked members count
    together, and share a scale, so that theirs may not adapt.
    """

    def __init__(self, network: Network, training: TrainingSpec, rounding: Rounding) -> None:
        self._flat = network.flat
        self._rounding = rounding
        self._scaling = LOSS_SCALINGS[training.loss_scaling]
        self._training = training
        self.lost = np.zeros((len(network.views) + 1, 2), np.int64)
        self.master = (
            np.zeros(self._flat.values.shape, np.float32) if training.master_weights else None
        )
        self.skipped = False
        self.reset()

    @property
    def scale(self) -> float:
        """What the loss is multiplied by at present."""
        return self._rounding.scale

    @property
    def adapts(self) -> bool:
        """Whether an overflow of the gradient changes the scale and nothing else."""
        return self._scaling.adapts

    @property
    def state(self) -> tuple[float, int]:
        """The scale, and the good updates since it last changed."""
        return self._rounding.scale, self._good

    def reset(self) -> None:
        """As before the first update, with the parameters as they are."""
        log2 = self._training.loss_scale_log2
        self.restore((2.0**log2 if self._scaling.scaled else 1.0, 0), self._flat.values)

    def restore(self, state: tuple[float, int], values: Array) -> None:
        """Back to a state, with the (master) weights ``values``."""
        self._rounding.scale, self._good = state
        if self.master is not None:
            self.master[:] = np.asarray(values)
        self._flat.values[:] = np.asarray(values)
        self.skipped = False
        self.lost[:] = 0

    @property
    def weights(self) -> Array:
        """What is trained: the master weights in float32, or the parameters themselves."""
        return self._flat.values if self.master is None else self.master

    @property
    def gradients(self) -> Array:
        """What is clipped and trained with; for master weights no longer rounded."""
        return self._flat.gradients if self.master is None else np.asarray(self._flat.gradients)

    def counted(self, call: Callable[[], None], stage: int) -> Callable[[], None]:
        """``call``, with what it loses counted for ``stage``, 0 for the parameter gradients."""
        own = self.lost[stage]

        def counting() -> None:
            own[:] = 0
            self._rounding.counts = own
            call()
            self._rounding.counts = None

        return counting

    def update(self, optimizer: Optimizer, step: int) -> None:
        """One update, unless the gradient overflowed under a scale that adapts."""
        flat = self._flat
        self.skipped = self._scaling.adapts and not np.isfinite(np.asarray(flat.gradients)).all()
        if self.skipped:
            flat.change[:] = 0
        elif self.master is None:
            optimizer.update(flat.values, flat.gradients, flat.change, step)
        else:
            before = np.array(flat.values)
            change = np.asarray(flat.change)
            optimizer.update(self.master, self.gradients, change, step)
            flat.values[:] = self.master
            np.subtract(np.asarray(flat.values), before, out=change)
        if self._scaling.adapts:
            self._adapt()

    def _adapt(self) -> None:
        self._good += 1
        scale = self._rounding.scale
        if self.skipped:
            scale, self._good = max(scale / FACTOR, BOUNDS[0]), 0
        elif self._good == self._training.growth_every:
            scale, self._good = min(scale * FACTOR, BOUNDS[1]), 0
        self._rounding.scale = scale

    def shares(self) -> Floats:
        """(N + 1,) share of the values not 0 that became 0: parameter gradients, then by stage."""
        there = np.maximum(self.lost[:, 0], 1)
        shares: Floats = self.lost[:, 1] / there
        return shares

    def first_lost(self) -> int:
        """The stage, from the loss down, where values first became 0; 0 when none did."""
        stages = np.flatnonzero(self.lost[1:, 1])
        return int(stages[-1]) + 1 if stages.size else 0
