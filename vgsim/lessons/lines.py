"""At which line of a TOML text a value stands. The parser of the standard library does not tell."""

from __future__ import annotations

import re
from collections.abc import Mapping

Place = tuple[str | int, ...]
"""Keys and positions in lists on the way to a value: ("page", 2, "question", "answer")."""

_HEAD = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.-]+)\s*\]")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")
_LONG = ('"""', "'''")


class TomlLines:
    """The lines of the tables and keys in ``text``, which has been parsed already.

    It knows headings of bare keys and one key a line, which is how one writes a lesson; for all
    else it tells the line of the table around it.
    """

    def __init__(self, text: str) -> None:
        self._lines: dict[Place, int] = {}
        self._counts: dict[Place, int] = {}
        self._read(text)

    def _read(self, text: str) -> None:
        table: Place = ()
        until = ""
        for number, line in enumerate(text.split("\n"), start=1):
            if until:
                if until in line:
                    until = ""
                continue
            head = _HEAD.match(line)
            if head is not None:
                table = self._enter(head[2].split("."), several=head[1] == "[[")
                self._lines.setdefault(table, number)
                continue
            key = _KEY.match(line)
            if key is not None:
                self._lines.setdefault((*table, key[1]), number)
                until = _left_open(line[key.end() :])

    def _enter(self, names: list[str], several: bool) -> Place:
        """The table that a heading begins: of a list, its newest element."""
        place: Place = ()
        for name in names[:-1]:
            place = self._newest((*place, name))
        place = (*place, names[-1])
        if not several:
            return place
        count = self._counts.get(place, 0)
        self._counts[place] = count + 1
        return (*place, count)

    def _newest(self, place: Place) -> Place:
        count = self._counts.get(place, 0)
        if count:
            return (*place, count - 1)
        return place

    def line(self, *place: str | int) -> int:
        """Line of the value at ``place``, or of the nearest table around it; 0 when unknown."""
        for length in range(len(place), 0, -1):
            found = self._lines.get(place[:length])
            if found is not None:
                return found
        return 0


def _left_open(value: str) -> str:
    """The quotes that a text over several lines, begun in ``value``, ends with; else empty."""
    start = value.strip()[:3]
    if start in _LONG and start not in value.strip()[3:]:
        return start
    return ""


def spoken(place: Place) -> str:
    """A place in words: "page 3: question.answer"."""
    if len(place) > 1 and place[0] == "page" and isinstance(place[1], int):
        inner = ".".join(_part(part) for part in place[2:]).replace(".#", " ")
        return f"page {place[1] + 1}" + (f": {inner}" if inner else "")
    return ".".join(_part(part) for part in place).replace(".#", " ")


def _part(part: str | int) -> str:
    if isinstance(part, int):
        return f"#{part + 1}"
    return part


def value_at(document: Mapping[str, object], place: Place) -> object:
    """The value that stands at ``place``; None when there is none."""
    found: object = document
    for part in place:
        if isinstance(found, Mapping):
            found = found.get(str(part))
        elif isinstance(found, list) and isinstance(part, int) and part < len(found):
            found = found[part]
        else:
            return None
    return found
