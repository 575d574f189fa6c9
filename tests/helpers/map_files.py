"""Small maps with invented figures, in files and as grids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.helpers.specs import small
from vgsim.nn.spec import Spec
from vgsim.sweep.axes import parse_axis
from vgsim.sweep.grid import MapGrid
from vgsim.sweep.plan import Index, SweepPlan
from vgsim.sweep.results import MemberResult
from vgsim.sweep.store import MapStore

AXES = ("network.depth=2:8:4", "init.gain=0.5:2.5:5")
STACK = (*AXES, "network.activation=tanh,relu")
FAILED: Index = (1, 2)
"""The cell that could not be computed, of a map that has one."""
WHY = "it has no rows, or too many"


def map_plan(
    axes: Sequence[str] = AXES, *, spec: Spec | None = None, seeds: int = 2, steps: int = 0,
    judged: bool = False,
) -> SweepPlan:  # fmt: skip
    """A plan over small experiments called "Tanh map"."""
    held = spec or small(name="Tanh map")
    found = tuple(parse_axis(axis) for axis in axes)
    return SweepPlan(held, found, seeds=seeds, steps=steps, judged=judged)


def invented(plan: SweepPlan, *, failing: bool = False, until: int = -1) -> Iterator[MemberResult]:
    """Results of the first ``until`` cells, all by default: the ratio is gain ** depth."""
    for index in list(plan.indices())[: until if until >= 0 else plan.cells]:
        depth = float(str(plan.axes[0].values[index[0]]))
        gain = float(str(plan.axes[1].values[index[1]])) if len(plan.axes) > 1 else 1.5
        for seed in range(plan.seeds):
            if failing and index[:2] == FAILED:
                yield MemberResult(index, seed, failure=WHY)
                continue
            ratio = gain**depth * (1 + 0.1 * seed)
            verdict = ""
            if plan.judged:
                verdict = "exploding" if ratio > 10 else "healthy"
            yield MemberResult(
                index, seed, first=ratio, last=1.0, hops=int(depth) - 1, loss=0.5, accuracy=0.75,
                verdict=verdict,
            )  # fmt: skip


def map_grid(plan: SweepPlan, *, failing: bool = False, until: int = -1) -> MapGrid:
    """The grid of such results."""
    grid = MapGrid(plan)
    grid.add_all(invented(plan, failing=failing, until=until))
    return grid


def map_file(path: Path, plan: SweepPlan, *, failing: bool = False, until: int = -1) -> Path:
    """The file of such a map."""
    with MapStore.create(path, plan) as store:
        store.add(invented(plan, failing=failing, until=until))
    return path
