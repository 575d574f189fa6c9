"""Every symbol and word that the window shows: what it is called, what it says, where it stands.

The entries are data, ``resources/symbols.toml``. A line of any text (a formula, the title of an
axis, a label) is looked through by :func:`mentions`, which finds them where they are written, with
the stage that they belong to. No Qt.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from vgsim.core.errors import refuse
from vgsim.core.resources import resource
from vgsim.nn.activations import ACTIVATIONS
from vgsim.text.latex import plain_symbol
from vgsim.text.pointed import Pointed

FUNCTION = "function"
"""The entry of all activation functions but σ."""
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋ₖₗₙₜ'", "0123456789+−klnt′")
"""Subscripts as letters; each is one, so that places in the text stay what they are."""
_HOP = re.compile(r"∂?h_?(\d+)(?: ?→ ?|\s?/\s?∂)h_?(\d+)")
"""A hop by its two stages; the upper one is its number."""


@dataclass(frozen=True, slots=True)
class GlossaryEntry:
    """One symbol or word.

    ``name`` is that of links (``symbol:product``). ``tex`` is its LaTeX, empty for a word.
    ``number`` says what a number beside it is, ``place`` where to look in the window. ``group`` is
    the title of what it belongs to. ``written`` are the patterns by which it is found in a line.
    """

    name: str
    tex: str
    title: str
    words: str
    number: str
    place: str
    group: str
    written: tuple[re.Pattern[str], ...]

    @property
    def plain(self) -> str:
        """The symbol without typesetting, or the title of a word."""
        if self.tex:
            return plain_symbol(self.tex)
        return self.title


@dataclass(frozen=True, slots=True)
class Mention:
    """Where in a line something of the glossary is written: characters ``start`` to ``end``."""

    start: int
    end: int
    pointed: Pointed


@cache
def glossary() -> Mapping[str, GlossaryEntry]:
    """All entries by their names, in the order of the guide to every symbol."""
    groups = tomllib.loads(resource("symbols.toml").read_text("utf-8"))["group"]
    entries = [_entry(table, group["title"]) for group in groups for table in group["symbol"]]
    return {entry.name: entry for entry in entries}


def _entry(table: Mapping[str, Any], group: str) -> GlossaryEntry:
    patterns = [re.compile(pattern) for pattern in table["match"]]
    if table["name"] == FUNCTION:
        patterns.append(_functions())
    return GlossaryEntry(
        table["name"],
        table.get("tex", ""),
        table["title"],
        table["words"],
        table["number"],
        table["place"],
        group,
        tuple(patterns),
    )


def _functions() -> re.Pattern[str]:
    """The activation functions that there are, by their own symbols; σ has an entry of its own."""
    symbols = {entry.value.symbol for entry in ACTIVATIONS} - {"", "σ"}
    longest_first = sorted(symbols, key=lambda symbol: (-len(symbol), symbol))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?![\w′])")


def glossary_entry(name: str) -> GlossaryEntry:
    """The entry of that name; SpecError when there is none."""
    found = glossary().get(name)
    if found is None:
        raise refuse("symbol", name, "one of " + ", ".join(glossary()))
    return found


@lru_cache(maxsize=1024)
def mentions(text: str) -> tuple[Mention, ...]:
    """What ``text``, plain and in one line, mentions, from left to right and without overlaps.

    Where several begin within each other, what begins further left counts, then what is longer.
    """
    line = text.translate(_LOWERED)
    found: list[Mention] = []
    for entry in glossary().values():
        for pattern in entry.written:
            for match in pattern.finditer(line):
                if match.end() > match.start():
                    found.append(Mention(*match.span(), _pointed(entry.name, match)))
    found.sort(key=lambda mention: (mention.start, -mention.end))
    apart: list[Mention] = []
    for mention in found:
        if not apart or mention.start >= apart[-1].end:
            apart.append(mention)
    return tuple(apart)


def _pointed(name: str, match: re.Match[str]) -> Pointed:
    """The entry, with the stage or the hop that is written beside it."""
    hop = _HOP.match(match.group())
    if hop is not None:
        return Pointed(name, hop=max(int(end) for end in hop.groups() if end))
    stage = match.groupdict().get("s")
    return Pointed(name, stage=int(stage or 0))


def meant(text: str) -> Pointed | None:
    """What ``text`` as a whole is about: the longest of its mentions, the first of several."""
    found = mentions(text)
    if not found:
        return None
    return max(found, key=lambda mention: mention.end - mention.start).pointed


def meant_by_tex(tex: str) -> Pointed | None:
    """The same of LaTeX without dollar signs."""
    return meant(plain_symbol(tex))
