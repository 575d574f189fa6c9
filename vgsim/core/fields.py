"""What one setting of an experiment is: how it is named, what it takes, how text becomes it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TypeVar

from vgsim.core.errors import refuse
from vgsim.core.registry import Entry, registry

Value = str | int | float | bool
V = TypeVar("V", str, int, float, bool)


def setting(
    default: V,
    label: str,
    help: str,
    *,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    log: bool = False,
    choices: str | tuple[str, ...] = (),
    optional: bool = False,
    headless: bool = False,
    settles: tuple[str, ...] = (),
    needed_by: tuple[str, ...] = (),
    names: str = "",
) -> V:
    """A dataclass field with what the form, validation and documentation need to know.

    ``low``/``high`` are inclusive; ``log`` asks for a logarithmic slider; an ``optional`` field
    applies only when something chosen reads it; a ``headless`` one is for the command line alone.
    ``choices`` are the allowed names, or the kind of the registry that has them ("activation").
    ``settles`` are paths of fields that are not read beside this one where it is not empty;
    ``needed_by`` of those that are not read where it is empty or 0. A text of ``names`` has some of
    the registry of that kind, with commas.
    """
    about = {
        "label": label, "help": help, "unit": unit, "low": low, "high": high,
        "log": log, "choices": choices, "optional": optional,
        "headless": headless, "settles": settles, "needed_by": needed_by, "listed": names,
    }  # fmt: skip
    return dataclasses.field(default=default, metadata=about)


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """One field of the spec, as data."""

    section: str
    name: str
    kind: type
    default: Value
    label: str = ""
    help: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    log: bool = False
    choices: str | tuple[str, ...] = ()
    optional: bool = False
    headless: bool = False
    settles: tuple[str, ...] = ()
    needed_by: tuple[str, ...] = ()
    listed: str = ""

    @property
    def path(self) -> str:
        """Dotted path, "network.depth"."""
        if self.section:
            return f"{self.section}.{self.name}"
        return self.name

    @property
    def registered(self) -> bool:
        """Whether the field names something of a registry."""
        return isinstance(self.choices, str)

    def names(self) -> tuple[str, ...]:
        """The allowed names, for a field that has them; empty otherwise."""
        if isinstance(self.choices, str):
            return registry(self.choices).names()
        return self.choices

    def entry(self, name: str) -> Entry[object]:
        """What is registered under ``name``, for a field that names something of a registry."""
        assert isinstance(self.choices, str)
        return registry(self.choices).entry(name)

    def chosen(self, value: Value) -> tuple[Entry[object], ...]:
        """What ``value`` names of a registry: one entry, those of a list, or none."""
        if self.registered:
            return (self.entry(str(value)),)
        if not self.listed:
            return ()
        found = registry(self.listed)
        names = [name.strip() for name in str(value).split(",")]
        return tuple(found.entry(name) for name in names if name in found)

    def entries(self) -> tuple[Entry[object], ...]:
        """All that can be chosen from a registry; empty where the choices are plain names."""
        if isinstance(self.choices, str):
            return tuple(registry(self.choices))
        return ()

    def allowed(self) -> str:
        """What the field takes, as a part of a sentence."""
        if self.choices:
            return "one of " + ", ".join(self.names())
        words = {bool: "true or false", str: "text", int: "a whole number", float: "a number"}
        if self.low is None or self.high is None:
            return words[self.kind]
        return f"{words[self.kind]} from {self.low:.10g} to {self.high:.10g}" + (
            f" {self.unit}" if self.unit else ""
        )

    def check(self, value: object) -> Value:
        """``value`` as this field's type; SpecError when it is not allowed."""
        if self.kind is float and type(value) is int:
            value = float(value) if abs(value) < 2**53 else value
        if type(value) is not self.kind or not self._within(value):
            raise refuse(self.path, value, self.allowed())
        return value  # type: ignore[return-value]  # its type was compared just above

    def _within(self, value: object) -> bool:
        if self.choices:
            return value in self.names()
        if isinstance(value, (int, float)) and self.low is not None and self.high is not None:
            return self.low <= value <= self.high  # false for nan
        return True

    def from_text(self, text: str) -> object:
        """``text`` read as this field's type, unchecked; the text itself when it cannot be."""
        if self.kind is str:
            return text
        if self.kind is bool:
            return {"true": True, "false": False}.get(text.strip().lower(), text)
        try:
            if self.kind is int:
                return int(text)
            return float(text)
        except ValueError:
            return text
