"""Learning-rate schedules: the rate of each update as a pure function of its number."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from vgsim.core.registry import Registry

if TYPE_CHECKING:
    from vgsim.nn.spec import TrainingSpec

Schedule = Callable[[int, "TrainingSpec"], float]
"""(updates done before this one, training section) -> learning rate η of this update."""

SCHEDULES: Registry[Schedule] = Registry("schedule")


@SCHEDULES.register("constant", "the learning rate stays as it is set", label="Constant")
def constant(step: int, training: TrainingSpec) -> float:
    """η."""
    return training.learning_rate


@SCHEDULES.register(
    "step",
    "multiplied by a factor every so many steps",
    label="Steps",
    uses=("training.decay_steps", "training.decay_factor"),
)
def stepwise(step: int, training: TrainingSpec) -> float:
    """η γ^⌊step / decay_steps⌋, PyTorch's StepLR."""
    return training.learning_rate * float(training.decay_factor ** (step // training.decay_steps))


@SCHEDULES.register(
    "cosine",
    "half a cosine down to the final rate, which then stays (Loshchilov and Hutter 2017)",
    label="Cosine",
    uses=("training.decay_steps", "training.final_rate"),
)
def cosine(step: int, training: TrainingSpec) -> float:
    """η_end + ½ (η − η_end) (1 + cos(π step / decay_steps)): PyTorch's CosineAnnealingLR.

    PyTorch's goes up again after ``decay_steps``; this one stays at η_end.
    """
    return _half_cosine(step, training.decay_steps, training)


@SCHEDULES.register(
    "warmup",
    "rises in equal steps, then stays (Goyal et al. 2017)",
    label="Warm-up",
    uses=("training.warmup",),
)
def warmup(step: int, training: TrainingSpec) -> float:
    """η min(1, (step + 1) / warmup): the first update already moves."""
    return training.learning_rate * min(1.0, (step + 1) / training.warmup)


@SCHEDULES.register(
    "warmup_cosine",
    "rises in equal steps, then follows half a cosine down",
    label="Warm-up + cosine",
    uses=("training.warmup", "training.decay_steps", "training.final_rate"),
)
def warmup_cosine(step: int, training: TrainingSpec) -> float:
    """:func:`warmup`, then the cosine over what is left of ``decay_steps``."""
    if step < training.warmup:
        return warmup(step, training)
    left = max(training.decay_steps - training.warmup, 1)
    return _half_cosine(step - training.warmup, left, training)


def _half_cosine(step: int, length: int, training: TrainingSpec) -> float:
    share = 0.5 * (1 + math.cos(math.pi * min(step / length, 1.0)))
    return training.final_rate + (training.learning_rate - training.final_rate) * share
