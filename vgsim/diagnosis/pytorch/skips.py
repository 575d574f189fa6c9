"""A way around: ``x + …`` in a forward of the user's own, or parts of a Sequential put together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from vgsim.diagnosis.pytorch.sketches import (
    CHAINS,
    Group,
    alike,
    groups_of,
    listed,
    nested,
    without_way_around,
)
from vgsim.diagnosis.pytorch.writing import CODE, CodeWriter, Lines, Wanted, access, quoted
from vgsim.diagnosis.recorded_form import RecordedForm
from vgsim.nn.layers.parts import SKIPS

SMALL = 3
"""Groups from which a Sequential within a block can be the way that fades; fewer are a part."""
_AROUND = """\
class Around(nn.Module):
    def __init__(self, *parts):
        super().__init__()
        self.parts = nn.Sequential(*parts)

    def forward(self, x):
        return x + self.parts(x)
"""


def _skip(wanted: Wanted) -> Lines:
    if SKIPS[str(wanted["network.skip"])].absent:
        return []
    form = wanted.form
    best: tuple[int, Lines] = (0, [])
    for holders in alike(form):
        count, lines = _in_forward(form, holders)
        if count >= best[0]:  # the innermost of them stands nearest to the matrices
            best = (count, lines)
    chains = [name for name, kind in form.run.modules.items() if kind in CHAINS]
    if not form.run.modules or form.run.about.get("model", "") in CHAINS:
        chains.append("")
    for chain in chains:
        count, lines = _in_chain(form, chain)
        if count > best[0]:
            best = (count, lines)
    return best[1]


def _in_forward(form: RecordedForm, holders: Sequence[str]) -> tuple[int, Lines]:
    """How many groups get a way around, and the diff of the forward that the holders share."""
    if holders == [""] and _is_chain(form):
        return 0, []
    kind = form.run.modules.get(holders[0], "") or form.run.about.get("model", "")
    found: dict[str, list[Group]] = {}
    for holder in holders:
        for group in without_way_around(form, holder):
            found.setdefault(nested(group), []).append(group)
    lines: Lines = []
    places = 0
    for call, groups in _together(found):
        places += len(groups)
        where = listed([group.holder for group in groups]) if groups[0].holder else ""
        if where:
            lines.append(f"      # {where}")
        for at, line in enumerate(call.splitlines()):
            deeper = "    " * at
            if at < call.count("\n"):
                lines.append(f"      {line}")
            else:
                lines += [f"-     {deeper}x = {line}", f"+     {deeper}x = x + {line}"]
    if not lines:
        return 0, []
    sketch = f"  # a sketch of {kind if kind.isidentifier() else 'the model'}"
    return places, [sketch, "  def forward(self, x):", *lines]


def _together(found: dict[str, list[Group]]) -> list[tuple[str, list[Group]]]:
    """Calls with their groups; those of the members of a list become one loop over it."""
    loops: dict[tuple[str, str], list[tuple[int, list[Group]]]] = {}
    told: list[tuple[str, list[Group]]] = []
    for call, groups in found.items():
        member = re.search(r"(self[.\w]*)\[(\d+)\]", call)
        if member is None or call.count("[") > 1:
            told.append((call, groups))
            continue
        body = call.replace(member[0], "layer")
        loops.setdefault((member[1], body), []).append((int(member[2]), groups))
    for (members, body), each in loops.items():
        numbers = [number for number, _ in each]
        together = [group for _, groups in each for group in groups]
        if len(each) == 1:
            told.append((body.replace("layer", f"{members}[{numbers[0]}]"), together))
        else:
            part = f"{members}[{min(numbers)}:{max(numbers) + 1}]"
            told.append((f"for layer in {part}:\n{body}", together))
    return told


def _is_chain(form: RecordedForm) -> bool:
    """Whether the model itself is a Sequential."""
    model = form.run.about.get("model", "")
    if model:
        return model in CHAINS
    return all(name.partition(".")[0].isdigit() for name in form.first)


def _in_chain(form: RecordedForm, chain: str) -> tuple[int, Lines]:
    """The parts of a Sequential, each group of them that can have one with a way around."""
    able = list(without_way_around(form, chain))
    groups = groups_of(form, chain)
    if not able:
        return 0, []
    if chain and chain.rpartition(".")[0] in form.run.modules and len(groups) < SMALL:
        return 0, []
    whole = access(chain) if chain else "model"
    lines = [*_AROUND.splitlines(), "", f"parts = list({whole})"]
    if _numbered(able, chain):
        starts = [_number(group.children[0].name, chain) for group in able]
        ends = [_number(group.children[-1].name, chain) + 1 for group in able]
        lines += _by_number(starts, ends)
    elif len(able) > 1 and len({len(group.children) for group in able}) == 1 and _adjoin(able):
        lines += _by_name(able, chain, whole)
    else:
        return 0, []
    if chain:
        lines.append(f"model.set_submodule({quoted(chain)}, made)  # before the optimizer is made")
    else:
        lines.append("model = made  # before the optimizer is made")
    return len(able), lines


def _by_number(starts: Sequence[int], ends: Sequence[int]) -> Lines:
    """Blocks of the parts from each start to its end."""
    if len({end - start for start, end in zip(starts, ends, strict=True)}) == 1 and _even(starts):
        step = ends[0] - starts[0]
        return [
            f"blocks = [Around(*parts[k : k + {step}]) for k in range({starts[0]}, {ends[-1]}, "
            f"{step})]",
            f"made = nn.Sequential(*parts[:{starts[0]}], *blocks, *parts[{ends[-1]}:])",
        ]
    pieces = []
    at = 0
    for start, end in zip(starts, ends, strict=True):
        if start > at:
            pieces.append(f"*parts[{at}:{start}]")
        pieces.append(f"Around(*parts[{start}:{end}])")
        at = end
    pieces.append(f"*parts[{at}:]")
    return ["made = nn.Sequential(", *(f"    {piece}," for piece in pieces), ")"]


def _by_name(able: Sequence[Group], chain: str, whole: str) -> Lines:
    """Blocks of as many parts each, from the one that the first begins with."""
    first = able[0].children[0].name.removeprefix(f"{chain}." if chain else "")
    step = len(able[0].children)
    count = step * len(able)
    return [
        f"names = [name for name, _ in {whole}.named_children()]",
        f"first = names.index({quoted(first)})",
        f"last = first + {count}",
        f"blocks = [Around(*parts[k : k + {step}]) for k in range(first, last, {step})]",
        "made = nn.Sequential(*parts[:first], *blocks, *parts[last:])",
    ]


def _adjoin(groups: Sequence[Group]) -> bool:
    """Whether each begins where the one before ends."""
    return all(before.last + 1 == after.first for before, after in pairwise(groups))


def _numbered(groups: Sequence[Group], chain: str) -> bool:
    prefix = f"{chain}." if chain else ""
    names = [child.name.removeprefix(prefix) for group in groups for child in group.children]
    return all(name.isdigit() for name in names)


def _number(name: str, chain: str) -> int:
    return int(name.removeprefix(f"{chain}." if chain else ""))


def _even(starts: Sequence[int]) -> bool:
    """Whether they follow each other without a gap of another size."""
    steps = {after - before for before, after in pairwise(starts)}
    return len(steps) <= 1 and len(starts) > 1


CODE.add(
    "skip path",
    CodeWriter(("network.skip",), _skip, ("network.skip_every",), order=2),
    "a way around the stages that have none",
)
