"""Where z lies on the activation: axis, density, and the words about it. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vgsim.core.numbers import magnitude, percent, short
from vgsim.measure.frame import Frame
from vgsim.measure.saturation import ActivationCurves, Inputs, Saturation
from vgsim.text.stages import place_name, stage_name
from vgsim.ui.plots.model.series import Range

Array = NDArray[np.float64]

HALF = 6.0
"""The axis of z reaches to ±6 at least, and then to 2, 4, 8, … times that."""
FAR = 24.0
"""And no farther than this, where f is level."""
USUAL = 0.995
"""The share of all |z| that the axis has room for at least; what lies beyond is counted."""
BINS = 48
"""Bins of the density of z."""
POINTS = 81
"""Points of a curve that is drawn, odd so that 0 is one."""
JUMP = 1e-9
"""Points of a measured curve that are closer are the two sides of a jump."""
UNITS_MOST = 40
"""Units of the first sample that are drawn as dots; of more, evenly chosen ones."""


@dataclass(frozen=True, slots=True, eq=False)
class Density:
    """(P,) places of bins on the axis of z and heights, 0 to 1; shares that lie beyond its ends."""

    z: Array
    heights: Array
    below: float
    above: float


def half_width(shown: Sequence[ActivationCurves], previous: float | None) -> float:
    """How far the axis of z reaches: grows at once, and shrinks when it is far too wide."""
    most = max(map(_size, (group for one in shown for group in one.inputs)), default=0.0)
    level = all(one.levels_off for one in shown)
    doublings = np.ceil(np.log2(max(most, HALF) / HALF))
    wanted = min(HALF * 2.0 ** float(doublings), FAR if level else np.inf)
    return previous if previous is not None and wanted <= previous <= 4 * wanted else wanted


def _size(group: Inputs) -> float:
    """|z| of all but the largest few."""
    size = np.abs(group.z[np.isfinite(group.z)])
    if not len(size):
        return 0.0
    at = int(USUAL * (len(size) - 1))
    return float(np.partition(size, at)[at])


def density(group: Inputs, half: float) -> Density:
    """How often each z occurs between −``half`` and ``half``."""
    z = group.z.ravel()
    z = z[~np.isnan(z)]
    place = np.clip(np.floor((z / (2 * half) + 0.5) * BINS), -1, BINS).astype(np.intp) + 1
    counts = np.bincount(place, minlength=BINS + 2)
    below = counts[0]
    inside = counts[1:-1]
    above = counts[-1]
    heights = inside / max(int(inside.max()), 1)
    middles = (np.arange(BINS) + 0.5) / BINS * 2 * half - half
    total = max(len(z), 1)
    return Density(middles, heights, below / total, above / total)


def dots(curves: ActivationCurves, group: Inputs, half: float) -> tuple[Array, Array, Array]:
    """z, f and f′ of the first sample's units; those beyond the axis stand at its end."""
    units = np.asarray(group.z[0], dtype=np.float64)
    kept = np.linspace(0, len(units) - 1, min(len(units), UNITS_MOST)).round().astype(np.intp)
    z = np.clip(np.nan_to_num(units[kept], nan=0.0, posinf=half, neginf=-half), -half, half)
    return z, np.interp(z, curves.z, curves.f), np.interp(z, curves.z, curves.derivative)


def curve(curves: ActivationCurves, half: float) -> tuple[Array, Array, Array]:
    """z, f and f′ between −``half`` and ``half``, with every jump of f′ as steep as it is."""
    near = np.flatnonzero(np.diff(curves.z) < JUMP)
    jumps = curves.z[np.union1d(near, near + 1)]
    even = np.linspace(-half, half, POINTS)
    z = np.sort(np.r_[even, jumps[np.abs(jumps) < half]])
    return z, np.interp(z, curves.z, curves.f), np.interp(z, curves.z, curves.derivative)


def flat_zones(curves: ActivationCurves, half: float) -> list[Range]:
    """Stretches of the axis on which a unit counts as saturated."""
    z, _, derivative = curve(curves, half)
    flat = np.abs(derivative) <= curves.limit
    steps = np.flatnonzero(np.diff(flat)) + 1
    starts = np.r_[0, steps]
    ends = np.r_[steps, len(z)] - 1
    return [
        (float(z[a]), float(z[b]))
        for a, b in zip(starts.tolist(), ends.tolist(), strict=True)
        if flat[a] and b > a
    ]


def function_name(curves: ActivationCurves) -> str:
    """f with its argument: "σ(z)"."""
    return f"{curves.symbol}(z)" if curves.symbol else "h = z"


def derivative_name(curves: ActivationCurves) -> str:
    """f′ with its argument."""
    return f"{curves.symbol}′(z)" if curves.symbol else "derivative"


def saturation_words(found: Saturation) -> str:
    """What counts as saturated: "shaded: saturated, σ′ ≤ 0.0125"; by activation."""
    rules = [
        f"{curves.symbol}′ ≤ {short(curves.limit, 3)}" if curves.limit else f"{curves.symbol}′ = 0"
        for curves in found.curves
        if curves.symbol
    ]
    return "shaded: saturated, " + " and ".join(rules) if rules else "linear, nothing saturates"


def stage_words(frame: Frame, found: Saturation) -> list[str]:
    """The figures of the stage, the fullest words first, for as much room as there is."""
    name = place_name(found.stage, frame.stages, frame.subject)
    short = stage_name(found.stage, frame.subject)
    if not found.curves:
        return _share_words(name, found)
    groups = [group for curves in found.curves for group in curves.inputs]
    if len(groups) > 1:
        each = " · ".join(f"{group.name} {percent(group.saturated)}" for group in groups)
        whole = f"{percent(float(np.mean([group.saturated for group in groups])))} saturated"
        return [f"{name} · saturated {each}", f"{short} · {each}", f"{name} · {whole}", whole]
    curves, group = found.curves[0], groups[0]
    if not curves.symbol:
        return [
            f"{name} ({short}) is linear: derivative 1 for every z",
            f"{short}: derivative 1",
            short,
        ]
    if curves.rectifies:
        return _rectified_words(f"{name} ({short})", short, group)
    derivative = f"mean {curves.symbol}′ {magnitude(group.derivative)}"
    share = f"{percent(group.saturated)} saturated"
    return [
        f"{name} ({short}) · {share} · {derivative}",
        f"{short} · {share} · {derivative}",
        share,
    ]


def _share_words(name: str, found: Saturation) -> list[str]:
    """The shares of a stage of which nothing else is known."""
    share = float(found.by_stage[found.stage - 1])
    if math.isnan(share):
        return [f"{name}: no saturated share is recorded", "not recorded"]
    saturated = f"{percent(share)} saturated"
    words = [f"{name} · {saturated}", saturated]
    dead = float(found.dead[found.stage - 1]) if found.dead is not None else math.nan
    if not math.isnan(dead):
        words.insert(0, f"{name} · {saturated} · {percent(dead)} of its units dead")
    return words


def _rectified_words(name: str, short: str, group: Inputs) -> list[str]:
    """The share left of zero, and the units that no sample opens."""
    units = group.z.shape[-1]
    left = f"{percent(group.negative)} of z < 0"
    dead = f"{group.dead} of {units} units dead"
    return [
        f"{name} · {left} · {dead} on this batch",
        f"{short} · {left} · {dead}",
        f"{left} · {group.dead} dead",
        left,
    ]
