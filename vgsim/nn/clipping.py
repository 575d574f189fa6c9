"""Gradient clipping on the flat gradient vector, by its norm or entry by entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vgsim.core.registry import Registry
from vgsim.nn.arrays import Array
from vgsim.nn.norms import Floats, row_norms
from vgsim.nn.roles import Role

Limit = float | Floats
"""One limit, or (members, 1)."""


@dataclass(frozen=True, slots=True)
class Clipped:
    """L2 norm of the whole gradient ``before`` and ``after``; nan where it was not measured."""

    before: float
    after: float


NOT_CLIPPED = Clipped(float("nan"), float("nan"))


@dataclass(frozen=True, slots=True)
class Clipping:
    """``cut(gradients, clip_at)`` changes the flat gradients in place, those of each member alone.

    ``entry(gradient, clip_at, clipped)`` is one entry after clipping, given the norms of the
    whole. ``leaves`` says that nothing is ever changed.
    """

    cut: Callable[[Array, Limit], Clipped]
    entry: Callable[[float, float, Clipped], float]
    leaves: bool = False

    def __call__(self, gradients: Array, most: Limit) -> Clipped:
        """Change the gradients in place."""
        return self.cut(gradients, most)


CLIPPINGS: Registry[Clipping] = Registry("clipping")

MARGIN = 1e-6
"""PyTorch adds this to the norm that it divides by, so a clipped norm ends just below the limit."""


def leave(gradients: Array, most: Limit) -> Clipped:
    """No clipping; the norm is not measured either."""
    return NOT_CLIPPED


def by_norm(gradients: Array, most: Limit) -> Clipped:
    """g ← g · min(1, most / (‖g‖ + 1e-6)), exactly PyTorch's ``clip_grad_norm_``.

    As there, an infinite norm makes every finite entry 0 and every infinite one nan; here a nan
    counts as infinite. The norm is taken with scaling, so it neither over- nor underflows.
    """
    before = _norm(gradients)
    factor = np.minimum(1.0, most / (before + MARGIN))
    if (factor < 1).any():
        gradients *= factor.astype(gradients.dtype)
    after = before * factor
    if not np.isfinite(before).all():
        after = _norm(gradients)
    return _clipped(before, after)


def by_value(gradients: Array, most: Limit) -> Clipped:
    """g ← min(max(g, −most), most), exactly PyTorch's ``clip_grad_value_``."""
    before = _norm(gradients)
    if isinstance(most, np.ndarray):
        most = most.astype(gradients.dtype)
    np.clip(gradients, -most, most, out=gradients)
    return _clipped(before, _norm(gradients))


def _norm(gradients: Array) -> Floats:
    """(1,) of one network's gradients, (members, 1) of stacked ones."""
    return row_norms(gradients)[..., None]


def _clipped(before: Floats, after: Floats) -> Clipped:
    """Of one network; those of stacked members are asked by none."""
    if before.ndim > 1:
        return NOT_CLIPPED
    return Clipped(float(before[0]), float(after[0]))


def _scaled(gradient: float, most: float, clipped: Clipped) -> float:
    factor = most / (clipped.before + MARGIN)
    if factor < 1:
        return gradient * factor
    return gradient


CLIPPINGS.add(
    "none",
    Clipping(leave, lambda gradient, most, clipped: gradient, leaves=True),
    "gradients stay as they are",
    label="None",
)
CLIPPINGS.add(
    "norm",
    Clipping(by_norm, _scaled),
    "the whole gradient is scaled down to a norm (Pascanu, Mikolov and Bengio 2013)",
    label="By norm",
    uses=("training.clip_at",),
    role=Role.LIMITS_NORM,
    pytorch="nn.utils.clip_grad_norm_({parameters}, {at})",
)
CLIPPINGS.add(
    "value",
    Clipping(by_value, lambda gradient, most, clipped: float(np.clip(gradient, -most, most))),
    "every entry is cut off at ± a value; this turns the gradient",
    label="By value",
    uses=("training.clip_at",),
    pytorch="nn.utils.clip_grad_value_({parameters}, {at})",
)
