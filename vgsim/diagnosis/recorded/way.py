"""The gradient's way of a recording: hop by hop through the hidden layers, blocks or timesteps."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from vgsim.core.numbers import subscript
from vgsim.diagnosis.findings import GradientWay
from vgsim.diagnosis.recorded.path import MainPath, PathHop
from vgsim.measure.recording.kinds import StageParts, called
from vgsim.record.reader import RecordedRun, RecordedStep

Floats = NDArray[np.floating]
CELL_STATE = "[1]"
"""What the second output of a cell is called, which is its memory."""
BLOCK = "block"


@dataclass(frozen=True, slots=True)
class RecordedWay:
    """``way`` with the names of where it begins and ends, what its hops are called ("block"), the
    stages where they are and the hops that it is made of, first the one that comes first.

    ``cell`` is the kind of the recurrent module whose timesteps they are, empty for layers.
    """

    way: GradientWay = field(default_factory=GradientWay)
    named: tuple[str, str] = ("the output", "the input")
    unit: str = "hop"
    begin: int = -1
    end: int = -1
    hops: tuple[PathHop, ...] = ()
    groups: tuple[tuple[str, tuple[PathHop, ...]], ...] = field(default=())
    cell: str = ""


def way_of_layers(run: RecordedRun, path: MainPath) -> RecordedWay:
    """Over the hidden layers, or over the blocks where modules repeat."""
    if len(path.stages) < 2:
        return RecordedWay()
    blocks = blocks_of(run, path)
    if len(set(filter(None, blocks.values()))) > 1:
        return _over_blocks(run, path, blocks)
    return _over_layers(run, path)


def blocks_of(run: RecordedRun, path: MainPath) -> dict[int, str]:
    """The block that each stage of the path is in: "layers.3", empty for none.

    A block is a module that holds several stages, numbered by its name ("3", else "block3"); that
    of the output is none.
    """
    held = Counter(name for stage in run.stages for name in _holders(stage))
    numbers = {name for name in held if name.rpartition(".")[2].isdecimal() and held[name] > 1}
    if len(numbers) < 2:
        numbers = {name for name in held if name[-1].isdecimal() and held[name] > 1}
    blocks = {}
    for place in path.stages:
        around = _holders(run.stages[place])
        blocks[place] = next((name for name in around if name in numbers), "")
    last = blocks[path.stages[-1]]
    return {place: "" if name == last else name for place, name in blocks.items()}


def _holders(name: str) -> list[str]:
    """The modules that hold a stage, the outermost first."""
    parts = name.split(" (")[0].split(".")
    return [".".join(parts[:k]) for k in range(1, len(parts))]


def _over_blocks(run: RecordedRun, path: MainPath, blocks: dict[int, str]) -> RecordedWay:
    ends: list[tuple[str, int]] = []  # of each block its last stage, in the order of execution
    for place in path.stages:
        if not blocks[place]:
            continue
        if ends and ends[-1][0] == blocks[place]:
            ends.pop()
        ends.append((blocks[place], place))
    first = min(place for place in path.stages if blocks[place])
    before = [place for place in path.stages if place < first]
    if before:
        ends.insert(0, (called(run.stage_list[before[-1]]), before[-1]))
    groups = []
    for (_, lower), (name, upper) in pairwise(ends):
        groups.append((name, _between(path, upper, lower)))
    return _way(run, ends[-1], ends[0], BLOCK, tuple(reversed(groups)))


def _over_layers(run: RecordedRun, path: MainPath) -> RecordedWay:
    """A layer ends before the next stage with weights, or the next sum; the output is none."""
    parts = StageParts(run)
    by_upper = {hop.upper: hop for hop in path.hops}
    layers: list[list[int]] = [[]]
    for place in path.stages:
        hop = by_upper.get(place)
        begins = parts[place] in ("weights", "recurrent") or (hop is not None and hop.around)
        if begins and layers[-1]:
            layers.append([])
        layers[-1].append(place)
    if len(layers) > 1:
        layers.pop()
    ends = [(called(run.stage_list[layer[-1]]), layer[-1]) for layer in layers]
    groups = []
    for (_, lower), (name, upper) in pairwise(ends):
        groups.append((name, _between(path, upper, lower)))
    return _way(run, ends[-1], ends[0], "hop", tuple(reversed(groups)))


def _between(path: MainPath, upper: int, lower: int) -> tuple[PathHop, ...]:
    return tuple(hop for hop in path.hops if upper >= hop.upper > lower)


def _way(
    run: RecordedRun, begin: tuple[str, int], end: tuple[str, int], unit: str,
    groups: tuple[tuple[str, tuple[PathHop, ...]], ...],
) -> RecordedWay:  # fmt: skip
    factors = []
    parts: dict[str, float] = defaultdict(float)
    hops: list[PathHop] = []
    for _, group in groups:
        known = [hop for hop in group if not math.isnan(hop.factor)]
        if known:
            factors.append(math.prod(hop.factor for hop in known))
        for hop in known:
            parts[hop.part] += math.log10(hop.factor) if hop.factor else -math.inf
        hops.extend(group)
    way = GradientWay(tuple(factors), dict(parts), last=len(factors) + 1)
    return RecordedWay(
        way, (begin[0], end[0]), unit, begin[1], end[1], tuple(hops), groups
    )  # fmt: skip


def way_in_time(run: RecordedRun, step: RecordedStep) -> RecordedWay | None:
    """Over the timesteps of the recurrent module that loses or gains most; None without any."""
    ways = [*_fused(run, step), *_called(run, step)]
    return max(ways, key=lambda it: _far(it.way.decades), default=None)


def _far(decades: float) -> float:
    return 0.0 if math.isnan(decades) else abs(decades)


def _fused(run: RecordedRun, step: RecordedStep) -> list[RecordedWay]:
    """Of modules that were run again by timestep: ∂J/∂c_t where there is a cell state."""
    found: list[RecordedWay] = []
    if "dh_t" not in step:
        return found
    cells = step.tables("dc_t") if "dc_t" in step else [None] * len(run.stages)
    for place, (table, cell) in enumerate(zip(step.tables("dh_t"), cells, strict=True)):
        has_cell = cell is not None and np.isfinite(cell).any()
        if table is None:
            continue
        rows = cell if has_cell and cell is not None else table
        stage = run.stage_list[place]
        backwards = any("reverse" in it.name for it in run.parameter_list if it.stage == stage.name)
        for row, sizes in enumerate(rows):
            if backwards and row % 2:
                sizes = sizes[::-1]
            several = len(rows) > 1
            name = f"{stage.name}, layer {row // (1 + backwards) + 1}" if several else stage.name
            found.append(_timesteps(sizes, "c" if has_cell else "h", name, stage.kind, place))
    return found


def _called(run: RecordedRun, step: RecordedStep) -> list[RecordedWay]:
    """Of a cell that is called once a timestep."""
    calls: dict[tuple[str, str], list[int]] = defaultdict(list)
    parts = StageParts(run)
    for place, stage in enumerate(run.stage_list):
        if parts[place] == "recurrent" and "cell" in stage.kind.lower():
            label = stage.name.removeprefix(stage.module).split(" (")[0]
            calls[stage.module, label].append(place)
    found = []
    for (module, label), places in calls.items():
        outputs = {other for name, other in calls if name == module}
        if len(places) < 4 or (CELL_STATE in outputs and label != CELL_STATE):
            continue
        sizes = np.asarray(step["dh_rms"], float)[places]
        letter = "c" if label == CELL_STATE else "h"
        kind = run.stage_list[places[0]].kind
        found.append(_timesteps(sizes, letter, module, kind, places[0]))
    return found


def _timesteps(
    sizes: Sequence[float] | Floats, letter: str, module: str, kind: str, place: int
) -> RecordedWay:  # fmt: skip
    """``sizes`` are RMS of the whole gradient of a state by timestep."""
    values = np.asarray(sizes, float)
    reached = np.flatnonzero(values > 0)
    last = int(reached[-1]) if len(reached) else 0  # what comes later the loss does not ask for
    hops = []
    for t in range(last, 0, -1):
        if 0 < values[t] < math.inf and 0 <= values[t - 1] < math.inf:
            hops.append(float(values[t - 1] / values[t]))
    whole = math.log10(values[0] / values[last]) if hops and values[0] > 0 else math.nan
    parts = {} if math.isnan(whole) else {"weights": whole}
    named = f"{letter}{subscript(last + 1)} of {module}", f"{letter}{subscript(1)} of {module}"
    return RecordedWay(
        GradientWay(tuple(hops), parts, last=last + 1), named, "timestep", place, place, cell=kind
    )
