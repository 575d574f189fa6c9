"""What mean field says of a map before anything is computed: its curves, and each cell's figure.

All of it is for the start of training, and for stages that are weights, a bias whose mean is 0 and
an activation: layers, or the timesteps of a cell without gates. Of others, and of fields of the
training, nothing is known, and :meth:`MapTheory.silence` says which of these it is.

Three curves lie over a map (Schoenholz et al. 2017; He et al. 2015):

* endless depth: χ₁ = 1, where the gradient of a network without end neither fades nor grows;
* this depth: where, layer by layer from the variance of the data, as much arrives at the first
  stage as there is at the last hidden one. At σ_w = 1 without biases the variance of tanh falls
  like 1 / depth, f′ is below 1 until then, and so this curve lies above χ₁ = 1 and nears it slowly;
* 6 ξ: the depth at which an endless network of these weights has changed the mean square of the
  gradient by e⁶, its RMS by 1.3 decades. ξ = 1 / |ln χ₁|.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from vgsim.core.errors import SpecError
from vgsim.measure.theory import moment_table
from vgsim.nn.arrays import quiet
from vgsim.sweep.blocks import interpolated
from vgsim.sweep.contours import contour
from vgsim.sweep.fields import (
    FieldReader,
    Known,
    Silence,
    WideNetwork,
    decades_by_depth,
    ln_slopes,
)
from vgsim.sweep.order import DRAWN, between, finest, grid
from vgsim.sweep.plan import Index, SweepPlan

Floats = NDArray[np.float64]

SCALES = 6.0
"""Depth scales ξ, beyond which Schoenholz et al. found networks untrainable."""
SAMPLED = 80_000
"""Stages of one map that theory is asked of, in all its networks, each at all depths: a second or
two. Between the networks it is smooth."""
LEAST_STAGES = 64
"""Reading what a network is takes as long as so many of its stages."""
DEPTH = "network.depth"
"""Networks that differ in this alone are beginnings of the deepest one."""
SEED = "training.seed"
"""The one field of the training that is one of the start, too."""
HE_VARIANCE = 2.0
"""σ_w² of He's rule."""


class CurveKind(StrEnum):
    """What a curve of theory says."""

    CRITICAL = "critical"
    """χ₁ = 1, for endless depth."""
    HE = "he"
    """χ₁ = 1 where that is He's rule, σ_w² = 2, whatever the variance of z is."""
    LAYERWISE = "layer by layer"
    """As large at the first stage as at the last hidden one, at this very depth."""
    SCALE = "scale"
    """As deep as 6 ξ."""


@dataclass(frozen=True, slots=True, eq=False)
class TheoryCurve:
    """One curve: ``x`` (points,) across and ``y`` (points,) up, in cells from the first center."""

    kind: CurveKind
    x: Floats
    y: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Sheet:
    """Theory of one map (across, up): decades, ln χ₁ and hops; nan where there is none."""

    decades: Floats
    ln_chi: Floats
    hops: Floats
    he: bool
    silence: Silence | None


class MapTheory:
    """What is known of the cells of ``plan``; data are read, and networks asked, when needed.

    A map of 64 × 64 cells takes up to a second, so a window asks for its curves in a thread.
    """

    def __init__(self, plan: SweepPlan) -> None:
        self.plan = plan
        self._reader = FieldReader()
        self._sheets: dict[Index, _Sheet] = {}

    def forecast(self, index: Index) -> float:
        """Decades that a cell's gradient gains from the last hidden stage to the first, at its
        start: log₁₀ of RMS ∂J/∂h₁ against RMS ∂J/∂h of the last. nan where theory is silent."""
        found = self._read(index)
        if isinstance(found, Silence):
            return math.nan
        return float(decades_by_depth([found])[0][-1])

    def silence_at(self, index: Index) -> Silence | None:
        """Why :meth:`forecast` has nothing for a cell; None where it has."""
        found = self._read(index)
        return found if isinstance(found, Silence) else None

    def decades(self, further: Index = ()) -> Floats:
        """(across, up) :meth:`forecast` of one map; ``further`` is its place in a stack of them.

        Of a large map every few cells are computed, and those between them interpolated.
        """
        return self._sheet(further).decades

    def curves(self, further: Index = ()) -> tuple[TheoryCurve, ...]:
        """The curves over one map; none where theory is silent."""
        if self._trained():
            return ()
        sheet = self._sheet(further)
        kind = CurveKind.HE if sheet.he else CurveKind.CRITICAL
        with quiet():  # no hops of weights that are 0
            changed = sheet.hops * sheet.ln_chi
        return (
            *self._lines(kind, sheet.ln_chi, 0.0),
            *self._lines(CurveKind.LAYERWISE, np.where(sheet.hops > 0, sheet.decades, np.nan), 0.0),
            *self._lines(CurveKind.SCALE, changed, SCALES),
            *self._lines(CurveKind.SCALE, changed, -SCALES),
        )

    def silence(self, further: Index = ()) -> Silence | None:
        """Why there is nothing over a map; None where theory knows some of its cells."""
        if self._trained():
            return Silence.TRAINING
        return self._sheet(further).silence

    def _trained(self) -> bool:
        """Whether an axis that is drawn is a field of the training."""
        return any(
            axis.path.startswith("training.") and axis.path != SEED
            for axis in self.plan.axes[:DRAWN]
        )

    def _read(self, index: Index) -> Known | Silence:
        try:
            return self._reader.read(self.plan.member(index, 0))
        except SpecError:
            return Silence.REFUSED

    def _lines(self, kind: CurveKind, field: Floats, level: float) -> list[TheoryCurve]:
        """Where a field has a level; across choices each column or row by itself."""
        named = [axis.of_choices for axis in self.plan.axes[:DRAWN]]
        if all(named) or len(named) < DRAWN:
            return []
        columns = [field]
        if named[0]:
            columns = [np.stack([column, column]) for column in field]
        elif named[1]:
            columns = [np.stack([row, row], axis=1) for row in field.T]
        curves = []
        for at, column in enumerate(columns):
            for x, y in contour(column, level):
                curves.append(
                    TheoryCurve(
                        kind, x + (at - 0.5) * named[0], y + (at - 0.5) * (named[1] > named[0])
                    )
                )
        return curves

    def _sheet(self, further: Index) -> _Sheet:
        if further not in self._sheets:
            self._sheets[further] = self._asked(further)
        return self._sheets[further]

    def _asked(self, further: Index) -> _Sheet:
        """Ask theory of a grid of networks, of each at all depths of the map at once."""
        plan = self.plan
        axes = plan.axes[:DRAWN]
        deep = next((at for at, axis in enumerate(axes) if axis.path == DEPTH), None)
        cells = _sampled(plan, deep)
        answers = {cell: self._read((*cell, *further)) for cell in cells}
        known = {cell: each for cell, each in answers.items() if not isinstance(each, Silence)}
        depths = None
        if deep is not None and plan.spec.applies(DEPTH):
            depths = np.array(axes[deep].values, np.int64)
        shape = (*plan.shape, 1)[:DRAWN]  # of a single axis a map of one row
        figures = np.full((3, *shape), np.nan)
        asked = np.zeros(shape, bool)
        for cell in cells:
            asked[_with_depths(cell, deep)] = True
        networks = list(known.values())
        by_depth = decades_by_depth(networks)
        for cell, gained, slope in zip(known, by_depth, ln_slopes(networks), strict=True):
            hidden = np.array(len(gained)) if depths is None else depths
            between_them = np.where(hidden > 0, hidden - 1, np.nan)
            where = _with_depths(cell, deep)
            figures[0][where] = gained[hidden - 1] + 0 * between_them
            figures[1][where] = slope
            figures[2][where] = between_them
        free = (*between(plan), False)
        decades, ln_chi, hops = (interpolated(each, asked, free[:DRAWN]) for each in figures)
        he = bool(known) and all(_of_he(network) for network in networks)
        silence = None if known else _most_often(answers.values())
        return _Sheet(decades, ln_chi, hops, he, silence)


def _with_depths(cell: Index, deep: int | None) -> tuple[int | slice, ...]:
    """Where a cell is, at all depths."""
    where = [slice(None) if at == deep else number for at, number in enumerate(cell)]
    return (*where, 0)[:DRAWN]


def _most_often(answers: Iterable[Known | Silence]) -> Silence:
    found = Counter(answer for answer in answers if isinstance(answer, Silence))
    return found.most_common(1)[0][0]


def _sampled(plan: SweepPlan, deep: int | None) -> list[Index]:
    """The cells of the finest grid that has few enough networks, each at its deepest."""
    level = max(finest(len(axis)) for axis in plan.axes[:DRAWN])
    stages = plan.spec.network.depth
    if deep is not None:
        stages = max(value for value in plan.axes[deep].values if isinstance(value, int))
    most = SAMPLED // max(stages, LEAST_STAGES)
    while True:
        along = [each.tolist() for each in grid(plan, level)[:DRAWN]]
        if deep is not None:
            along[deep] = along[deep][-1:]  # values rise
        if math.prod(len(each) for each in along) <= most or level == 0:
            return list(product(*along))
        level -= 1


def _of_he(network: Known) -> bool:
    """Whether He's rule makes it critical whatever the variance of z is."""
    if not isinstance(network, WideNetwork):
        return False
    moments = moment_table(network.hidden[-1].activation).derivative([1e-6, 1.0, 1e6])
    return bool(np.allclose(HE_VARIANCE * moments, 1, atol=0.01))


@lru_cache(maxsize=4)
def theory_of(plan: SweepPlan) -> MapTheory:
    """The theory of a plan, which remembers what it was asked."""
    return MapTheory(plan)


def curves(plan: SweepPlan, further: Index = ()) -> tuple[TheoryCurve, ...]:
    """The curves of theory over one map of ``plan``."""
    return theory_of(plan).curves(further)


def forecast(plan: SweepPlan, index: Index) -> float:
    """:meth:`MapTheory.forecast` of a cell of ``plan``, in decades."""
    return theory_of(plan).forecast(index)
