"""The gain budget of every hop, in decades, and what its parts are called. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vgsim.core.numbers import short, signed
from vgsim.measure.budget import gain_budget
from vgsim.measure.frame import Frame
from vgsim.measure.subject import Subject
from vgsim.nn.activations import ACTIVATIONS, shaped_name
from vgsim.nn.architectures import KINDS, activations
from vgsim.nn.layers.parts import OUTPUTS
from vgsim.text.moments import cell_of
from vgsim.text.stages import NUMBERED, stage_name
from vgsim.ui.style.theme import Theme, hue

Array = NDArray[np.float64]

PARTS = (
    "activation", "weights", "normalization", "dropout", "multiplier", "skip", "loss", "truncation",
)  # fmt: skip
"""Every part that a hop may have, in the order in which they are stacked and named."""
_NAMES = {
    "normalization": "norm",
    "dropout": "dropout",
    "multiplier": "multiplier κ",
    "skip": "skip path",
    "loss": "loss",
    "truncation": "truncation",
    "weights": "weights",
}
_HUES = {"normalization": "violet", "skip": "green", "loss": "ochre", "multiplier": "teal"}
"""Parts whose color has no other meaning in the theme."""


@dataclass(frozen=True, slots=True, eq=False)
class GainBudget:
    """Decades by hop: hop k (at index k - 1) leads from ∂J/∂h_(k+1) to ∂J/∂h_k.

    ``parts`` are those that some hop has, (N - 1,) each, 0 where a hop lacks one; ``total`` is
    their sum. −∞ where the gradient became exactly 0, ∞ where it became inf; nan where a hop has
    not been taken, or begins at 0 or inf. ``before`` (N - 1,) is the RMS that a hop begins with,
    nan where it has not been taken.
    """

    parts: dict[str, Array]
    total: Array
    before: Array

    @property
    def hops(self) -> int:
        """N - 1."""
        return len(self.total)

    def taken(self) -> NDArray[np.bool_]:
        """(N - 1,) which hops have been taken."""
        return ~np.isnan(self.before)


def budget(frame: Frame) -> GainBudget:
    """The budget of every hop that the pass has taken."""
    hops = max(frame.stages - 1, 0)
    found = GainBudget({}, np.full(hops, np.nan), np.full(hops, np.nan))
    for names, rows in _alike(frame).items():
        cuts = np.array([[size for _, size in frame.cuts[row + 1]] for row in rows]).T
        split = gain_budget(cuts, names)
        found.total[rows], found.before[rows] = split.total, cuts[0]
        for name, values in split.parts.items():
            found.parts.setdefault(name, np.zeros(hops))[rows] = values
    for values in found.parts.values():
        values[np.isnan(found.total)] = np.nan
    ordered = {name: found.parts[name] for name in PARTS if name in found.parts}
    return GainBudget(_without_idle(ordered), found.total, found.before)


def _alike(frame: Frame) -> dict[tuple[str, ...], list[int]]:
    """Hops that have been taken (from 0), by the parts that they are made of."""
    found: dict[tuple[str, ...], list[int]] = {}
    first = max(frame.backward_from, 1)
    for row in range(first - 1, min(frame.stages, len(frame.cuts)) - 1):
        names = tuple(part for part, _ in frame.cuts[row + 1][1:])
        if names:
            found.setdefault(names, []).append(row)
    return found


def _without_idle(parts: dict[str, Array]) -> dict[str, Array]:
    """Parts that do something somewhere; weights always, as they are what one looks for."""
    return {
        name: values
        for name, values in parts.items()
        if name == "weights" or np.nan_to_num(values, nan=0.0).any()
    }


def coarse(budget: GainBudget, size: int) -> GainBudget:
    """Means over ``size`` neighboring hops, as far as they have been taken; these add up, too."""
    starts = np.arange(0, budget.hops, size)

    def mean(values: Array) -> Array:
        known = ~np.isnan(values)
        counts = np.add.reduceat(known.astype(np.intp), starts)
        sums = np.add.reduceat(np.where(known, values, 0.0), starts)
        return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)

    parts = {name: mean(values) for name, values in budget.parts.items()}
    return GainBudget(parts, mean(budget.total), mean(budget.before))


def extent(budget: GainBudget) -> tuple[float, float]:
    """The farthest that stacked bars reach to either side of 0, what is infinite aside."""
    rows = [np.where(np.isfinite(v), v, 0.0) for v in budget.parts.values()]
    if not rows or not budget.hops:
        return 0.0, 0.0
    stack = np.stack(rows)
    low = float(np.minimum(stack, 0).sum(axis=0).min())
    return low, float(np.maximum(stack, 0).sum(axis=0).max())


def stacked(budget: GainBudget, reach: tuple[float, float]) -> dict[str, tuple[Array, Array]]:
    """(begin, end) of every part's bar by hop: losses from 0 down, gains from 0 up.

    What is infinite ends at ``reach``. Where a hop lacks a part, or has not been taken, both
    are 0.
    """
    down, up = np.zeros((2, budget.hops))
    found = {}
    for name, values in budget.parts.items():
        step = np.nan_to_num(np.clip(values, *_wider(reach)), nan=0.0)
        begin = np.where(step < 0, down, up)
        end = np.clip(begin + step, *reach)
        found[name] = (begin, end)
        down = np.where(step < 0, end, down)
        up = np.where(step > 0, end, up)
    return found


def _wider(reach: tuple[float, float]) -> tuple[float, float]:
    """Far enough that what begins on one side still ends at the other's edge."""
    return reach[0] - 1, reach[1] + 1


def total_words(budget: GainBudget, hop: int) -> str:
    """Decades of a hop (from 0) with its sign, or what has no logarithm in words; empty yet."""
    total = float(budget.total[hop])
    before = float(budget.before[hop])
    if math.isnan(before):
        return ""
    if math.isnan(total):
        if before == 0:
            return "was 0"
        return "was ∞"
    if math.isinf(total):
        return "→ 0" if total < 0 else "→ ∞"
    return signed(total)


def summary(budget: GainBudget, subject: Subject = NUMBERED) -> str:
    """What the hops taken so far add up to: "−3.28 decades in 5 of 6 hops"."""
    taken = budget.taken()
    count = int(taken.sum())
    if not count:
        return "no hop taken yet"
    unit = "hop" if budget.hops == 1 else "hops"
    if count == budget.hops:
        hops = f"{count} {unit}"
    else:
        hops = f"{count} of {budget.hops} {unit}"
    totals = budget.total[taken]
    if not np.isfinite(totals).all():
        return f"{_broken(budget, subject)}, {hops}"
    return f"{signed(float(totals.sum()))} decades in {hops}"


def _broken(budget: GainBudget, subject: Subject) -> str:
    """Where the gradient, on its way down, first became 0 or inf."""
    hop = int(np.flatnonzero(budget.taken() & ~np.isfinite(budget.total))[-1])
    total = float(budget.total[hop])
    before = float(budget.before[hop])
    if math.isinf(total):
        return f"{'exactly 0' if total < 0 else '∞'} from {stage_name(hop + 1, subject)} on"
    return f"{'exactly 0' if before == 0 else '∞'} from {stage_name(hop + 2, subject)} on"


def part_color(theme: Theme, part: str) -> str:
    """The color of a part."""
    if part in _HUES:
        return hue(theme, _HUES[part])
    colors = {"activation": theme.warning, "weights": theme.second, "dropout": theme.muted}
    return colors.get(part, theme.text)


def part_label(frame: Frame, part: str) -> str:
    """What a part is called beside its color: "σ′(z) ≤ 0.25", "weights"."""
    cell = cell_of(frame.spec)
    if part == "activation":
        if cell and cell.several_gates():
            return "gates"
        return _derivative(frame)
    kept = cell.kept() if cell and part == "skip" else None
    if kept is None or not kept.by:
        return _NAMES[part]
    if kept.complement:
        return f"kept by 1 − {kept.by}"
    return f"kept by {kept.by}"


def _derivative(frame: Frame) -> str:
    """The derivative with its bound, if all hops have the same."""
    spec = frame.spec
    if spec is None:
        return "f′(z)"
    network = KINDS.entry(spec.network.kind)
    by_stage = "network.activations" in network.uses
    if by_stage:
        names = activations(spec)[1:]
    else:
        names = [shaped_name(spec.network.activation, spec)]
    cell = cell_of(spec)
    if cell and cell.functions:
        names = list(cell.functions.values())
    part = False
    if spec.applies("network.output"):
        end = OUTPUTS[spec.network.output]
        part = end.part is not None
        names = [*names, shaped_name(end.activation, spec)]
    bent = [name for name in dict.fromkeys(names) if ACTIVATIONS[name].symbol]
    if len(bent) == 1 and not part:
        return derivative_label(bent[0])
    return "f′(z)"


def derivative_label(name: str) -> str:
    """f′ of an activation with its bound: "σ′(z) ≤ 0.25"."""
    activation = ACTIVATIONS[name]
    return f"{activation.symbol}′(z) ≤ {short(activation.bound, 3)}"
