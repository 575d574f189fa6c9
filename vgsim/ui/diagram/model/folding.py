"""Which columns a diagram has: stages one by one, or groups of them folded into one. No Qt.

Groups are the modules that hold the stages of :attr:`Subject.named`, outermost first. Stages
without names are in no group, so that each is a column of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby

from vgsim.measure.subject import NamedStage

Path = tuple[str, ...]
"""Names of the groups that hold a stage, outermost first."""


@dataclass(frozen=True, slots=True)
class FoldColumn:
    """What one column stands for: one stage, or the folded ``group``.

    ``members`` are its stages in order; others may lie between them, where two ways through a
    network take turns. ``within`` are the open groups around it, outermost first.
    """

    members: tuple[int, ...]
    group: str = ""
    within: Path = ()

    @property
    def first(self) -> int:
        """The first stage."""
        return self.members[0]

    @property
    def last(self) -> int:
        """The last stage, whose output is that of the column."""
        return self.members[-1]

    @property
    def stages(self) -> int:
        """How many stages it stands for."""
        return len(self.members)


@dataclass(frozen=True, slots=True)
class Band:
    """An open ``group`` around columns ``first`` to ``last``, from 1.

    ``name`` is relative to the band around it; ``level`` 0 is the outermost.
    """

    group: str
    name: str
    first: int
    last: int
    level: int


def group_paths(named: Sequence[NamedStage], stages: int) -> tuple[Path, ...]:
    """The groups of each of ``stages`` stages.

    What holds one stage only, or all of them, has nothing to fold and is no group.
    """
    if len(named) != stages:
        return ((),) * stages
    whole = [_ancestors(stage.parent) for stage in named]
    counts: dict[str, int] = {}
    for path in whole:
        for group in path:
            counts[group] = counts.get(group, 0) + 1
    return tuple(tuple(group for group in path if 1 < counts[group] < stages) for path in whole)


def _ancestors(module: str) -> Path:
    """ "layers.3.mlp" -> "layers", "layers.3", "layers.3.mlp"."""
    parts = module.split(".")
    return tuple(".".join(parts[: at + 1]) for at in range(len(parts))) if module else ()


def all_groups(paths: Sequence[Path]) -> frozenset[str]:
    """Every group that there is."""
    return frozenset(group for path in paths for group in path)


def columns_of(paths: Sequence[Path], opened: Collection[str]) -> tuple[FoldColumn, ...]:
    """The columns while the groups ``opened`` are open: every stage in exactly one.

    They are in the order of their last stages, so that the output of each is before that of the
    next one.
    """
    members: dict[object, list[int]] = {}
    places = _places(paths, opened)
    for stage, (group, _) in enumerate(places, start=1):
        members.setdefault(group or stage, []).append(stage)
    columns = []
    for stages in sorted(members.values(), key=lambda stages: stages[-1]):
        columns.append(FoldColumn(tuple(stages), *places[stages[0] - 1]))
    return tuple(columns)


def _places(paths: Sequence[Path], opened: Collection[str]) -> list[tuple[str, Path]]:
    """Of each stage the folded group that it is in, if it is, and the open ones around that."""
    places = []
    for path in paths:
        depth = 0
        while depth < len(path) and path[depth] in opened:
            depth += 1
        group = path[depth] if depth < len(path) else ""
        places.append((group, path[:depth]))
    return places


CROWDED = 2
"""Times as many columns as have a number each: every second one has, then."""


def opened_to(paths: Sequence[Path], most: int) -> frozenset[str]:
    """Groups to open so that there are at most ``most`` columns, or all folded if there are more.

    Outer groups before inner ones; groups with the same parts beside each other, such as the
    blocks of a transformer, all or none; of those the smallest first. The outermost may make
    CROWDED times as many columns: a network that is one closed box shows nothing.
    """
    opened: frozenset[str] = frozenset()
    for level in range(max(map(len, paths), default=0)):
        limit = most if level else CROWDED * most
        for alike in _alike(paths, opened, level):
            wider = opened | alike
            if len(columns_of(paths, wider)) <= limit:
                opened = wider
    return opened


def _alike(paths: Sequence[Path], opened: Collection[str], level: int) -> list[frozenset[str]]:
    """The groups of one level within open ones, the fewest first.

    Those with the same parent and the same parts stay together.
    """
    parts: dict[Path, dict[str, None]] = {}
    for path in paths:
        if len(path) > level and all(group in opened for group in path[:level]):
            own = path[: level + 1]
            inner = path[level + 1] if len(path) > level + 1 else ""
            parts.setdefault(own, {})[relative(inner, own[-1])] = None
    kinds: dict[object, list[str]] = {}
    for path, names in parts.items():
        kinds.setdefault((path[:-1], tuple(names)), []).append(path[-1])
    return [frozenset(groups) for groups in sorted(kinds.values(), key=len)]


def folded_at(paths: Sequence[Path], opened: Collection[str], stage: int) -> frozenset[str]:
    """``opened`` without the innermost open group around ``stage``."""
    within = _places(paths, opened)[stage - 1][1]
    return frozenset(opened) - frozenset(within[-1:])


def opened_at(paths: Sequence[Path], opened: Collection[str], stage: int) -> frozenset[str]:
    """``opened`` with the folded group that ``stage`` is in."""
    group, _ = _places(paths, opened)[stage - 1]
    return frozenset(opened) | ({group} if group else frozenset())


def column_at(columns: Sequence[FoldColumn], stage: int) -> int:
    """The number, from 1, of the column that ``stage`` is in; 0 of the input or of none."""
    for at, column in enumerate(columns, start=1):
        if column.first <= stage <= column.last and stage in column.members:
            return at
    return 0


def relative(name: str, group: str) -> str:
    """``name`` as it is called within ``group``: "attn" for "layers.0.attn" in "layers.0"."""
    if group and name.startswith(group + "."):
        return name[len(group) + 1 :]
    return name


def bands_of(columns: Sequence[FoldColumn]) -> tuple[Band, ...]:
    """The open groups that hold a column directly; one that holds other open ones only has none."""
    drawn = _drawn(columns)
    bands = []
    for level in range(max(map(len, drawn), default=0)):
        at = 1
        for path, run in groupby(drawn, key=lambda path: path[: level + 1]):
            count = len(list(run))
            if len(path) > level:
                around = path[level - 1] if level else ""
                name = relative(path[level], around)
                bands.append(Band(path[level], name, at, at + count - 1, level))
            at += count
    return tuple(bands)


def _drawn(columns: Sequence[FoldColumn]) -> list[Path]:
    """Of each column the groups around it that have a band."""
    direct = {column.within[-1] for column in columns if column.within}
    return [tuple(group for group in column.within if group in direct) for column in columns]


def short_names(columns: Sequence[FoldColumn], named: Sequence[NamedStage]) -> tuple[str, ...]:
    """What each column is called within the band around it."""
    names = []
    for column, path in zip(columns, _drawn(columns), strict=True):
        name = column.group or named[column.last - 1].name
        names.append(relative(name, path[-1] if path else ""))
    return tuple(names)
