"""What is entered of a map, and how a plan comes of it. Each bad entry has its sentence."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from vgsim.core.errors import SpecError
from vgsim.core.fields import FieldInfo
from vgsim.core.numbers import typed
from vgsim.nn.spec import Spec, field_at, fields
from vgsim.sweep.axes import LOG, Axis, axis_text, can_vary, is_number, parse_axis, values_text
from vgsim.sweep.figures import SHOWN
from vgsim.sweep.plan import SweepPlan


class Spacing(StrEnum):
    """How the values of an axis are given."""

    LINEAR = "linear"
    LOG = "log"
    LIST = "list"


AXES = ("across", "up", "layers")
"""Names of the axes, as the problems of entries call them."""
COUNT = 25
"""Values along an axis to begin with."""
FIRST_AXES = (
    "network.depth", "data.length", "init.gain", "init.std", "network.factor", "network.width",
    "network.activation",
)  # fmt: skip
GENERAL = ""
"""The problem that is of no single entry."""
LONGEST_LIST = 40
"""Names of a choice that an axis begins with, at most."""


@dataclass(frozen=True, slots=True)
class AxisEntry:
    """An axis as it is typed: a range with its count, or ``listed`` values with commas."""

    path: str
    low: str = ""
    high: str = ""
    count: str = ""
    spacing: Spacing = Spacing.LINEAR
    listed: str = ""

    @property
    def field(self) -> FieldInfo:
        """The field along it."""
        return field_at(self.path)

    def axis(self) -> Axis:
        """The axis; SpecError when it cannot be."""
        if self.spacing is Spacing.LIST:
            return parse_axis(f"{self.path}={self.listed}")
        log = LOG if self.spacing is Spacing.LOG else ""
        return parse_axis(f"{self.path}={_plain(self.low)}:{_plain(self.high)}:{self.count}{log}")


FIRST_RANGES = {
    "network.depth": AxisEntry("network.depth", "2", "64", "63"),
    "init.gain": AxisEntry("init.gain", "0.5", "3", "51"),
}
"""What a map is of unless something else is chosen: those of Schoenholz et al. (2017)."""


def _plain(text: str) -> str:
    """A number as it is typed, with the minus of a keyboard."""
    return text.strip().replace("−", "-")


@dataclass(frozen=True, slots=True)
class MapEntries:
    """Everything that the form of a map has, as text where it is typed."""

    across: AxisEntry
    up: AxisEntry | None
    layers: AxisEntry | None = None
    shown: str = "ratio"
    seeds: str = "1"
    steps: str = "0"
    reach: str = ""

    def axes(self) -> Iterator[tuple[str, AxisEntry]]:
        """(name, entry) of each axis that there is."""
        for name in AXES:
            entry = getattr(self, name)
            if entry is not None:
                yield name, entry

    def plan(self, spec: Spec) -> tuple[SweepPlan | None, dict[str, str]]:
        """The plan over ``spec``, or None and a sentence for each bad entry, by its name."""
        problems: dict[str, str] = {}
        axes: list[Axis] = []
        for name, entry in self.axes():
            try:
                axes.append(entry.axis())
            except SpecError as error:
                problems[name] = _said(error, entry.path)
        seeds = _whole(self.seeds)
        steps = _whole(self.steps)
        reach = _number(self.reach) if asks_for_loss(self.shown) else math.nan
        for name, value, text in (("seeds", seeds, self.seeds), ("steps", steps, self.steps)):
            if value is None:
                problems[name] = f"{text or 'Nothing'} is no whole number"
        if reach is None:
            problems["reach"] = f"{self.reach or 'Nothing'} is no number: say the loss to reach"
        if problems or seeds is None or steps is None or reach is None:
            return None, problems
        try:
            plan = SweepPlan(spec, tuple(axes), seeds, steps, reach)
        except SpecError as error:
            return None, {self._place_of(error): _said(error, "")}
        needs = SHOWN[self.shown].needs
        if needs(plan):
            plan = replace(plan, judged=True)
        if needs(plan):
            return None, {"steps": f"{SHOWN.entry(self.shown).label} needs {_needed(needs(plan))}"}
        return plan, {}

    def _place_of(self, error: SpecError) -> str:
        """The entry that a sentence is about."""
        path = error.problems[0].path
        for name, entry in self.axes():
            if entry.path == path:
                return name
        return path if path in ("seeds", "steps", "reach") else GENERAL


def _needed(needs: str) -> str:
    """What is needed, without the option of the command line."""
    return needs.partition(" (")[0]


@cache
def _trained_and_judged() -> SweepPlan:
    """A plan that has all that a figure may need, but a loss to reach."""
    return SweepPlan(Spec(), (Axis("training.seed", (1,)),), steps=1, judged=True)


def asks_for_loss(shown: str) -> bool:
    """Whether a figure needs a loss that is to be reached."""
    return bool(SHOWN[shown].needs(_trained_and_judged()))


def varied_fields(spec: Spec) -> list[FieldInfo]:
    """What an axis can have along it: numbers, choices, yes and no that the network reads."""
    return [info for info in fields() if can_vary(info) and spec.applies(info.path)]


def first_entry(path: str, spec: Spec) -> AxisEntry:
    """An axis to begin with: a range around the value of ``spec``, or all choices."""
    info = field_at(path)
    if not is_number(info):
        names: tuple[object, ...] = info.names() or (False, True)
        return AxisEntry(path, spacing=Spacing.LIST, listed=values_text(names[:LONGEST_LIST]))
    low, high = _range_around(info, float(spec[path]))
    count = COUNT
    if info.kind is int:
        count = min(COUNT, round(high - low) + 1)
    spacing = Spacing.LOG if info.log and low > 0 else Spacing.LINEAR
    return AxisEntry(path, _typed(info, low), _typed(info, high), str(count), spacing)


def _range_around(info: FieldInfo, value: float) -> tuple[float, float]:
    """From a fifth of a value to five times it, a hundredth and a hundred times where a slider is
    logarithmic, within what the field takes."""
    factor = 100.0 if info.log else 5.0
    low = value / factor if value > 0 else value - 1.0
    high = value * factor if value > 0 else value + 1.0
    if info.low is not None and info.high is not None:
        low = max(low, info.low)
        high = min(high, info.high)
    if info.kind is int:
        low = float(round(low))
        high = max(float(round(high)), low + 1)
    return low, high


def _typed(info: FieldInfo, value: float) -> str:
    return str(round(value)) if info.kind is int else typed(float(f"{value:.6g}"))


def first_entries(spec: Spec) -> MapEntries:
    """A map to begin with: depth and gain, or the first two fields that the network reads."""
    known = [info.path for info in varied_fields(spec)]
    wanted = [path for path in FIRST_AXES if path in known]
    rest = [path for path in known if path not in wanted]
    paths = (wanted + rest)[:2]
    entries = [FIRST_RANGES.get(path, first_entry(path, spec)) for path in paths]
    return MapEntries(entries[0], entries[1] if len(entries) > 1 else None)


def entries_of(plan: SweepPlan, shown: str) -> MapEntries:
    """``plan`` as it would be typed."""
    axes = [_entry_of(axis) for axis in plan.axes]
    up = axes[1] if len(axes) > 1 else None
    layers = axes[2] if len(axes) > 2 else None
    reach = "" if math.isnan(plan.reach) else typed(plan.reach)
    return MapEntries(axes[0], up, layers, shown, str(plan.seeds), str(plan.steps), reach)


def _entry_of(axis: Axis) -> AxisEntry:
    values = axis_text(axis).partition("=")[2]
    if ":" not in values.removesuffix(LOG):
        return AxisEntry(axis.path, spacing=Spacing.LIST, listed=values)
    low, high, count = values.removesuffix(LOG).split(":")
    spacing = Spacing.LOG if axis.log else Spacing.LINEAR
    return AxisEntry(axis.path, low, high, count, spacing, values_text(axis.values))


def _said(error: SpecError, path: str) -> str:
    """What is wrong, with the name that the form has for the field."""
    text = str(error)
    if path and text.startswith(path):
        return text.replace(path, field_at(path).label, 1)
    return text


def _whole(text: str) -> int | None:
    digits = text.strip().replace(",", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def _number(text: str) -> float | None:
    try:
        value = float(_plain(text))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
