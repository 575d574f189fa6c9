"""The history of an inspected quantity as the curve of a small plot. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vgsim.core.numbers import decade
from vgsim.measure.inspection.look import Inspection
from vgsim.text.inspection import value_text
from vgsim.ui.plots.model.series import HUGE, Range, decimate, nice_range, nice_ticks
from vgsim.ui.plots.model.words import step_label, tick_labels

Array = NDArray[np.float64]
Ticks = Sequence[tuple[float, str]]

NO_STEPS = "No history yet: train (T)"
NEVER = "Not reached in any step so far"
ALL_ZERO = "Exactly 0 in every step so far"
ALL_OVER = "Overflowed (∞) in every step so far"


@dataclass(frozen=True, slots=True, eq=False)
class HistoryCurve:
    """What is drawn: points in axis units (log10 of a magnitude), ranges, labelled ticks.

    ``zero`` is where the zero line is, nan on a log axis. ``last`` is the label of the last
    point. ``empty`` is a sentence instead of all that; then the rest means nothing.
    """

    x: Array
    y: Array
    x_range: Range
    y_range: Range
    x_ticks: Ticks
    y_ticks: Ticks
    zero: float
    last: str
    empty: str = ""


def history_curve(inspection: Inspection, columns: int, rows: int) -> HistoryCurve:
    """The curve for about ``columns`` pixels across, with at most ``rows`` labels down.

    A value with a sign is drawn linearly with its zero line; a magnitude by its decades, with
    rows of their own for exactly 0 below and for overflow above. nan leaves a gap.
    """
    steps = inspection.steps.astype(np.float64)
    values = inspection.values
    empty = _empty(values, inspection.signed)
    if empty:
        return _nothing(empty)
    linear = inspection.signed
    y, y_range, y_ticks = _linear(values, rows) if linear else _decades(values, rows)
    first = float(steps[0])
    last = float(steps[-1])
    x_range = (first, max(last, first + 1))
    x, y = decimate(steps, y, max(columns // 2, 2))
    if last > first:
        ticks = nice_ticks(*x_range, max(columns // 70, 2), whole=True)
    else:
        ticks = [first]
    return HistoryCurve(
        x, y, x_range, y_range,
        [(tick, step_label(tick)) for tick in ticks], y_ticks,
        0.0 if linear else math.nan, value_text(float(values[-1])),
    )  # fmt: skip


def history_words(inspection: Inspection, step: float) -> str:
    """The step nearest to ``step`` and its value; empty where there is no history."""
    if not len(inspection.steps):
        return ""
    at = int(np.argmin(np.abs(inspection.steps - step)))
    return f"step {inspection.steps[at]:,}: {value_text(float(inspection.values[at]))}"


def _empty(values: Array, signed: bool) -> str:
    """Why there is nothing to draw."""
    if not len(values):
        return NO_STEPS
    known = values[~np.isnan(values)]
    if not len(known):
        return NEVER
    if np.isinf(known).all():
        return ALL_OVER
    if signed or np.any((known != 0) & np.isfinite(known)):
        return ""
    return ALL_ZERO


def _nothing(why: str) -> HistoryCurve:
    none = np.empty(0)
    return HistoryCurve(none, none, (0, 1), (0, 1), (), (), math.nan, "", why)


def _linear(values: Array, rows: int) -> tuple[Array, Range, Ticks]:
    finite = values[np.isfinite(values)].clip(-HUGE, HUGE)
    low, high = nice_range(min(float(finite.min()), 0.0), max(float(finite.max()), 0.0), rows)
    y = np.where(np.isinf(values), np.where(values > 0, high, low), values).clip(low, high)
    ticks = nice_ticks(low, high, max(rows, 2))
    return y, (low, high), list(zip(ticks, tick_labels(ticks), strict=True))


def _decades(values: Array, rows: int) -> tuple[Array, Range, Ticks]:
    with np.errstate(divide="ignore"):
        y = np.log10(np.abs(values))
    finite = y[np.isfinite(y)]
    low = math.floor(float(finite.min()))
    high = math.ceil(float(finite.max()))
    high = max(high, low + 1)
    every = max(-(-(high - low + 1) // max(rows, 2)), 1)
    ticks = [(float(exponent), decade(exponent)) for exponent in range(high, low - 1, -every)]
    bottom, top = float(low), float(high)
    room = max((high - low) / max(rows, 2), 0.3)
    if np.isneginf(y).any():
        bottom -= room
        ticks.append((bottom, "0"))
    if np.isposinf(y).any():
        top += room
        ticks.append((top, "∞"))
    return y.clip(bottom, top), (bottom, top), ticks
