"""Settings of a spec as words: labels within a sentence, and values as they read."""

from __future__ import annotations

from vgsim.core.fields import FieldInfo, Value
from vgsim.core.numbers import short

_NAMES = ("Adam", "He", "Huber", "Nesterov", "Palmer", "Xavier")
"""Labels that are people's or an algorithm's names, and keep their capital."""


def lowered(label: str) -> str:
    """A label within a sentence, without its capital unless it is a name or an abbreviation."""
    first, space, rest = label.partition(" ")
    letters = first.rstrip(",")
    ordinary = letters.isascii() and letters.isalpha() and letters[1:].islower()
    if first in _NAMES or not ordinary:
        return label
    return first.lower() + space + rest


def value_words(info: FieldInfo | None, value: Value) -> str:
    """A field's value: the label of what is registered, "on", "0.25", "empty"."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if not isinstance(value, str):
        return short(value)
    if info is not None and info.registered and value in info.names():
        return info.entry(value).label
    return value or "empty"
