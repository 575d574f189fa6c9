"""TOML from elsewhere, parsed within bounds.

``tomllib`` goes through every prefix of a dotted key, and through the parts of the heading above,
at each entry: a key of many parts, or many entries under a heading of many, take it quadratic time,
minutes for a hundred kilobytes. Whatever else was tried takes it time in proportion. So the text
is looked through before it: its length, the parts of a key, the brackets open at once, the number
of entries and the length of a word are bounded, inside strings and comments nothing. That look is
linear, and after it so is the parser.
"""

from __future__ import annotations

import re
import tomllib

MOST_BYTES = 2**18
"""Bytes of an experiment, or of other settings."""
MOST_ENTRIES = 2_000
"""Headings, keys and elements of lists together, in an experiment or other settings; and lines."""
MOST_PARTS = 8
"""Parts of a key: ``a.b.c`` has three."""
MOST_DEPTH = 16
"""Brackets open at once."""
LONGEST_WORD = 400
"""Letters of a number, date or bare key; every float64 can be written with fewer."""

_TOKEN = re.compile(
    r"""
      (?P<end> \n )
    | (?P<word> [^\s"'\#\[\]{},=.]+ )
    | (?P<mark> [\[\]{},=.] )
    | [^\S\n]+                                          # spaces
    | \# [^\n]*                                         # a comment
    | \"\"\" (?: [^"\\] | \\[\s\S] | "(?!"") )*+ "{3,5}  # strings; what is possessive never tries
    | ''' (?: [^'] | '(?!'') )*+ '{3,5}                 # again, so this is linear
    | (?P<open> \"\"\" | ''' )
    | " (?: [^"\\\n] | \\. )*+ "
    | ' [^'\n]*+ '
    | (?P<other> . )
    """,
    re.VERBOSE,
)


def parse(
    text: str, most_bytes: int = MOST_BYTES, most_entries: int = MOST_ENTRIES
) -> dict[str, object]:
    """The tables in ``text``; ValueError, a part of a sentence, when it is not TOML or too much."""
    if len(text) > most_bytes:  # a letter has at least one byte
        raise ValueError(f"at most {most_bytes:,} bytes")
    _check(text, most_entries)
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("brackets too deep") from None


def _check(text: str, most_entries: int) -> None:
    """ValueError when the parser could take long for ``text``; what is not TOML is left to it."""
    line = 1
    depth = 0
    entries = 0
    parts = 1
    for token in _TOKEN.finditer(text):
        found = token[0]
        kind = token.lastgroup
        if kind == "open" or found in "\"'":
            return  # a string without an end: the parser comes no further either
        if kind == "word" and len(found) > LONGEST_WORD:
            raise _beyond(line, f"a word may have {LONGEST_WORD} letters")
        if found == ".":
            parts += 1
        elif kind in ("mark", "end"):
            parts = 1
        if found in ("[", "{"):
            depth += 1
        elif found in ("]", "}"):
            depth -= 1
        if found in ("[", "=", ","):
            entries += 1
        if parts > MOST_PARTS:
            raise _beyond(line, f"a key may have {MOST_PARTS} parts")
        if depth > MOST_DEPTH:
            raise _beyond(line, f"at most {MOST_DEPTH} brackets may be open")
        if entries > most_entries:
            raise _beyond(line, f"there may be {most_entries:,} entries")
        line += found.count("\n")
        if line > most_entries:
            raise _beyond(line, f"there may be {most_entries:,} lines")


def _beyond(line: int, allowed: str) -> ValueError:
    return ValueError(f"{allowed} (at line {line})")
