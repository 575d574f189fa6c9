"""The gradient's main path through the stages of a recording.

A stage is on it where all that comes later depends on its output, or on a sum that its output is
the last part of: there ∂J/∂output is the whole gradient. Stages within a branch, which a skip path
leads around, are not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vgsim.measure.recording.kinds import DENSE, StageParts
from vgsim.record.reader import RecordedRun, RecordedStage

Floats = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class PathHop:
    """The way from stage ``upper`` back to ``lower``, places in the order of execution.

    ``factor`` is what RMS ∂J/∂output is multiplied by, nan where there is nothing to compare, as
    behind a pooling; ``part`` what does it; ``around`` says that another path leads around stages.
    """

    upper: int
    lower: int
    factor: float
    part: str
    around: bool


@dataclass(frozen=True, slots=True)
class MainPath:
    """``stages`` are the places of its stages in the order of execution, the output last; ``hops``
    lead back, the first from the output."""

    stages: tuple[int, ...] = ()
    hops: tuple[PathHop, ...] = ()


def main_path(run: RecordedRun, sizes: Floats) -> MainPath:
    """The path; ``sizes`` (stages,) are RMS ∂J/∂output, nan where there is none."""
    count = len(run.stage_list)
    known = np.flatnonzero(~np.isnan(sizes))
    if len(known) == 0:
        return MainPath()
    feeds = _feeds(run, count)
    output = _output(feeds, known.tolist())
    above = _ancestors(feeds, output)
    source = _source(run, feeds, above, output)
    below = _descendants(feeds, source, above)
    skipped = np.zeros(count, bool)
    for target in above:
        given = feeds[target]
        if given:
            between = np.zeros(count, bool)
            between[min(given) + 1 : target] = True
            between[list(given)] = False
            skipped |= between
    usable = set(known.tolist())
    places = tuple(k for k in sorted(below) if not skipped[k] and k in usable)
    parts = StageParts(run)
    pairs = zip(reversed(places), reversed(places[:-1]), strict=False)
    taken = [0] * count
    for target in above:
        for feeding in feeds[target]:
            taken[feeding] += 1
    hops = tuple(
        _hop(run, sizes, lower not in feeds[upper] or taken[lower] > 1, parts, upper, lower)
        for upper, lower in pairs
    )
    return MainPath(places, hops)


def _feeds(run: RecordedRun, count: int) -> list[set[int]]:
    """Of each stage those that feed it; the one before where a run has no paths at all."""
    if not run.edges:
        return [{k - 1} if k else set() for k in range(count)]
    places = {name: k for k, name in enumerate(run.stages)}
    feeds: list[set[int]] = [set() for _ in range(count)]
    for source, target in run.edges:
        if source in places and target in places and places[source] < places[target]:
            feeds[places[target]].add(places[source])
    return feeds


def _output(feeds: Sequence[set[int]], known: list[int]) -> int:
    """The last stage with a gradient that nothing takes, of those that most depends on."""
    taken = set().union(*feeds)
    ends = [k for k in known if k not in taken] or known[-1:]
    return max(ends, key=lambda k: (len(_ancestors(feeds, k)), k))


def _ancestors(feeds: Sequence[set[int]], place: int) -> set[int]:
    found = {place}
    waiting = [place]
    while waiting:
        fresh = feeds[waiting.pop()] - found
        found |= fresh
        waiting.extend(fresh)
    return found


def _descendants(feeds: Sequence[set[int]], source: int, above: set[int]) -> set[int]:
    found = {source}
    for k in sorted(above):
        if feeds[k] & found:
            found.add(k)
    return found


def _source(run: RecordedRun, feeds: Sequence[set[int]], above: set[int], output: int) -> int:
    """The first stage of the longest way: not a table of positions that is added on the side."""
    batch = run.stage_list[output].shape[:1]
    sources = [k for k in sorted(above) if not feeds[k]]

    def rank(k: int) -> tuple[int, bool, int, int]:
        stage = run.stage_list[k]
        size = math.prod(stage.shape)
        return len(_descendants(feeds, k, above)), stage.shape[:1] == batch, size, -k

    return max(sources, key=rank)


def _hop(
    run: RecordedRun, sizes: Floats, around: bool, parts: StageParts, upper: int, lower: int
) -> PathHop:
    part = "skip" if around else parts[upper]
    factor = math.nan
    if not _resized(run, parts, upper, lower, around):
        begun = float(sizes[upper])
        ended = float(sizes[lower])
        if 0 < begun < math.inf and 0 <= ended < math.inf:
            factor = ended / begun
    return PathHop(upper, lower, factor, part, around)


def _resized(
    run: RecordedRun, parts: StageParts, upper: int, lower: int, around: bool
) -> bool:  # fmt: skip
    """Whether values were pooled, picked or repeated between: RMS then says nothing of a loss."""
    above = run.stage_list[upper]
    below = run.stage_list[lower]
    if not above.shape or not below.shape:
        return False
    if parts[upper] == "reshape":
        return math.prod(above.shape) != math.prod(below.shape)
    if parts[upper] == "recurrent":
        return True
    if "conv" in above.kind.lower() or around:
        return False
    if _positions(above) == _positions(below):
        return False
    taken = math.prod(below.shape) // max(below.shape[0], 1)
    return not any(
        it.stage == above.name and len(it.shape) == 2 and taken in it.shape
        for it in run.parameter_list
    )


def _positions(stage: RecordedStage) -> int:
    """Values of one unit: samples, times places or timesteps."""
    shape = stage.shape
    kind = stage.kind.lower()
    by_second = any(word in kind for word in ("conv", "batchnorm", "groupnorm"))
    by_second = by_second or (len(shape) == 4 and not kind.endswith(DENSE))
    units = shape[1] if by_second and len(shape) > 1 else shape[-1]
    return math.prod(shape) // max(units, 1)
