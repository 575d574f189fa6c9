"""What the engine raises when it is given something it cannot use."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

LONGEST_QUOTE = 80
"""Letters of a value that are quoted."""
FIRST = 5
"""Of many problems this many are named, the rest are counted."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one field of a spec.

    ``path`` is the field ("network.depth"), ``value`` what was given and ``allowed`` one
    sentence part saying what is allowed there ("a whole number from 1 to 1000").
    """

    path: str
    value: object
    allowed: str

    def __str__(self) -> str:
        return f"{shorten(self.path)} = {shorten(self.value)}: allowed is {self.allowed}"


@dataclass(frozen=True, slots=True)
class Missing(Problem):
    """A field that must be given and was not."""

    def __str__(self) -> str:
        return f"{self.path} is missing: it takes {self.allowed}"


@dataclass(frozen=True, slots=True)
class Unknown(Problem):
    """Several unknown fields at once, named by ``path`` and ``value``."""

    def __str__(self) -> str:
        return f"{self.path}: allowed is {self.allowed}"


class Unread(Problem):
    """A field that nothing chosen reads; ``allowed`` says what does, or what decides instead."""

    def __str__(self) -> str:
        return f"{self.path} = {shorten(self.value)}: nothing here reads it; {self.allowed}"


class SpecError(ValueError):
    """A spec, or the data it names, cannot be used; ``problems`` says field by field why.

    The sentence tells the first five and how many more there are.
    """

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("; ".join(first_told(problems)))

    def renamed(self, names: Mapping[str, str]) -> SpecError:
        """The same, with fields called as the user did: "training.seed" as "--seed"."""
        told = (replace(it, path=names.get(it.path, it.path)) for it in self.problems)
        return SpecError(*told)


def refuse(path: str, value: object, allowed: str) -> SpecError:
    """A :class:`SpecError` about one field, ready to raise."""
    return SpecError(Problem(path, value, allowed))


def first_told(things: Sequence[object], most: int = FIRST) -> list[str]:
    """The first of ``things`` as text and, where there are more, their number."""
    told = [str(thing) for thing in things[:most]]
    if len(things) > most:
        told.append(f"… and {len(things) - most:,} more")
    return told


def joined(names: Iterable[str]) -> str:
    """Names of a file as a list in a sentence: the first, short ones, and how many more."""
    return ", ".join(first_told([shorten(name, LONGEST_QUOTE // 2) for name in names]))


def shorten(value: object, limit: int = LONGEST_QUOTE) -> str:
    """``value`` as one printable line of at most ``limit`` characters.

    What a terminal would obey, or would reverse the line, is shown as �: a value may come from
    anybody's file.
    """
    try:
        if isinstance(value, str) and value:
            text = value
        else:
            text = repr(value)
    except (ValueError, RecursionError):  # an integer of thousands of digits, tables too deep
        text = "…"
    text = " ".join(text.split())
    if len(text) <= limit:
        text = text
    else:
        text = text[: limit - 1] + "…"
    return "".join(letter if letter.isprintable() else "�" for letter in text)


def reason_of(error: Exception) -> str:
    """Why something could not be opened, in a sentence for the user."""
    if isinstance(error, SpecError):
        return str(error)
    if isinstance(error, OSError):
        reason = error.strerror or str(error)
        return reason[:1].upper() + reason[1:]
    if isinstance(error, MemoryError):
        return "This needs more memory than there is."
    return f"{type(error).__name__}: {error}"


def named_reason(error: OSError) -> str:
    """Why a file could not be read, in a sentence that says which, where the error knows."""
    if not error.filename:
        return reason_of(error)
    return f"{os.path.basename(str(error.filename))} cannot be read. {reason_of(error)}"
