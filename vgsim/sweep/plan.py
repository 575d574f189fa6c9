"""A map before it is computed: an experiment, the axes along which it is varied, and how far.

As TOML it is the experiment with a table more::

    [map]
    axes = ["network.depth=2:64:12:log", "init.gain=0.5:3:26"]
    seeds = 3

which :func:`dumps` writes in one way only, so that equal maps have equal texts.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from vgsim.core import toml
from vgsim.core.errors import refuse, shorten
from vgsim.core.fields import Value
from vgsim.nn.spec import CARD, SECTIONS, Spec, field_at, fields
from vgsim.sweep.axes import Axis, axis_text, parse_axis
from vgsim.sweep.checks import SEED, check_counts, check_given, check_read, kinds_of_cells

Index = tuple[int, ...]
"""Where a cell is: one number (from 0) for each axis."""
MAP = "map"
"""The table of a map's TOML that is not the experiment's."""


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """``spec`` over ``axes`` (across, up, and further ones for a stack of maps).

    Each cell is trained for ``steps`` updates (0: the gradient at the start) from ``seeds``
    seeds, those of ``spec`` and the numbers after it. ``reach`` is the loss whose first step is
    noted; nan for none. ``judged`` says that every member gets a verdict. SpecError when it could
    not be computed: an axis that nothing reads, more cells than a map may have.
    """

    spec: Spec
    axes: tuple[Axis, ...]
    seeds: int = 1
    steps: int = 0
    reach: float = math.nan
    judged: bool = False

    def __post_init__(self) -> None:
        check_counts(self.spec, self.axes, self.seeds, self.steps, self.reach)
        check_read(self.spec, self.axes)

    @property
    def shape(self) -> tuple[int, ...]:
        """Cells along each axis."""
        return tuple(len(axis) for axis in self.axes)

    @property
    def cells(self) -> int:
        """How many there are."""
        return math.prod(self.shape)

    @property
    def members(self) -> int:
        """How many experiments there are: each cell from each of its seeds."""
        return self.cells * self.seeds

    def indices(self) -> Iterator[Index]:
        """All cells, the last axis fastest."""
        return product(*(range(length) for length in self.shape))

    def member(self, index: Index, seed: int) -> Spec:
        """The experiment of a cell from its ``seed`` th seed (from 0); SpecError when it is bad."""
        changes: dict[str, object] = {
            axis.path: axis.values[at] for axis, at in zip(self.axes, index, strict=True)
        }
        if SEED not in changes:
            changes[SEED] = self.spec.training.seed + seed
        return self.spec.replace(changes)


def dumps(plan: SweepPlan) -> str:
    """TOML text of ``plan``: the experiment's fields that a cell reads and no axis has; the map."""
    held = _held(plan)
    lines: list[str] = []
    section = ""
    for path, value in held.items():
        info = field_at(path)
        if info.section != section:
            section = info.section
            lines += ["", f"[{section}]"]
        lines.append(f"{info.name} = {_toml(value)}")
    lines += ["", f"[{MAP}]", "axes = ["]
    lines += [f"  {_toml(axis_text(axis))}," for axis in plan.axes]
    lines += ["]", f"seeds = {plan.seeds}", f"steps = {plan.steps}"]
    if not math.isnan(plan.reach):
        lines.append(f"reach = {float(plan.reach)!r}")
    if plan.judged:
        lines.append("judged = true")
    return "\n".join(lines) + "\n"


def _held(plan: SweepPlan) -> dict[str, Value]:
    """Fields that are the same in all cells, and are read in one of them, with their values."""
    kinds = kinds_of_cells(plan.spec, plan.axes)
    varied = {axis.path for axis in plan.axes}
    held: dict[str, Value] = {}
    for info in fields():
        if info.path not in varied and any(kind.applies(info.path) for kind in kinds):
            held[info.path] = plan.spec[info.path]
    return held


def _toml(value: Value) -> str:
    """A value as TOML; a JSON string is a TOML basic string, but for DEL."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return repr(value).lower()
    return repr(value)


def loads(text: str, file: str = "") -> SweepPlan:
    """A plan from TOML text, also of a map's preset; SpecError, one sentence, when it is none."""
    try:
        document = toml.parse(text)
    except ValueError as error:
        allowed = f"TOML ({shorten(str(error), 200)})"
        raise refuse("file" if file else "the map", shorten(file or text), allowed) from None
    return parse(document)


def has_plan(text: str) -> bool:
    """Whether a TOML text says that it is a map; False where it is no TOML either."""
    try:
        return MAP in toml.parse(text)
    except ValueError:
        return False


def parse(document: Mapping[str, object]) -> SweepPlan:
    """A plan from nested tables as TOML gives them."""
    table = document.get(MAP)
    if not isinstance(table, Mapping):
        raise refuse(MAP, "no such table", f"a table [{MAP}] with axes, seeds and steps")
    given: dict[str, object] = {}
    for key, value in document.items():
        if key in SECTIONS and isinstance(value, Mapping):
            given |= {f"{key}.{name}": inner for name, inner in value.items()}
        elif key not in (MAP, CARD):
            given[key] = value
    plan = _plan_of(Spec().replace(given), table)
    check_given(plan.spec, plan.axes, given)
    return plan


_SETTINGS: dict[str, tuple[type, str]] = {
    "axes": (list, "a list of axes, [\"network.depth=2:64:12:log\", …]"),
    "seeds": (int, "a whole number"),
    "steps": (int, "a whole number"),
    "reach": (float, "a number"),
    "judged": (bool, "true or false"),
}  # fmt: skip


def _plan_of(spec: Spec, table: Mapping[str, object]) -> SweepPlan:
    """What the table [map] says, over ``spec``."""
    settings = dict(table)
    for name, value in settings.items():
        if name not in _SETTINGS:
            raise refuse(f"{MAP}.{name}", value, f"one of {', '.join(_SETTINGS)}")
        kind, allowed = _SETTINGS[name]
        if kind is float and type(value) is int:
            settings[name] = float(value)
        elif type(value) is not kind:
            raise refuse(f"{MAP}.{name}", value, allowed)
    axes = settings.pop("axes", [])
    assert isinstance(axes, list)
    for axis in axes:
        if not isinstance(axis, str):
            raise refuse(f"{MAP}.axes", axis, _SETTINGS["axes"][1])
    return SweepPlan(spec, tuple(parse_axis(axis, f"{MAP}.axes") for axis in axes), **settings)  # type: ignore[arg-type]  # their types were compared just above


@dataclass(frozen=True, slots=True)
class PlanDifference:
    """A setting in which two maps differ: its name, and what the first and the second say."""

    name: str
    there: str
    asked: str

    def __str__(self) -> str:
        return (
            f"{self.name} is {self.there or 'not read'} there and {self.asked or 'not read'} here"
        )


def differences(there: SweepPlan, asked: SweepPlan) -> tuple[PlanDifference, ...]:
    """In what two plans differ that changes a figure: not in their names, nor in what none reads.

    Empty when the cells of one are those of the other, so that what is there can be gone on with.
    """
    first = _telling(there)
    second = _telling(asked)
    found = []
    for name in [*first, *(name for name in second if name not in first)]:
        if first.get(name, "") != second.get(name, ""):
            found.append(PlanDifference(name, first.get(name, ""), second.get(name, "")))
    return tuple(found)


def _telling(plan: SweepPlan) -> dict[str, str]:
    """What decides the figures of a map, as text by name."""
    told = {}
    for axis in plan.axes:
        told[axis.path] = axis_text(axis).partition("=")[2]
    for path, value in _held(plan).items():
        info = field_at(path)
        if info.section and not info.headless:
            told[path] = _toml(value)
    told["the order of axes"] = ", ".join(axis.path for axis in plan.axes)
    told["the number of seeds"] = str(plan.seeds)
    told["the number of updates"] = str(plan.steps)
    told["the loss to reach"] = "none" if math.isnan(plan.reach) else repr(float(plan.reach))
    told["judging"] = "on" if plan.judged else "off"
    return told
