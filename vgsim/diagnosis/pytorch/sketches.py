"""Sketches of a ``forward`` that was not recorded: which modules it calls in which order.

A module that holds others is taken apart into groups: a matrix, or a part that holds some, with
the normalization before it and what follows. A group that no output goes past is one that could
have a way around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from vgsim.diagnosis.pytorch.writing import access, is_plain, quoted
from vgsim.diagnosis.recorded_form import RecordedForm
from vgsim.record.figures import FUNCTION

LISTS = ("ModuleList", "ModuleDict")
CHAINS = ("Sequential",)
"""Modules whose forward is not the user's: those that are not called at all, and those that call
their parts in order."""


@dataclass(frozen=True, slots=True)
class Child:
    """A part of a module that its forward calls: the stages from ``first`` to ``last``."""

    name: str
    first: int
    last: int
    has_matrix: bool
    is_norm: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Children that are called one behind the other, of the module ``holder``."""

    holder: str
    children: tuple[Child, ...]

    def is_chain(self, form: RecordedForm) -> bool:
        """Whether each takes what the one before gives, and nothing else."""
        for before, after in pairwise(self.children):
            if set(form.sources(after.first)) != {before.last}:
                return False
        return True

    def matrices(self) -> tuple[int, int]:
        """Places of its first and last stage, but for what only normalizes, bends or hands on."""
        own = [child for child in self.children if child.has_matrix]
        return own[0].first, own[-1].last

    @property
    def first(self) -> int:
        """Place of its first stage."""
        return self.children[0].first

    @property
    def last(self) -> int:
        """Place of its last stage."""
        return self.children[-1].last


def call_of(name: str, argument: str, holder: str = "") -> str:
    """A module, or a function, called within ``holder``: "self.layers[0](x)"."""
    inner = name.removeprefix(f"{holder}.") if holder else name
    if FUNCTION in inner:
        return f"nn.functional.{inner.rpartition(FUNCTION)[2]}({argument})"
    return f"{access(inner, 'self')}({argument})"


def nested(group: Group, argument: str = "x") -> str:
    """The calls of all children: "self.mlp(self.norm2(x))"."""
    text = argument
    for child in group.children:
        text = call_of(child.name, text, group.holder)
    return text


def children_of(form: RecordedForm, holder: str) -> list[Child]:
    """What the forward of ``holder`` ("" for the model) calls, in the order of execution."""
    prefix = f"{holder}." if holder else ""
    found: dict[str, list[int]] = {}
    for place in form.within(holder):
        module = form.run.stage_list[place].module
        found.setdefault(_child(form, prefix, module), []).append(place)
    children = []
    for name, places in found.items():
        children.append(
            Child(
                name,
                places[0],
                places[-1],
                name in form.with_matrices,
                form.norm(form.run.stage_list[places[0]]) is not None and len(places) == 1,
            )
        )
    return sorted(children, key=lambda child: child.first)


def _child(form: RecordedForm, prefix: str, module: str) -> str:
    """The part of a holder that a module belongs to; parts of a list are parts of their own."""
    parts = module.removeprefix(prefix).split(".")
    name = prefix + parts[0]
    for part in parts[1:]:
        if form.run.modules.get(name) not in LISTS:
            break
        name += f".{part}"
    return name


def groups_of(form: RecordedForm, holder: str) -> list[Group]:
    """The children in groups around one matrix each; without those that have none."""
    children = children_of(form, holder)
    norms_lead = bool(children) and children[0].is_norm
    groups: list[list[Child]] = []
    for child in children:
        complete = bool(groups) and any(it.has_matrix for it in groups[-1])
        leads = child.is_norm if norms_lead else child.has_matrix
        if not groups or leads or (child.has_matrix and complete):
            groups.append([])
        groups[-1].append(child)
    kept = [each for each in groups if any(child.has_matrix for child in each)]
    return [Group(holder, tuple(each)) for each in kept]


def without_way_around(form: RecordedForm, holder: str) -> Iterator[Group]:
    """The groups of ``holder`` that no output goes past and that could be added to what they get:
    what goes in has the shape of what comes out."""
    for group in groups_of(form, holder):
        if form.crossed(*group.matrices()) or not group.is_chain(form):
            continue
        above = form.sources(group.first)
        if not above:
            continue
        shape = form.run.stage_list[group.last].shape
        if shape and all(form.run.stage_list[place].shape == shape for place in above):
            yield group


def alike(form: RecordedForm) -> list[list[str]]:
    """Holders with a forward of the user's own, those of one kind and place together.

    "" stands for the model itself. Blocks of a list ("layers.0", "layers.1") are alike.
    """
    found: dict[tuple[str, str], list[str]] = {("", ""): [""]}
    for name, kind in form.run.modules.items():
        if kind in LISTS or kind in CHAINS:
            continue
        pattern = re.sub(r"\d+", "*", name)
        found.setdefault((kind, pattern), []).append(name)
    return [sorted(names, key=_in_order) for names in found.values()]


def _in_order(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in name.split(".")]


def listed(names: Sequence[str]) -> str:
    """Names in a comment: "layers.0 to layers.5"."""
    told = [name if is_plain(name) else quoted(name) for name in (names[0], names[-1])]
    return told[0] if len(names) == 1 else f"{told[0]} to {told[1]}"
