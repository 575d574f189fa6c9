"""The shipped maps: an experiment, its axes, and what there is to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from vgsim.core import toml
from vgsim.core.errors import refuse
from vgsim.core.resources import resource, resource_names
from vgsim.nn.spec import CARD
from vgsim.sweep.figures import SHOWN
from vgsim.sweep.plan import SweepPlan, parse

FIRST = "tanh-depth-gain"
"""The map that the window begins with."""
FOLDER = "maps"
LONGEST_EXPECTATION = 400
"""Letters of what to expect: three lines beside a map."""


@dataclass(frozen=True, slots=True)
class MapPreset:
    """A shipped map. ``expect`` says what there is to see, ``shown`` which figure shows it."""

    name: str
    title: str
    description: str
    expect: str
    shown: str
    plan: SweepPlan


@cache
def map_names() -> tuple[str, ...]:
    """Names of the shipped maps, the classic first."""
    return (FIRST, *(name for name in resource_names(FOLDER, ".toml") if name != FIRST))


def load_map(name: str) -> MapPreset:
    """The shipped map of that name; SpecError when there is none."""
    if name not in map_names():
        raise refuse("map", name, "one of " + ", ".join(map_names()))
    return _shipped(name)


@cache
def _shipped(name: str) -> MapPreset:
    document = toml.parse(resource(FOLDER, f"{name}.toml").read_text("utf-8"))
    card = document.get(CARD)
    if not isinstance(card, Mapping):
        raise refuse(f"{name}: {CARD}", card, "a table with expect and shown")
    expect, shown = card.get("expect"), card.get("shown")
    if not isinstance(expect, str) or not 0 < len(expect) <= LONGEST_EXPECTATION:
        raise refuse(f"{name}: expect", expect, f"1 to {LONGEST_EXPECTATION} letters")
    if not isinstance(shown, str) or shown not in SHOWN:
        raise refuse(f"{name}: shown", shown, "one of " + ", ".join(SHOWN.names()))
    plan = parse(document)
    return MapPreset(name, plan.spec.name, plan.spec.description, expect, shown, plan)


def map_presets() -> tuple[MapPreset, ...]:
    """All shipped maps."""
    return tuple(load_map(name) for name in map_names())
