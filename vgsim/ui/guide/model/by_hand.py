"""A pass that can be checked by hand: every number of it, in full."""

from __future__ import annotations

import math
from dataclasses import dataclass

from vgsim.core.numbers import exact, factor, fixed, plain, short, subscript
from vgsim.measure.frame import Frame
from vgsim.nn.moments import Phase

DECIMALS = 4


@dataclass(frozen=True, slots=True)
class HandRow:
    """One stage: the factor of the hop to it, and ∂J/∂h there; empty texts while it is ahead.

    ``gradient`` is rounded, ``exactly`` is not. ``real_factor`` and ``real_share`` are those of
    the network beside it, as many hops from its last stage; its share is of what left that.
    """

    stage: int
    factor: str
    gradient: str
    exactly: str
    real_stage: int
    real_factor: str
    real_share: str
    present: bool


@dataclass(frozen=True, slots=True)
class HandTable:
    """Rows from the last stage down, and the update of stage 1, empty before it is made.

    ``real`` is whether there is a network beside it.
    """

    rows: tuple[HandRow, ...]
    update: str
    real: bool


def hand_table(frame: Frame) -> HandTable:
    """The table of the pass that ``frame`` is in, beside that of B if there is one."""
    other = frame.other
    hops = frame.stages if other is None else max(frame.stages, other.stages)
    rows = tuple(_row(frame, hop) for hop in range(hops))
    return HandTable(rows, _update(frame), other is not None)


def _row(frame: Frame, hop: int) -> HandRow:
    stage = frame.stages - hop
    gradient = _gradient(frame, stage)
    real_stage, real_factor, real_share = 0, "", ""
    if frame.other is not None:
        other = frame.other
        real_stage = max(other.stages - hop, 0)
        real_factor = _factor(other, real_stage)
        share = _gradient(other, real_stage) / _gradient(other, other.stages)
        real_share = _rounded(share)
    return HandRow(
        stage=max(stage, 0),
        factor=_factor(frame, stage),
        gradient=_rounded(gradient),
        exactly="" if math.isnan(gradient) else exact(gradient),
        real_stage=real_stage,
        real_factor=real_factor,
        real_share=real_share,
        present=frame.moment.phase is Phase.BACKWARD and frame.moment.stage == stage,
    )


def _gradient(frame: Frame, stage: int) -> float:
    """RMS ∂J/∂h of a stage; nan where there is none or it is ahead."""
    if 1 <= stage <= frame.stages:
        return float(frame.dh_rms[stage - 1])
    return math.nan


def _factor(frame: Frame, stage: int) -> str:
    """That of the hop which comes to ``stage``."""
    above = _gradient(frame, stage + 1)
    if not above > 0:
        return ""
    return factor(_gradient(frame, stage) / above)


def _rounded(value: float) -> str:
    """With four decimals, which are what one writes by hand; with an exponent if all are 0."""
    if math.isnan(value):
        return ""
    if value and abs(value) < 0.5 * 10**-DECIMALS:
        return plain(value, 2)
    return fixed(value, DECIMALS)


def _update(frame: Frame) -> str:
    """What the update changes at stage 1: η times the gradient there."""
    if frame.moment.phase is not Phase.UPDATE:
        return ""
    change = float(frame.update_norm[0])
    rate = frame.subject.learning_rate
    one = subscript(1)
    return f"η × ∂J/∂h{one} = {short(rate)} × {_rounded(_gradient(frame, 1))} = {exact(change)}"
