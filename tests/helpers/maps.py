"""Small maps for tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from vgsim.nn.spec import Spec
from vgsim.sweep.axes import parse_axis
from vgsim.sweep.plan import SweepPlan
from vgsim.sweep.results import MemberResult
from vgsim.sweep.store import read

FAST = {"data.dataset": "spirals", "network.width": 4, "network.depth": 2, "training.batch": 8}
"""An experiment of a few hundred numbers."""


def small_plan(
    x: str = "network.depth=1:3:3",
    y: str = "init.gain=0.5:1.5:3",
    fields: Mapping[str, object] | None = None,
    **settings: object,
) -> SweepPlan:
    """A map of a tiny network; ``settings`` are those of the plan, seeds and steps for example."""
    spec = Spec().replace(FAST | dict(fields or {}))
    return SweepPlan(spec, (parse_axis(x), parse_axis(y)), **settings)  # type: ignore[arg-type]  # as the caller says


def figures(results: Iterable[MemberResult]) -> dict[tuple[object, ...], tuple[object, ...]]:
    """What was measured, by cell and seed; nan as text, so that equal maps are equal."""
    return {
        (result.index, result.seed): (
            repr(result.first), repr(result.last), result.hops, repr(result.loss),
            repr(result.accuracy), result.reached, result.verdict, result.failure,
            result.experiment,
        )
        for result in results
    }  # fmt: skip


def figures_in(path: object) -> dict[tuple[object, ...], tuple[object, ...]]:
    """The same of what is in a file."""
    return figures(read(str(path))[1])
