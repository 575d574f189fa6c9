"""Frame -> the shades, numbers and words of a diagram. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from vgsim.core.numbers import factor, magnitude, plain
from vgsim.measure.frame import Frame
from vgsim.nn.moments import Phase
from vgsim.nn.norms import exact_norm
from vgsim.text.moments import shown_inputs
from vgsim.text.scale import UNREACHED, Scale
from vgsim.text.table import hop_factor
from vgsim.ui.diagram.model.folding import FoldColumn, column_at

EDGES_MOST = 6000
"""Edges that are drawn; beyond, the columns stand alone."""
GLOW = UNREACHED + 1
"""Looks from here on are the grays of what only the forward pass has reached."""
LOST, GROWN = 0.5, 2.0
"""A hop below the one or above the other is marked: it halves or doubles the gradient."""
_ROOM = 7
"""Letters of a number that has room below its column."""


@dataclass(frozen=True, slots=True, eq=False)
class Gap:
    """Edges below one stage, (units below, units). ``shade`` is None before they are reached.

    ``strength`` is 0 to 1, |w| against the largest of the gap.
    """

    shade: NDArray[np.intp] | None
    strength: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """All that a diagram shows of one frame, by column (index k - 1): a stage, or a folded group.

    ``inputs`` is (units, pixels): the rows of a picture or the single features, 0 to 1.
    ``looks`` are the shades of the units (see :class:`Scale`), or ``GLOW`` + 0 to 63, by how
    strongly a unit is active, before the gradient has come. Of a folded group they are (units, 2):
    of its first stage and of its last; numbers are those of the last, ``first_numbers`` those of
    the first. A factor is the product of all factors between two columns. ``absent`` are the
    columns that the pass has reached and of which nothing was recorded.
    """

    inputs: NDArray[np.float64]
    looks: tuple[NDArray[np.intp], ...]
    gaps: tuple[Gap, ...]
    numbers: tuple[str, ...]
    forward_numbers: tuple[str, ...]
    factors: tuple[str, ...]
    marked: tuple[bool, ...]
    loss: str
    current: int
    at_loss: bool
    backward_from: int
    first_numbers: tuple[str, ...] = ()
    absent: tuple[bool, ...] = ()


def picture(frame: Frame, scale: Scale, columns: Sequence[FoldColumn] = ()) -> Picture:
    """What the diagram shows of ``frame`` on ``scale``, in these columns or one a stage."""
    stages = [column.last for column in columns] or list(range(1, frame.stages + 1))
    hops = _hops(frame, stages)
    looks = _looks(frame, scale)
    gaps = _gaps(frame, scale)
    if columns:
        looks = tuple(_column_looks(looks, column) for column in columns)
    if len(stages) < frame.stages:  # there are no edges between groups
        gaps = ()
    at = [stage - 1 for stage in stages]
    phase = frame.moment.phase
    reached = [stage for stage in stages if stage < frame.backward_from]
    return Picture(
        inputs=_inputs(frame),
        looks=looks,
        gaps=gaps,
        numbers=tuple(_below_column(frame, float(value)) for value in frame.dh_rms[at]),
        forward_numbers=tuple(plain(float(value), 2) for value in frame.h_rms[at]),
        factors=tuple(factor(hop) for hop in hops),
        marked=tuple(not math.isnan(hop) and not LOST <= hop <= GROWN for hop in hops),
        loss="J" if math.isnan(frame.loss) else plain(frame.loss),
        current=_current(frame, columns),
        at_loss=phase is Phase.LOSS,
        backward_from=len(reached) + 1,
        first_numbers=tuple(
            _below_column(frame, float(frame.dh_rms[column.first - 1])) for column in columns
        ),
        absent=tuple(_is_absent(frame, stage) for stage in stages),
    )


def _hops(frame: Frame, stages: Sequence[int]) -> list[float]:
    """The factor from the column above to each one; nan for the last one."""
    hops = [hop_factor(frame, here, above) for here, above in pairwise(stages)]
    return [*hops, math.nan]


def _current(frame: Frame, columns: Sequence[FoldColumn]) -> int:
    """The column of the moment's stage; 0 where it is none of these columns."""
    stage = frame.moment.stage
    if not columns:
        return stage
    return column_at(columns, stage)


def _is_absent(frame: Frame, stage: int) -> bool:
    """Whether the pass has come to ``stage`` and left no number there."""
    if frame.backward_from <= frame.stages:
        return stage >= frame.backward_from and math.isnan(frame.dh_rms[stage - 1])
    return stage <= frame.forward_to and math.isnan(frame.h_rms[stage - 1])


def _column_looks(looks: Sequence[NDArray[np.intp]], column: FoldColumn) -> NDArray[np.intp]:
    """The looks of a stage, or of the first and the last stage of a group side by side."""
    last = looks[column.last - 1]
    if column.stages == 1:
        return last
    first = looks[column.first - 1]
    rows = np.arange(max(len(first), len(last)))
    sides = [side[rows * len(side) // len(rows)] for side in (first, last)]
    return np.stack(sides, axis=1)


def column_widths(widths: Sequence[int], columns: Sequence[FoldColumn]) -> tuple[int, ...]:
    """Units that each column shows."""
    return tuple(max(widths[column.first - 1], widths[column.last - 1]) for column in columns)


def _looks(frame: Frame, scale: Scale) -> tuple[NDArray[np.intp], ...]:
    """The looks of each stage's units, computed for all stages at once."""
    shades = scale.index(np.concatenate(frame.node_dh))
    size = np.abs(np.concatenate(frame.node_h))
    active = ~np.isnan(size) & (shades == UNREACHED)
    with np.errstate(invalid="ignore"):
        level = np.where(np.isinf(size), 1.0, size / (1.0 + size))
    level[~active] = 0.0
    looks = np.where(active, GLOW + (level * 63).astype(np.intp), shades)
    return tuple(np.split(looks, np.cumsum(frame.widths)[:-1]))


def _below_column(frame: Frame, value: float) -> str:
    """The size in as few letters as have room: "4.2e−17", "4e−179"."""
    text = magnitude(value)
    if len(text) <= _ROOM:
        return text
    return magnitude(value, 0)


def _inputs(frame: Frame) -> NDArray[np.float64]:
    """The first sample, scaled to 0 to 1, as the rows that are drawn; none where it is unknown."""
    if not frame.sample.size:
        return np.empty((0, 1))
    low = float(frame.sample.min())
    high = float(frame.sample.max())
    spread = high - low
    if spread > 0:
        values = (frame.sample - low) / spread
    else:
        values = np.full(frame.sample.shape, 0.5)
    return np.asarray(values, dtype=np.float64).reshape(shown_inputs(frame), -1)


def _gaps(frame: Frame, scale: Scale) -> tuple[Gap, ...]:
    """Edges below each stage; empty when there are too many to be told apart."""
    if not frame.edges:
        return ()
    signals = list(frame.edges)
    weights = list(frame.weights)
    rows = shown_inputs(frame)
    if rows != frame.input_width:
        signals[0], weights[0] = _by_row(signals[0], rows), _by_row(weights[0], rows)
    if sum(signal.size for signal in signals) > EDGES_MOST:
        return ()
    return tuple(
        Gap(None if np.isnan(signal).all() else scale.index(signal), _strength(weight))
        for signal, weight in zip(signals, weights, strict=True)
    )


def _by_row(values: NDArray[np.floating], rows: int) -> NDArray[np.floating]:
    """(features, units) -> (rows, units): root of the sum of squares over each row's pixels.

    nan, which says that a value is not there yet, stays nan.
    """
    grouped = values.reshape(rows, -1, values.shape[1])
    return np.where(np.isnan(grouped).any(axis=1), np.nan, exact_norm(grouped, axis=1))


def _strength(weight: NDArray[np.floating]) -> NDArray[np.float64]:
    size = np.abs(weight, dtype=np.float64)
    size[~np.isfinite(size)] = 0.0
    most = size.max(initial=0.0)
    if most > 0:
        strength: NDArray[np.float64] = size / most
    else:
        strength = size
    return strength


def heat_map(picture: Picture, height: int) -> NDArray[np.intp]:
    """(height, N) looks, one column a stage, each unit a block of rows."""
    rows = np.arange(height)
    columns = []
    for looks in picture.looks:
        last = looks if looks.ndim == 1 else looks[:, -1]
        columns.append(last[rows * len(last) // height])
    return np.stack(columns, axis=1)
