"""Activations that are called as functions, and so have no stage: found by what they do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from vgsim.core.registry import Entry
from vgsim.diagnosis.nearest.slopes import activation_by_slopes
from vgsim.diagnosis.recorded.path import PathHop
from vgsim.diagnosis.recorded.way import RecordedWay
from vgsim.diagnosis.recorded_form import RecordedForm
from vgsim.nn.activations import ACTIVATIONS, Activation
from vgsim.record.reader import RecordedRun, RecordedStep


@dataclass(frozen=True, slots=True)
class CalledActivation:
    """What is called between layers, and what it does behind the stages at ``places``.

    ``slopes`` are estimates of RMS f′ from the size of the weights, ``dead`` the shares of units
    whose gradient is 0; both by place.
    """

    name: str
    places: tuple[int, ...]
    slopes: tuple[float, ...]
    dead: tuple[float, ...]


def called_activation(
    run: RecordedRun, row: int, step: RecordedStep, found: RecordedWay
) -> tuple[CalledActivation, RecordedWay] | None:
    """The activation with the way whose decades are split between it and the weights.

    None where functions were not recorded, or none lies between the layers of the way.
    """
    hops = [hop for hop in found.hops if hop.part == "weights" and _has_function(run, hop.upper)]
    if not hops:
        return None
    entry = _nearest(run, row)
    if entry is None or entry.value.linear:
        return None
    slopes = [_slope(run, step, hop, entry.value.bound) for hop in hops]
    parts = dict(found.way.parts)
    taken = 0.0
    for hop, slope in zip(hops, slopes, strict=True):
        if slope > 0 and hop.factor > 0:
            taken += math.log10(slope)
    dead = _dead(step, [hop.lower for hop in hops])
    if any(hop.factor == 0 for hop in hops) and max(dead, default=0.0) == 1:
        parts["activation"] = -math.inf  # units that are shut let nothing through
        parts["weights"] = 0.0
    else:
        parts["activation"] = parts.get("activation", 0.0) + taken
        parts["weights"] = parts.get("weights", 0.0) - taken
    split = replace(found, way=replace(found.way, parts=parts))
    places = tuple(hop.lower for hop in hops)
    return CalledActivation(entry.name, places, tuple(slopes), dead), split


def _has_function(run: RecordedRun, place: int) -> bool:
    """Whether a function of no module lies before a stage, in any step whose paths were found."""
    if "functions" not in run.figures:
        return False
    counts = run["functions"][:, place]
    return bool((np.nan_to_num(counts) > 0).any())


def _nearest(run: RecordedRun, row: int) -> Entry[Activation] | None:
    """The registered activation that does the like; one that shuts every unit has no slope."""
    entry = activation_by_slopes(RecordedForm(run), row)
    if entry is None:
        rectifiers = (it for it in ACTIVATIONS if it.value.shuts)
        return next(rectifiers, None)
    return entry


def _slope(run: RecordedRun, step: RecordedStep, hop: PathHop, bound: float) -> float:
    """What of a hop the weights do not do: they give their RMS times the root of their outputs."""
    name = run.stages[hop.upper]
    for parameter, norm in zip(run.parameter_list, step["W_norm"], strict=True):
        if parameter.stage == name and len(parameter.shape) > 1 and norm > 0:
            given = float(norm) / math.sqrt(math.prod(parameter.shape[1:]))
            return min(hop.factor / given, bound)
    return math.nan


def _dead(step: RecordedStep, places: Sequence[int]) -> tuple[float, ...]:
    """Share of units whose gradient is exactly 0, by place."""
    if "dh_units" not in step:
        return ()
    tables = step.tables("dh_units")
    shares = []
    for place in places:
        table = tables[place]
        shares.append(float(np.mean(table == 0)) if table is not None and table.size else 0.0)
    return tuple(shares)
