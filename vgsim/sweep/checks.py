"""What is wrong with a map before anything of it is computed, one sentence each."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import product

from vgsim.core.errors import Problem, SpecError, refuse, shorten
from vgsim.core.fields import Value
from vgsim.nn.spec import Spec, field_at, reading
from vgsim.sweep.axes import Axis, axis_text, values_text

MOST_MEMBERS = 5_000_000
"""Cells times seeds of one map: the figures of so many take 0.4 GB."""
MOST_SEEDS = 1000
MOST_AXES = 6
"""Across, up, and four further ones: a stack of stacks that nobody looks through any more."""
SEED = "training.seed"
STEPS = "training.steps"


class UnreadInCells(Problem):
    """A field that nothing reads in some of the cells; ``allowed`` says in which, and what does."""

    def __str__(self) -> str:
        return f"{self.path} = {shorten(self.value)}: {self.allowed}"


def check_counts(spec: Spec, axes: tuple[Axis, ...], seeds: int, steps: int, reach: float) -> None:
    """SpecError unless there are axes, each of its own field, and numbers that can be computed."""
    paths = [axis.path for axis in axes]
    if not 1 <= len(paths) <= MOST_AXES:
        raise refuse("axes", len(paths), f"1 to {MOST_AXES} axes")
    for path in paths:
        if paths.count(path) > 1:
            raise refuse(path, "two axes", "one axis for each field")
    if type(seeds) is not int or not 1 <= seeds <= MOST_SEEDS:
        raise refuse("seeds", seeds, f"a whole number from 1 to {MOST_SEEDS}")
    try:
        field_at(STEPS).check(steps)
    except SpecError as error:
        raise error.renamed({STEPS: "steps"}) from None
    if math.isinf(reach):
        raise refuse("reach", reach, "a loss, which is a number")
    if SEED in paths and seeds > 1:
        raise refuse("seeds", seeds, f"1, as {SEED} is an axis")
    if SEED not in paths:
        _check_last_seed(spec, seeds)
    _check_members(axes, seeds)


def _check_last_seed(spec: Spec, seeds: int) -> None:
    high = field_at(SEED).high
    assert high is not None
    if spec.training.seed + seeds - 1 > high:
        raise refuse("seeds", seeds, f"no seed above {high:.0f}; the first is {spec.training.seed}")


def _check_members(axes: tuple[Axis, ...], seeds: int) -> None:
    members = math.prod(len(axis) for axis in axes) * seeds
    if members > MOST_MEMBERS:
        shape = " × ".join(f"{len(axis):,}" for axis in axes)
        told = f"{shape} × {seeds:,} seeds, {members:,}"
        raise refuse("cells and seeds", told, f"at most {MOST_MEMBERS:,} in one map")


@cache
def kinds_of_cells(spec: Spec, axes: tuple[Axis, ...]) -> tuple[Spec, ...]:
    """The experiments of cells that can differ in which fields are read, the last axis fastest.

    What is read depends on what choices bring along, on yes or no, and on whether a number is 0.
    """
    kinds = []
    for values in product(*(_telling(axis) for axis in axes)):
        changes = {axis.path: value for axis, value in zip(axes, values, strict=True)}
        kinds.append(spec.replace(changes))
    return tuple(kinds)


def _telling(axis: Axis) -> tuple[Value, ...]:
    """The first of all values of an axis beside which the same fields are read."""
    found: dict[object, Value] = {}
    for value in axis.values:
        brings = [(entry.uses, entry.settles) for entry in axis.field.chosen(value)]
        found.setdefault((bool(value), *brings), value)
    return tuple(found.values())


def check_read(spec: Spec, axes: tuple[Axis, ...]) -> None:
    """SpecError when an axis is a field that nothing reads, in all cells or in some."""
    kinds = kinds_of_cells(spec, axes)
    for axis in axes:
        told = axis_text(axis).partition("=")[2]
        unread = [kind for kind in kinds if not kind.applies(axis.path)]
        if unread and len(unread) == len(kinds):
            reading(unread[0], {axis.path: told})  # raises, and says what reads it
        if unread:
            others = [other for other in axes if other is not axis]
            why = _why_not_read(unread[0], axis.path)
            allowed = f"where {_where(kinds, unread, others)} nothing reads it; {why}"
            raise SpecError(UnreadInCells(axis.path, told, allowed))


def _where(kinds: Sequence[Spec], unread: Sequence[Spec], others: Sequence[Axis]) -> str:
    """The cells of the first of the ``unread``: by one axis where that is enough."""
    first = unread[0]
    for axis in others:
        alike = [kind for kind in kinds if kind[axis.path] == first[axis.path]]
        if all(kind in unread for kind in alike):
            return f"{axis.path} = {_typed(first[axis.path])}"
    return " and ".join(f"{axis.path} = {_typed(first[axis.path])}" for axis in others)


def _typed(value: Value) -> str:
    return values_text([value])


def _why_not_read(spec: Spec, path: str) -> str:
    """What reads the field, or decides instead of it, as :func:`reading` says it."""
    try:
        reading(spec, {path: spec[path]})
    except SpecError as error:
        return error.problems[0].allowed
    return ""


def check_given(spec: Spec, axes: tuple[Axis, ...], given: Iterable[str]) -> None:
    """SpecError for the first of the ``given`` fields that is an axis, or that no cell reads."""
    kinds = kinds_of_cells(spec, axes)
    for path in given:
        if any(axis.path == path for axis in axes):
            raise refuse(path, spec[path], "an axis or one value, not both")
        if not any(kind.applies(path) for kind in kinds):
            reading(kinds[0], {path: spec[path]})
