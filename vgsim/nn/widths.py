"""Units by stage as people write them: "500,250,10", "500-250-10", "4x128,64", "[500, 250, 10]"."""

from __future__ import annotations

import re

_SEPARATOR = re.compile(r"\s*[,\-–→]\s*|\s+")
_TIMES = re.compile(r"\s*[x×*]\s*")
_MANY = 10**6
"""Stages in a list that are too many anyway, so that "9999999999x8" makes no such list."""


def widths_of(text: str) -> list[int]:
    """The units of every stage that ``text`` lists; ValueError where it is no such list.

    Between two stages stands a comma, a hyphen, an arrow or a blank; "4x128" are four stages of
    128 units. One pair of brackets may be around it all.
    """
    text = text.strip()
    if text[:1] + text[-1:] in ("[]", "()"):
        text = text[1:-1].strip()
    found: list[int] = []
    for item in _SEPARATOR.split(_TIMES.sub("x", text)):
        count, _, units = item.rpartition("x")
        times = _whole(count) if "x" in item else 1
        if times + len(found) > _MANY:
            raise ValueError(text)
        found += [_whole(units)] * times
    return found


def _whole(text: str) -> int:
    """A whole number in digits alone: int would take "1_000" and "+5", too."""
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ValueError(text)
    return int(text)
