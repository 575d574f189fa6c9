"""Where the signal of a recording is lost, in the names of its own modules."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from vgsim.core.numbers import about
from vgsim.diagnosis.recorded.path import PathHop
from vgsim.diagnosis.recorded.way import BLOCK, RecordedWay
from vgsim.measure.recording.kinds import called
from vgsim.record.reader import RecordedRun

WHOLE = 0.12
"""Decades up to which a part of a block keeps a gradient as it is: a quarter more or less. Ours."""
MOST = 0.5
"""Share of all decades that one layer takes by itself to be named alone. Ours."""


@dataclass(frozen=True, slots=True)
class BlockPart:
    """A module that every block has, by its name within the block, with its factor in each."""

    name: str
    factors: tuple[float, ...]
    around: bool

    @property
    def decades(self) -> float:
        """Mean decades of a block: below 0 where it takes."""
        if any(factor == 0 for factor in self.factors):
            return -math.inf
        return math.fsum(map(math.log10, self.factors)) / len(self.factors)


def block_parts(run: RecordedRun, found: RecordedWay) -> list[BlockPart]:
    """The parts of the repeated blocks in the order of execution; empty where nothing repeats.

    A normalization that leads into a part counts with it.
    """
    if found.unit != BLOCK:
        return []
    by_part: dict[str, list[float]] = defaultdict(list)
    around: dict[str, bool] = {}
    for block, hops in found.groups:
        for name, members in _members(run, block, hops):
            known = [hop.factor for hop in members if not math.isnan(hop.factor)]
            if known:
                by_part[name].append(math.prod(known))
                around[name] = around.get(name, False) or any(hop.around for hop in members)
    return [BlockPart(name, tuple(factors), around[name]) for name, factors in by_part.items()]


def _members(
    run: RecordedRun, block: str, hops: tuple[PathHop, ...]
) -> Iterator[tuple[str, list[PathHop]]]:
    """The hops of a block by part, in the order of execution."""
    waiting: list[PathHop] = []
    gathered: dict[str, list[PathHop]] = {}
    name = ""
    for hop in reversed(hops):
        waiting.append(hop)
        if hop.part == "normalization" and not hop.around:
            continue
        name = _within(run.stages[hop.upper], block)
        gathered.setdefault(name, []).extend(waiting)
        waiting = []
    if waiting:
        gathered.setdefault(name or _within(run.stages[waiting[-1].upper], block), []).extend(
            waiting
        )
    yield from gathered.items()


def _within(stage: str, block: str) -> str:
    return stage.removeprefix(block + ".").split(".")[0]


def lost_where(run: RecordedRun, found: RecordedWay) -> tuple[str, ...]:
    """Sentences that name the layers where it is lost, or gained."""
    decades = found.way.decades
    if not found.hops or decades == 0 or math.isnan(decades):
        return ()
    parts = block_parts(run, found)
    alone = _one_alone(run, found)
    if alone:
        return (alone,)
    if len(parts) > 1:
        return _by_part(run, found, parts)
    return _by_kind(run, found)


def _one_alone(run: RecordedRun, found: RecordedWay) -> str:
    """The one layer that takes most of it, if there is one among several."""
    whole = found.way.decades
    known = [hop for hop in found.hops if not math.isnan(hop.factor)]
    if len(known) < 4:
        return ""
    nothing = [hop for hop in known if hop.factor == 0]
    if nothing:
        upper, lower = (called(run.stage_list[at]) for at in (nothing[0].upper, nothing[0].lower))
        return f"It ends at {upper}: of what reaches it nothing goes on to {lower}."
    if not math.isfinite(whole):
        return ""
    sign = -1.0 if whole < 0 else 1.0
    worst = max(known, key=lambda hop: sign * math.log10(hop.factor))
    share = math.log10(worst.factor) / whole
    if share < MOST or share > 3:
        return ""
    what = "lost" if whole < 0 else "gained"
    return (
        f"Most of it is {what} at {called(run.stage_list[worst.upper])} alone: it hands on "
        f"×{about(worst.factor)}."
    )


def _by_part(run: RecordedRun, found: RecordedWay, parts: list[BlockPart]) -> tuple[str, ...]:
    names = [name for name, _ in found.groups]
    blocks = f"{names[-1]} … {names[0]}" if len(names) > 1 else names[0]
    keep = [part for part in parts if abs(part.decades) <= WHOLE]
    others = [part for part in parts if abs(part.decades) > WHOLE]
    if not others:
        return ()
    passed = [f"{part.name}, which hands on ×{about(_mean(part))}" for part in others]
    through = " and ".join(passed)
    if not keep:
        return (f"In {blocks} it goes through {through}.",)
    kept = " and ".join(_kept(part) for part in keep)
    whole = f"In {blocks} {kept}."
    if all(part.around for part in others):
        return (whole, f"The sums around {through} of what reaches them.")
    return (whole, f"Then all of it must go through {through}.")


def _kept(part: BlockPart) -> str:
    path = ": it has a skip path" if part.around else ""
    return f"{part.name} keeps it whole (×{about(_mean(part))}{path})"


def _mean(part: BlockPart) -> float:
    return float(10**part.decades)


def _by_kind(run: RecordedRun, found: RecordedWay) -> tuple[str, ...]:
    """What each kind of module does, between the first and the last."""
    by_kind: dict[str, list[PathHop]] = defaultdict(list)
    for hop in found.hops:
        if hop.factor > 0 and math.isfinite(hop.factor):
            by_kind[_kind(run, hop)].append(hop)
    told = []
    for kind, hops in sorted(by_kind.items(), key=lambda item: _decades(item[1])):
        mean = 10 ** (_decades(hops) / len(hops))
        names = [run.stages[hop.upper] for hop in reversed(hops)]
        which = f"each {kind} ({names[0]} … {names[-1]})" if len(names) > 1 else names[0]
        told.append(f"{which} hands on ×{about(mean)}")
    if not told:
        return ()
    begin, end = found.named
    return (f"Between {begin} and {end} {', '.join(told)}.",)


def _decades(hops: list[PathHop]) -> float:
    return math.fsum(math.log10(hop.factor) for hop in hops)


def _kind(run: RecordedRun, hop: PathHop) -> str:
    if hop.around:
        return f"sum around {run.stage_list[hop.upper].kind}"
    return run.stage_list[hop.upper].kind or run.stages[hop.upper]
