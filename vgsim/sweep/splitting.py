"""How a map is cut into tasks: members that can be stacked together, about a second each.

Of what a task takes only its members' own measured times tell; until there are some, an estimate of
their work, scaled by what the others took, has to do.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from vgsim.core.errors import SpecError
from vgsim.nn.ensemble import cost, stacking_key
from vgsim.nn.spec import Spec
from vgsim.sweep.plan import Index, SweepPlan
from vgsim.sweep.store import place_of
from vgsim.sweep.tasks import Member

AT_ONCE = 2_048
"""Cells whose experiments are made together, to sort them: few enough to begin at once."""
FIRST_RATE = 1e-9
"""Seconds for a multiplication, until it was measured."""
LEAST = 0.2
"""Part of what a task should take that it takes at least, members allowing."""
PER_BYTE = 2.0
"""Multiplications that take as long as going through a byte in a pass."""
PREPARING = 1e7
"""As many take as long as making a member before its first pass."""
MOST_AT_ONCE = 4_096
"""Members of a task."""


@dataclass(slots=True)
class Portion:
    """Members of a map that go to a worker together. ``cost`` is their work, in multiplications.

    ``deaths`` counts workers that were lost over it.
    """

    members: tuple[Member, ...]
    cost: float
    deaths: int = 0

    def halves(self) -> tuple[Portion, Portion]:
        """Two of half the members each, which have the last loss in common."""
        half = len(self.members) // 2
        share = self.cost * half / len(self.members)
        return (
            Portion(self.members[:half], share, 1),
            Portion(self.members[half:], self.cost - share, 1),
        )


class Rates:
    """Seconds that members take, learned from those that have come, by what can be stacked."""

    def __init__(self) -> None:
        self._overall = FIRST_RATE
        self._known = False

    @property
    def known(self) -> bool:
        """Whether anything has come."""
        return self._known

    def seconds(self, cost: float) -> float:
        """About how long something of that cost takes."""
        return cost * self._overall

    def learn(self, cost: float, seconds: float) -> None:
        """Something of that cost took so long; the latest count most."""
        if cost <= 0 or seconds <= 0:
            return
        rate = seconds / cost
        self._overall = 0.7 * self._overall + 0.3 * rate if self._known else rate
        self._known = True


class Costs:
    """The work of members, in multiplications; alike for those of one shape, and kept by that."""

    def __init__(self) -> None:
        self._known: dict[Hashable, float] = {}

    def of(self, plan: SweepPlan, spec: Spec) -> float:
        """About that of a member with all its updates."""
        training = spec.training
        shape = (spec.data, spec.network, training.batch, training.optimizer, training.precision)
        if shape not in self._known:
            self._known[shape] = self._counted(spec) * (plan.steps + 1) + PREPARING
        return self._known[shape]

    def _counted(self, spec: Spec) -> float:
        try:
            found = cost(spec)
        except SpecError:  # the worker says why
            return 0.0
        return found.products + PER_BYTE * found.touched


class Cutter:
    """Cuts what is missing of ``plan`` into portions, the first cells first, on demand."""

    def __init__(
        self,
        plan: SweepPlan,
        cells: Iterable[Index],
        missing: NDArray[np.bool_],
        rates: Rates,
        costs: Costs,
        workers: int,
    ) -> None:
        self._plan = plan
        self._cells = iter(cells)
        self._missing = missing
        self._rates = rates
        self._workers = workers
        self._costs = costs

    def portions(self, target: float) -> Iterator[Portion]:
        """Portions of about ``target`` seconds; of some thousand cells the dearest come first."""
        while cells := list(islice(self._cells, AT_ONCE)):
            yield from self._of(self._sorted(cells), target)

    def _sorted(self, cells: list[Index]) -> list[tuple[Member, float]]:
        """The missing members of ``cells`` with their costs, those that can be stacked together."""
        found: list[tuple[float, int, list[Member]]] = []
        order: dict[Hashable, int] = {}
        for index in cells:
            seeds = np.flatnonzero(self._missing[place_of(self._plan, index)]).tolist()
            if not seeds:
                continue
            try:
                spec = self._plan.member(index, seeds[0])
            except SpecError:  # the worker says why
                work, kind = 0.0, None
            else:
                work = self._costs.of(self._plan, spec)
                kind = stacking_key(spec)
            number = order.setdefault(kind, len(order))
            found.append((-work, number, [(index, seed) for seed in seeds]))
        found.sort(key=lambda each: each[:2])
        return [(member, -cost) for cost, _, members in found for member in members]

    def _of(self, members: list[tuple[Member, float]], target: float) -> Iterator[Portion]:
        """``members`` in portions; smaller ones where there would be too few for all workers."""
        at = 0
        left = sum(cost for _, cost in members)
        while at < len(members):
            aim = self._aim(left, target)
            chosen: list[Member] = []
            cost = 0.0
            while at < len(members) and len(chosen) < MOST_AT_ONCE:
                member, more = members[at]
                if chosen and self._rates.seconds(cost + more) > aim:
                    break
                chosen.append(member)
                cost += more
                at += 1
            left -= cost
            yield Portion(tuple(chosen), cost)

    def _aim(self, left: float, target: float) -> float:
        """Seconds of the next portion: few at first, and where little is left for all workers."""
        if not self._rates.known:
            return target * LEAST
        fair = self._rates.seconds(left) / (2 * self._workers)
        return min(target, max(fair, target * LEAST))
