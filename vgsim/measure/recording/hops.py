"""Hops of a recording that go through one module and nothing else, and what that module is.

What a hop did to the gradient can be said of a part only where it is all that lies between two
stages: one input, whose output goes nowhere else, and no function of no module on the way.
"""

from __future__ import annotations

import math
from collections import Counter

import numpy as np

from vgsim.measure.recording.kinds import StageParts
from vgsim.measure.recording.layout import RecordedLayout
from vgsim.record.reader import RecordedRun

PARTS = ("activation", "weights", "normalization", "dropout")
"""Modules that a gain budget has a name for."""
OUTSIDE = "PyTorch"
"""What traces paths itself; with any other, ``inputs`` are what somebody has declared."""


def parts_of_hops(run: RecordedRun, layout: RecordedLayout) -> tuple[str, ...]:
    """(N,) the part that each stage is on the way to the one below; empty where that is not it."""
    parts = StageParts(run)
    sources: dict[str, list[str]] = {}
    for source, target in run.edges:
        sources.setdefault(target, []).append(source)
    matrices = {it.stage: it.shape for it in run.parameter_list if len(it.shape) == 2}
    layers = {it.stage for it in run.parameter_list if len(it.shape) > 1}
    users = Counter(source for source, _ in run.edges)
    functions = _functions(run)
    found = [""] * layout.count
    for at in range(1, layout.count):
        if layout.rows[at] >= 0 or layout.rows[at - 1] >= 0:
            continue
        stage, below = int(layout.stages[at]), int(layout.stages[at - 1])
        part = parts[stage]
        name = run.stages[below]
        if part != "weights" and run.stages[stage] in layers:
            continue  # a layer with its activation: more than one part
        alone = sources.get(run.stages[stage]) == [name] and users[name] == 1
        if alone and part in PARTS and functions[stage] == 0:
            matrix = matrices.get(run.stages[stage])
            if _whole(run, stage, below, part, matrix):
                found[at] = part
    return tuple(found)


def _functions(run: RecordedRun) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Functions of no module before each stage; nan where nobody has looked."""
    counts = np.full(len(run.stage_list), 0.0)
    if run.about.get("framework", "").startswith(OUTSIDE):
        counts[:] = np.nan
    if "functions" in run:
        first = range(min(len(run.steps), TRACED))
        for values in run.some_rows("functions", first).values():
            seen = np.asarray(values, np.float64)
            counts = np.where(np.isnan(counts), seen, counts)
    return counts


TRACED = 16
"""Recorded steps in which paths may have been traced, the first ones."""


def _whole(
    run: RecordedRun, stage: int, below: int, part: str, matrix: tuple[int, ...] | None
) -> bool:
    """Whether all values of the stage below go in, as far as shapes tell it."""
    shape, given = run.stage_list[stage].shape, run.stage_list[below].shape
    if not shape or not given:
        return True
    if part != "weights":
        return math.prod(shape) == math.prod(given)
    if matrix is not None and 0 not in matrix:
        # (outputs, inputs) in PyTorch, the other way round elsewhere
        sides = math.prod(shape) / math.prod(matrix) * np.square(matrix)
        return math.prod(given) in sides
    return len(shape) == len(given) and shape[0] == given[0]
