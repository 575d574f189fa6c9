"""The arrays of a map: what views, exports and the refinement read, filled result by result."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vgsim.diagnosis import OUTCOMES
from vgsim.sweep.figures import Floats, MapScale, MemberArrays, Shown
from vgsim.sweep.plan import Index, SweepPlan
from vgsim.sweep.results import MemberResult


class SeedSpread(NamedTuple):
    """The least and the largest of a figure over the seeds, by cell; nan where there is none."""

    low: Floats
    high: Floats


class MapGrid:
    """What is known of each cell of ``plan``, from each of its seeds.

    ``members`` has arrays of the plan's shape and one axis more, the seeds. ``names`` are those of
    outcomes; a verdict is a place among them.
    """

    def __init__(self, plan: SweepPlan) -> None:
        self.plan = plan
        self.names = list(OUTCOMES.names())
        self._places = {name: place for place, name in enumerate(self.names)}
        shape = (*plan.shape, plan.seeds)
        self.members = MemberArrays(
            first=np.full(shape, np.nan),
            last=np.full(shape, np.nan),
            hops=np.zeros(shape, np.int64),
            loss=np.full(shape, np.nan),
            accuracy=np.full(shape, np.nan),
            reached=np.full(shape, -1, np.int64),
            verdict=np.full(shape, -1, np.int64),
            measured=np.zeros(shape, np.bool_),
        )
        self.failures: dict[tuple[Index, int], str] = {}
        self.seconds = 0.0

    def add(self, result: MemberResult) -> None:
        """Take in what came of a member; the same again changes nothing."""
        at = (*result.index, result.seed)
        members = self.members
        if result.failure:
            self.failures[result.index, result.seed] = result.failure
            return
        self.failures.pop((result.index, result.seed), None)
        if not members.measured[at]:
            self.seconds += result.seconds
        members.measured[at] = True
        members.first[at] = result.first
        members.last[at] = result.last
        members.hops[at] = result.hops
        members.loss[at] = result.loss
        members.accuracy[at] = result.accuracy
        members.reached[at] = result.reached
        members.verdict[at] = self._place(result.verdict)

    def add_all(self, results: Iterable[MemberResult]) -> None:
        """Take in what came of several."""
        for result in results:
            self.add(result)

    def _place(self, name: str) -> int:
        """Where an outcome's name stands; one that is not known here is put at the end."""
        if not name:
            return -1
        if name not in self._places:
            self._places[name] = len(self.names)
            self.names.append(name)
        return self._places[name]

    @property
    def measured(self) -> NDArray[np.bool_]:
        """Cells of which at least one seed is there."""
        return np.asarray(self.members.measured.any(-1))

    @property
    def done(self) -> int:
        """How many members have come, those that failed among them."""
        return int(np.count_nonzero(self.members.measured)) + len(self.failures)

    def failure(self, index: Index) -> str:
        """Why a cell could not be computed; "" where it could, or has not been tried."""
        for seed in range(self.plan.seeds):
            if (index, seed) in self.failures:
                return self.failures[index, seed]
        return ""

    def values(self, shown: Shown, index: Index | None = None) -> Floats:
        """The figure of every member (cells and seeds), or of those of one cell."""
        if index is None:
            return shown.of(self.members)
        return shown.of(self.members.at(index))

    def median(self, shown: Shown, index: Index | None = None) -> Floats:
        """The middle over the seeds, by cell: of names the most frequent, of decades the geometric
        mean of two middle ones. nan where nothing has been measured."""
        values = self.values(shown, index)
        if shown.scale is MapScale.REGIONS:
            return _most_frequent(values)
        return _middle(values, geometric=shown.scale is MapScale.DECADES)

    def spread(self, shown: Shown, index: Index | None = None) -> SeedSpread:
        """The ends of what the seeds have, by cell; of names there are none that mean anything."""
        values = self.values(shown, index)
        missing = np.isnan(values)
        low = np.where(missing, np.inf, values).min(-1)
        high = np.where(missing, -np.inf, values).max(-1)
        none = missing.all(-1)
        return SeedSpread(np.where(none, np.nan, low), np.where(none, np.nan, high))


def _middle(values: Floats, geometric: bool) -> Floats:
    """The median over the last axis, nan left out."""
    ordered = np.sort(values, axis=-1)  # nan last
    count = np.count_nonzero(~np.isnan(values), axis=-1)
    lower = _taken(ordered, np.maximum(count - 1, 0) // 2)
    upper = _taken(ordered, count // 2 * (count > 0))
    with np.errstate(invalid="ignore", over="ignore"):
        if geometric:
            middle = np.sqrt(lower) * np.sqrt(upper)
        else:
            middle = 0.5 * lower + 0.5 * upper
    same = (lower == upper) | np.isnan(middle)  # 0 and inf have no middle: the lower one
    return np.where(same, lower, middle)


def _most_frequent(values: Floats) -> Floats:
    """The commonest number over the last axis, nan left out; of equally common ones the least."""
    ordered = np.sort(values, axis=-1)
    best = _taken(ordered, np.zeros(values.shape[:-1], np.intp))
    most = np.zeros(values.shape[:-1], np.int64)
    for seed in range(values.shape[-1]):
        candidate = ordered[..., seed]
        count = np.count_nonzero(values == candidate[..., None], axis=-1)
        better = count > most
        best = np.where(better, candidate, best)
        most = np.where(better, count, most)
    return best


def _taken(ordered: Floats, at: NDArray[np.intp]) -> Floats:
    return np.take_along_axis(ordered, at[..., None].astype(np.intp), axis=-1)[..., 0]
