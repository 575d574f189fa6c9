"""What a map can show of its cells: one entry of :data:`SHOWN` each, which says all about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from vgsim.core import numbers
from vgsim.core.registry import Registry
from vgsim.sweep.plan import SweepPlan

Floats = NDArray[np.float64]


class MapScale(StrEnum):
    """How the numbers of a figure lie beside each other, and so how they are drawn and written."""

    DECADES = "decades"
    """Sizes and factors, by the logarithm; 0 and inf are values of their own."""
    LINEAR = "linear"
    """Numbers around 0, with their sign."""
    SHARE = "share"
    """From 0 to 1."""
    STEPS = "steps"
    """Counts of updates; inf where that many were not enough."""
    REGIONS = "regions"
    """Names: each number is the place of an outcome in :attr:`MapGrid.names`."""


@dataclass(frozen=True, slots=True)
class MemberArrays:
    """What was measured, of many members at once: arrays of one shape, as in a MemberResult.

    nan (hops 0, reached -1, verdict -1) where nothing has been measured or it failed. ``verdict``
    are places in the grid's ``names``.
    """

    first: Floats
    last: Floats
    hops: NDArray[np.int64]
    loss: Floats
    accuracy: Floats
    reached: NDArray[np.int64]
    verdict: NDArray[np.int64]
    measured: NDArray[np.bool_]

    def at(self, where: tuple[int, ...]) -> MemberArrays:
        """Of the cell (or of all cells of a leading index) ``where``."""
        return MemberArrays(*(getattr(self, name)[where] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure of a member: its scale, its unit, and how it follows from what was measured.

    ``of`` gives an array of the members' shape: nan where there is no such figure. ``written`` is
    one number as text, without its unit. ``heading`` stands over a map of it. ``needs`` says in a
    part of a sentence what a plan must have for it; "" where it has that.
    """

    scale: MapScale
    of: Callable[[MemberArrays], Floats]
    written: Callable[[float], str]
    heading: str
    unit: str = ""
    brief: str = ""
    """The summary as a formula, where there is little room; "" where that is as short."""
    ends: tuple[float, float] = (0.0, 0.0)
    """What is drawn faintest and strongest: powers of ten of decades, else figures. Equal where
    that follows from what was measured."""
    edge: str = ""
    """What one says of a gradient that neither fades nor grows, where the figure is 1, or 0 on a
    linear scale; "" where it says nothing of that."""
    needs: Callable[[SweepPlan], str] = lambda plan: ""


SHOWN: Registry[Shown] = Registry("shown")


def ratio(members: MemberArrays) -> Floats:
    """∂J/∂h of the first stage against the last one, RMS each: below 1 it vanishes.

    0 where nothing arrives, also of nothing; inf where it overflowed on its way.
    """
    first = np.where(np.isnan(members.first), np.inf, members.first)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        found = first / members.last
    found = np.where(first == 0, 0.0, found)
    found = np.where(np.isinf(first), np.inf, found)
    return _where_measured(members, found)


def decades_lost(members: MemberArrays) -> Floats:
    """Powers of ten between the last stage and the first: negative where the gradient grows."""
    with np.errstate(divide="ignore"):
        return 0.0 - np.log10(ratio(members))


def per_hop(members: MemberArrays) -> Floats:
    """The factor of one hop: the geometric mean, so that maps of other depths compare."""
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        found = ratio(members) ** (1.0 / np.maximum(members.hops, 1))
    return np.where(members.hops > 0, found, np.nan)


def arriving(members: MemberArrays) -> Floats:
    """RMS of ∂J/∂h of the first stage itself."""
    return _where_measured(members, np.where(np.isnan(members.first), np.inf, members.first))


def loss(members: MemberArrays) -> Floats:
    """J of the pass; inf where it overflowed."""
    return _where_measured(members, np.where(np.isnan(members.loss), np.inf, members.loss))


def accuracy(members: MemberArrays) -> Floats:
    """The share of the batch that is classified right."""
    return members.accuracy


def updates_to_reach(members: MemberArrays) -> Floats:
    """The first step at or below the plan's loss; inf where none was."""
    found = np.where(members.reached < 0, np.inf, members.reached.astype(np.float64))
    return _where_measured(members, found)


def verdict(members: MemberArrays) -> Floats:
    """Which outcome was found."""
    return np.where(members.verdict < 0, np.nan, members.verdict.astype(np.float64))


def _where_measured(members: MemberArrays, found: Floats) -> Floats:
    return np.where(members.measured, found, np.nan)


def _needs_reach(plan: SweepPlan) -> str:
    if np.isnan(plan.reach):
        return "a loss to reach (--reach)"
    if plan.steps == 0:
        return "updates (--steps)"
    return ""


def _needs_judging(plan: SweepPlan) -> str:
    return "" if plan.judged else "a verdict on every cell (--judge)"


def _counted(value: float) -> str:
    """A count of updates; what stayed above it has none."""
    if np.isinf(value):
        return "never"
    return numbers.short(round(value)) if value.is_integer() else numbers.short(value)


LIVES = "Where the gradient lives"
LEARNS = "Where it learns"
AS_LARGE = "as large as at the end"
_ENDS = (-12.0, 6.0)
"""Powers of ten of every map of gradients, so that one is like another."""

SHOWN.add(
    "ratio",
    Shown(
        MapScale.DECADES, ratio, numbers.factor, LIVES, brief="RMS ∂J/∂h₁ : RMS ∂J/∂hₙ",
        ends=_ENDS, edge=AS_LARGE,
    ),
    "RMS of ∂J/∂h of the first stage against that of the last one",
    label="First : last gradient",
)  # fmt: skip
SHOWN.add(
    "decades",
    Shown(
        MapScale.LINEAR, decades_lost, numbers.signed, LIVES, unit="decades",
        brief="log₁₀ of RMS ∂J/∂hₙ : RMS ∂J/∂h₁",
        ends=(-_ENDS[0], -_ENDS[1]), edge=AS_LARGE,
    ),
    "powers of ten that ∂J/∂h loses from the last stage to the first",
    label="Decades lost",
)  # fmt: skip
SHOWN.add(
    "hop",
    Shown(
        MapScale.DECADES, per_hop, numbers.factor, LIVES, brief="RMS ∂J/∂hₖ : RMS ∂J/∂hₖ₊₁",
        ends=(-2.0, 1.0), edge="neither fades nor grows",
    ),
    "factor on the RMS of ∂J/∂h from one stage to the next",
    label="Factor a hop",
)  # fmt: skip
SHOWN.add(
    "first",
    Shown(MapScale.DECADES, arriving, numbers.magnitude, LIVES, brief="RMS ∂J/∂h₁", ends=_ENDS),
    "RMS of ∂J/∂h of the first stage",
    label="First gradient",
)
SHOWN.add(
    "loss",
    Shown(MapScale.LINEAR, loss, numbers.plain, LEARNS),
    "J of the training batch",
    label="Loss",
)
SHOWN.add(
    "accuracy",
    Shown(MapScale.SHARE, accuracy, numbers.percent, LEARNS),
    "share of the training batch that is classified right",
    label="Accuracy",
)
SHOWN.add(
    "reached",
    Shown(MapScale.STEPS, updates_to_reach, _counted, LEARNS, unit="updates", needs=_needs_reach),
    "updates until the loss is at or below the one to reach",
    label="Updates to a loss",
)
SHOWN.add(
    "verdict",
    Shown(MapScale.REGIONS, verdict, numbers.plain, "What is the matter", needs=_needs_judging),
    "what is the matter, or that nothing is",
    label="Verdict",
)


def first_shown(plan: SweepPlan) -> str:
    """The figure that a map is for: the dearest of what its plan asks for."""
    if plan.judged:
        return "verdict"
    if not _needs_reach(plan):
        return "reached"
    if plan.steps:
        return "loss"
    return "ratio"
