"""Name -> object tables that menus, the command line, validation and the tests all read.

A spec names its choices by the kind of a registry ("activation"); :func:`registry` finds it and,
the first time, imports the package that fills it. So code that names a choice need not import
what is chosen, and no import goes round in a circle.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from vgsim.core import plugins

T = TypeVar("T")

HOMES = {
    "kind": "vgsim.nn.architectures",
    "activation": "vgsim.nn.activations",
    "normalization": "vgsim.nn.layers.parts",
    "skip path": "vgsim.nn.layers.parts",
    "output": "vgsim.nn.layers.parts",
    "initializer": "vgsim.nn.initializers",
    "gain": "vgsim.nn.initializers",
    "bias": "vgsim.nn.initializers",
    "loss": "vgsim.nn.losses",
    "optimizer": "vgsim.nn.optimizers",
    "schedule": "vgsim.nn.schedules",
    "clipping": "vgsim.nn.clipping",
    "precision": "vgsim.nn.precision",
    "loss scaling": "vgsim.nn.scaling",
    "dataset": "vgsim.nn.datasets",
}
"""Where that which a spec chooses from is registered, in the order in which it is listed."""


@dataclass(frozen=True, slots=True)
class Entry(Generic[T]):
    """One registered object.

    ``uses`` names the optional spec fields ("network.factor") that the object reads; a field
    that nothing chosen in a spec reads is hidden in the form and left out of the TOML.
    ``settles`` names fields that others read, but not beside this: it decides what they are for.
    ``role`` is what it can be asked for by instead of its name; empty where that is not possible.
    ``pytorch`` is how PyTorch writes it, "nn.LayerNorm({units})", with what it takes in braces;
    empty where it has no such thing.
    """

    name: str
    label: str
    summary: str
    value: T
    uses: frozenset[str]
    role: str = ""
    settles: frozenset[str] = frozenset()
    pytorch: str = ""


class Registry(Generic[T]):
    """Objects of one kind, in the order of their registration."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._entries: dict[str, Entry[T]] = {}
        self._followers: list[Callable[[Entry[T]], None]] = []
        _REGISTRIES[kind] = self

    def add(
        self,
        name: str,
        value: T,
        summary: str,
        *,
        label: str = "",
        uses: tuple[str, ...] = (),
        role: str = "",
        settles: tuple[str, ...] = (),
        pytorch: str = "",
    ) -> T:
        """Register ``value`` under ``name`` with a one-line ``summary``; return ``value``.

        Raises ValueError when the name is taken.
        """
        if name in self._entries:
            taken = f"{self.kind} {name!r} is there already ({self._entries[name].label})"
            raise ValueError(f"{taken}: register under another name")
        sets = frozenset(uses), role, frozenset(settles)
        entry = Entry(name, label or name, summary, value, *sets, pytorch)
        self._entries[name] = entry
        for follow in self._followers:
            follow(entry)
        return value

    def register(
        self,
        name: str,
        summary: str,
        *,
        label: str = "",
        uses: tuple[str, ...] = (),
        role: str = "",
        pytorch: str = "",
    ) -> Callable[[T], T]:
        """Decorator form of :meth:`add`."""

        def add(value: T) -> T:
            return self.add(
                name, value, summary, label=label, uses=uses, role=role, pytorch=pytorch
            )

        return add

    def cast(self, role: str, present: str = "") -> str:
        """Name of who plays ``role``: ``present`` if that does, else the first; KeyError if none.

        So a change to what is there already under another name is no change.
        """
        able = [entry.name for entry in self if entry.role == role]
        if not able:
            raise KeyError(f"no {self.kind} plays the role {role!r}")
        if present in able:
            return present
        return able[0]

    def follow(self, call: Callable[[Entry[T]], None]) -> None:
        """``call`` with every entry: those of now, and whatever is registered later."""
        for entry in self:
            call(entry)
        self._followers.append(call)

    def __getitem__(self, name: str) -> T:
        """The object of that name; KeyError when there is none."""
        return self._entries[name].value

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[Entry[T]]:
        return iter(self._entries.values())

    def entry(self, name: str) -> Entry[T]:
        """The entry of that name; KeyError when there is none."""
        return self._entries[name]

    def names(self) -> tuple[str, ...]:
        """Every registered name, in order."""
        return tuple(self._entries)


_REGISTRIES: dict[str, Registry[Any]] = {}


def registry(kind: str) -> Registry[Any]:
    """The registry of that kind, filled by vgsim and then by others; KeyError if there is none."""
    importlib.import_module(HOMES[kind])
    plugins.load(plugins.KINDS)
    return _REGISTRIES[kind]


def discover(package: str, first: tuple[str, ...] = ()) -> None:
    """Import every module of ``package``, ``first`` ones first: each registers what it defines."""
    path = importlib.import_module(package).__path__
    found = sorted(module.name for module in pkgutil.iter_modules(path))
    for name in [*first, *(name for name in found if name not in first)]:
        importlib.import_module(f"{package}.{name}")
